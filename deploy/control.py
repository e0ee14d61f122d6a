"""`taskwire ctl`: one JSON line each way over a loopback port; port and token stand in DATA_DIR/ctl.json."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from deploy.errors import StartError
from deploy.folder import write_private
from deploy.supervisor import Supervisor

VERBS = ("ps", "kill", "stop", "cont", "start", "restart")
LINE = 4096


class Control:
    """Answers control commands for one supervisor."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._token = secrets.token_hex(24)

    async def open(self, path: Path) -> asyncio.Server:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=LINE)
        port = server.sockets[0].getsockname()[1]
        write_private(path, json.dumps({"port": port, "token": self._token}) + "\n")
        return server

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer = await self._answer(await asyncio.wait_for(reader.readline(), 5))
        except (ValueError, TimeoutError, TypeError):
            answer = {"ok": False, "text": "not understood"}
        writer.write(json.dumps(answer).encode() + b"\n")
        writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        asked = json.loads(line)
        if not isinstance(asked, dict) or not secrets.compare_digest(str(asked.get("token")), self._token):
            return {"ok": False, "text": "wrong token: DATA_DIR/ctl.json belongs to another run"}
        verb, name = str(asked.get("verb")), str(asked.get("name"))
        if verb == "ps":
            return {"ok": True, "text": self._list()}
        if verb not in VERBS:
            return {"ok": False, "text": f"unknown command {verb}: one of {', '.join(VERBS)}, logs"}
        if name not in self._supervisor.children:
            return {"ok": False, "text": f"no process {name}: one of {', '.join(self._supervisor.children)}"}
        return await self._do(verb, name)

    def _list(self) -> str:
        rows = self._supervisor.children.items()
        return "\n".join(f"{name} {child.process.pid if child.process else '-'} {child.state}" for name, child in rows)

    async def _do(self, verb: str, name: str) -> dict[str, Any]:
        is_dead = self._supervisor.children[name].state == "dead"
        if is_dead and verb in ("stop", "cont"):
            return {"ok": False, "text": f"{name} is dead: `taskwire ctl start {name}` starts it"}
        supervisor = self._supervisor
        acts: dict[str, Callable[[str], Awaitable[Any]]] = {
            "kill": supervisor.kill,
            "start": supervisor.start,
            "restart": supervisor.restart,
            "stop": supervisor.freeze,
            "cont": _soon(supervisor.thaw),
        }
        late = await acts[verb](name) is False
        return {"ok": not late, "text": f"{name} did not come up in time, see its log" if late else self._line(name)}

    def _line(self, name: str) -> str:
        return next(line for line in self._list().splitlines() if line.startswith(f"{name} "))


def _soon(act: Callable[[str], None]) -> Callable[[str], Awaitable[None]]:
    async def call(name: str) -> None:
        act(name)

    return call


def ask(path: Path, verb: str, name: str = "", seconds: float = 90) -> str:
    """What the running stack answers. Raises StartError when none runs, or it refuses."""
    try:
        where = json.loads(path.read_text())
        with socket.create_connection(("127.0.0.1", where["port"]), seconds) as connection:
            connection.sendall(json.dumps({"token": where["token"], "verb": verb, "name": name}).encode() + b"\n")
            answer = json.loads(b"".join(iter(lambda: connection.recv(65536), b"")) or b"{}")
    except (OSError, ValueError, KeyError):
        raise StartError(
            f"no stack is running in {path.parent}: start it with `make stack`, or set DATA_DIR to its folder"
        ) from None
    if not answer.get("ok"):
        raise StartError(str(answer.get("text", "the stack ended before it answered")))
    return str(answer["text"])
