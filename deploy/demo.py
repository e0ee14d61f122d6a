"""Fills a running system with something to look at: people, projects, 2,000 tasks, comments. Over the API, as people
would, and always the same but for the days, which lie around today."""

from __future__ import annotations

import json
import os
import random
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx
from rich.progress import Progress

from deploy import demo_words as words
from deploy.errors import StartError
from deploy.options import say
from deploy.remote.server import Body, Refused, Server, checked, unreachable

TASKS, COMMENTS, AT_A_TIME = 2000, 240, 100
STATUSES = {"todo": 45, "in_progress": 15, "completed": 35, "archived": 5}


@dataclass
class Account:
    id: int
    username: str
    server: Server


@dataclass
class Room:
    """A project, who writes tasks in it, and what a task there can have."""

    id: int
    key: str
    name: str
    people: list[Account]
    columns: dict[str, list[int]] = field(default_factory=dict)
    platforms: Sequence[str] = ()


def fill(address: str | None, data: Path) -> None:
    """Makes the demo data; what is there already from an earlier run is left alone."""
    password = demo_password(data)
    with ExitStack() as connections:
        people = [signed_in(connections, address, name, password) for name in words.PEOPLE]
        furnished(people, random.Random(20))  # noqa: S311
        at = people[0].server.address
    say(f"Sign in at {at} as {', '.join(words.PEOPLE)}; their password is in {data}/demo.json.")


def furnished(people: Sequence[Account], chosen: random.Random) -> None:
    rooms = [room(people, chosen, key) for key in words.PROJECTS]
    with Progress() as bar:
        line = bar.add_task("Tasks", total=TASKS)
        made: list[Body] = []
        for author, batch in batches(rooms, made, chosen):
            results = author.server.post("/api/tasks/bulk", {"create": batch, "atomic": False})["results"]
            made += [{**result, "at": place} for result, place in zip(results, batch, strict=True) if result.get("id")]
            bar.advance(line, len(batch))
        if fresh(people[0]):
            line = bar.add_task("Comments", total=COMMENTS)
            for result in chosen.sample(made, min(COMMENTS, len(made))):
                talk(chosen.choice(people), result["id"], chosen)
                bar.advance(line)
            for view in words.VIEWS:
                people[0].server.post("/api/views", dict(view))


def demo_password(data: Path) -> str:
    """One random password for all of them, kept with mode 600."""
    path = data / "demo.json"
    if not data.is_dir():
        raise StartError(f"{data}: no such folder; DATA_DIR names that of the running system")
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({"usernames": words.PEOPLE, "password": secrets.token_urlsafe(12)}, file)
    found: str = json.loads(path.read_text())["password"]
    return found


def signed_in(connections: ExitStack, address: str | None, name: str, password: str) -> Account:
    """The account, registered when there is none yet."""
    server = connections.enter_context(Server(address, kept=False))
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


def room(people: Sequence[Account], chosen: random.Random, key: str) -> Room:
    """A project with an owner and some members, or the one of an earlier run."""
    owner, *others = chosen.sample(people, 5)
    name, description = words.PROJECTS[key]
    there = next((one for one in owner.server.pages("/api/projects") if one["key"] == key), None)
    if there is None:
        there = owner.server.post("/api/projects", {"key": key, "name": name, "description": description})
        furnish(owner, others, there["id"], key)
    found = Room(there["id"], key, name, [owner, *others[:3]], platforms=words.FIELDS.get(key, {}).get("options", []))
    for status in owner.server.pages(f"/api/projects/{found.id}/statuses"):
        found.columns.setdefault(status["category"], []).append(status["id"])
    return found


def furnish(owner: Account, others: Sequence[Account], project_id: int, key: str) -> None:
    """Who is in a project, its labels, and what it has of its own."""
    for other, role in zip(others, ("maintainer", "member", "member", "viewer"), strict=True):
        owner.server.call("PUT", f"/api/projects/{project_id}/members/{other.id}", json={"role": role})
    for name, color in words.LABELS.items():
        owner.server.post("/api/labels", {"name": name, "color": color, "project_id": project_id})
    for name, category, color in words.COLUMNS.get(key, ()):
        column = {"name": name, "category": category, "color": color}
        owner.server.post(f"/api/projects/{project_id}/statuses", column)
    if key in words.FIELDS:
        owner.server.post(f"/api/projects/{project_id}/fields", words.FIELDS[key])


def batches(
    rooms: Sequence[Room], made: list[Body], chosen: random.Random
) -> Iterator[tuple[Account, list[dict[str, Any]]]]:
    """Who writes down which tasks; some of them are steps of those that were `made` there before. Each has a client id
    of its own, so a second run makes no second one."""
    for start in range(0, TASKS, AT_A_TIME):
        place = rooms[start // AT_A_TIME % len(rooms)]
        author = chosen.choice(place.people)
        parents = [one["id"] for one in made if one["at"]["project_id"] == place.id and "parent_id" not in one["at"]]
        numbers = range(start, min(start + AT_A_TIME, TASKS))
        yield author, [task(number, place, parents, chosen) for number in numbers]


def task(number: int, place: Room, parents: Sequence[int], chosen: random.Random) -> dict[str, Any]:
    status = chosen.choices(list(STATUSES), list(STATUSES.values()))[0]
    day = date.today() + timedelta(days=chosen.randint(-8 if status in ("todo", "in_progress") else -30, 40))
    parts = (chosen.choice(words.VERBS), chosen.choice(words.THINGS[place.key]), chosen.choice(words.OCCASIONS))
    body = {
        "title": " ".join(part for part in parts if part),
        "description": chosen.choice(words.DESCRIPTIONS).format(project=place.name),
        "project_id": place.id,
        "status": status,
        "priority": chosen.choices(("low", "medium", "high", "urgent"), (20, 50, 22, 8))[0],
        "due_date": day.isoformat() if chosen.random() < 0.7 else None,
        "assignee_ids": [account.id for account in chosen.sample(place.people, chosen.choice((0, 1, 1, 1, 2)))],
        "labels": chosen.sample(list(words.LABELS), chosen.choice((0, 0, 1, 1, 2))),
        "estimate_minutes": chosen.choice((None, None, 30, 60, 120, 240, 480)),
        "recurrence": "FREQ=WEEKLY" if status == "todo" and chosen.random() < 0.03 else None,
        "client_id": str(uuid5(NAMESPACE_URL, f"taskwire-demo-{number}")),
    }
    if place.columns:
        body["status_id"] = chosen.choice(place.columns[status])
    if place.platforms:
        body["custom_fields"] = {"platform": chosen.choice(place.platforms)}
    if parents and chosen.random() < 0.12:
        body |= {"title": chosen.choice(words.STEPS), "parent_id": chosen.choice(parents), "recurrence": None}
    return body


def fresh(account: Account) -> bool:
    """Whether nobody has commented yet: an earlier run would have."""
    return not account.server.get("/api/activity", type="comment.added", limit=1)["items"]


def talk(account: Account, task_id: int, chosen: random.Random) -> None:
    """A comment, and now and then the time that somebody spent."""
    body = chosen.choice(words.SAYINGS)
    if chosen.random() < 0.3:
        body = f"@{chosen.choice(words.PEOPLE)} {body}"
    try:
        account.server.post(f"/api/tasks/{task_id}/comments", {"body": body})
        if chosen.random() < 0.4:
            account.server.post(f"/api/tasks/{task_id}/time-entries", {"minutes": chosen.choice((15, 30, 45, 90))})
    except Refused:
        return  # not everybody sees, or may write in, every project
