"""The filter language: `priority>=high and (due<today+7d or due is empty) and not label in (bug, "in review")`.

    filter   = either
    either   = both { "or" both }
    both     = single { "and" single }
    single   = "not" single | "(" either ")" | term
    term     = field sign value | field ["not"] "in" "(" value { "," value } ")" | field "is" ["not"] "empty"
    sign     = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~"
    value    = word | 'text in quotes' | "text in quotes"

Keywords and fields are taken in any case. Here the text becomes a tree; `terms.py` says what its terms mean.
"""

import re
from dataclasses import dataclass

from shared.errors import Unprocessable

MAX_LENGTH = 2000  # characters
TOO_LONG = f"at character {MAX_LENGTH + 1}: a filter has at most {MAX_LENGTH} characters"
MAX_DEPTH = 20
MAX_TERMS = 100
KEYWORDS = ("and", "or", "not", "in", "is", "empty")
TOKEN = re.compile(r"""\s*(?:(?P<sign><=|>=|!=|!~|[=<>~(),])|(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|"""
                   r"""(?P<word>[^\s=<>!~(),"']+)|(?P<end>\Z))""", re.DOTALL)  # fmt: skip
SIGNS = ("=", "!=", "<", "<=", ">", ">=", "~", "!~")


@dataclass(slots=True, frozen=True)
class Token:
    """`at` is the place of its first character in the filter, from 0."""

    kind: str
    text: str
    at: int

    def is_keyword(self, *words: str) -> bool:
        return self.kind == "word" and self.text.lower() in words


@dataclass(slots=True, frozen=True)
class Term:
    """`sign` is one of those above, or "in" or "empty"; what is negated stands in a `Not`."""

    field: Token
    sign: str
    values: tuple[Token, ...]


@dataclass(slots=True, frozen=True)
class Not:
    of: "Tree"


@dataclass(slots=True, frozen=True)
class All:
    of: tuple["Tree", ...]


@dataclass(slots=True, frozen=True)
class Any:
    of: tuple["Tree", ...]


Tree = Term | Not | All | Any


def wrong(at: int, message: str) -> Unprocessable:
    """The refusal that points to a place in the filter, which people count from 1."""
    return Unprocessable.at("/filter", f"at character {at + 1}: {message}")


def parse(text: str) -> Tree:
    """The tree of a filter. Refuses, with 422, what does not follow the grammar or is too large."""
    if len(text) > MAX_LENGTH:
        raise Unprocessable.at("/filter", TOO_LONG)
    parser = _Parser(_tokens(text))
    tree = parser.either(0)
    if parser.next.kind != "end":
        raise wrong(parser.next.at, f"expected 'and', 'or' or the end, not {parser.next.text!r}")
    return tree


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while not tokens or tokens[-1].kind != "end":
        found = TOKEN.match(text, at)
        if found is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            message = (
                "a quotation mark is not closed" if text[start] in "\"'" else f"{text[start]!r} has no meaning here"
            )
            raise wrong(start, message)
        kind = str(found.lastgroup)
        value = found[kind]
        if kind == "quoted":
            value = re.sub(r"\\(.)", r"\1", value[1:-1], flags=re.DOTALL)
        tokens.append(Token(kind, value, found.start(kind)))
        at = found.end()
    return tokens


class _Parser:
    """Recursive descent: one method for each rule of the grammar."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._terms = 0

    @property
    def next(self) -> Token:
        return self._tokens[self._place]

    def _take(self) -> Token:
        token = self.next
        self._place += 1
        return token

    def _takes(self, *words: str) -> bool:
        """Whether one of these keywords or signs comes next; if so it is behind us now."""
        token = self.next
        found = token.is_keyword(*words) or (token.kind == "sign" and token.text in words)
        self._place += found
        return found

    def either(self, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            raise wrong(self.next.at, f"is nested more than {MAX_DEPTH} deep")
        found = [self._both(depth)]
        while self._takes("or"):
            found.append(self._both(depth))
        return found[0] if len(found) == 1 else Any(tuple(found))

    def _both(self, depth: int) -> Tree:
        found = [self._single(depth)]
        while self._takes("and"):
            found.append(self._single(depth))
        return found[0] if len(found) == 1 else All(tuple(found))

    def _single(self, depth: int) -> Tree:
        negated = False
        while self._takes("not"):
            negated = not negated
        if self._takes("("):
            tree = self.either(depth + 1)
            if not self._takes(")"):
                raise wrong(self.next.at, "expected ')'")
        else:
            tree = self._term()
        return Not(tree) if negated else tree

    def _term(self) -> Tree:
        field = self._take()
        if field.kind != "word" or field.is_keyword(*KEYWORDS):
            raise wrong(field.at, f"expected a field, not {field.text!r}" if field.text else "expected a field")
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise wrong(field.at, f"a filter has at most {MAX_TERMS} terms")
        if self._takes("is"):
            return self._empty(field)
        if self._takes("not"):
            if not self._takes("in"):
                raise wrong(self.next.at, "expected 'in'")
            return Not(Term(field, "in", self._list()))
        if self._takes("in"):
            return Term(field, "in", self._list())
        return self._comparison(field)

    def _empty(self, field: Token) -> Tree:
        negated = self._takes("not")
        if not self._takes("empty"):
            raise wrong(self.next.at, "expected 'empty'")
        term = Term(field, "empty", ())
        return Not(term) if negated else term

    def _comparison(self, field: Token) -> Tree:
        sign = self._take()
        if sign.kind != "sign" or sign.text not in SIGNS:
            raise wrong(sign.at, f"expected one of {' '.join(SIGNS)}, 'in' or 'is' after {field.text!r}")
        values = (self._value(),)
        if sign.text in ("!=", "!~"):
            return Not(Term(field, sign.text[1], values))
        return Term(field, sign.text, values)

    def _value(self) -> Token:
        token = self._take()
        if token.kind not in ("word", "quoted"):
            raise wrong(token.at, "expected a value")
        if token.is_keyword(*KEYWORDS):
            raise wrong(token.at, f"expected a value; put {token.text!r} in quotes if it is meant as one")
        return token

    def _list(self) -> tuple[Token, ...]:
        if not self._takes("("):
            raise wrong(self.next.at, "expected '(' and a list of values")
        values = [self._value()]
        while self._takes(","):
            values.append(self._value())
            if len(values) > MAX_TERMS:
                raise wrong(values[-1].at, f"a list has at most {MAX_TERMS} values")
        if not self._takes(")"):
            raise wrong(self.next.at, "expected ',' or ')'")
        return tuple(values)
