from __future__ import annotations

import socket

import pytest

from deploy.ports import HIGHEST, LOWEST, Ports, is_free


class TestPorts:
    def test_they_lie_below_the_ephemeral_range(self) -> None:
        ports = Ports()
        chosen = [ports.block() for _ in range(50)]
        assert len(set(chosen)) == 50
        assert min(chosen) >= LOWEST
        assert max(chosen) < HIGHEST < 32768

    def test_a_block_is_consecutive_and_free(self) -> None:
        first = Ports().block(4)
        assert all(is_free(port) for port in range(first, first + 4))

    def test_a_port_with_a_listener_is_not_free(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            assert not is_free(server.getsockname()[1])

    def test_no_room_is_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("deploy.ports.is_free", lambda _: False)
        with pytest.raises(OSError, match="no 2 consecutive free ports"):
            Ports().block(2)
