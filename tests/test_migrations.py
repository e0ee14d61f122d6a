"""Migrations of every service: up, down and up again, and no difference to what `models/` declares."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from shared import migrations
from tests.postgres import Server

SERVICES = ("users_service", "tasks_service", "notifications_service")

# Whatever the database knows of our tables, in a form that does not depend on the order in which they were made.
CATALOG = """
SELECT 'column', c.relname, concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
    a.attgenerated, a.attcollation, pg_get_expr(d.adbin, d.adrelid))
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 't'
UNION ALL
SELECT 'index', tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'enum', enumtypid::regtype::text, string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum GROUP BY 2
"""


def metadata_of(service: str) -> MetaData:
    metadata: MetaData = import_module(f"{service}.models").Model.metadata
    return metadata


async def run(url: str, work: Any) -> Any:
    """Calls `work(connection)` with a connection of SQLAlchemy, and commits."""
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


async def catalog(url: str) -> set[tuple[str, ...]]:
    connection = await asyncpg.connect(url)
    try:
        return {tuple(row) for row in await connection.fetch(CATALOG) if row[1] != "alembic_version"}
    finally:
        await connection.close()


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class TestMigrations:
    async def test_up_down_up(self, postgres: Server, service: str) -> None:
        url = await postgres.empty_database()
        await asyncio.to_thread(migrations.upgrade, service, url)
        first = await catalog(url)
        await asyncio.to_thread(migrations.downgrade, service, url)
        assert await catalog(url) == set()
        await asyncio.to_thread(migrations.upgrade, service, url)
        assert await catalog(url) == first != set()

    async def test_models_are_what_is_migrated(self, postgres: Server, service: str) -> None:
        migrated, declared = await postgres.database(service), await postgres.empty_database()
        await run(declared, metadata_of(service).create_all)
        assert await catalog(migrated) == await catalog(declared)

    async def test_alembic_finds_nothing_to_do(self, postgres: Server, service: str) -> None:
        def differences(connection: Connection) -> list[Any]:
            context = MigrationContext.configure(connection, opts={"compare_server_default": True})
            return list(compare_metadata(context, metadata_of(service)))

        assert await run(await postgres.database(service), differences) == []

    async def test_second_run_does_nothing(self, postgres: Server, service: str) -> None:
        url = await postgres.empty_database()
        assert await migrations.migrate(service, url) is True
        assert await migrations.migrate(service, url) is False

    async def test_of_several_at_once_one_migrates(self, postgres: Server, service: str) -> None:
        url = await postgres.empty_database()
        assert sorted(await asyncio.gather(*(migrations.migrate(service, url) for _ in range(3)))) == [
            False,
            False,
            True,
        ]

    async def test_a_newer_database_is_left_alone(self, postgres: Server, service: str) -> None:
        url = await postgres.empty_database()
        await migrations.migrate(service, url)
        connection = await asyncpg.connect(url)
        try:
            await connection.execute("UPDATE alembic_version SET version_num = '2099_01_01_0000_later'")
        finally:
            await connection.close()
        with pytest.raises(SystemExit, match="2099_01_01_0000_later, which this version does not know"):
            await migrations.migrate(service, url)
