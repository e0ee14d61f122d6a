from __future__ import annotations

from pathlib import Path

import pytest

from deploy import folder as folders
from deploy.errors import StartError
from deploy.folder import DataFolder


def opened(root: Path, kind: str = "run") -> DataFolder:
    folder = DataFolder(root)
    folder.open(kind)
    return folder


class TestDataFolder:
    def test_secrets_are_made_once_and_private(self, tmp_path: Path) -> None:
        folder = opened(tmp_path / "data")
        first = folder.secret("password")
        assert len(first) >= 32
        assert folder.secret("password") == first
        assert (folder.secrets / "password").stat().st_mode & 0o777 == 0o600
        assert folder.secrets.stat().st_mode & 0o777 == 0o700

    def test_the_signing_key_is_an_ec_key(self, tmp_path: Path) -> None:
        path = opened(tmp_path).signing_key()
        assert path.read_text().startswith("-----BEGIN PRIVATE KEY-----")
        assert path.stat().st_mode & 0o777 == 0o600

    def test_two_systems_cannot_share_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(folders, "LOCK_PATIENCE", 0.2)
        _first = opened(tmp_path)
        with pytest.raises(StartError, match="another system is running"):
            opened(tmp_path)

    def test_one_that_cannot_be_made_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        for root in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/taskwire")):
            with pytest.raises(StartError, match=f"DATA_DIR={root} cannot be used"):
                opened(root)

    def test_it_belongs_to_the_kind_that_made_it(self, tmp_path: Path) -> None:
        (tmp_path / "kind").write_text("stack\n")
        with pytest.raises(StartError, match="holds the data of `taskwire stack`"):
            opened(tmp_path, "run")

    def test_a_large_log_is_moved_aside(self, tmp_path: Path) -> None:
        folder = opened(tmp_path)
        (folder.logs / "tasks.log").write_bytes(b"x" * 20_000_001)
        assert not folder.log("tasks").exists()
        assert (folder.logs / "tasks.log.1").exists()
