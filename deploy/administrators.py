"""`taskwire admin`: for whoever has the machine and has lost, or not yet got, an administrator's account.

The password is asked for, or generated with `--generate` and shown once; it never stands on a command line.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer

from deploy.databases import asked, system_urls
from deploy.errors import StartError
from deploy.options import say
from deploy.refusals import clear_refusals

app = typer.Typer(help="Administrators: make one, promote somebody, set a password.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="username (or e-mail address) of the account")]
Generate = Annotated[bool, typer.Option("--generate", help="generate the password and show it once")]


@app.command()
def create(
    username: Annotated[str, typer.Argument(help="username of the new account")],
    email: Annotated[str, typer.Option(help="e-mail address; USERNAME@taskwire.local when left out")] = "",
    generate: Generate = False,
) -> None:
    """Make a new account that is an administrator's."""
    from users_service import administration

    with clear_refusals():
        password = choose_password(generate)
        address = email or f"{username}@taskwire.local"
        carry_out(lambda url: administration.create_admin(url, username, address, password))
        say(f"{username} is an administrator.")
        show(password, generate)


@app.command()
def promote(name: Name) -> None:
    """Make an account an active administrator's."""
    from users_service import administration

    with clear_refusals():
        user = carry_out(lambda url: administration.promote(url, name))
        say(f"{user['username']} is an administrator and signs in anew.")


@app.command("reset-password")
def reset_password(
    name: Name,
    generate: Generate = False,
    two_factor_off: Annotated[bool, typer.Option("--two-factor-off", help="ask for no code any more")] = False,
) -> None:
    """Set a new password, end all sessions and personal access tokens, and lift the lock of wrong guesses."""
    from users_service import administration

    with clear_refusals():
        password = choose_password(generate)
        user = carry_out(lambda url: administration.reset_password(url, name, password, two_factor_off))
        say(f"{user['username']} has a new password and is signed out everywhere.")
        show(password, generate)


def choose_password(generate: bool) -> str:
    """Asked for twice at a terminal; otherwise the first line of standard input."""
    if generate:
        return secrets.token_urlsafe(18)
    if os.isatty(0):
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    try:
        return input()
    except EOFError:
        raise StartError("no password: give it on standard input, or use --generate") from None


def show(password: str, generated: bool) -> None:
    if generated:
        say(f"password: {password}   (shown once)")


def carry_out(act: Callable[[str], Awaitable[Any]]) -> Any:
    """The answer of the users service's database. What cannot be done is a StartError with the reason."""
    from shared.errors import Problem

    url = os.environ.get("USERS_DATABASE_URL") or os.environ.get("DATABASE_URL") or system_urls().get("users", "")
    try:
        return asked(act, "users", url)
    except Problem as error:
        reasons = [f"{one.pointer.lstrip('/')} {one.message}" for one in error.errors]
        raise StartError("; ".join(reasons) or str(error)) from None
