"""The running system against its own document, by Schemathesis, for everybody who may come.

Every run asks each operation a few times, with the same questions. `make schema` asks others each time, and many more.
"""

from __future__ import annotations

import fnmatch
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.openapi import operations
from tests.system.people import Person
from tests.system.refusals import RULES
from tests.system.running import LIFTED, RunningSystem

AT_LENGTH = int(os.environ.get("SCHEMA_EXAMPLES", "0"))
pytestmark = [pytest.mark.system, pytest.mark.timeout(7200 if AT_LENGTH else 600)]
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
EXAMPLES = AT_LENGTH or 2
PHASES = {"anonymous": "examples,fuzzing", "user": "examples,coverage,fuzzing", "admin": "examples,fuzzing,stateful"}
# Operations that who is signed in cannot call at random, with the reason.
LEFT_OUT = {
    "logout": "ends the session in use",
    "end_session": "ends the session in use",
    "end_sessions_of_user": "ends the session in use",
    "delete_user": "deletes the account in use",
    "stream_events": "an answer without end",
}
if AT_LENGTH:
    LEFT_OUT |= dict.fromkeys(("update_user", "replace_user"), "takes the role of the account in use, sooner or later")
REFUSED = [400, 401, 403, 404, 405, 406, 409, 413, 414, 415, 422, 428, 429]
SETTINGS = f"""
[checks.negative_data_rejection]  # too long is refused as well
expected-statuses = {REFUSED}

[phases.stateful.generation]
max-examples = {EXAMPLES * 10}

[[operations]]  # POST is taken there as well, from clients of older systems, and not described
include-path = "/api/users"
checks.unsupported_method.enabled = false
checks.allow_header_conformance.enabled = false

[[operations]]  # unless it is all or none, what is wrong with a part is told beside what became of the others
include-operation-id = "bulk_tasks"
checks.negative_data_rejection.expected-statuses = {[200, *REFUSED]}

[[operations]]  # a number is text as well, once it is sent as text/csv
include-operation-id = "import_tasks"
checks.negative_data_rejection.enabled = false
"""


@pytest.fixture(scope="module")
def lifted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    folder = tmp_path_factory.mktemp("schema")
    with RunningSystem("run", folder, ACCESS_TOKEN_MINUTES="60", **LIFTED) as system:
        yield system


def against(system: RunningSystem, role: str, token: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """One run with all checks; `positive_data_acceptance` in the shape that `schema_hooks` gives it."""
    (folder / "schemathesis.toml").write_text(SETTINGS)
    words: list[str | Path] = [SCHEMATHESIS, "--config-file", folder / "schemathesis.toml", "run"]
    words += [f"{system.base}/openapi.json", "--no-color", "--continue-on-failure", "--warnings", "off"]
    words += ["--exclude-checks", "positive_data_acceptance", "--request-timeout", "30", "--output-truncate", "true"]
    # One worker: of two, one fails now and then, because two threads cannot `ast.parse` at once in Python 3.11.
    words += ["--workers", "1", "--max-examples", str(EXAMPLES)]
    words += [] if AT_LENGTH else ["--generation-deterministic", "--phases", PHASES[role]]
    if token:
        words += ["--header", f"Authorization: Bearer {token}"]
        words += [word for name in LEFT_OUT for word in ("--exclude-operation-id", name)]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.system.schema_hooks"}
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False, cwd=Path.cwd())


class TestRefusals:
    def test_each_rule_is_about_operations_that_there_are(self, lifted: RunningSystem) -> None:
        document = httpx.get(f"{lifted.base}/openapi.json", trust_env=False).json()
        known = [operation["operationId"] for _, operation in operations(document)]
        named = {name for _, names, _ in RULES for name in names}
        assert [name for name in named if not fnmatch.filter(known, name)] == []


class TestDocument:
    @pytest.mark.parametrize("role", ["anonymous", "user", "admin"])
    async def test_the_system_does_as_it_says(self, lifted: RunningSystem, role: str, tmp_path: Path) -> None:
        person = None
        if role != "anonymous":
            person = await (
                Person.registered(lifted.base) if role == "user" else Person.known(lifted.base, *lifted.admin())
            )
        done = against(lifted, role, person.access if person else "", tmp_path)
        assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
        if person:
            principal = await person.get("/api/auth/verify")
            assert principal.json()["role"] == role, "the run has signed itself out"
