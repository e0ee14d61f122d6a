"""Whole lists in and out, and reports: long work that shows how far it is."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from deploy.remote import shown
from deploy.remote.server import Body, Refused, Server, checked

TYPES = {".csv": "text/csv", ".json": "application/json", ".ics": "text/calendar"}
POLLED_EVERY = 0.5  # seconds
ERRORS_SHOWN = 20
ENDED = ("done", "failed", "cancelled")


def export(server: Server, target: Path | None, query: dict[str, Any]) -> None:
    """Streams the list to a file, or to standard output."""
    headers = {"Authorization": f"Bearer {server.access}"}
    server.get("/api/users/me")  # a token that has ended is renewed before the stream begins
    headers["Authorization"] = f"Bearer {server.access}"
    with server.http.stream("GET", "/api/tasks/export", params=query, headers=headers) as response:
        checked(response)
        if target is None:
            for part in response.iter_bytes():
                sys.stdout.buffer.write(part)
            return
        with target.open("wb") as file, Progress(SpinnerColumn(), TextColumn(str(target)), DownloadColumn()) as bar:
            job = bar.add_task("", total=None)
            for part in response.iter_bytes():
                file.write(part)
                bar.advance(job, len(part))


def load(server: Server, source: Path, query: dict[str, Any], json_wanted: bool) -> bool:
    """Imports a file and waits for the end; whether every row went in."""
    kind = TYPES.get(source.suffix.lower())
    if kind is None:
        raise Refused(f"{source.name}: give a .csv, .json or .ics file")
    with opened(source) as file:
        answer = server.send("POST", "/api/tasks/import", params=query, content=file, headers={"Content-Type": kind})
    job = waited(server, answer.json(), f"/api/imports/{answer.json()['id']}", "Importing")
    if json_wanted:
        shown.as_json(job)
    else:
        tell(job)
    return bool(job["status"] == "done" and not job["errors"])


def opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None


def tell(job: Body) -> None:
    out = shown.console()
    out.print(f"{job['status']}: {job['created']} created, {job['updated']} updated, {len(job['errors'])} refused")
    for error in job["errors"][:ERRORS_SHOWN]:
        out.print(f"  row {error['row']} {error['pointer']}: {error['message']}", markup=False)
    if len(job["errors"]) > ERRORS_SHOWN:
        out.print(f"  and {len(job['errors']) - ERRORS_SHOWN} more; --json shows them all")


def report(server: Server, kind: str, file_format: str, target: Path) -> None:
    """Has a report made, and saves it."""
    job = server.post("/api/reports", {"kind": kind, "format": file_format})
    address = f"/api/reports/{job['id']}"
    job = waited(server, job, address, "Making the report")
    if job["status"] != "done":
        raise Refused(f"The report was not made: it {job['status']}.")
    target.write_bytes(server.send("GET", f"{address}/download").content)
    shown.console().print(f"Saved {target}", markup=False)


def waited(server: Server, job: Body, address: str, text: str) -> Body:
    """The job once it has ended. Its progress goes to standard error, so that the answer can be piped."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=shown.messages()) as bar:
        line = bar.add_task(text, total=None)
        while True:
            progress = job.get("progress") or {}
            bar.update(line, completed=progress.get("done", 0), total=progress.get("total") or None)
            if job["status"] in ENDED:
                return job
            time.sleep(POLLED_EVERY)
            job = server.get(address)
