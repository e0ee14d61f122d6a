"""The tasks service with small quotas, on a folder of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import StartApp
from tests.fakes import FakeUsers
from tests.tasks_service.client import Tasks


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files") / "a b"


@pytest.fixture(scope="module")
async def tasks(service_app: StartApp, fake_users: FakeUsers, folder: Path) -> AsyncIterator[Tasks]:
    settings = {"attachments_url": folder.as_uri(), "max_attachment_mb": 2, "user_quota_mb": 4, "project_quota_mb": 5}
    async with service_app("tasks_service", users_url=fake_users.url, **settings) as running:
        yield Tasks(running)
