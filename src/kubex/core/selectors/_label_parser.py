"""Reads label selectors as the API server does.

The grammar is that of `labels.Parse` of k8s.io/apimachinery, with its oddities: `in` and `notin` are also keys and
values, `a=` means the empty value, `a in ()` the set of the empty value, and a NUL character ends the text.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple, NoReturn

from kubex.core.exceptions import InvalidArgument
from kubex.core.selectors.label_requirement import LabelOperator, LabelRequirement, label_key_problem

__all__ = ["parse_label_selector"]

_SPACE = re.compile(r"[ \t\r\n]*")
_SYMBOL = re.compile(r"==|!=|[=!<>(),]")
_WORD = re.compile(r"[^=!<>(), \t\r\n\0]+")

_BINARY = {
    "=": LabelOperator.EQUALS,
    "==": LabelOperator.DOUBLE_EQUALS,
    "!=": LabelOperator.NOT_EQUALS,
    "in": LabelOperator.IN,
    "notin": LabelOperator.NOT_IN,
    ">": LabelOperator.GREATER_THAN,
    "<": LabelOperator.LESS_THAN,
}


class _Kind(Enum):
    WORD = "word"
    SYMBOL = "symbol"
    END = "end"


class _Token(NamedTuple):
    kind: _Kind
    text: str
    position: int


def parse_label_selector(text: str) -> list[LabelRequirement]:
    """Give the requirements of a selector, in the order they are written.

    Raises:
        InvalidArgument: the text is no selector; the error quotes it and says where.
    """
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # what untyped programs pass
        raise InvalidArgument(f"label selector {text!r}: a string or a LabelSelector is needed")
    return _Parser(text).selector()


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    while True:
        space = _SPACE.match(text, position)
        position = space.end() if space else position
        match = _SYMBOL.match(text, position)
        kind = _Kind.SYMBOL
        if match is None:
            match = _WORD.match(text, position)
            kind = _Kind.WORD
        if match is None:
            tokens.append(_Token(_Kind.END, "", position))
            return tokens
        tokens.append(_Token(kind, match[0], position))
        # A NUL right after a token is passed over, one at the beginning of a token ends the text.
        position = match.end() + text.startswith("\0", match.end())


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._next = 0

    def selector(self) -> list[LabelRequirement]:
        requirements: list[LabelRequirement] = []
        if self._peek().kind is _Kind.END:
            return requirements
        while True:
            requirements.append(self._requirement())
            token = self._take()
            if token.kind is _Kind.END:
                return requirements
            if token.text != ",":
                self._fail(token, '"," or the end')

    def _requirement(self) -> LabelRequirement:
        first = self._take()
        negated = first.text == "!"
        key = self._take() if negated else first
        if key.kind is not _Kind.WORD:
            self._fail(key, "a label key" if negated else 'a label key or "!"')
        problem = label_key_problem(key.text)
        if problem is not None:
            self._refuse(key, problem)
        if negated:
            return LabelRequirement(key.text, LabelOperator.DOES_NOT_EXIST)
        if self._peek().kind is _Kind.END or self._peek().text == ",":
            return LabelRequirement(key.text, LabelOperator.EXISTS)
        sign = self._take()
        operator = _BINARY.get(sign.text)
        if operator is None:
            self._fail(sign, 'one of "=", "==", "!=", "in", "notin", ">", "<", or ","')
        position = self._peek()
        in_set = operator in (LabelOperator.IN, LabelOperator.NOT_IN)
        values = self._set() if in_set else [self._single_value()]
        try:
            return LabelRequirement(key.text, operator, tuple(values))
        except InvalidArgument as error:
            self._refuse(position, str(error))

    def _single_value(self) -> str:
        token = self._peek()
        if token.kind is _Kind.END or token.text == ",":
            return ""
        if token.kind is not _Kind.WORD:
            self._fail(token, "a label value")
        return self._take().text

    def _set(self) -> set[str]:
        opening = self._take()
        if opening.text != "(":
            self._fail(opening, '"("')
        values: set[str] = set()
        while True:
            values.add(self._take().text if self._peek().kind is _Kind.WORD else "")
            token = self._take()
            if token.text == ")":
                return values
            if token.text != ",":
                self._fail(token, '",", ")" or a label value' if "" in values else '"," or ")"')

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        if token.kind is not _Kind.END:
            self._next += 1
        return token

    def _fail(self, token: _Token, expected: str) -> NoReturn:
        found = "the end" if token.kind is _Kind.END else f'"{token.text}"'
        self._refuse(token, f"found {found} where {expected} is expected")

    def _refuse(self, token: _Token, problem: str) -> NoReturn:
        raise InvalidArgument(f'label selector "{self._text}", character {token.position + 1}: {problem}') from None
