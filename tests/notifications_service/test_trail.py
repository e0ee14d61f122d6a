"""What the audit trail hears of this service: refusals, also at the socket, and what administrators do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from websockets.exceptions import InvalidStatus

from shared.trail import Entry, Trail
from tests.fakes import Person
from tests.notifications_service.system import System, closed

SEND = "/api/notifications/send"


class Heard:
    """Entries instead of a call to the users service."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.trail = Trail(self.keep)

    async def keep(self, batch: list[Entry]) -> None:
        self.entries += batch

    async def now(self) -> list[tuple[str, int | None, str | None]]:
        await self.trail.flush()
        return [(entry.action, entry.actor_id, entry.target) for entry in self.entries]


@pytest.fixture
def heard(system: System) -> Iterator[Heard]:
    heard, before = Heard(), system.app.state.trail
    system.app.state.trail = heard.trail
    yield heard
    system.app.state.trail = before


class TestTrail:
    async def test_acts_of_administrators(self, system: System, admin: Person, ann: Person, heard: Heard) -> None:
        body = {"user_ids": [ann.id], "message": "Hello"}
        headers = {**admin.headers, "X-Request-ID": "sent-1", "X-Real-IP": "198.51.100.7"}
        assert (await system.http.post(SEND, json=body, headers=headers)).is_success
        assert (await system.http.get("/api/notifications", headers=admin.headers)).is_success
        [act] = await heard.now()
        assert act == ("admin.send_announcement", admin.id, f"POST {SEND}")
        assert (heard.entries[0].request_id, heard.entries[0].address) == ("sent-1", "198.51.100.7")

    async def test_refusals(self, system: System, ann: Person, heard: Heard) -> None:
        await system.http.post(SEND, json={"user_ids": [ann.id], "message": "Hello"}, headers=ann.headers)
        await system.http.get("/api/notifications")
        assert await heard.now() == [
            ("refused.forbidden", ann.id, f"POST {SEND}"),
            ("refused.unauthenticated", None, "GET /api/notifications"),
        ]

    async def test_refusals_at_the_socket(self, system: System, heard: Heard) -> None:
        async with system.connect() as socket:
            await socket.send('{"type":"auth","token":"nonsense"}')
            assert await closed(socket) == 4401
        with pytest.raises(InvalidStatus):
            async with system.connect(origin="https://evil.example"):
                pass
        assert await heard.now() == [
            ("refused.socket", None, "GET /ws/tasks"),
            ("refused.origin_refused", None, "GET /ws/tasks"),
        ]
