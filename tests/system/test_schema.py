"""The running system against its own document, by Schemathesis: `make schema`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.people import Person
from tests.system.running import LIFTED, RunningSystem

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "0"))
pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not EXAMPLES, reason="takes minutes: make schema"),
]
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
# Operations that cannot be called at random, with the reason.
LEFT_OUT = {
    "logout": "ends the session in use",
    "end_session": "ends the session in use",
    "end_sessions_of_user": "ends the session in use",
    "delete_user": "deletes the account in use",
    "stream_events": "an answer without end",
}
# Checks that cannot hold at an address, with the reason.
NOT_CHECKED = """
[[operations]]  # POST is taken there as well, from clients of older systems, and not described
include-path = "/api/users"
checks.unsupported_method.enabled = false
checks.allow_header_conformance.enabled = false
"""


@pytest.fixture(scope="module")
def lifted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    folder = tmp_path_factory.mktemp("schema")
    with RunningSystem("run", folder, ACCESS_TOKEN_MINUTES="60", **LIFTED) as system:
        yield system


def against(system: RunningSystem, token: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """One run with all checks; `positive_data_acceptance` in the shape that `schema_hooks` gives it."""
    (folder / "schemathesis.toml").write_text(NOT_CHECKED)
    words: list[str | Path] = [SCHEMATHESIS, "--config-file", folder / "schemathesis.toml", "run"]
    words += [f"{system.base}/openapi.json", "--no-color", "--generation-deterministic"]
    words += [
        "--max-examples",
        str(EXAMPLES),
        "--continue-on-failure",
        "--warnings",
        "off",
        "--output-truncate",
        "true",
    ]
    words += ["--exclude-checks", "positive_data_acceptance", "--request-timeout", "10"]
    words += ["--report", "json", "--report-dir", str(folder)]
    words += [word for name in LEFT_OUT for word in ("--exclude-operation-id", name)]
    words += ["--header", f"Authorization: Bearer {token}"] if token else []
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.system.schema_hooks"}
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False, cwd=Path.cwd())


class TestDocument:
    @pytest.mark.parametrize("role", ["anonymous", "user", "admin"])
    async def test_the_system_does_as_it_says(self, lifted: RunningSystem, role: str, tmp_path: Path) -> None:
        token = ""
        if role == "user":
            token = (await Person.registered(lifted.base)).access
        elif role == "admin":
            token = (await Person.known(lifted.base, *lifted.admin())).access
        done = against(lifted, token, tmp_path)
        assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
