"""The bare reply: FastAPI that answers with bytes it has at hand, served like the services. Started by `limits`."""

from __future__ import annotations

import sys
from pathlib import Path

import uvloop
from fastapi import FastAPI, Response

from shared.serve import server_for


def create_app(folder: Path) -> FastAPI:
    """Answers from the files `get`, `list` and `create` of this folder."""
    app = FastAPI(openapi_url=None, telemetry={"tracing": False, "metrics": False, "logs": False})
    replies = {name: (folder / name).read_bytes() for name in ("get", "list", "create")}

    @app.get("/livez")
    async def livez() -> Response:
        return Response()

    @app.get("/api/tasks")
    async def list_tasks() -> Response:
        return Response(replies["list"], media_type="application/json")

    @app.get("/api/tasks/{task_id}")
    async def get_task(task_id: int) -> Response:
        return Response(replies["get"], media_type="application/json")

    @app.post("/api/tasks")
    async def create_task() -> Response:
        return Response(replies["create"], 201, media_type="application/json")

    @app.patch("/api/tasks/{task_id}")
    async def update_task(task_id: int) -> Response:
        return Response(replies["create"], media_type="application/json")

    return app


if __name__ == "__main__":
    uvloop.run(server_for(create_app(Path(sys.argv[1])), "127.0.0.1", int(sys.argv[2])).serve())
