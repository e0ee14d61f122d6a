"""Calls to addresses that somebody else chose: webhooks, identity providers, any URL that a user gave.

They reach public unicast addresses only. A name is resolved here, every address that it has is checked, and exactly one
of those is dialled, with the name kept for Host and TLS; so an answer that changes between the check and the call helps
nobody. Redirects are not followed, proxies of the environment not used, compressed bodies not unpacked, no connection
is used twice, and time and size are bounded. `OUTGOING_ALLOW` names exceptions.

OutgoingError
├── Refused   this URL must not be called
└── Failed    no answer: not resolved, not reached, cut, or too slow
"""

import asyncio
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import httpx

from shared.logging import get_logger

log = get_logger(__name__)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]

TOTAL = 15.0  # seconds for everything, the resolution included
CONNECT = 5.0  # seconds for one address
RESOLVE = 5.0
BODY = 5.0  # seconds in which a body may end; what came by then is the body
MAX_BODY = 64 * 1024  # bytes of an answer that are read; the rest is not
MAX_URL = 2000
MAX_ADDRESSES = 3  # that are tried, of those a name has
MAX_LOOKUPS = 32  # under way at once: each is a thread, and the system's resolver cannot be told to stop
USER_AGENT = "Taskwire/1"
NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")

NETWORKS_V4 = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
]  # fmt: skip
NETWORKS_V6 = ["2001::/23", "2001:db8::/32", "3fff::/20", "2620:4f:8000::/48"]
FORBIDDEN_V4 = [ipaddress.IPv4Network(network) for network in NETWORKS_V4]
FORBIDDEN_V6 = [ipaddress.IPv6Network(network) for network in NETWORKS_V6]
GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class OutgoingError(Exception):
    """The text says why, in words for whoever gave the URL."""


class Refused(OutgoingError):
    pass


class Failed(OutgoingError):
    pass


@dataclass(slots=True, frozen=True)
class Answer:
    """`body` is as it came, at most 64 kB of it, and empty when it came compressed."""

    status: int
    headers: httpx.Headers
    body: bytes


def embedded(address: Address) -> list[Address]:
    """What is really reached through an address that wraps another: mapped, NAT64, 6to4, Teredo; else the address."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address in NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    if address.ipv4_mapped or address.sixtofour:
        return [inner for inner in (address.ipv4_mapped, address.sixtofour) if inner]
    return list(address.teredo) if address.teredo else [address]


def is_public(address: Address) -> bool:
    """Whether it is a global unicast address, whatever wraps it. `ipaddress.is_global` says so of too many."""
    for inner in embedded(address):
        if isinstance(inner, ipaddress.IPv4Address):
            if any(inner in network for network in FORBIDDEN_V4):
                return False
        elif inner not in GLOBAL_V6 or any(inner in network for network in FORBIDDEN_V6):
            return False
    return True


def _plain(host: str) -> str:
    """A host in the one spelling that is compared."""
    host = host.lower().strip("[]").removesuffix(".")
    with suppress(ValueError):
        return str(ipaddress.ip_address(host))
    return host


def _numeric(host: str) -> list[str]:
    """The addresses that a host is, in any spelling that the system's resolver takes (decimal, octal, short, ...)
    without asking anybody; none for a name."""
    with suppress(OSError, UnicodeError):
        return [str(i[4][0]) for i in socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)]
    return []


async def resolve(host: str, port: int) -> list[str]:
    """Asks the system's resolver in a thread of its own, which nothing waits for at the end of the process."""
    return await _LOOKUPS.ask(host, port)


