"""What a client may say on its socket after the first frame. What is none of this is ignored within reason."""

from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from notifications_service.presence.service import Presence
from notifications_service.stream.connection import Connection
from notifications_service.stream.narrowing import EVERYTHING, MAX_RULES, Rule, Subject


class Subscribe(Rule):
    """Narrows the socket: from the first one on it gets only what matches one of its subscriptions, and its
    notifications. An empty one matches everything."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"type": "subscribe", "task_id": 7, "events": ["comment.added"]}]},
    )

    type: Literal["subscribe"]


class Unsubscribe(Rule):
    """Ends the subscription that was made with the same fields; without any, all of them: everything comes again."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [{"type": "unsubscribe"}]})

    type: Literal["unsubscribe"]


class Look(BaseModel):
    """Says which task is being looked at, or with null that none is. One at a time for each socket."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [{"type": "presence", "task_id": 7}]}
    )

    type: Literal["presence"]
    task_id: Subject | None = None


class Ping(BaseModel):
    """Answered with `pong`, for clients that cannot send pings of the protocol."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [{"type": "ping"}]})

    type: Literal["ping"]


Command = Subscribe | Unsubscribe | Look | Ping
COMMANDS: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="type")])
TYPES = {"subscribe", "unsubscribe", "presence", "ping"}


def obey(text: str, connection: Connection, presence: Presence) -> None:
    try:
        said = orjson.loads(text)
        if not isinstance(said, dict) or said.get("type") not in TYPES:
            return
        command = COMMANDS.validate_python(said)
    except (orjson.JSONDecodeError, TypeError):
        return
    except ValidationError as error:
        where = "/".join(str(step) for step in error.errors()[0]["loc"][1:])
        connection.tell(error_frame("invalid_frame", f"{where}: {error.errors()[0]['msg']}"))
        return
    if isinstance(command, Look):
        presence.look(connection, command.task_id)
    elif isinstance(command, Ping):
        connection.tell({"type": "pong"})
    else:
        _narrow(connection, command)


def _narrow(connection: Connection, command: Subscribe | Unsubscribe) -> None:
    rule = Rule(**command.model_dump(exclude={"type"}))
    if isinstance(command, Subscribe):
        if len(connection.rules) >= MAX_RULES:
            connection.tell(error_frame("too_many_subscriptions", f"a socket has at most {MAX_RULES}"))
            return
        connection.rules = (*(r for r in connection.rules if r != rule), rule)
    else:
        connection.rules = () if rule == EVERYTHING else tuple(r for r in connection.rules if r != rule)
    shown = [one.model_dump(exclude_defaults=True) for one in connection.rules]
    connection.tell({"type": "subscribed", "subscriptions": shown})


def error_frame(code: str, detail: str) -> dict[str, Any]:
    return {"type": "error", "code": code, "detail": detail}
