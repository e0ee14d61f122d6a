"""The first administrator: `python -m users_service.bootstrap`, once the database is migrated."""

import asyncio
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from shared.database import Database
from shared.errors import Unprocessable
from shared.settings import load
from users_service.auth.passwords import PasswordHasher
from users_service.errors import EmailTaken, UsernameTaken
from users_service.settings import Settings
from users_service.users import queries
from users_service.users.registration import create_user
from users_service.users.schemas import Registration


@dataclass(slots=True, frozen=True)
class Credentials:
    """`generated` says that nobody knows the password yet."""

    username: str
    password: str
    generated: bool

    def write(self, path: str) -> None:
        """Puts them into a file of mode 600, whole or not at all."""
        draft = Path(f"{path}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({"username": self.username, "password": self.password}, file)
        draft.replace(path)


async def ensure_admin(settings: Settings) -> Credentials | None:
    """Makes an administrator when there is no active one; None when there is.

    The file is written before the commit: an account whose password nobody has would be worse than a file for none.
    Ends the process with a clear message when the name or the password given cannot be taken.
    """
    async with Database(settings.database_url, pool_size=2, name="taskwire-users-bootstrap") as database:
        session = database.session()
        async with session.begin():
            await session.execute(queries.LOCK_ADMINS)
            if await session.fetchval(queries.ANY_ADMIN):
                return None
            credentials = _choose(settings)
            body = _registration(settings, credentials)
            try:
                await create_user(session, PasswordHasher(), body, role="admin")
            except (UsernameTaken, EmailTaken):
                wanted = "is taken by somebody who is no administrator: set ADMIN_USERNAME"
                raise SystemExit(f"No administrator was made: {credentials.username} {wanted}") from None
            except Unprocessable as error:
                raise SystemExit(f"No administrator was made: ADMIN_PASSWORD {error.errors[0].message}") from None
            if settings.admin_file is not None:
                await asyncio.to_thread(credentials.write, settings.admin_file)
    return credentials


def _choose(settings: Settings) -> Credentials:
    given = settings.admin_password
    password = secrets.token_urlsafe(18) if given is None else given.get_secret_value()
    return Credentials(settings.admin_username, password, given is None)


def _registration(settings: Settings, credentials: Credentials) -> Registration:
    email = settings.admin_email or f"{credentials.username}@taskwire.local"
    fields = {"username": credentials.username, "email": email, "password": credentials.password}
    try:
        return Registration.model_validate({**fields, "full_name": "Administrator"})
    except ValidationError as error:
        lines = [f"ADMIN_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors(include_input=False)]
        raise SystemExit("No administrator was made:\n  " + "\n  ".join(lines)) from None


def main() -> None:
    credentials = asyncio.run(ensure_admin(load(Settings)))
    if credentials is not None and credentials.generated:
        print(f"The administrator is {credentials.username} with the password {credentials.password}", flush=True)
        print("It is shown once.", flush=True)


if __name__ == "__main__":
    main()
