"""Tasks at the command line: write them down, find them, change them."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from deploy.remote import shown, words
from deploy.remote.server import Body, Refused, Server


def add(server: Server, fields: dict[str, Any], json_wanted: bool) -> None:
    task = server.post("/api/tasks", fields)
    if json_wanted:
        shown.as_json(task)
    else:
        shown.console().print(f"Created {shown.reference(task)}: {task['title']}", markup=False, soft_wrap=True)


def find(server: Server, query: dict[str, Any], limit: int | None, json_wanted: bool) -> None:
    """Shows what matches; `limit` None for everything."""
    rows = list(islice(server.pages("/api/tasks", **query, limit=min(limit or 100, 100)), limit))
    if json_wanted:
        shown.as_json(rows)
        return
    out = shown.console()
    if not rows:
        out.print("No task matches.")
        return
    ids = {i for task in rows for i in task["assignee_ids"]}
    out.print(shown.tasks(rows, words.names(server, ids) if ids else {}, date.today()))
    if limit is not None and len(rows) == limit:
        out.print(f"The first {limit}; --all shows every one.", style="dim")


def show(server: Server, reference: str, json_wanted: bool) -> None:
    task = words.task(server, reference)
    comments = list(server.pages(f"/api/tasks/{task['id']}/comments"))
    if json_wanted:
        shown.as_json({**task, "comments": comments})
        return
    ids = {task["created_by"], *task["assignee_ids"], *(comment["author_id"] for comment in comments)}
    shown.one_task(shown.console(), task, comments, words.names(server, ids), date.today())


def change(server: Server, references: Sequence[str], fields: dict[str, Any], json_wanted: bool) -> None:
    """Changes these fields of each task, from the version that is there now."""
    changed: list[Body] = []
    for reference in references:
        task = words.task(server, reference)
        changed.append(server.patch(f"/api/tasks/{task['id']}", fields, task["version"]))
    if json_wanted:
        shown.as_json(changed if len(references) > 1 else changed[0])
        return
    for task in changed:
        shown.console().print(f"Saved {shown.reference(task)}: {task['title']}", markup=False, soft_wrap=True)


def write(server: Server, reference: str) -> None:
    """Opens title and description in $EDITOR, and saves them when they are different afterwards."""
    task = words.task(server, reference)
    text = edited(f"{task['title']}\n\n{task['description']}")
    title, _, description = text.partition("\n")
    fields = {"title": title.strip(), "description": description.strip("\n")}
    if fields == {"title": task["title"], "description": task["description"].strip("\n")}:
        shown.console().print("Nothing changed.")
        return
    server.patch(f"/api/tasks/{task['id']}", fields, task["version"])
    shown.console().print(f"Saved {shown.reference(task)}: {fields['title']}", markup=False, soft_wrap=True)


def edited(text: str) -> str:
    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "task.md"
        path.write_text(text)
        try:
            subprocess.run([*editor, str(path)], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise Refused(f"The editor did not work ({error}): set EDITOR, or give --title and --description") from None
        return path.read_text()


def comment(server: Server, reference: str, body: str, json_wanted: bool) -> None:
    task = words.task(server, reference)
    written = server.post(f"/api/tasks/{task['id']}/comments", {"body": body})
    if json_wanted:
        shown.as_json(written)
    else:
        shown.console().print(f"Commented on {shown.reference(task)}: {task['title']}", markup=False, soft_wrap=True)
