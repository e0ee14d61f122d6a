"""Optimistic concurrency: `ETag: "<version>"`, If-Match, If-None-Match (RFC 9110)."""

import re
from dataclasses import dataclass

from starlette.requests import Request

from shared.errors import PreconditionFailed

VERSION = re.compile("[1-9][0-9]{0,8}")  # as we write it, and no longer than one can be


@dataclass(slots=True, frozen=True)
class Preconditions:
    """The tags that the client sent, unquoted; None where the header was absent."""

    if_match: tuple[str, ...] | None = None
    if_none_match: tuple[str, ...] | None = None

    def require(self, version: int) -> None:
        """Refuses with 412 when If-Match names another version than the one at hand."""
        if self.if_match is not None and not self.matches(version):
            raise PreconditionFailed(version)

    def matches(self, version: int) -> bool:
        return self.if_match is None or "*" in self.if_match or str(version) in self.if_match

    def versions(self) -> list[int] | None:
        """Those that If-Match allows, for a statement that compares them itself; None for any."""
        if self.if_match is None or "*" in self.if_match:
            return None
        return [int(tag) for tag in self.if_match if VERSION.fullmatch(tag)]

    def unchanged(self, version: int) -> bool:
        """Whether the client's copy is still good, so that 304 says it all."""
        return self.if_none_match is not None and ("*" in self.if_none_match or str(version) in self.if_none_match)


NONE = Preconditions()


async def read_preconditions(request: Request) -> Preconditions:
    headers = request.headers
    if_match, if_none_match = headers.get("if-match"), headers.get("if-none-match")
    if if_match is None and if_none_match is None:
        return NONE
    return Preconditions(_tags(if_match), _tags(if_none_match, weak=True))


def _tags(header: str | None, *, weak: bool = False) -> tuple[str, ...] | None:
    """If-Match compares strongly, so a weak tag there matches nothing; proxies that compress make tags weak."""
    if header is None:
        return None
    tags = (tag.strip() for tag in header.split(","))
    return tuple((tag.removeprefix("W/") if weak else tag).strip('"') for tag in tags)


def etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}
