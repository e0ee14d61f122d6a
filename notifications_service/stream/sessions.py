"""Sessions that end are told to sockets by the bus within moments. With the bus down, this asks for them."""

import httpx

from notifications_service.stream.hub import Hub
from shared.http import PeerClient
from shared.logging import get_logger

log = get_logger(__name__)

EVERY = 10.0  # seconds
BATCH = 1000


async def close_ended(hub: Hub, users: PeerClient) -> bool:
    """One turn: asks the users service which of the sockets' sessions have ended, and closes those sockets."""
    ids = hub.session_ids
    for i in range(0, len(ids), BATCH):
        body = {"session_ids": [str(session_id) for session_id in ids[i : i + BATCH]]}
        try:
            answer = await users.post("/internal/sessions/ended", json=body)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            log.warning("cannot ask which sessions have ended", error=repr(error))
            break
        ended = set(answer.json()["ended"])
        hub.end_sessions(session_id for session_id in ids[i : i + BATCH] if str(session_id) in ended)
    return False
