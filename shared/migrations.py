"""Migrations run as a job of their own, before a service starts: `python -m shared.migrations tasks_service`.

One at a time (advisory lock), each in its own transaction, with lock and statement timeouts. A database that is at the
newest revision is recognised without importing Alembic, so a warm start does not wait for it.
"""

import asyncio
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncpg

from shared.database import connect

LOCK_ID = 0x6D69677261746530
NEWER = """The database of {service} is at revision {revision}, which this version does not know: a newer one was here.
Start that one, or restore the backup that was made before it (docs/hosting.md)."""


def folder(service: str) -> Path:
    spec = find_spec(service)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "migrations"


def versions(service: str) -> Path:
    return folder(service) / "versions"


def head(service: str) -> str:
    """The newest revision: file names begin with it and sort by time."""
    return max(path.stem for path in versions(service).glob("2*.py"))


async def migrate(service: str, database_url: str) -> bool:
    """Brings the database to the newest revision; False when it was there already. Ends the process with a message when
    the database is at one that is not known here."""
    connection = await connect(database_url, "taskwire-migrations")
    try:
        await connection.execute(
            "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0"
        )
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK_ID, timeout=600)
        revision = await _revision(connection)
        if revision == head(service):
            return False
        if revision is not None and not (versions(service) / f"{revision}.py").exists():
            raise SystemExit(NEWER.format(service=service, revision=revision))
        await asyncio.to_thread(upgrade, service, database_url)
        return True
    finally:
        await connection.close()


async def is_at_head(service: str, database_url: str) -> bool:
    connection = await connect(database_url, "taskwire-migrations")
    try:
        return await _revision(connection) == head(service)
    finally:
        await connection.close()


async def _revision(connection: asyncpg.Connection) -> str | None:
    try:
        revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    return revision


def upgrade(service: str, database_url: str, revision: str = "head") -> None:
    from alembic import command

    command.upgrade(_config(service, database_url), revision)


def downgrade(service: str, database_url: str, revision: str = "base") -> None:
    from alembic import command

    command.downgrade(_config(service, database_url), revision)


def _config(service: str, database_url: str) -> Any:
    from alembic.config import Config

    config = Config(str(folder(service) / "alembic.ini"))
    config.set_main_option("script_location", str(folder(service)))
    config.attributes["database_url"] = database_url
    return config


def main() -> None:
    from shared.settings import ServiceSettings, load

    if len(sys.argv) != 2 or find_spec(sys.argv[1]) is None:
        raise SystemExit("usage: python -m shared.migrations users_service|tasks_service|notifications_service")
    service = sys.argv[1]
    changed = asyncio.run(migrate(service, load(ServiceSettings).database_url))
    print(f"{service}: {'migrated to' if changed else 'is at'} {head(service)}")


if __name__ == "__main__":
    main()
