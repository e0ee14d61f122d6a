"""Starting and ending: what the first start prints, what Ctrl-C leaves, what survives a crash of the runner."""

import json
import stat
from pathlib import Path

import pytest

from tests.system.people import Person
from tests.system.running import RunningSystem

pytestmark = pytest.mark.system


class TestEmbedded:
    async def test_a_second_start_finds_everything(self, tmp_path: Path) -> None:
        folder = tmp_path / "with a space"
        with RunningSystem("run", folder) as first:
            announced = first.log()
            assert first.base.rpartition(":")[2] in announced
            assert "/docs" in announced
            assert json.loads((first.data / "admin.json").read_text())["password"] in announced
            assert stat.S_IMODE((first.data / "admin.json").stat().st_mode) == 0o600
            admin = await Person.known(first.base, *first.admin())
            task = (await admin.post("/api/tasks", {"title": "kept"})).json()
            assert first.stop() < 10
            assert first.left_behind() == []
        with RunningSystem("run", folder) as second:
            admin = await Person.known(second.base, *second.admin())
            assert (await admin.get(f"/api/tasks/{task['id']}")).json() == task
            assert second.log().count(admin.password) == 1

    async def test_a_crash_of_the_runner_leaves_nothing_in_the_way(self, tmp_path: Path) -> None:
        with RunningSystem("run", tmp_path) as first:
            admin = await Person.known(first.base, *first.admin())
            task = (await admin.post("/api/tasks", {"title": "kept"})).json()
            first.crash()
        with RunningSystem("run", tmp_path) as second:
            admin = await Person.known(second.base, *second.admin())
            assert (await admin.get(f"/api/tasks/{task['id']}")).json() == task

    def test_the_callers_settings_are_passed_on_and_checked(self, tmp_path: Path) -> None:
        with (
            pytest.raises(AssertionError, match="REGISTRATION: ") as refused,
            RunningSystem("run", tmp_path, REGISTRATION="nobody"),
        ):
            pass
        assert "Traceback" not in str(refused.value)


class TestStackControl:
    async def test_ps_lists_every_process(self, stack: RunningSystem) -> None:
        lines = [line.split() for line in stack.ctl("ps").strip().splitlines()]
        services = ("users", "tasks", "notifications")
        wanted = {"gateway", "rabbitmq", *services}
        wanted |= {f"{service}-worker" for service in services} | {f"postgres-{service}" for service in services}
        assert {name for name, _, _ in lines} == wanted
        assert {state for _, _, state in lines} == {"running"}

    def test_a_killed_process_stays_down_until_it_is_started(self, stack: RunningSystem) -> None:
        stack.ctl("kill", "tasks-worker")
        assert "tasks-worker" in [line.split()[0] for line in stack.ctl("ps").splitlines() if line.endswith("dead")]
        assert "tasks-worker" in stack.ctl("start", "tasks-worker")
        stack.until_well(20)

    def test_an_unknown_name_is_explained(self, stack: RunningSystem) -> None:
        assert "postgres-tasks" in stack.ctl("kill", "nonsense")
