"""The generated Python client and the listener that we give as an example, at a running system."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import httpx
import pytest

import deploy
from tests.system.people import Person, until
from tests.system.running import RunningSystem

pytestmark = pytest.mark.system

EXAMPLES = Path(deploy.__file__).parent / "examples"
GENERATOR = Path(sys.executable).with_name("openapi-python-client")


@pytest.fixture(scope="module")
def client(embedded: RunningSystem, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The package, generated from what the gateway serves, without a warning."""
    folder = tmp_path_factory.mktemp("sdk")
    (folder / "openapi.json").write_bytes(httpx.get(f"{embedded.base}/openapi.json", trust_env=False).content)
    words: list[str | Path] = [
        "generate",
        "--path",
        folder / "openapi.json",
        "--config",
        EXAMPLES / "sdk.yaml",
        "--fail-on-warning",
    ]
    done = subprocess.run(
        [GENERATOR, *words, "--output-path", folder / "sdk"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder / "sdk"))
    yield importlib.import_module("taskwire_client")
    sys.path.remove(str(folder / "sdk"))


class TestGeneratedClient:
    async def test_makes_and_lists_tasks(self, client: Any, embedded: RunningSystem) -> None:
        person = await Person.registered(embedded.base)
        operations = importlib.import_module("taskwire_client.api.tasks")
        models = importlib.import_module("taskwire_client.models")
        create = importlib.import_module(f"{operations.__name__}.create_task")
        find = importlib.import_module(f"{operations.__name__}.list_tasks")
        async with client.AuthenticatedClient(base_url=embedded.base, token=person.access) as signed_in:
            made = await create.asyncio(client=signed_in, body=models.TaskCreate(title="From a client"))
            found = await find.asyncio(client=signed_in, q="client")
        assert [task.id for task in found.items] == [made.id]

    def test_has_every_operation(self, client: Any, embedded: RunningSystem) -> None:
        document = httpx.get(f"{embedded.base}/openapi.json", trust_env=False).json()
        wanted = {operation["operationId"] for item in document["paths"].values() for operation in item.values()}
        found = {path.stem for path in Path(client.__file__).parent.glob("api/*/*.py")}
        assert wanted <= found


@pytest.fixture
def listen() -> Callable[..., Generator[dict[str, Any]]]:
    spec = importlib.util.spec_from_file_location("listen", EXAMPLES / "listen.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[..., Generator[dict[str, Any]]] = module.listen
    return found


class TestListener:
    async def test_goes_on_where_it_stopped(
        self, listen: Callable[..., Generator[dict[str, Any]]], embedded: RunningSystem, tmp_path: Path
    ) -> None:
        person = await Person.registered(embedded.base)
        await person.post("/api/tasks", {"title": "Before"})
        kept = tmp_path / "cursor"
        kept.write_text(await until(lambda: self.cursor_behind_the_first(person)))
        titles = [f"While nobody listened {number}" for number in range(3)]
        for title in titles:
            await person.post("/api/tasks", {"title": title})
        assert await asyncio.to_thread(self.heard, listen(embedded.base, person.access, kept), 2) == titles[:2]
        # the second event was handed out, and not dealt with yet
        assert await asyncio.to_thread(self.heard, listen(embedded.base, person.access, kept), 2) == titles[1:]

    @staticmethod
    async def cursor_behind_the_first(person: Person) -> str | None:
        page = (await person.get("/api/events")).json()
        return page["next_cursor"] if page["items"] else None

    @staticmethod
    def heard(events: Generator[dict[str, Any]], number: int) -> list[str]:
        found = [next(events)["task"]["title"] for _ in range(number)]
        events.close()
        return found
