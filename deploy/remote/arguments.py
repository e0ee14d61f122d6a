"""What several commands for people are given, and how they reach the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.errors import StartError
from deploy.options import complain

if TYPE_CHECKING:
    from deploy.remote.server import Server

ServerOption = Annotated[str | None, typer.Option("--server", help="Its address.", envvar="TASKWIRE_URL")]
JsonOption = Annotated[bool, typer.Option("--json", help="As the API says it, for programs.")]
TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help="Its number or key, as 42 or WEB-12.")]
ProjectOption = Annotated[str | None, typer.Option("--project", "-P", help="Key or number of a project.")]
DueOption = Annotated[str | None, typer.Option("--due", help="today, tomorrow, +3d, +2w, 2026-12-24 or none.")]
PriorityOption = Annotated[str | None, typer.Option("--priority", "-p", help="low, medium, high or urgent.")]
StatusOption = Annotated[str | None, typer.Option("--status", "-s", help="todo, in_progress, completed or archived.")]
AssigneeOption = Annotated[list[str] | None, typer.Option("--assign", "-a", help="me or a username; repeatable.")]
LabelOption = Annotated[list[str] | None, typer.Option("--label", "-l", help="Repeatable.")]
FilterOption = Annotated[str | None, typer.Option("--filter", "-f", help="As in `priority>=high and due<today+7d`.")]


def at(address: str | None, work: Callable[[Server], object]) -> Any:
    """Does the work at a server; a refusal is one clear message and exit code 1."""
    from deploy.remote.server import Server

    try:
        with Server(address) as server:
            return work(server)
    except StartError as error:
        complain(str(error))
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
