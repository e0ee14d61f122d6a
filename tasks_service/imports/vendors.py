"""Exports of other systems, read as they document them."""

import hashlib
import html
import re
from collections.abc import Callable, Iterable
from typing import Any

from tasks_service.imports.reading import document_of, table
from tasks_service.imports.rows import FileRefused, Row, Rows

DONE_LISTS = re.compile(r"\b(done|complete[d]?|finished|closed)\b", re.IGNORECASE)
DOING_LISTS = re.compile(r"\b(doing|in progress|started|review)\b", re.IGNORECASE)
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
LABEL = re.compile(r"(?:^|\s)@([\w-]+)")
TODOIST_PRIORITY = {"1": "urgent", "2": "high", "3": "medium", "4": "low"}
VIKUNJA_PRIORITY = ("medium", "low", "medium", "high", "urgent", "urgent")
NEVER = "0001-01-01"


def from_todoist(parts: Iterable[bytes], ignored: set[str]) -> Rows:
    """A project's CSV: tasks with indents, labels as `@word` in the content, notes below their task. It has no ids, so
    the same file brought up to date is recognised by what stands in it."""
    parents: list[str] = []
    waiting: Row | None = None
    for number, cells in table(parts, set()):
        kind, content = cells.get("type", ""), cells.get("content", "")
        if kind == "note" and waiting is not None:
            waiting.values["description"] = f"{waiting.values['description']}\n\n{content}".strip()
        if kind != "task":
            continue
        if waiting is not None:
            yield waiting
        level = min(int(cells["indent"]) if cells.get("indent", "").isdecimal() else 1, len(parents) + 1)
        key = hashlib.sha256(f"{parents[: level - 1]} {content} {number}".encode()).hexdigest()[:32]
        waiting = _todoist_task(abs(number), cells, key)
        waiting.parent = parents[level - 2] if level > 1 else None
        parents[level - 1 :] = [key]
    if waiting is not None:
        yield waiting


def _todoist_task(number: int, cells: dict[str, str], key: str) -> Row:
    content, day = cells.get("content", ""), cells.get("date", "").strip()
    description = cells.get("description", "")
    values: dict[str, Any] = {
        "title": LABEL.sub("", content).strip(),
        "labels": LABEL.findall(content),
        "priority": TODOIST_PRIORITY.get(cells.get("priority", ""), "medium"),
    }
    if ISO_DAY.match(day):
        values["due_date"] = day[:10]
    elif day:
        description = f"{description}\n\nDate: {day}".strip()
    return Row(number, {**values, "description": description}, key)


def from_trello(parts: Iterable[bytes], ignored: set[str]) -> Rows:
    """A board's JSON: a row for each card, and one below it for each item of its checklists."""
    board = document_of(parts)
    if not isinstance(board, dict) or not isinstance(board.get("cards"), list):
        raise FileRefused("the file is no board of Trello: it has no cards")
    lists = {one["id"]: one for one in board.get("lists", [])}
    members = {one["id"]: one["username"] for one in board.get("members", [])}
    checklists: dict[str, list[dict[str, Any]]] = {}
    for checklist in board.get("checklists", []):
        checklists.setdefault(checklist["idCard"], []).extend(checklist.get("checkItems", []))
    number = 0
    for card in board["cards"]:
        number += 1
        yield _card(number, card, lists.get(card.get("idList"), {}), members)
        for item in checklists.get(card["id"], []):
            number += 1
            status = "completed" if item.get("state") == "complete" else "todo"
            yield Row(number, {"title": item.get("name", ""), "status": status}, item["id"], card["id"])


def _card(number: int, card: dict[str, Any], column: dict[str, Any], members: dict[str, str]) -> Row:
    name = column.get("name", "")
    labels = [label.get("name") or label.get("color") or "" for label in card.get("labels", [])]
    values = {
        "title": card.get("name", ""),
        "description": card.get("desc", ""),
        "status": _card_status(card, column, name),
        "labels": [label for label in (*labels, name) if label],
    }
    if card.get("due"):
        values["due_date"] = card["due"][:10]
    people = tuple(members[one] for one in card.get("idMembers", []) if one in members)
    return Row(number, values, card["id"], people=people)


def _card_status(card: dict[str, Any], column: dict[str, Any], name: str) -> str:
    if card.get("closed") or column.get("closed"):
        return "archived"
    if card.get("dueComplete") or DONE_LISTS.search(name):
        return "completed"
    return "in_progress" if DOING_LISTS.search(name) else "todo"


def from_vikunja(parts: Iterable[bytes], ignored: set[str]) -> Rows:
    """The `data.json` of an export: projects with their tasks."""
    projects = document_of(parts)
    if not isinstance(projects, list):
        raise FileRefused("the file is no export of Vikunja: give the data.json of it")
    number = 0
    for project in projects:
        for task in (project.get("tasks") if isinstance(project, dict) else None) or []:
            number += 1
            yield _vikunja_task(number, task)


def _vikunja_task(number: int, task: dict[str, Any]) -> Row:
    percent = task.get("percent_done") or 0
    priority = task.get("priority") or 0
    values: dict[str, Any] = {
        "title": task.get("title", ""),
        "description": _text_of_html(task.get("description") or ""),
        "status": "completed" if task.get("done") else "in_progress" if percent else "todo",
        "priority": VIKUNJA_PRIORITY[priority] if 0 <= priority < len(VIKUNJA_PRIORITY) else "medium",
        "labels": [label["title"] for label in task.get("labels") or []],
    }
    due = task.get("due_date") or ""
    if due and not due.startswith(NEVER):
        values["due_date"] = due[:10]
    people = tuple(person["username"] for person in task.get("assignees") or [])
    parents = (task.get("related_tasks") or {}).get("parenttask") or []
    parent = str(parents[0]["id"]) if parents else None
    return Row(number, values, str(task["id"]), parent, people=people)


def _text_of_html(source: str) -> str:
    """The words of an HTML description, a paragraph a line."""
    if "<" not in source:
        return source
    import nh3

    broken = re.sub(r"</(?:p|li|h\d|div)>|<br\s*/?>", "\n", source)
    return html.unescape(nh3.clean(broken, tags=set())).strip()


READERS: dict[str, Callable[[Iterable[bytes], set[str]], Rows]] = {
    "todoist": from_todoist,
    "trello": from_trello,
    "vikunja": from_vikunja,
}
