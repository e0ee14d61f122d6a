"""Markdown: whom it mentions, and how it looks as HTML that can do no harm.

Raw HTML shows as text, images become links (a picture from elsewhere tells its server who reads), and the result is
cleaned once more. CommonMark with tables and strikethrough. The libraries are loaded at first use.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MAX_MENTIONS = 50
KEPT = 256  # rendered texts
# Neither inside a word, an address or a path, nor a name at another host.
MENTION = re.compile(r"(?<![\w@./-])@((?>\w[\w.-]*))(?!@)")
TAGS = {
    *("a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre"),
    *("s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "td": {"align"}, "th": {"align"}}
SCHEMES = {"http", "https", "mailto"}


def names_in(body: str) -> list[list[str]]:
    """For each mention the names that it may mean, the longest first: `@ann.lee` may be `ann.lee`, or `ann` at the end
    of a sentence. In lower case. Code mentions nobody."""
    if "@" not in body:
        return []
    found = dict.fromkeys(match for text in _texts(_parser().parse(body)) for match in MENTION.findall(text))
    return [_readings(name.lower()) for name in list(found)[:MAX_MENTIONS]]


def _texts(tokens: Sequence["Token"]) -> Iterator[str]:
    for token in tokens:
        for child in token.children or ():
            if child.type == "text":
                yield child.content


def _readings(name: str) -> list[str]:
    readings = [name[: match.start()] for match in re.finditer(r"[._-]+", name)]
    return [name, *reversed([reading for reading in readings if reading])]


@lru_cache(maxsize=KEPT)
def to_html(body: str) -> str:
    """Takes up to half a second for the worst of bodies: not for the event loop."""
    import nh3

    rendered: str = _parser().render(body)
    return nh3.clean(
        rendered, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer nofollow"
    )


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.add_render_rule("image", _image_as_link)
    return parser


def _image_as_link(renderer: Any, tokens: Sequence["Token"], index: int, options: Any, env: Any) -> str:
    from markdown_it.common.utils import escapeHtml

    source = escapeHtml(str(tokens[index].attrs.get("src", "")))
    return f'<a href="{source}">{escapeHtml(tokens[index].content) or source}</a>'
