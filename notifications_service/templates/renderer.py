"""Templates to words. As a program (`python -m notifications_service.templates.renderer`) it is the process in which
the templates of administrators run: a line of JSON in, and out one for each part that is begun and one with the words.

The sandbox of Jinja2 keeps a template from our objects; limits of the process see to it that it takes little time and
memory: the process ends when it reaches them, and whoever asked starts another.
"""

import json
import resource
import select
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notifications_service.templates.limits import (
    IDLE,
    MAX_OUTPUT,
    MAX_SUBJECT,
    MEMORY,
    PARTS,
    SECONDS,
    TemplateRefused,
)


@cache
def environment(escape: bool) -> Environment:
    return ImmutableSandboxedEnvironment(autoescape=escape, trim_blocks=True, lstrip_blocks=True)


@lru_cache(maxsize=64)
def compiled(source: str, escape: bool) -> Template:
    """Kept, since compiling takes many times as long as rendering."""
    return environment(escape).from_string(source)


def render(
    sources: Mapping[str, str], context: Mapping[str, Any], begin: Callable[[str], None] = lambda _: None
) -> dict[str, str]:
    """The three parts of a mail; `begin` is told of each before it is made. Raises TemplateRefused."""
    words = {}
    for part in PARTS:
        begin(part)
        words[part] = _part(part, sources[part], context)
    words["subject"] = " ".join(words["subject"].split())[:MAX_SUBJECT]
    return words


def _part(part: str, source: str, context: Mapping[str, Any]) -> str:
    try:
        return "".join(_bounded(compiled(source, part == "html").generate(context), part))
    except TemplateSyntaxError as error:
        raise TemplateRefused(part, f"line {error.lineno}: {error.message}") from None
    except TemplateRefused:
        raise
    except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise TemplateRefused(part, f"{type(error).__name__}: {error}"[:300]) from None
    except (MemoryError, RecursionError):
        raise TemplateRefused(part, "needs too much memory") from None


def _bounded(pieces: Iterator[str], part: str) -> Iterator[str]:
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > MAX_OUTPUT:
            raise TemplateRefused(part, f"makes more than {MAX_OUTPUT} characters")
        yield piece


def _answer(line: bytes) -> dict[str, Any]:
    asked = json.loads(line)
    try:
        return {"words": render(asked["sources"], asked["context"], lambda part: _say({"begun": part}))}
    except TemplateRefused as error:
        return {"part": error.part, "message": error.message}


def _say(something: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(something) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Answers lines until there are no more. An alarm of the kernel ends what takes too long, whatever it does."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    while select.select([sys.stdin], [], [], IDLE)[0] and (line := sys.stdin.buffer.readline()):
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        answer = _answer(line)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _say(answer)


if __name__ == "__main__":
    main()
