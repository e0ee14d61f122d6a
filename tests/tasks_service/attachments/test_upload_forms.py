"""Uploads, as they come over the wire."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tasks_service.attachments import names
from tests.fakes import Person
from tests.tasks_service.client import Tasks, path_of, problem
from tests.tasks_service.files import MIB, RAW, attach, in_chunks, kept_in

BOUNDARY = {"Content-Type": "multipart/form-data; boundary=b"}
PART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n'


class TestForms:
    @pytest.mark.parametrize(
        ("content", "headers"),
        [
            (b"", {}),
            (b"{}", {"Content-Type": "application/json"}),
            (b"x", {**RAW, "Content-Disposition": "attachment"}),
            (b"x", {"Content-Type": "multipart/form-data"}),
            (b"x", {"Content-Type": f"multipart/form-data; boundary={'b' * 71}"}),
            (b"", BOUNDARY),
            (b"nonsense", BOUNDARY),
            (b"--b--\r\n", BOUNDARY),
            (PART, BOUNDARY),
            (PART + PART + b"--b--\r\n", BOUNDARY),
            (PART.replace(b'"file"', b'"other"') + b"--b--\r\n", BOUNDARY),
            (PART.replace(b'; filename="a"', b"") + b"--b--\r\n", BOUNDARY),
            (PART + PART.replace(b'"file"', b'"other"') + b"--b--\r\n", BOUNDARY),
            ((b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n\r\n' * 1000) + b"--b--\r\n", BOUNDARY),
            (PART.replace(b"\r\n\r\n", b"\r\nX: " + b"y" * 10_000 + b"\r\n\r\n") + b"--b--\r\n", BOUNDARY),
            (PART.replace(b"\r\n\r\n", b"\r\nX: y" * 100 + b"\r\n\r\n") + b"--b--\r\n", BOUNDARY),
        ],
    )
    async def test_that_are_none_leave_nothing(
        self, tasks: Tasks, ann: Person, folder: Path, content: bytes, headers: dict[str, str]
    ) -> None:
        task, before = await tasks.create(ann), kept_in(folder)
        answer = await tasks.post(f"{path_of(task)}/attachments", ann, content=content, headers=headers)
        assert problem(answer, 422, "validation_failed")["errors"][0]["pointer"]
        assert kept_in(folder) == before

    @pytest.mark.parametrize(
        ("parts", "pointer", "message"),
        [
            (b'--b\r\nContent-Disposition: form-data; name="note"\r\n\r\n\r\n' + PART, "/note", "is not a field"),
            (PART + PART.replace(b'"file"', b'"note"'), "/note", "is not a field"),
            (PART + PART.replace(b'"a"', b'"b"'), "/file", "only one file"),
        ],
    )
    async def test_what_is_too_much_is_named(
        self, tasks: Tasks, ann: Person, parts: bytes, pointer: str, message: str
    ) -> None:
        path = f"{path_of(await tasks.create(ann))}/attachments"
        answer = await tasks.post(path, ann, content=parts + b"--b--\r\n", headers=BOUNDARY)
        [error] = problem(answer, 422, "validation_failed")["errors"]
        assert error["pointer"] == pointer
        assert message in error["message"]

    async def test_that_come_byte_by_byte(self, tasks: Tasks, ann: Person) -> None:
        task, body = await tasks.create(ann), PART + b"--b--\r\n"
        headers = BOUNDARY
        answer = await tasks.post(f"{path_of(task)}/attachments", ann, content=in_chunks(body, 1), headers=headers)
        assert (answer.json()["filename"], answer.json()["size"]) == ("a", 1)

    async def test_an_upload_that_is_cut_leaves_nothing(self, tasks: Tasks, ann: Person, folder: Path) -> None:
        task, before = await tasks.create(ann), kept_in(folder)

        async def cut() -> AsyncIterator[bytes]:
            yield PART + b"x" * MIB
            yield b"x" * (MIB // 2)

        answer = await tasks.post(f"{path_of(task)}/attachments", ann, content=cut(), headers=BOUNDARY)
        assert answer.status_code == 422
        assert kept_in(folder) == before
        assert await tasks.items(f"{path_of(task)}/attachments", ann) == []

    async def test_a_client_that_goes_away_leaves_nothing(self, tasks: Tasks, ann: Person, folder: Path) -> None:
        task, before = await tasks.create(ann), kept_in(folder)
        path = f"{path_of(task)}/attachments"
        chunks = iter([{"type": "http.request", "body": b"x" * MIB, "more_body": True}, {"type": "http.disconnect"}])
        sent: list[Any] = []

        async def receive() -> Any:
            return next(chunks)

        async def send(message: Any) -> None:
            sent.append(message)

        headers = {**ann.headers, **RAW, "Content-Disposition": "attachment; filename=a"}
        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "http_version": "1.1",
            "scheme": "http",
            "client": ("127.0.0.1", 1),
            "server": ("x", 80),
        }
        await tasks.running.app(scope, receive, send)
        assert sent[0]["status"] == 408
        assert kept_in(folder) == before


HOSTILE_NAMES = {
    "../../etc/passwd": "passwd",
    "..\\..\\windows\\system32\\cmd.exe": "cmd.exe",
    "/etc/shadow": "shadow",
    "C:\\dir\\file.txt": "file.txt",
    "..": "file",
    ".": "file",
    "": "file",
    "   ": "file",
    ".htaccess": ".htaccess",
    "a\r\nSet-Cookie: x=1": "aSet-Cookie: x=1",
    "a\x00.png": "a.png",
    "\u202egnp.exe": "gnp.exe",
    "a\u200b\u2028b": "ab",
    "CON": "_CON",
    "nul.txt": "_nul.txt",
    'a"; filename="b.html': 'a"; filename="b.html',
    "a;b=c%22.txt": "a;b=c%22.txt",
    "Gr\u00fc\u00dfe \U0001f389.txt": "Grüße 🎉.txt",
    "x" * 300 + ".pdf": "x" * 196 + ".pdf",
    "x" * 300: "x" * 200,
    "a." + "x" * 300: ("a." + "x" * 300)[:200],
    "trailing. . ": "trailing",
}


class TestNames:
    @pytest.mark.parametrize("name", HOSTILE_NAMES)
    def test_are_cleaned(self, name: str) -> None:
        assert names.clean(name) == HOSTILE_NAMES[name]
        assert names.clean(names.clean(name)) == names.clean(name)

    @pytest.mark.parametrize("name", HOSTILE_NAMES.values())
    def test_come_back_in_a_header_that_holds(self, name: str) -> None:
        header = names.disposition("attachment", name)
        assert re.fullmatch(r'attachment; filename="[ -~]*"; filename\*=UTF-8\'\'[A-Za-z0-9!#$&+\-.^_`|~%]*', header)
        assert header.count('"') == 2
        assert names.read_parameters(header)["filename"] == name

    @pytest.mark.parametrize("name", [name for name in HOSTILE_NAMES if name and not set("\x00\n") & set(name)])
    async def test_are_never_paths(self, tasks: Tasks, ann: Person, folder: Path, name: str) -> None:
        attachment = await attach(tasks, await tasks.create(ann), ann, b"content", name)
        assert attachment["filename"] == HOSTILE_NAMES[name] or "%22" in name or '"' in name
        assert all(re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{32}", str(p.relative_to(folder))) for p in kept_in(folder))
        assert {path.name for path in folder.parent.iterdir()} == {folder.name}

    @pytest.mark.parametrize(
        ("header", "name"),
        [
            ('attachment; filename="a b.txt"', "a b.txt"),
            ("attachment; filename=a.txt", "a.txt"),
            ('attachment; filename="a\\"b.txt"', 'a"b.txt'),
            ('attachment; FILENAME="a;b.txt"; x=y', "a;b.txt"),
            ("attachment; filename=\"a\"; filename*=UTF-8'de'%e2%82%ac", "€"),
            ("attachment; filename*=iso-8859-1''%A3", "£"),
            ("attachment; filename=\"a\"; filename*=klingon''x", "a"),
            ("attachment; filename*=nonsense; filename=a", "a"),
            ('attachment; filename="\xc3\xbc"', "ü"),
            ('attachment; filename="\xfc"', "ü"),
            ('attachment; filename="a', '"a'),
        ],
    )
    def test_are_read_from_every_form_of_the_header(self, header: str, name: str) -> None:
        assert names.read_parameters(header)["filename"] == name
