"""The one rule of imports is enforced: no service knows another, `shared` knows nobody."""

from __future__ import annotations

import subprocess
import sys

SERVICES = ("users_service", "tasks_service", "notifications_service")


def test_the_contracts_are_kept() -> None:
    check = (
        "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(cache_dir=None, no_cache=True))"
    )
    result = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "2 kept, 0 broken" in result.stdout


def test_a_running_service_does_not_load_what_only_migrations_need() -> None:
    modules = ", ".join(f"{service}.{part}" for service in SERVICES for part in ("main", "worker"))
    code = f"import sys, {modules}; print(sorted({{'sqlalchemy', 'alembic'}} & sys.modules.keys()))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert result.stdout == "[]\n", result.stderr
