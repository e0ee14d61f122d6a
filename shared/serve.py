"""Serving an application: one uvicorn for each worker process, drained before it goes.

The parent forks the workers, so they share its memory; worker i listens on PORT + i and the gateway balances between
them. SIGTERM drains and ends all, SIGHUP replaces them one at a time so that no request fails.
"""

import asyncio
import contextlib
import ctypes
import gc
import os
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI

from shared import logging
from shared.memory import share_one_arena
from shared.protocols import HttpProtocol, WebSocketProtocol
from shared.settings import ServiceSettings

DRAIN = 0.8  # seconds in which kept-alive connections are asked to close before they are closed
BACKLOG = 4096  # all listeners come back at the same moment when the gateway was away
GRACE = 6  # seconds for requests that are still running
RESTART_PAUSE = 0.5
READY_TIMEOUT = 20.0
PR_SET_PDEATHSIG = 1

log = logging.get_logger(__name__)


class DrainingServer(uvicorn.Server):
    """Stops listening first, then answers what still comes on open connections with `Connection: close`, then ends.

    Closing a kept-alive connection at once would lose the request that the gateway is just sending on it.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        state = getattr(self.config.app, "state", None)
        if state is not None and not self.force_exit:
            state.draining = True
            for tell in getattr(state, "on_draining", ()):
                tell()
            if self.server_state.connections:
                await asyncio.sleep(DRAIN)
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """Leaves signals to whoever runs this server."""
        yield


def server_for(app: FastAPI, host: str, port: int) -> DrainingServer:
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        backlog=BACKLOG,
        loop="none",
        http=HttpProtocol,
        ws=WebSocketProtocol,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        ws_max_size=64 * 1024,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,  # whoever needs the address of the client reads the header that the gateway sets
        timeout_keep_alive=75,
        timeout_graceful_shutdown=GRACE,
        h11_max_incomplete_event_size=64 * 1024,
    )
    return DrainingServer(config)


def serve(settings: ServiceSettings, name: str, create_app: Callable[[], FastAPI]) -> None:
    """Runs the API process of a service until it is told to end."""
    share_one_arena()
    logging.configure(settings, name)
    app = create_app()
    if settings.workers == 1:
        run_worker(settings, app, settings.port)
        return
    import uvloop  # noqa: F401 (the workers share what is imported before the fork)

    gc.collect()
    gc.freeze()  # so that a collection in a worker does not copy the pages it shares with the parent
    Parent(settings, app).run()


def run_worker(settings: ServiceSettings, app: FastAPI, port: int) -> None:
    import uvloop

    async def main() -> None:
        server = server_for(app, settings.host, port)

        def end() -> None:
            server.force_exit = server.should_exit
            server.should_exit = True

        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, end)
        await server.serve()

    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(main())


class Parent:
    """Keeps one worker process for each port."""

    def __init__(self, settings: ServiceSettings, app: FastAPI) -> None:
        self._settings, self._app = settings, app
        self._workers: dict[int, int] = {}  # pid -> port
        self._told: set[int] = set()
        self._ending = self._reload = False

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        signal.signal(signal.SIGHUP, self._on_signal)
        for i in range(self._settings.workers):
            self._fork(self._settings.port + i)
        while self._workers:
            if self._ending:
                self._end_workers()
            if self._reload and not self._ending:
                self._reload = False
                self._replace_all()
            self._reap()

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        if number == signal.SIGHUP:
            self._reload = True
            return
        if self._ending:
            self._told.clear()
        self._ending = True

    def _end_workers(self) -> None:
        """Tells each worker once, also one that was forked meanwhile: a second signal cuts its requests off, which is
        what a second signal to us means."""
        for pid in self._workers.keys() - self._told:
            self._told.add(pid)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def _fork(self, port: int) -> None:
        pid = os.fork()
        if pid:
            self._workers[pid] = port
            return
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        code = 1
        try:
            run_worker(self._settings, self._app, port)
            code = 0
        finally:
            sys.stdout.flush()
            os._exit(code)

    def _reap(self) -> None:
        """Waits for a worker to end, or a signal; one that ended unasked is started again."""
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            time.sleep(0.05)
            return
        port = self._workers.pop(pid, None)
        if port is not None and not self._ending:
            log.error("worker ended", pid=pid, port=port, status=status)
            time.sleep(RESTART_PAUSE)
            self._fork(port)

    def _replace_all(self) -> None:
        """A rolling restart: the next worker goes only when the one before is back."""
        for pid, port in list(self._workers.items()):
            if self._ending:
                return
            del self._workers[pid]
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)
            self._fork(port)
            self._wait_ready(port)

    def _wait_ready(self, port: int) -> None:
        deadline = time.monotonic() + READY_TIMEOUT
        while time.monotonic() < deadline and not self._ending:
            with contextlib.suppress(OSError), urllib.request.urlopen(self._livez(port), timeout=1):  # noqa: S310
                return
            time.sleep(0.05)

    def _livez(self, port: int) -> str:
        return f"http://{self._settings.host.replace('0.0.0.0', '127.0.0.1')}:{port}/livez"  # noqa: S104
