"""Comments as HTML."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from tasks_service import markdown
from tests.fakes import Person
from tests.tasks_service.client import Tasks, path_of, problem
from tests.tasks_service.comments import at, comment_on

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    '[x](http://a "onmouseover=alert(1)")',
    '[x](http://a/"onmouseover="alert(1))',
    "![x](https://tracker.example/pixel.png)",
    "![x](javascript:alert(1))",
    '![" onerror="alert(1)](https://a/x.png)',
    "<a href='javascript:alert(1)'>x</a>",
    "<svg/onload=alert(1)>",
    "<style>*{}</style><iframe src=//evil>",
    "`<script>`\n\n    <script>\n\n```<script>\n<script>\n```",
    "<javascript:alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


class Tags(HTMLParser):
    """The tags of a page, with their attributes, as a browser would find them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    @classmethod
    def of(cls, html: str) -> list[tuple[str, dict[str, str | None]]]:
        parser = cls()
        parser.feed(html)
        return parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


class TestRender:
    @pytest.mark.parametrize("body", HOSTILE)
    def test_is_harmless(self, body: str) -> None:
        for tag, attributes in Tags.of(markdown.to_html(body)):
            assert tag in markdown.TAGS
            assert attributes.keys() <= {"href", "rel", "title", "start", "align"}
            assert (attributes.get("href") or "https:").startswith(("http:", "https:", "mailto:"))

    async def test_is_there_when_asked_for(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        comment = await comment_on(
            tasks, task, ann, "**bold** [x](https://example.com) ![alt](https://a.example/p.png)"
        )
        html = (await tasks.get(at(comment, "?render=html"), ann)).json()["html"]
        assert html.startswith(
            '<p><strong>bold</strong> <a href="https://example.com" rel="noopener noreferrer nofollow">'
        )
        assert '<a href="https://a.example/p.png"' in html
        assert "html" not in (await tasks.get(at(comment), ann)).json()
        (listed,) = await tasks.items(f"{path_of(task)}/comments", ann, render="html")
        assert listed["html"] == html
        problem(await tasks.get(at(comment, "?render=pdf"), ann), 422, "validation_failed")
