"""Calls to addresses that somebody else chose: what they reach, and what they never do."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from shared import outgoing
from shared.outgoing import Failed, Outgoing, OutgoingError, Refused, is_public

FORBIDDEN = [
    *("127.0.0.1", "127.1", "127.0.1", "2130706433", "017700000001", "0177.0.0.1", "0177.1", "0x7f.1", "0x7f000001"),
    *("0", "0.0.0.0", "127.255.255.254", "10.0.0.1", "10.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("169.254.169.254", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "100.64.0.1", "100.100.100.200"),
    *("192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1"),
    *("203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16"),
    *("127.0.0.1.", "127。0。0。1", "localhost", "LOCALHOST", "localhost.", "x.localhost"),
    *("[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]"),
    *("[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:a00:1::1]"),
    *("[2001:0:7f00:1::1]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[fe80::1]", "[fe80::1%25lo]", "[fe80::1%lo]"),
    *("[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]", "[3fff::1]", "[5f00::1]", "[100::1]"),
]
ODD = [
    *("①②⑦.⓪.⓪.①", "１２７.０.０.１", "%31%32%37.0.0.1", "127.0.0.1%00.example.com", "exa mple.com", "", "..", "."),
    *("a..b", "\ud800", "[::1", "[127.0.0.1]", "[v1.x]", "[::ffff:0x7f.1]"),
]
PUBLIC = [
    "93.184.216.34",
    "1.1.1.1",
    "[2606:4700::1111]",
    "[64:ff9b::101:101]",
    "example.com",
    "bücher.example",
    "a_b.de",
]


class Target:
    """A server on loopback that answers every connection with given bytes."""

    def __init__(self) -> None:
        self.port = 0
        self.requests: list[bytes] = []
        self.answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
        self.more: Callable[[asyncio.StreamWriter], object] | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            self.requests.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(self.answer)
            if self.more is not None:
                await self.more(writer)  # type: ignore[misc]
            await writer.drain()
        writer.close()


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    target = Target()
    async with await asyncio.start_server(target.serve, "127.0.0.1", 0) as server:
        target.port = server.sockets[0].getsockname()[1]
        yield target


def names(**addresses: list[str]) -> outgoing.Resolve:
    """A resolver that knows these names, with `_` for a dot."""

    async def resolve(host: str, port: int) -> list[str]:
        return addresses.get(host.replace(".", "_")) or await outgoing.resolve(host, port)

    return resolve


class TestCheck:
    @pytest.mark.parametrize("host", FORBIDDEN)
    @pytest.mark.parametrize("rest", ["/", ":443/x?y=z"])
    def test_every_spelling_of_what_is_not_public_is_refused(self, host: str, rest: str) -> None:
        with pytest.raises(Refused):
            Outgoing().check(f"https://{host}{rest}")

    @pytest.mark.parametrize("host", ODD)
    async def test_a_host_that_cannot_be_is_refused(self, host: str) -> None:
        with pytest.raises(Refused):
            await Outgoing().request("GET", f"http://{host}/")

    @pytest.mark.parametrize(
        "url",
        [
            *("", "x", "//example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/"),
            *("http:///x", "https://user@example.com/", "https://user:secret@example.com/", "http://@127.0.0.1/"),
            *("http://example.com:0/", "http://example.com:25/", "http://example.com:65536/", "http://a:b/"),
            *("http://example.com\\@127.0.0.1/", f"https://example.com/{'x' * 2000}", "http://example.com/\r\nX: y"),
        ],
    )
    def test_url_of_another_kind_is_refused(self, url: str) -> None:
        with pytest.raises(Refused):
            Outgoing().check(url)

    @pytest.mark.parametrize("host", PUBLIC)
    def test_what_is_public_is_not(self, host: str) -> None:
        assert Outgoing().check(f"https://{host}/hook").host
        assert Outgoing().check(f"http://{host}:8080/hook").host

    @given(st.integers(0, 2**32 - 1))
    def test_wrapping_changes_nothing(self, number: int) -> None:
        plain = ip_address(number)
        high, low = number >> 16, number & 0xFFFF
        wrapped = [f"::ffff:{plain}", f"64:ff9b::{high:x}:{low:x}", f"2002:{high:x}:{low:x}::1"]
        assert [is_public(ip_address(one)) for one in wrapped] == [is_public(plain)] * 3

    @given(st.ip_addresses())
    def test_what_is_public_is_global(self, address: outgoing.Address) -> None:
        if is_public(address):
            assert address.is_global
            assert not address.is_multicast


class TestAllow:
    async def test_exact_pair_is_reached(self, target: Target) -> None:
        client = Outgoing([("127.0.0.1", target.port)])
        answer = await client.request("POST", f"http://127.0.0.1:{target.port}/hook", content=b"{}")
        assert (answer.status, answer.body) == (200, b"ok")
        assert target.requests[0].startswith(b"POST /hook HTTP/1.1\r\n")

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::ffff:127.0.0.1]"])
    async def test_by_address_whatever_the_spelling(self, target: Target, host: str) -> None:
        client = Outgoing(
            [("127.0.0.1", target.port), ("localhost", target.port)], resolve=names(localhost=["127.0.0.1"])
        )
        assert (await client.request("GET", f"http://{host}:{target.port}/")).status == 200

    async def test_other_ports_of_the_host_are_not(self, target: Target) -> None:
        with pytest.raises(Refused):
            await Outgoing([("127.0.0.1", target.port + 1)]).request("GET", f"http://127.0.0.1:{target.port}/")
        assert target.requests == []


class TestResolution:
    @pytest.mark.parametrize(
        "found", [["127.0.0.1"], ["1.1.1.1", "127.0.0.1"], ["::1"], ["fe80::1%lo"], ["::ffff:10.0.0.1"]]
    )
    async def test_name_that_leads_inside_is_refused(self, target: Target, found: list[str]) -> None:
        client = Outgoing(resolve=names(hooks_test=found))
        with pytest.raises(Refused):
            await client.request("GET", f"http://hooks.test:{target.port}/")
        assert target.requests == []

    async def test_changing_answers_dial_what_was_checked(self, target: Target) -> None:
        """The second answer of a rebinding name is for the next request and is refused."""
        answers = [["127.0.0.1"], ["10.0.0.1"]]
        asked: list[str] = []

        async def resolve(host: str, port: int) -> list[str]:
            asked.append(host)
            return answers.pop(0)

        client = Outgoing([("127.0.0.1", target.port)], resolve=resolve)
        assert (await client.request("GET", f"http://hooks.test:{target.port}/")).status == 200
        assert asked == ["hooks.test"]
        assert f"host: hooks.test:{target.port}\r\n".encode() in target.requests[0].lower()
        with pytest.raises(Refused):
            await client.request("GET", f"http://hooks.test:{target.port}/")

    async def test_next_address_is_tried(self, target: Target) -> None:
        allow = [("127.0.0.2", target.port), ("127.0.0.1", target.port)]
        client = Outgoing(allow, resolve=names(hooks_test=["127.0.0.2", "127.0.0.1"]))
        assert (await client.request("GET", f"http://hooks.test:{target.port}/")).status == 200

    async def test_unknown_name_and_hanging_resolver_fail(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(Failed, match="no address"):
            await Outgoing().request("GET", "http://nobody.invalid/")

        async def hang(host: str, port: int) -> list[str]:
            await asyncio.Event().wait()
            return []

        monkeypatch.setattr(outgoing, "RESOLVE", 0.05)
        with pytest.raises(Failed, match="in time"):
            await Outgoing(resolve=hang).request("GET", "http://hooks.test/")

    async def test_proxies_of_the_environment_are_not_used(
        self, target: Target, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{target.port}")
        with pytest.raises(OutgoingError):
            await Outgoing().request("GET", "http://nobody.invalid/")
        assert target.requests == []


class TestAnswers:
    async def ask(self, target: Target) -> outgoing.Answer:
        return await Outgoing([("127.0.0.1", target.port)]).request("GET", f"http://127.0.0.1:{target.port}/")

    async def test_redirect_is_not_followed(self, target: Target) -> None:
        target.answer = (
            f"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{target.port}/x\r\ncontent-length: 0\r\n\r\n".encode()
        )
        assert (await self.ask(target)).status == 302
        assert len(target.requests) == 1

    async def test_huge_body_is_read_in_part(self, target: Target) -> None:
        async def pour(writer: asyncio.StreamWriter) -> None:
            while True:
                writer.write(b"x" * 100_000)
                await writer.drain()

        target.answer, target.more = b"HTTP/1.1 200 OK\r\ncontent-length: 9000000000\r\n\r\n", pour
        assert len((await self.ask(target)).body) == outgoing.MAX_BODY

    async def test_compressed_body_is_not_unpacked(self, target: Target) -> None:
        packed = gzip.compress(b"x" * 10_000_000)
        head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(packed)}\r\n\r\n"
        target.answer = head.encode() + packed
        assert (await self.ask(target)).body == b""
        assert b"accept-encoding: identity\r\n" in target.requests[0].lower()

    async def test_slow_body_is_what_came(self, target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(outgoing, "BODY", 0.05)
        target.answer = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab"
        ended = asyncio.Event()

        async def hang(writer: asyncio.StreamWriter) -> None:
            await ended.wait()

        target.more = hang
        answer = await self.ask(target)
        ended.set()
        assert (answer.status, answer.body) == (200, b"ab")

    @pytest.mark.parametrize(
        "answer", [b"", b"HTTP/1.1 200", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000]
    )
    async def test_what_is_no_answer_fails(self, target: Target, answer: bytes) -> None:
        target.answer = answer
        with pytest.raises(Failed):
            await self.ask(target)

    async def test_silence_fails_in_time(self, target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(outgoing, "TOTAL", 0.05)
        ended = asyncio.Event()

        async def hang(writer: asyncio.StreamWriter) -> None:
            await ended.wait()

        target.answer, target.more = b"", hang
        with pytest.raises(Failed, match="no answer"):
            await self.ask(target)
        ended.set()

    async def test_nobody_listening_fails(self) -> None:
        with pytest.raises(Failed, match="refused"):
            await Outgoing([("127.0.0.1", 1)]).request("GET", "http://127.0.0.1:1/")


def certificate(folder: Path, name: str) -> Path:
    """A certificate for the name that signs itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    built = built.not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    pem = serialization.Encoding.PEM
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "certificate.pem"
    path.write_bytes(built.sign(key, hashes.SHA256()).public_bytes(pem) + key.private_bytes(pem, *plain))
    return path


class TestTls:
    async def test_name_is_kept_for_the_certificate(self, target: Target, tmp_path: Path) -> None:
        path = certificate(tmp_path, "hooks.test")
        own = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        own.load_cert_chain(path)
        asked: list[str | None] = []
        own.sni_callback = lambda _, name, __: asked.append(name)
        async with await asyncio.start_server(target.serve, "127.0.0.1", 0, ssl=own) as server:
            port = server.sockets[0].getsockname()[1]
            resolve = names(hooks_test=["127.0.0.1"], other_test=["127.0.0.1"])
            client = Outgoing([("127.0.0.1", port)], resolve=resolve, tls=ssl.create_default_context(cafile=str(path)))
            assert (await client.request("GET", f"https://hooks.test:{port}/")).status == 200
            assert asked == ["hooks.test"]
            with pytest.raises(Failed, match="certificate"):
                await client.request("GET", f"https://other.test:{port}/")
