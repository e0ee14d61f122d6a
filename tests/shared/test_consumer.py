"""The consumer: each event once, in order, and poison stops nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import orjson
import pytest

from shared import consumer as module
from shared import dead_letters
from shared.bus import Message
from shared.consumer import MAX_FAILURES, Consumer, Event
from shared.database import UNAVAILABLE, Database, Session
from shared.dead_letters import DeadLetter
from shared.states import UserState
from tests.postgres import Server
from tests.shared.events import message_with, user_event, user_message

QUEUE = "taskwire.tasks"
POISON = {
    "empty": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"id": "\xff\xfe"}',
    "NUL bytes": b"\x00\x00",
    "a list": b"[]",
    "unknown type": orjson.dumps(user_event(event_type="user.exploded")),
    "a later version": orjson.dumps(user_event(event_type="user.updated.v2")),
    "missing field": orjson.dumps({k: v for k, v in user_event().items() if k != "data"}),
    "wrong id": orjson.dumps({**user_event(), "id": "no uuid"}),
    "one megabyte": b'"' + b"x" * 1_000_000 + b'"',
    "deep": b"[" * 100_000,
    "huge number": b'{"data": ' + b"9" * 10_000 + b"}",
}


class Rows:
    """A handler that writes a row for each event; `poison` are users that it cannot stand."""

    def __init__(self) -> None:
        self.poison: dict[int, BaseException] = {}
        self.away: list[BaseException] = []
        self.tries = 0

    async def __call__(self, session: Session, event: Event) -> None:
        self.tries += 1
        assert isinstance(event.data, UserState)
        await session.execute("INSERT INTO handled (user_id, version) VALUES ($1, $2)", event.data.id, event.version)
        if self.away:
            raise self.away.pop()
        if event.data.id in self.poison:
            raise self.poison[event.data.id]


@pytest.fixture(scope="module")
async def url(postgres: Server) -> str:
    return await postgres.database("tasks_service")


@pytest.fixture
async def database(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    monkeypatch.setattr(module, "RETRY_PAUSES", (0.001,) * 4)
    monkeypatch.setattr(module, "AWAY_PAUSE", 0.01)
    async with Database(url) as database:
        await database.session().execute(
            "CREATE TABLE IF NOT EXISTS handled (position int GENERATED ALWAYS AS IDENTITY, user_id int, version int)"
        )
        await database.session().execute("TRUNCATE handled, dead_letters, consumed_events")
        yield database


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def consumer(database: Database, rows: Rows) -> Consumer:
    return Consumer(database, QUEUE, rows)


async def handled(database: Database) -> list[int]:
    return [row["user_id"] for row in await database.session().fetch("SELECT user_id FROM handled ORDER BY position")]


class TestOnce:
    async def test_a_batch_is_handled_in_order(self, consumer: Consumer, database: Database) -> None:
        await consumer([user_message(number) for number in range(20)])
        assert await handled(database) == list(range(20))

    async def test_duplicates_change_nothing_however_late(self, consumer: Consumer, database: Database) -> None:
        sent = [user_message(number) for number in range(5)]
        await consumer(sent * 3)
        for message in reversed(sent):
            await consumer([message])
        await consumer(sent[::-1])
        assert await handled(database) == list(range(5))

    async def test_two_consumers_with_the_same_messages(self, database: Database, rows: Rows) -> None:
        """As for a moment after a broken connection."""
        sent = [user_message(number) for number in range(50)]
        await asyncio.gather(*(Consumer(database, QUEUE, rows)(sent) for _ in range(4)))
        assert sorted(await handled(database)) == list(range(50))


class TestPoison:
    @pytest.mark.parametrize("body", POISON.values(), ids=POISON.keys())
    async def test_that_is_no_event_is_kept_with_its_reason_and_the_others_go_on(
        self, consumer: Consumer, database: Database, rows: Rows, url: str, body: bytes
    ) -> None:
        poison = Message("poison", "user.updated", body)
        await consumer([user_message(1), poison, user_message(2)])
        assert await handled(database) == [1, 2]
        (letter,) = await dead_letters.list_dead(url)
        assert (letter.queue, letter.message_id, letter.routing_key) == (QUEUE, "poison", "user.updated")
        assert letter.reason.startswith("not an event we know: ")
        assert letter.attempts == 1
        kept = await database.session().fetchval("SELECT body FROM dead_letters")
        assert kept == body
        assert rows.tries == 2

    async def test_in_a_batch_takes_nobody_with_it(
        self, consumer: Consumer, database: Database, rows: Rows, url: str
    ) -> None:
        rows.poison = {7: ValueError("cannot stand it")}
        await consumer([user_message(number) for number in range(10)])
        assert await handled(database) == [0, 1, 2, 3, 4, 5, 6, 8, 9]
        (letter,) = await dead_letters.list_dead(url)
        assert (letter.reason, letter.attempts) == ("ValueError: cannot stand it", MAX_FAILURES)

    async def test_fails_five_times_and_no_more(self, consumer: Consumer, rows: Rows, url: str) -> None:
        rows.poison = {1: ValueError("no")}
        await consumer([user_message(1)])
        assert rows.tries == 1 + MAX_FAILURES, "once in the batch, five times alone"
        assert len(await dead_letters.list_dead(url)) == 1
        assert MAX_FAILURES == 5

    async def test_a_failure_that_passes_leaves_no_dead_letter(
        self, consumer: Consumer, database: Database, rows: Rows, url: str
    ) -> None:
        rows.away = [ValueError("twice")] * 2
        await consumer([user_message(1)])
        assert await handled(database) == [1]
        assert await dead_letters.list_dead(url) == []

    async def test_odd_bytes_in_ids_and_reasons(self, consumer: Consumer, rows: Rows, url: str) -> None:
        rows.poison = {1: ValueError("NUL \x00 and surrogate \ud800")}
        event = user_event(1)
        await consumer(
            [
                Message("\x00id\x00", "user.\x00", b"\x00"),
                Message("\ud800", "\udfff", b"odd"),
                Message("", "", b"nameless"),
                message_with(event),
            ]
        )
        letters = await dead_letters.list_dead(url)
        assert len(letters) == 4
        assert letters[0].message_id == "id"
        assert len(letters[2].message_id) == 64
        assert letters[3].message_id == event["id"]

    async def test_is_kept_once_though_delivered_again(self, consumer: Consumer, url: str) -> None:
        for _ in range(3):
            await consumer([Message("poison", "", b"no event")])
        assert len(await dead_letters.list_dead(url)) == 1

    async def test_from_the_broker_is_kept_with_the_brokers_reason(self, consumer: Consumer, url: str) -> None:
        await consumer.bury_all([Message("1", QUEUE, b"x", death="delivery_limit")])
        (letter,) = await dead_letters.list_dead(url)
        assert (letter.reason, letter.attempts) == ("given up by the broker: delivery_limit", 0)


class TestDatabaseAway:
    @pytest.mark.parametrize("error", UNAVAILABLE, ids=lambda error: error.__name__)
    async def test_is_nobodys_failure(
        self, consumer: Consumer, database: Database, rows: Rows, url: str, error: type[BaseException]
    ) -> None:
        rows.away = [error("away") for _ in range(MAX_FAILURES * 3)]
        await consumer([user_message(1), user_message(2)])
        assert await handled(database) == [1, 2]
        assert await dead_letters.list_dead(url) == []

    async def test_connections_that_are_cut_under_way(
        self, consumer: Consumer, database: Database, postgres: Server, url: str
    ) -> None:
        sent = [user_message(number) for number in range(300)]
        work = asyncio.create_task(consume_in_batches(consumer, sent))
        name = url.rpartition("/")[2]
        async with Database(postgres.url("postgres")) as elsewhere:
            for _ in range(6):
                await asyncio.sleep(0.03)
                await elsewhere.session().execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
                )
        await work
        assert await handled(database) == list(range(300))
        assert await dead_letters.list_dead(url) == []


async def consume_in_batches(consumer: Consumer, messages: list[Message]) -> None:
    for first in range(0, len(messages), 10):
        await consumer(messages[first : first + 10])


async def bury_one(consumer: Consumer, rows: Rows, url: str) -> DeadLetter:
    rows.poison = {1: ValueError("no")}
    await consumer([user_message(1)])
    (letter,) = await dead_letters.list_dead(url)
    return letter


class TestReplay:
    async def test_once_the_fault_is_mended(self, consumer: Consumer, database: Database, rows: Rows, url: str) -> None:
        await bury_one(consumer, rows, url)
        assert not await dead_letters.replay_requested(database.session(), consumer), "nobody asked for it yet"
        rows.poison = {}
        assert await dead_letters.request_replay(url) == 1
        assert await dead_letters.replay_requested(database.session(), consumer)
        assert await handled(database) == [1]
        assert await dead_letters.list_dead(url) == []

    async def test_of_something_handled_meanwhile_changes_nothing(
        self, consumer: Consumer, database: Database, rows: Rows, url: str
    ) -> None:
        message = user_message(1)
        rows.poison = {1: ValueError("no")}
        await consumer([message])
        rows.poison = {}
        await consumer([message])
        await dead_letters.request_replay(url)
        await dead_letters.replay_requested(database.session(), consumer)
        assert await handled(database) == [1]
        assert await dead_letters.list_dead(url) == []

    async def test_that_fails_keeps_the_letter_with_the_new_reason(
        self, consumer: Consumer, database: Database, rows: Rows, url: str
    ) -> None:
        letter = await bury_one(consumer, rows, url)
        rows.poison = {1: KeyError("another \x00 reason \ud800")}
        await dead_letters.request_replay(url, [letter.id])
        await dead_letters.replay_requested(database.session(), consumer)
        (again,) = await dead_letters.list_dead(url)
        assert again.id == letter.id
        assert again.attempts == letter.attempts + 1
        assert again.reason.startswith("KeyError: ")
        assert again.replay_at is None
        assert await handled(database) == []
        assert not await dead_letters.replay_requested(database.session(), consumer), "once for each request"

    async def test_of_chosen_letters_only(self, consumer: Consumer, database: Database, rows: Rows, url: str) -> None:
        rows.poison = {number: ValueError("no") for number in range(3)}
        await consumer([user_message(number) for number in range(3)])
        letters = await dead_letters.list_dead(url)
        rows.poison = {}
        assert await dead_letters.request_replay(url, [letters[1].id, 10**12]) == 1
        await dead_letters.replay_requested(database.session(), consumer)
        assert [letter.id for letter in await dead_letters.list_dead(url)] == [letters[0].id, letters[2].id]

    async def test_with_the_database_away_keeps_the_request(
        self, consumer: Consumer, database: Database, rows: Rows, url: str
    ) -> None:
        await bury_one(consumer, rows, url)
        rows.poison = {}
        rows.away = [ConnectionResetError("away")]
        await dead_letters.request_replay(url)
        with pytest.raises(ConnectionResetError):
            await dead_letters.replay_requested(database.session(), consumer)
        await dead_letters.replay_requested(database.session(), consumer)
        assert await handled(database) == [1]

    async def test_lists_more_than_a_page(self, database: Database, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dead_letters, "PAGE", 3)
        for number in range(7):
            await dead_letters.add(database.session(), QUEUE, Message(str(number), "k", b""), str(number), "r", 1)
        assert [letter.message_id for letter in await dead_letters.list_dead(url)] == [str(n) for n in range(7)]
