"""The commands for people: `taskwire login`, `add`, `ls`, ... What they need is imported when they run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.remote.arguments import (
    AssigneeOption,
    DueOption,
    FilterOption,
    JsonOption,
    LabelOption,
    PriorityOption,
    ProjectOption,
    ServerOption,
    StatusOption,
    TaskArgument,
    at,
)

if TYPE_CHECKING:
    from deploy.remote.server import Server


def register(app: typer.Typer) -> None:
    """Adds the commands below to the program."""
    for command in (login, logout, add, ls, show, done, edit, comment, watch, export, report):
        app.command(rich_help_panel="At a server")(command)
    app.command("import", rich_help_panel="At a server")(import_file)


def login(
    username: Annotated[str, typer.Argument(help="Username or e-mail address.")] = "",
    otp: Annotated[str | None, typer.Option(help="The code of your authenticator, when you use one.")] = None,
    server: ServerOption = None,
) -> None:
    """Sign in; the password is asked for, or read from standard input."""
    name = username or typer.prompt("Username or e-mail")
    password = typer.prompt("Password", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")

    def sign_in(at_server: Server) -> None:
        body = {"username": name, "password": password} | ({"otp": otp} if otp else {})
        answer = at_server.public("/api/auth/login", body)
        at_server.keep(answer["user"]["username"], answer)
        typer.echo(f"Signed in at {at_server.address} as {answer['user']['username']}.")

    at(server, sign_in)


def logout(server: ServerOption = None) -> None:
    """Sign out here and end the session there."""

    def sign_out(at_server: Server) -> None:
        from deploy.remote import logins

        at_server.call("POST", "/api/auth/logout")
        logins.write(at_server.address, None)

    at(server, sign_out)


def add(
    title: Annotated[list[str], typer.Argument(help="Several words need no quotes.")],
    description: Annotated[str, typer.Option("--description", "-d", help="Markdown.")] = "",
    priority: PriorityOption = None,
    status: StatusOption = None,
    due: DueOption = None,
    assign: AssigneeOption = None,
    label: LabelOption = None,
    project: ProjectOption = None,
    parent: Annotated[str | None, typer.Option(help="The task that it is a part of.")] = None,
    json: JsonOption = False,
    server: ServerOption = None,
) -> None:
    """Write down a task."""

    def create(at_server: Server) -> None:
        from deploy.remote import tasks, words

        fields = given(at_server, description or None, priority, status, due, assign, label)
        fields["title"] = " ".join(title)
        if project:
            fields["project_id"] = words.project(at_server, project)
        if parent:
            fields["parent_id"] = words.task(at_server, parent)["id"]
        tasks.add(at_server, fields, json)

    at(server, create)


def given(
    at_server: Server,
    description: str | None,
    priority: str | None,
    status: str | None,
    due: str | None,
    assign: list[str] | None,
    label: list[str] | None,
) -> dict[str, Any]:
    """The fields that were named, as the API takes them."""
    from datetime import date

    from deploy.remote import words

    fields: dict[str, Any] = {"description": description, "priority": priority, "status": status}
    fields = {name: value for name, value in fields.items() if value is not None}
    if due is not None:
        fields["due_date"] = words.day(due, date.today())
    if assign:
        fields["assignee_ids"] = [words.person(at_server, name) for name in assign]
    if label:
        fields["labels"] = label
    return fields


def ls(
    search: Annotated[list[str] | None, typer.Argument(help="Words to look for, or their beginnings.")] = None,
    status: Annotated[
        list[str] | None, typer.Option("--status", "-s", help="Repeatable; open tasks when left out.")
    ] = None,
    priority: Annotated[list[str] | None, typer.Option("--priority", "-p", help="Repeatable.")] = None,
    label: LabelOption = None,
    project: ProjectOption = None,
    mine: Annotated[bool, typer.Option("--mine", "-m", help="Assigned to me.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Due before today, and not done.")] = False,
    where: FilterOption = None,
    sort: Annotated[
        str | None, typer.Option(help="created_at, updated_at, due_date, priority; -… for backwards.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many.")] = 30,
    everything: Annotated[bool, typer.Option("--all", help="However many there are.")] = False,
    json: JsonOption = False,
    server: ServerOption = None,
) -> None:
    """List tasks: open ones, unless filters say otherwise."""

    def find(at_server: Server) -> None:
        from deploy.remote import tasks, words

        query: dict[str, Any] = {
            "q": " ".join(search) if search else None,
            "status": status or (None if where else ["todo", "in_progress"]),
            "priority": priority or None,
            "label": label or None,
            "overdue": True if overdue else None,
            "filter": where,
            "sort": sort,
            "assigned_user": words.person(at_server, "me") if mine else None,
            "project_id": words.project(at_server, project) if project else None,
        }
        tasks.find(at_server, query, None if everything else limit, json)

    at(server, find)


def show(task: TaskArgument, json: JsonOption = False, server: ServerOption = None) -> None:
    """Show a task and what was said about it."""

    def look(at_server: Server) -> None:
        from deploy.remote import tasks

        tasks.show(at_server, task, json)

    at(server, look)


def done(
    task: Annotated[list[str], typer.Argument(help="Numbers or keys.")],
    json: JsonOption = False,
    server: ServerOption = None,
) -> None:
    """Complete tasks."""

    def complete(at_server: Server) -> None:
        from deploy.remote import tasks

        tasks.change(at_server, task, {"status": "completed"}, json)

    at(server, complete)


def edit(
    task: TaskArgument,
    title: Annotated[str | None, typer.Option(help="Another title.")] = None,
    description: Annotated[str | None, typer.Option("--description", "-d", help="Markdown.")] = None,
    priority: PriorityOption = None,
    status: StatusOption = None,
    due: DueOption = None,
    assign: AssigneeOption = None,
    label: LabelOption = None,
    json: JsonOption = False,
    server: ServerOption = None,
) -> None:
    """Change a task; without options its words open in $EDITOR."""

    def change(at_server: Server) -> None:
        from deploy.remote import tasks

        fields = given(at_server, description, priority, status, due, assign, label)
        fields |= {"title": title} if title is not None else {}
        if fields:
            tasks.change(at_server, [task], fields, json)
        else:
            tasks.write(at_server, task)

    at(server, change)


def comment(
    task: TaskArgument,
    text: Annotated[list[str], typer.Argument(help="Markdown; @username tells that person.")],
    json: JsonOption = False,
    server: ServerOption = None,
) -> None:
    """Say something about a task."""

    def write(at_server: Server) -> None:
        from deploy.remote import tasks

        tasks.comment(at_server, task, " ".join(text), json)

    at(server, write)


def watch(
    task: Annotated[str | None, typer.Argument(help="Only this task.")] = None,
    json: JsonOption = False,
    server: ServerOption = None,
) -> None:
    """Show what happens, live, until Ctrl-C; nothing is missed while the connection is away."""

    def listen(at_server: Server) -> None:
        from deploy.remote import live

        live.watch(at_server, task, json)

    at(server, listen)


def import_file(
    file: Annotated[Path, typer.Argument(help="A .csv, .json or .ics file.")],
    project: ProjectOption = None,
    source: Annotated[str | None, typer.Option(help="todoist, trello or vikunja, when it comes from there.")] = None,
    atomic: Annotated[bool, typer.Option("--atomic", help="All rows or none.")] = False,
    json: JsonOption = False,
    server: ServerOption = None,
) -> None:
    """Import tasks from a file; what was imported before is brought up to date."""

    def load(at_server: Server) -> bool:
        from deploy.remote import transfer, words

        query: dict[str, Any] = {"atomic": "true"} if atomic else {}
        query |= {"source": source} if source else {}
        query |= {"project_id": words.project(at_server, project)} if project else {}
        return transfer.load(at_server, file, query, json)

    if not at(server, load):
        raise typer.Exit(1)


def export(
    file: Annotated[Path | None, typer.Argument(help="Where to; standard output when left out.")] = None,
    file_format: Annotated[
        str | None, typer.Option("--format", help="csv, json or ics; by the file's ending when left out.")
    ] = None,
    where: FilterOption = None,
    project: ProjectOption = None,
    server: ServerOption = None,
) -> None:
    """Export tasks."""

    def save(at_server: Server) -> None:
        from deploy.remote import transfer, words

        kind = file_format or (file.suffix.removeprefix(".") if file else "") or "json"
        query: dict[str, Any] = {"format": kind} | ({"filter": where} if where else {})
        query |= {"project_id": words.project(at_server, project)} if project else {}
        transfer.export(at_server, file, query)

    at(server, save)


def report(
    kind: Annotated[str, typer.Argument(help="Which one, as POST /api/reports names them.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="A .json, .csv or .xlsx file.")],
    server: ServerOption = None,
) -> None:
    """Have a report made, and save it."""

    def make(at_server: Server) -> None:
        from deploy.remote import transfer

        transfer.report(at_server, kind, output.suffix.removeprefix("."), output)

    at(server, make)
