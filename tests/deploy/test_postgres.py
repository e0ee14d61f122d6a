from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from deploy.errors import StartError
from deploy.ports import Ports
from deploy.postgres import Cluster
from deploy.process import family, kill_family, spawn


def cluster_in(folder: Path) -> Cluster:
    passwords = {"users": "a" * 16, "tasks": "b" * 16}
    return Cluster(folder / "postgres", Ports().block(), folder / "postgres.log", "s" * 16, passwords)


@contextmanager
def running(cluster: Cluster) -> Iterator[subprocess.Popen[bytes]]:
    if cluster.is_new:
        cluster.adopt(cluster.initialise())
    cluster.clear_stale_lock()
    server = spawn(cluster.command())
    try:
        cluster.wait_until_ready(server)
        cluster.ensure_roles()
        yield server
    finally:
        kill_family(server.pid)
        server.wait(5)


class TestCluster:
    async def test_each_role_has_its_own_database_and_no_other(self, open_folder: Path) -> None:
        cluster = cluster_in(open_folder)
        with running(cluster):
            connection = await asyncpg.connect(cluster.url("users"))
            assert not await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            for setting in ("fsync", "synchronous_commit"):
                assert await connection.fetchval(f"SHOW {setting}") == "on"
            await connection.close()
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await asyncpg.connect(cluster.url("users").removesuffix("users") + "tasks")
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(cluster.url("users").replace("a" * 16, "wrong"))

    async def test_it_survives_a_kill_of_everything(self, open_folder: Path) -> None:
        cluster = cluster_in(open_folder)
        with running(cluster) as server:
            connection = await asyncpg.connect(cluster.url("users"))
            await connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
            assert len(family(server.pid)) > 3
            kill_family(server.pid)
            connection.terminate()
            server.wait(5)
        assert (cluster.folder / "postmaster.pid").exists()
        with running(cluster):
            connection = await asyncpg.connect(cluster.url("users"))
            assert await connection.fetchval("SELECT number FROM kept") == 7
            await connection.close()

    async def test_a_lock_file_with_the_pid_of_another_program_is_stale(self, open_folder: Path) -> None:
        cluster = cluster_in(open_folder)
        with running(cluster):
            pass
        with subprocess.Popen(["sleep", "60"]) as other:  # noqa: ASYNC220
            (cluster.folder / "postmaster.pid").write_text(f"{other.pid}\n{cluster.folder}\n")
            with running(cluster):
                assert other.poll() is None
            other.kill()

    async def test_a_server_that_cannot_start_says_why(self, open_folder: Path) -> None:
        cluster = cluster_in(open_folder)
        with running(cluster):
            pass
        (cluster.folder / "PG_VERSION").write_text("9\n")
        with pytest.raises(StartError, match="PostgreSQL does not start"), running(cluster):
            pass
