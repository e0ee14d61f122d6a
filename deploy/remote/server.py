"""Requests to a server: signed, renewed when the token has ended, and with refusals that say what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import httpx

from deploy.errors import StartError
from deploy.remote import logins
from deploy.remote.logins import Login

DEFAULT = "http://localhost:8000"
TIMEOUT = 30.0  # seconds
Body = dict[str, Any]


class Refused(StartError):
    """The server, or the way to it, says no; the message is for the person at the terminal."""


class Server:
    """One server, and who is signed in there: by TASKWIRE_TOKEN, else by what `taskwire login` kept;
    without `kept`, nobody yet."""

    def __init__(self, address: str | None = None, kept: bool = True) -> None:
        self.address = (address or os.environ.get("TASKWIRE_URL") or DEFAULT).rstrip("/")
        self.token = os.environ.get("TASKWIRE_TOKEN", "") if kept else ""
        self.login = logins.read(self.address) if kept and not self.token else None
        self.http = httpx.Client(base_url=self.address, timeout=TIMEOUT)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def get(self, path: str, **query: Any) -> Body:
        return self.call("GET", path, params={name: value for name, value in query.items() if value is not None})

    def post(self, path: str, body: Body | None = None, **options: Any) -> Body:
        """Safe to repeat: a POST that is sent again because its answer was lost does its work once."""
        return self.call("POST", path, json=body, headers={"Idempotency-Key": str(uuid4())}, **options)

    def patch(self, path: str, body: Body, version: int) -> Body:
        return self.call("PATCH", path, json=body, headers={"If-Match": f'"{version}"'})

    def call(self, method: str, path: str, **options: Any) -> Body:
        response = self.send(method, path, **options)
        return response.json() if response.content else {}

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The answer to a signed request. Raises Refused for anything but 2xx."""
        headers = options.pop("headers", {})
        response = self._request(method, path, self.access, headers, options)
        if response.status_code == 401 and self.login is not None:
            response = self._request(method, path, self._renewed(), headers, options)
        return checked(response)

    def _request(
        self, method: str, path: str, token: str, headers: Mapping[str, str], options: Mapping[str, Any]
    ) -> httpx.Response:
        try:
            return self.http.request(method, path, headers={**headers, "Authorization": f"Bearer {token}"}, **options)
        except httpx.HTTPError as error:
            raise unreachable(self.address, error) from None

    @property
    def access(self) -> str:
        if self.token:
            return self.token
        if self.login is None:
            raise Refused(f"You are not signed in at {self.address}: run `taskwire login`, or set TASKWIRE_TOKEN.")
        return self.login.access

    def _renewed(self) -> str:
        """The next access token. Another command may have renewed meanwhile: its pair is as good."""
        assert self.login is not None
        kept = logins.read(self.address)
        if kept is not None and kept.access != self.login.access:
            self.login = kept
            return kept.access
        answer = self.public("/api/auth/refresh", {"refresh_token": self.login.refresh})
        self.keep(self.login.username, answer)
        return self.login.access

    def public(self, path: str, body: Body) -> Body:
        """A request that needs nobody signed in."""
        try:
            found: Body = checked(self.http.post(path, json=body)).json()
        except httpx.HTTPError as error:
            raise unreachable(self.address, error) from None
        return found

    def keep(self, username: str, answer: Body) -> None:
        self.login = Login(username, answer["access_token"], answer["refresh_token"])
        logins.write(self.address, self.login)

    def pages(self, path: str, **query: Any) -> Iterator[Body]:
        """Every row of a list, fetched a page at a time."""
        cursor: str | None = None
        while True:
            page = self.get(path, **query, cursor=cursor)
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return


def unreachable(address: str, error: Exception) -> Refused:
    return Refused(
        f"{address} cannot be reached ({error or type(error).__name__}): is it running? --server names another."
    )


def checked(response: httpx.Response) -> httpx.Response:
    """Raises Refused, in the words of the problem, for anything but 2xx."""
    if response.is_success:
        return response
    response.read()
    try:
        problem = response.json()
        lines = [problem["detail"], *(f"  {e['pointer']}: {e['message']}" for e in problem.get("errors", []))]
    except (ValueError, KeyError, TypeError):
        raise Refused(f"The server answered {response.status_code}.") from None
    if response.status_code == 401:
        lines.append("Sign in anew: taskwire login")
    if response.status_code == 412:
        lines.append("Somebody else changed it meanwhile: look at it and try again.")
    raise Refused("\n".join(lines))