class Lookups:
    def __init__(self) -> None:
        self._running = 0

    async def ask(self, host: str, port: int) -> list[str]:
        """Raises Failed at once when too many lookups hang, so that those of other names do not queue behind them."""
        if numeric := _numeric(host):
            return numeric
        if self._running >= MAX_LOOKUPS:
            raise Failed("too many names are being resolved")
        loop = asyncio.get_running_loop()
        found: asyncio.Future[list[str]] = loop.create_future()

        def done(addresses: list[str]) -> None:
            self._running -= 1
            if not found.done():
                found.set_result(addresses)

        def look() -> None:
            addresses: list[str] = []
            with suppress(OSError, UnicodeError):
                addresses = [str(i[4][0]) for i in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(done, addresses)

        self._running += 1
        threading.Thread(target=look, name="resolve", daemon=True).start()
        return await found


_LOOKUPS = Lookups()


class Outgoing:
    """The guarded client. `allow` are the pairs of host and port that need not be public."""

    def __init__(
        self,
        allow: Iterable[tuple[str, int]] = (),
        *,
        resolve: Resolve = resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allow = frozenset((_plain(host), port) for host, port in allow)
        self._resolve = resolve
        self._given_tls = tls
        if self._allow:
            named = ", ".join(f"{host}:{port}" for host, port in sorted(self._allow))
            log.warning("OUTGOING_ALLOW: these may be called although they need not be public", allowed=named)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """The authorities of the public web, or those of SSL_CERT_FILE: 2 MB, so only once they are needed."""
        return self._given_tls or httpx.create_ssl_context()

    def check(self, text: str) -> httpx.URL:
        """The URL, unless its text alone shows that it must not be called. Names are judged when they are dialled."""
        try:
            url = httpx.URL(text)
        except (httpx.InvalidURL, TypeError, ValueError):
            raise Refused("is not a URL") from None
        if len(text) > MAX_URL:
            raise Refused(f"has more than {MAX_URL} characters")
        if url.scheme not in ("http", "https") or not url.host:
            raise Refused("must begin with https:// or http:// and name a host")
        if url.userinfo:
            raise Refused("must not contain a name or password")
        host, port = _host(url), _port(url)
        if (host, port) in self._allow:
            return url
        if not NAME.fullmatch(host) and not _numeric(host):
            raise Refused("names a host that cannot be")
        if not (port in (80, 443) or 1024 <= port < 65536):
            raise Refused(f"names port {port}, where no web server is")
        if host == "localhost" or host.endswith(".localhost"):
            raise Refused("is not a public address")
        self._judge(_numeric(host), port)
        return url

    def _judge(self, addresses: Iterable[str], port: int) -> None:
        """Raises Refused unless all of them may be called."""
        for text in addresses:
            address = ipaddress.ip_address(text)
            inner = [(str(one), port) for one in embedded(address)]
            if not (is_public(address) or any(one in self._allow for one in inner)):
                raise Refused("is not a public address")

    async def request(
        self, method: str, text: str, *, headers: Mapping[str, str] | None = None, content: bytes = b""
    ) -> Answer:
        """The answer, whatever its status; 3xx is one like others. Raises Refused or Failed."""
        url = self.check(text)
        sent = {"User-Agent": USER_AGENT, **(headers or {}), "Accept-Encoding": "identity", "Connection": "close"}
        sent["Host"] = url.netloc.decode("ascii")
        try:
            async with asyncio.timeout(TOTAL):
                addresses = await self._addresses(url)
                return await self._try_each(addresses, httpx.Request(method, url, headers=sent, content=content))
        except TimeoutError:
            raise Failed(f"no answer within {TOTAL:.0f} seconds") from None

    async def _addresses(self, url: httpx.URL) -> list[str]:
        """Those that the host has now, all of them allowed."""
        host, port = _host(url), _port(url)
        try:
            async with asyncio.timeout(RESOLVE):
                found = list(dict.fromkeys(await self._resolve(host, port)))
        except TimeoutError:
            raise Failed("the name was not resolved in time") from None
        if not found:
            raise Failed("the name has no address")
        if (host, port) not in self._allow:
            self._judge(found, port)
        return found[:MAX_ADDRESSES]

    async def _try_each(self, addresses: list[str], request: httpx.Request) -> Answer:
        """Goes on to the next address only while nothing was sent."""
        failure: httpx.HTTPError | None = None
        for address in addresses:
            try:
                return await self._dial(address, request)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
            except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError) as error:
                raise Failed(_words(error)) from error
        raise Failed(_words(failure)) from failure

    async def _dial(self, address: str, request: httpx.Request) -> Answer:
        """One connection for one request: a kept one would be known by its address, not by the name it was made for."""
        dialled = httpx.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,
            content=request.content,
            extensions={"sni_hostname": _host(request.url)},
        )
        verify = self._tls if request.url.scheme == "https" else False
        timeout = httpx.Timeout(TOTAL, connect=CONNECT)
        async with httpx.AsyncClient(verify=verify, trust_env=False, timeout=timeout) as client:
            answer = await client.send(dialled, stream=True, follow_redirects=False)
            try:
                return Answer(answer.status_code, answer.headers, await _read(answer))
            finally:
                await answer.aclose()


async def _read(answer: httpx.Response) -> bytes:
    """The first 64 kB."""
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        return b""
    body = bytearray()
    with suppress(TimeoutError):
        async with asyncio.timeout(BODY):
            async for chunk in answer.aiter_raw():
                body += chunk
                if len(body) >= MAX_BODY:
                    break
    return bytes(body[:MAX_BODY])


def _host(url: httpx.URL) -> str:
    """As it is asked for and compared: in ASCII, without a last dot."""
    return _plain(url.raw_host.decode("ascii"))


def _port(url: httpx.URL) -> int:
    usual = 443 if url.scheme == "https" else 80
    return usual if url.port is None else url.port


def _words(error: BaseException | None) -> str:
    """What went wrong, without the address that was dialled."""
    return {
        httpx.ConnectError: "the connection was refused or its certificate is not good",
        httpx.ConnectTimeout: "no connection in time",
        httpx.ReadTimeout: "no answer in time",
        httpx.RemoteProtocolError: "the answer is no HTTP",
    }.get(type(error), "the connection broke")  # type: ignore[arg-type]
