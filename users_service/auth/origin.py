"""Where a request comes from, as far as it can be believed: the gateway's word for the address, the client's for the
device."""

import re
from dataclasses import dataclass

from starlette.requests import Request

from shared import context
from shared.addresses import network_of

USER_AGENT_MAX = 300

BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Safari/"),
)
SYSTEMS = (
    ("Android", r"Android"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11"),
)


@dataclass(slots=True, frozen=True)
class Origin:
    """`network` is what guesses are counted by: the IPv4 address, or the /64 of an IPv6 address."""

    address: str
    network: str
    user_agent: str


def origin_of(request: Request) -> Origin:
    address = context.get().address
    agent = "".join(c if c.isprintable() else " " for c in request.headers.get("user-agent", ""))
    return Origin(address, network_of(address), agent[:USER_AGENT_MAX].strip())


def device_of(user_agent: str) -> str:
    """What a person recognises: `Firefox on Linux`, or the name that a program gives itself."""
    system = next((name for name, pattern in SYSTEMS if re.search(pattern, user_agent)), None)
    browser = next((name for name, pattern in BROWSERS if re.search(pattern, user_agent)), None)
    if browser is None:
        return user_agent.partition("/")[0].strip()[:60] or "unknown device"
    return f"{browser} on {system}" if system else browser
