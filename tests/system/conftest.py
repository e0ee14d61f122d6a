"""One stack and one embedded system for all tests of whole systems."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.system.people import Person
from tests.system.running import LIFTED, RunningSystem


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    with RunningSystem("stack", tmp_path_factory.mktemp("stack"), **LIFTED) as system:
        yield system


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """With the default rate limits."""
    with RunningSystem("run", tmp_path_factory.mktemp("embedded")) as system:
        yield system


@pytest.fixture(params=["embedded", "stack"])
def system(request: pytest.FixtureRequest) -> RunningSystem:
    running: RunningSystem = request.getfixturevalue(request.param)
    return running


@pytest.fixture(autouse=True)
async def everybody_leaves() -> AsyncIterator[None]:
    yield
    await Person.leave_all()
