"""The `taskwire` command. What a subcommand needs is imported when it runs, so that the others stay quick."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from deploy import administrators
from deploy.databases import asked, system_urls
from deploy.errors import StartError
from deploy.options import SERVICES, Options, read_options, say
from deploy.refusals import clear_refusals
from deploy.remote import commands
from deploy.remote.arguments import ServerOption

app = typer.Typer(
    help="Taskwire: start it, look into it, mend it; and work at a running one.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
letters = typer.Typer(help="Messages that could not be handled.", no_args_is_help=True)
app.add_typer(letters, name="dlq")
app.add_typer(administrators.app, name="admin")
commands.register(app)


CONSUMERS = ("tasks", "notifications")  # the services that take in events, and so may have dead letters


@app.command()
def run() -> None:
    """Start the embedded system: one process, PostgreSQL and NGINX (PORT, HOST, DATA_DIR)."""
    with clear_refusals():
        options = read_options("run", os.environ)
        from deploy import embedded

        embedded.run(options)


@app.command()
def stack(
    supervise: Annotated[bool, typer.Option("--supervise", help="Restart what dies (or SUPERVISE=1).")] = False,
) -> None:
    """Start the production topology without containers (PORT, HOST, DATA_DIR, WORKERS)."""
    with clear_refusals():
        options = read_options("stack", os.environ, supervise)
        from deploy import stack as production

        production.run(options)


@app.command()
def ctl(
    verb: Annotated[str, typer.Argument(help="ps, kill, stop, cont, start, restart or logs")],
    name: Annotated[str, typer.Argument(help="a process as `ps` names it")] = "",
) -> None:
    """Control a running stack (DATA_DIR chooses it): `ps` prints NAME PID STATE."""
    with clear_refusals():
        data = stack_options().data
        if verb == "logs":
            show_log(data, name)
            return
        from deploy.control import ask

        say(ask(data / "ctl.json", verb, name))


def stack_options() -> Options:
    return read_options("stack", os.environ)


def show_log(data: Path, name: str) -> None:
    """Copies the log of a process to standard output."""
    path = data / "logs" / f"{name}.log"
    if not path.exists():
        known = ", ".join(sorted(file.stem for file in path.parent.glob("*.log"))) or f"none in {data}"
        raise StartError(f"no log of {name or 'no name'}: {known}")
    with path.open("rb") as log:
        shutil.copyfileobj(log, sys.stdout.buffer)


@app.command()
def openapi(
    output: Annotated[Path | None, typer.Option(help="A file instead of standard output.")] = None,
) -> None:
    """Write the OpenAPI document of the three services."""
    from deploy import openapi as document

    found = document.merge(document.describe_services())
    if output:
        document.write(found, output)
    else:
        say(json.dumps(found, ensure_ascii=False, indent=2))


@app.command()
def migrate(service: Annotated[str, typer.Argument(help="users, tasks or notifications")]) -> None:
    """Bring the database of a service (DATABASE_URL) to the newest revision."""
    from shared.migrations import migrate as bring_up

    with clear_refusals():
        require_service(service)
        url = os.environ.get("DATABASE_URL", "")
        if not url:
            raise StartError("DATABASE_URL is not set: postgresql://user:password@host:port/name")
        changed = asyncio.run(bring_up(f"{service}_service", url))
        say(f"{service}: {'migrated' if changed else 'at the newest revision'}")


def require_service(service: str, known: Sequence[str] = SERVICES) -> None:
    if service not in known:
        raise StartError(f"no service {service}: one of {', '.join(known)}")


@letters.command("list")
def list_letters() -> None:
    """List the dead letters of all services, oldest first."""
    from shared.dead_letters import list_dead

    with clear_refusals():
        for service, url in database_urls().items():
            for letter in asked(list_dead, service, url):
                state = " (replay asked for)" if letter.replay_at else ""
                what = f"{letter.died_at:%Y-%m-%dT%H:%M:%SZ} {letter.routing_key} {letter.message_id}"
                say(f"{service} {letter.id} {what} after {letter.attempts} attempts: {letter.reason}{state}")


@letters.command("replay")
def replay_letters(
    service: Annotated[str, typer.Argument(help="tasks or notifications; both when left out")] = "",
    ids: Annotated[list[int] | None, typer.Argument(help="ids as `list` shows them; all when left out")] = None,
) -> None:
    """Ask the workers to try dead letters once more."""
    from shared.dead_letters import request_replay

    with clear_refusals():
        if service:
            require_service(service, CONSUMERS)
        for name, url in database_urls().items():
            if service in ("", name):
                say(f"{name}: {asked(lambda at: request_replay(at, ids or None), name, url)} asked for")


@letters.command("show")
def show_letter(
    service: Annotated[str, typer.Argument(help="tasks or notifications")],
    letter_id: Annotated[int, typer.Argument(help="its id as `list` shows it")],
) -> None:
    """Write the message of a dead letter to standard output, as it came."""
    from shared.dead_letters import read_dead

    with clear_refusals():
        body = asked(lambda at: read_dead(at, letter_id), service, database_of(service))
        if body is None:
            raise StartError(f"{service} has no dead letter {letter_id}")
        sys.stdout.buffer.write(body + b"\n")


@letters.command("discard")
def discard_letters(
    service: Annotated[str, typer.Argument(help="tasks or notifications")],
    ids: Annotated[list[int], typer.Argument(help="ids as `list` shows them")],
) -> None:
    """Remove dead letters for good: what they say is then never done."""
    from shared.dead_letters import discard_dead

    with clear_refusals():
        url = database_of(service)
        for letter_id in ids:
            gone = asked(lambda at, one=letter_id: discard_dead(at, one), service, url)  # type: ignore[misc]
            say(f"{service} {letter_id} {'discarded' if gone else 'is not there'}")


def database_of(service: str) -> str:
    """The address of a consumer's database. Raises StartError for another service, or when it is not known."""
    require_service(service, CONSUMERS)
    url = database_urls().get(service)
    if url is None:
        raise StartError(f"the database of {service} is not known: set {service.upper()}_DATABASE_URL")
    return url


def database_urls() -> dict[str, str]:
    """The databases of the consumers: TASKS_DATABASE_URL and so on, else those of the system in DATA_DIR."""
    given = {name: os.environ.get(f"{name.upper()}_DATABASE_URL", "") for name in CONSUMERS}
    if any(given.values()):
        return {name: url for name, url in given.items() if url}
    return {name: url for name, url in system_urls().items() if name in CONSUMERS}


@app.command()
def demo(server: ServerOption = None) -> None:
    """Fill a running system with people, projects and 2,000 tasks to look at (DATA_DIR, PORT)."""
    with clear_refusals():
        options = read_options("run", os.environ)
        from deploy.demo import fill

        fill(server or f"http://localhost:{options.port}", options.data)


@app.command()
def secrets() -> None:
    """Write .env with random secrets for `docker compose up`."""
    from deploy.compose_secrets import write_environment

    with clear_refusals():
        write_environment(Path())
        say("Wrote .env and secrets/: keep them, `docker compose up -d` reads them.")


if __name__ == "__main__":
    app()
