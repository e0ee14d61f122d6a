"""Administrators' words for mails, and the sandbox in which they run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from notifications_service.email.dates import show_date, show_time
from notifications_service.inbox.kinds import KINDS
from notifications_service.templates.limits import TemplateRefused
from notifications_service.templates.sample import sample_of
from notifications_service.templates.sandbox import Sandbox
from notifications_service.templates.schemas import TEMPLATE_KINDS
from tests.fakes import Person
from tests.notifications_service.events import comment_event, user_event
from tests.notifications_service.system import System
from tests.notifications_service.test_inbox import assert_problem
from tests.waiting import until

PATH = "/api/notification-templates"
WORDS = {"subject": "S {{ item.message }}", "text": "T {{ item.url }}", "html": "<p>H {{ item.message }}</p>"}


async def call(system: System, person: Person, method: str, path: str = "", body: Any = None, **headers: str) -> Any:
    content = {} if body is None else {"json": body}
    return await system.http.request(method, PATH + path, headers={**person.headers, **headers}, **content)


@pytest.fixture
async def kind(system: System, admin: Person) -> AsyncIterator[str]:
    """A kind whose words are ours before and after."""
    yield "mentioned"
    await call(system, admin, "DELETE", "/mentioned")


class TestTemplates:
    async def test_all_kinds_are_listed(self, system: System, admin: Person) -> None:
        page = (await call(system, admin, "GET", "?limit=5&count=true")).json()
        rest = (await call(system, admin, "GET", f"?cursor={page['next_cursor']}&limit=5")).json()
        last = (await call(system, admin, "GET", f"?cursor={rest['next_cursor']}&limit=5")).json()
        assert last["next_cursor"] is None
        assert page["total"] == len(TEMPLATE_KINDS) == len(KINDS) + 1
        rows = [*page["items"], *rest["items"], *last["items"]]
        assert [row["kind"] for row in rows] == list(TEMPLATE_KINDS)
        assert all(row["is_default"] and row["subject"] and row["text"] and row["html"] for row in rows)

    async def test_replaced_changed_and_reset(self, system: System, admin: Person, kind: str) -> None:
        ours = (await call(system, admin, "GET", f"/{kind}")).json()
        version = ours["version"]
        put = await call(system, admin, "PUT", f"/{kind}", WORDS, **{"If-Match": f'"{version}"'})
        assert put.status_code == 200, put.text
        assert put.json() == {
            "kind": kind, **WORDS, "is_default": False, "updated_at": put.json()["updated_at"],
            "version": version + 1,
        }  # fmt: skip
        stale = await call(system, admin, "PUT", f"/{kind}", WORDS, **{"If-Match": f'"{version}"'})
        assert_problem(stale, 412, "version_conflict")
        patched = (await call(system, admin, "PATCH", f"/{kind}", {"text": None, "subject": "New"})).json()
        assert (patched["subject"], patched["text"], patched["html"]) == ("New", ours["text"], WORDS["html"])
        assert (await call(system, admin, "DELETE", f"/{kind}")).status_code == 204
        after = (await call(system, admin, "GET", f"/{kind}")).json()
        assert {**after, "updated_at": None, "version": 0} == {**ours, "updated_at": None, "version": 0}
        assert after["version"] == patched["version"] + 1

    async def test_made_once(self, system: System, admin: Person, kind: str) -> None:
        made = await call(system, admin, "POST", "", {"kind": kind, **WORDS})
        assert (made.status_code, made.headers["location"]) == (201, f"{PATH}/{kind}")
        assert_problem(await call(system, admin, "POST", "", {"kind": kind, **WORDS}), 409, "template_replaced")

    async def test_unchanged_is_304(self, system: System, admin: Person) -> None:
        answer = await call(system, admin, "GET", "/system")
        tag = answer.headers["etag"]
        assert (await call(system, admin, "GET", "/system", **{"If-None-Match": tag})).status_code == 304

    @pytest.mark.parametrize(
        ("part", "source"),
        [
            ("subject", "{{ item.message"),
            ("text", "{% for x in %}"),
            ("html", "{% include 'other' %}"),
            ("html", "{{ ''.__class__.__mro__ }}"),
            ("html", "{{ items.__init__.__globals__ }}"),
            ("text", "{{ cycler.__init__.__globals__.os.popen('id').read() }}"),
            ("text", "{{ 1 / 0 }}"),
            ("text", "{{ nobody.name.first }}"),
        ],
    )
    async def test_what_is_wrong_is_said_where(
        self, system: System, admin: Person, kind: str, part: str, source: str
    ) -> None:
        for method, path in (("PUT", f"/{kind}"), ("POST", f"/{kind}/preview")):
            answer = await call(system, admin, method, path, {**WORDS, part: source})
            assert_problem(answer, 422, "validation_failed")
            assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{part}"]
        assert (await call(system, admin, "GET", f"/{kind}")).json()["is_default"] is True

    @pytest.mark.parametrize(
        "body", [{}, {"subject": "x"}, {**WORDS, "css": ""}, {**WORDS, "html": "x" * 20_001}, {**WORDS, "text": None}]
    )
    async def test_other_bodies_are_refused(self, system: System, admin: Person, body: Any) -> None:
        assert_problem(await call(system, admin, "PUT", "/mentioned", body), 422, "validation_failed")

    async def test_preview_keeps_nothing(self, system: System, admin: Person, kind: str) -> None:
        shown = await call(system, admin, "POST", f"/{kind}/preview", {"subject": "{{ recipient.name }}!"})
        assert shown.json()["subject"] == "Bob Ray!"
        assert "Ann Lee mentioned you" in shown.json()["text"]
        assert "Three pages are enough." in shown.json()["html"]
        assert (await call(system, admin, "GET", f"/{kind}")).json()["is_default"] is True

    @pytest.mark.parametrize("kind", TEMPLATE_KINDS)
    async def test_our_own_words_hold_for_every_kind(self, system: System, admin: Person, kind: str) -> None:
        shown = await call(system, admin, "POST", f"/{kind}/preview", {})
        assert shown.status_code == 200, shown.text
        assert "\n" not in shown.json()["subject"]
        assert "Bob Ray" in shown.json()["text"]

    async def test_for_administrators_only(self, system: System, ann: Person) -> None:
        for method, path, body in (
            ("GET", "", None),
            ("POST", "", {"kind": "system", **WORDS}),
            ("GET", "/system", None),
            ("PUT", "/system", WORDS),
            ("PATCH", "/system", {"subject": "x"}),
            ("DELETE", "/system", None),
            ("POST", "/system/preview", {}),
        ):
            assert_problem(await call(system, ann, method, path, body), 403, "forbidden")
            assert_problem(await system.http.request(method, PATH + path, json=body), 401, "unauthenticated")

    async def test_mail_is_made_of_them_and_of_ours_when_they_fail(
        self, system: System, admin: Person, ann: Person, bob: Person, kind: str
    ) -> None:
        await system.publish(user_event(bob.id, f"bob{bob.id}"))
        breaking = {**WORDS, "text": "{% if item.comment == 'break' %}{{ 1 / 0 }}{% endif %}{{ item.comment }}"}
        assert (await call(system, admin, "PUT", f"/{kind}", breaking)).status_code == 200
        who: dict[str, Any] = {"creator": bob.id, "actor": ann.id, "mentioned": [bob.id]}
        await system.publish(comment_event(body="fine", **who), comment_event(body="break", **who))

        async def are_written() -> bool:
            return len(written(system, bob)) == 2

        await until(are_written)
        subjects = [line for text in written(system, bob) for line in text.splitlines() if "Subject:" in line]
        assert sum("S " in subject for subject in subjects) == 1


def written(system: System, person: Person) -> list[str]:
    files = Path(system.settings.mail_dir).glob("*.eml")
    texts = [file.read_text() for file in files]
    return [text for text in texts if f"To: bob{person.id}@" in text]


class TestSandbox:
    @pytest.mark.parametrize(
        "source",
        [
            "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
            "{% for i in range(10 ** 9) %}x{% endfor %}",
            "{{ 'x' * 10 ** 10 }}",
            "{{ 9 ** (9 ** 9) }}",
            "{% for i in range(90000) %}{{ 'x' * 1000 }}{% endfor %}",
            "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
            "{{ '%0999999999d' | format(1) }}",
            "{{ 'x'.ljust(9999999999) }}",
            "{{ [[]] * 10 ** 9 }}",
        ],
    )
    async def test_what_takes_too_much_is_refused_soon(self, source: str) -> None:
        async with Sandbox() as sandbox:
            with pytest.raises(TemplateRefused) as refused:
                async with asyncio.timeout(20):
                    await sandbox.render({**WORDS, "text": source}, sample_of("mentioned"))
            assert refused.value.part == "text"
            again = await sandbox.render(WORDS, sample_of("mentioned"))
            assert again["html"] == "<p>H Ann Lee mentioned you in “Write the plan”</p>"

    async def test_many_at_once_get_their_own(self) -> None:
        async with Sandbox() as sandbox:
            sources = [{**WORDS, "subject": f"number {i}"} for i in range(30)]
            found = await asyncio.gather(*(sandbox.render(one, sample_of("system")) for one in sources))
            assert [words["subject"] for words in found] == [one["subject"] for one in sources]

    async def test_process_that_was_killed_is_replaced(self) -> None:
        async with Sandbox() as sandbox:
            await sandbox.render(WORDS, sample_of("system"))
            assert sandbox._process is not None
            sandbox._process.kill()
            sandbox._process.wait()
            assert (await sandbox.render(WORDS, sample_of("system")))["subject"].startswith("S ")

    async def test_no_secret_is_near(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SECRETS_KEY", "canary")
        async with Sandbox() as sandbox:
            await sandbox.render(WORDS, sample_of("system"))
            assert sandbox._process is not None
            environment = await asyncio.to_thread(Path(f"/proc/{sandbox._process.pid}/environ").read_bytes)
            assert b"PATH=" in environment
            assert b"canary" not in environment


class TestDates:
    @pytest.mark.parametrize(
        ("locale", "expected"),
        [
            ("en", "9 Nov 2026 14:05"),
            ("en-US", "Nov 9, 2026 2:05 PM"),
            ("en_GB", "9 Nov 2026 14:05"),
            ("de-AT", "09.11.2026 14:05"),
            ("fr", "09/11/2026 14:05"),
            ("sv", "2026-11-09 14:05"),
            ("", "2026-11-09 14:05"),
        ],
    )
    def test_as_people_write_them(self, locale: str, expected: str) -> None:
        assert show_time(datetime(2026, 11, 9, 14, 5, tzinfo=UTC), locale) == expected
        assert expected.startswith(show_date(datetime(2026, 11, 9, tzinfo=UTC), locale))
