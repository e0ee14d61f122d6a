"""Fills a running system with something to look at: people, projects, 2,000 tasks, comments. Over the API, as people
would, and always the same but for the days, which lie around today."""

from __future__ import annotations

import json
import os
import random
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx
from rich.progress import Progress

from deploy.errors import StartError
from deploy.options import say
from deploy.remote.server import Body, Refused, Server, checked, unreachable

TASKS, COMMENTS, AT_A_TIME = 2000, 240, 100
PEOPLE = ("ada", "bela", "chidi", "dora", "emre", "freya", "goran", "hana")
PROJECTS = {
    "WEB": "Website",
    "APP": "Mobile app",
    "OPS": "Operations",
    "DOC": "Handbook",
    "FIN": "Bookkeeping",
}
VERBS = ("Write", "Review", "Fix", "Measure", "Plan", "Test", "Document", "Clean up", "Replace", "Automate")
THINGS = {
    "WEB": ("the price page", "the sign-up form", "the cookie banner", "the search box", "broken links", "the footer"),
    "APP": ("the start screen", "push messages", "offline mode", "the crash on rotation", "dark colours", "the icons"),
    "OPS": (
        "the backups",
        "certificate renewal",
        "the alert rules",
        "log rotation",
        "the staging system",
        "disk space",
    ),
    "DOC": ("the first chapter", "the glossary", "the screenshots", "the release notes", "the index", "the examples"),
    "FIN": ("the invoices", "the travel costs", "the yearly report", "open payments", "the budget", "receipts"),
}
LABELS = ("bug", "idea", "quick win", "customer", "debt", "question")
SAYINGS = (
    "I can take this one.",
    "Does this still happen with the newest version?",
    "Waiting for an answer from outside.",
    "Done on my side, please have a look.",
    "Let us talk about this on Monday.\n\n- what it costs\n- who decides",
)


@dataclass
class Account:
    id: int
    username: str
    server: Server


def fill(address: str | None, data: Path) -> None:
    """Makes the demo data; what is there already from an earlier run is left alone."""
    chosen = random.Random(20)  # noqa: S311
    password = demo_password(data)
    people = [signed_in(address, name, password) for name in PEOPLE]
    projects = {key: project(people, chosen, key, name) for key, name in PROJECTS.items()}
    with Progress() as bar:
        line = bar.add_task("Tasks", total=TASKS)
        made: list[Body] = []
        for author, batch in batches(people, projects, chosen):
            results = author.server.post("/api/tasks/bulk", {"create": batch, "atomic": False})["results"]
            made += [result for result in results if result.get("id")]
            bar.advance(line, len(batch))
        line = bar.add_task("Comments", total=COMMENTS)
        if fresh(people[0]):
            for result in chosen.sample(made, COMMENTS):
                comment(chosen.choice(people), result["id"], chosen)
                bar.advance(line)
    say(f"Sign in at {people[0].server.address} as {', '.join(PEOPLE)}; their password is in {data / 'demo.json'}.")


def demo_password(data: Path) -> str:
    """One random password for all of them, kept with mode 600."""
    path = data / "demo.json"
    if not data.is_dir():
        raise StartError(f"{data}: no such folder; DATA_DIR names that of the running system")
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({"usernames": PEOPLE, "password": secrets.token_urlsafe(12)}, file)
    found: str = json.loads(path.read_text())["password"]
    return found


def signed_in(address: str | None, name: str, password: str) -> Account:
    """The account, registered when there is none yet."""
    server = Server(address, kept=False)
    body = {"username": name, "email": f"{name}@example.com", "password": password, "full_name": name.capitalize()}
    try:
        answer = server.http.post("/api/auth/register", json=body)
    except httpx.HTTPError as error:
        raise unreachable(server.address, error) from None
    if answer.status_code != httpx.codes.CONFLICT:
        checked(answer)
    try:
        found = server.public("/api/auth/login", {"username": name, "password": password})
    except Refused:
        raise StartError(f"there is another account {name} already: make the demo data on a new system") from None
    server.token = found["access_token"]
    return Account(found["user"]["id"], name, server)


def project(people: Sequence[Account], chosen: random.Random, key: str, name: str) -> int:
    """A project with an owner and some members, or the one of an earlier run."""
    owner, *others = chosen.sample(people, 5)
    for there in owner.server.pages("/api/projects"):
        if there["key"] == key:
            return int(there["id"])
    made = owner.server.post("/api/projects", {"key": key, "name": name})
    for other, role in zip(others, ("maintainer", "member", "member", "viewer"), strict=True):
        owner.server.call("PUT", f"/api/projects/{made['id']}/members/{other.id}", json={"role": role})
    return int(made["id"])


def batches(
    people: Sequence[Account], projects: dict[str, int], chosen: random.Random
) -> Iterator[tuple[Account, list[dict[str, Any]]]]:
    """Who writes down which tasks. Each has a client id of its own, so a second run makes no second one."""
    rooms = {key: [a for a in people if may_write(a, number)] for key, number in projects.items()}
    for start in range(0, TASKS, AT_A_TIME):
        key = chosen.choice(list(projects))
        author = chosen.choice(rooms[key])
        numbers = range(start, min(start + AT_A_TIME, TASKS))
        yield author, [task(number, key, projects[key], rooms[key], chosen) for number in numbers]


def may_write(account: Account, project_id: int) -> bool:
    roles = {there["id"]: there["role"] for there in account.server.pages("/api/projects")}
    return roles.get(project_id) in ("owner", "maintainer", "member")


def task(number: int, key: str, project_id: int, room: Sequence[Account], chosen: random.Random) -> dict[str, Any]:
    status = chosen.choices(("todo", "in_progress", "completed", "archived"), (45, 15, 35, 5))[0]
    day = date.today() + timedelta(days=chosen.randint(-20, 40))
    return {
        "title": f"{chosen.choice(VERBS)} {chosen.choice(THINGS[key])}",
        "description": chosen.choice(("", "", f"Part of *{PROJECTS[key]}*.\n\n- [ ] look\n- [ ] do\n- [ ] tell")),
        "project_id": project_id,
        "status": status,
        "priority": chosen.choices(("low", "medium", "high", "urgent"), (20, 50, 22, 8))[0],
        "due_date": day.isoformat() if chosen.random() < 0.7 else None,
        "assignee_ids": [account.id for account in chosen.sample(room, chosen.choice((0, 1, 1, 1, 2)))],
        "labels": chosen.sample(LABELS, chosen.choice((0, 0, 1, 1, 2))),
        "client_id": str(uuid5(NAMESPACE_URL, f"taskwire-demo-{number}")),
    }


def fresh(account: Account) -> bool:
    """Whether nobody has commented yet: an earlier run would have."""
    return not account.server.get("/api/activity", type="comment.added", limit=1)["items"]


def comment(account: Account, task_id: int, chosen: random.Random) -> None:
    body = chosen.choice(SAYINGS)
    if chosen.random() < 0.3:
        body = f"@{chosen.choice(PEOPLE)} {body}"
    try:
        account.server.post(f"/api/tasks/{task_id}/comments", {"body": body})
    except Refused:
        return  # not everybody sees, or may write in, every project
