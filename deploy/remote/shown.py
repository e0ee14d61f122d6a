"""How things look in a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from deploy.remote.server import Body

PRIORITY = {"urgent": "bold red", "high": "yellow", "medium": "", "low": "dim"}
STATUS = {"todo": "", "in_progress": "blue", "completed": "green", "archived": "dim"}
OPEN = ("todo", "in_progress")


def console() -> Console:
    return Console(highlight=False)


def messages() -> Console:
    """For what is said beside the answer."""
    return Console(stderr=True, highlight=False)


def as_json(value: Any) -> None:
    """For programs: as the API said it."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def reference(task: Body) -> str:
    return str(task.get("key") or task["id"])


def due(task: Body, today: date) -> Text:
    if task["due_date"] is None:
        return Text("")
    late = task["status"] in OPEN and task["due_date"] < today.isoformat()
    return Text(task["due_date"], "bold red" if late else "")


def tasks(rows: Iterable[Body], names: dict[int, str], today: date) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("task", "status", "priority", "due", "assigned to"):
        table.add_column(column, no_wrap=True)
    table.add_column("title", ratio=1)
    for task in rows:
        table.add_row(
            reference(task),
            Text(task["status"].replace("_", " "), STATUS[task["status"]]),
            Text(task["priority"], PRIORITY[task["priority"]]),
            due(task, today),
            ", ".join(names.get(i, str(i)) for i in task["assignee_ids"]),
            Text(task["title"]),
        )
    return table


def one_task(out: Console, task: Body, comments: list[Body], names: dict[int, str], today: date) -> None:
    out.print(Text(f"{reference(task)}  {task['title']}", "bold"))
    facts = Table(box=None, show_header=False, pad_edge=False)
    people = ", ".join(names.get(i, str(i)) for i in task["assignee_ids"]) or "nobody"
    facts.add_row(Text("status", "dim"), task["status"].replace("_", " "))
    facts.add_row(Text("priority", "dim"), task["priority"])
    facts.add_row(Text("due", "dim"), due(task, today))
    facts.add_row(Text("assigned to", "dim"), people)
    facts.add_row(Text("labels", "dim"), ", ".join(task["labels"]))
    facts.add_row(
        Text("created", "dim"), f"{task['created_at'][:10]} by {names.get(task['created_by'], task['created_by'])}"
    )
    out.print(facts)
    if task["description"]:
        out.print()
        out.print(Markdown(task["description"]))
    for comment in comments:
        out.print()
        who = names.get(comment["author_id"], str(comment["author_id"]))
        out.print(Text(f"{who}, {comment['created_at'][:16].replace('T', ' ')}", "dim"))
        out.print(Markdown(comment["body"]))


def frame(event: Body, names: dict[int, str]) -> Text:
    """One line for what happened."""
    who = "Taskwire" if event["actor_id"] is None else names.get(event["actor_id"], f"user {event['actor_id']}")
    line = Text.assemble((event["occurred_at"][11:19], "dim"), " ", (who, "bold"), " ")
    changes = ", ".join(_change(name, change) for name, change in event["changes"].items())
    line.append(f"{event['action'].replace('_', ' ')} ")
    line.append(f"{reference(event['task'])} “{event['task']['title']}”", "cyan")
    line.append(f" ({changes})" if changes else "")
    return line


def _change(name: str, change: Body) -> str:
    if name == "description":
        return "description"
    return f"{name.replace('_', ' ')}: {change['from']} → {change['to']}"
