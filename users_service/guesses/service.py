"""How often passwords and codes may be guessed.

At most ten wrong guesses of an account are evaluated in a quarter of an hour, whoever makes them. Not more than six of
them come from one network and not more than eight from networks that the owner has never signed in from, so whoever
attacks from one place leaves room for the owner elsewhere, and a whole botnet leaves room for the owner at home. A name
that nobody has is counted in the same way.

A guess is counted before it is evaluated, in a transaction of its own, and taken back when it was right: whatever fails
or dies in between counts. Several right ones at once wait for each other and are not refused.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from shared import context
from shared.addresses import network_of
from shared.database import Database
from shared.errors import Problem
from users_service.guesses import queries
from users_service.guesses.errors import TooManyGuesses

WINDOW = timedelta(minutes=15)
OF_AN_ACCOUNT = 10
FROM_A_NETWORK = 6
FROM_STRANGERS = 8
MAILS_TO_ONE = 5  # links that are asked for by mail
MAILS_OF_A_NETWORK = 600

PATIENCE = 3.0  # seconds to wait for guesses that are being evaluated
GLANCE = 0.05
PURGE_BATCH = 1000


def account_key(user_id: int, what: str = "user") -> str:
    """What the guesses of an account are counted under; other secrets of it than the password have another `what`."""
    return f"{what}:{user_id}"


def _user_of(account: str) -> int | None:
    """Whose key it is, for the audit trail; None for a name that nobody has."""
    number = account.rpartition(":")[2]
    return int(number) if number.isdecimal() and not account.startswith("name:") else None


@asynccontextmanager
async def counted(database: Database, account: str, *, known: bool) -> AsyncIterator[None]:
    """What happens inside is one guess: it counts if a Problem is raised, and does not if all goes well. `known` says
    whether the owner has signed in from there before, or is signed in. Raises TooManyGuesses instead of letting it
    happen."""
    guess_id = await _reserve(database, account, network_of(context.get().address), known)
    try:
        yield
    except Problem:
        await database.session().execute(queries.SETTLE, guess_id)
        raise
    await database.session().execute(queries.TAKE_BACK, guess_id)


async def _reserve(database: Database, account: str, network: str, known: bool) -> int:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        session = database.session()
        async with session.begin():
            await session.execute(queries.LOCK, account)
            limits = (WINDOW, OF_AN_ACCOUNT, FROM_A_NETWORK, FROM_STRANGERS)
            guess_id = await session.fetchval(queries.RESERVE, account, network, known, *limits)
            if guess_id is not None:
                return int(guess_id)
            refusal = await session.fetchrow(queries.REFUSAL, account, WINDOW)
        assert refusal is not None
        if not refusal["under_way"] or asyncio.get_running_loop().time() > deadline:
            raise TooManyGuesses(_user_of(account), retry_after=max(1, refusal["seconds_left"] or 1))
        await asyncio.sleep(GLANCE)


async def allowed(database: Database, subject: str) -> bool:
    """Counts one more request that costs somebody else something (a mail), and says whether it is within the bounds: of
    one subject as of an account, and of one network as of several."""
    origin = network_of(context.get().address)
    network = f"mails:{origin}"
    session = database.session()
    for key, limit in ((subject, MAILS_TO_ONE), (network, MAILS_OF_A_NETWORK)):
        async with session.begin():
            await session.execute(queries.LOCK, key)
            if await session.fetchval(queries.RESERVE, key, origin, True, WINDOW, limit, limit, limit) is None:
                return False
    return True


async def forget(database: Database, account: str) -> None:
    """Lets the owner in again, who has proved by other means to be the owner."""
    await database.session().execute(queries.FORGET, account)


async def purge_guesses(database: Database) -> bool:
    return await database.session().execute(queries.PURGE, WINDOW, PURGE_BATCH) == PURGE_BATCH
