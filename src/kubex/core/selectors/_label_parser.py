"""Reads label selectors as the API server does.

The grammar is that of `labels.Parse` of k8s.io/apimachinery, with its oddities: `in` and `notin` are also keys and
values, `a=` means the empty value, `a in ()` the set of the empty value, and a NUL character ends the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple, NoReturn

from kubex.core.exceptions import InvalidArgument
from kubex.core.selectors.label_requirement import LabelOperator, LabelRequirement, label_key_problem

__all__ = ["LabelMistake", "LabelSyntaxError", "parse_label_selector"]

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


class LabelMistake(Enum):
    """What is not there where a text stops being a label selector, or is no good."""

    REQUIREMENT = auto()
    REQUIREMENT_AFTER_COMMA = auto()
    NEGATED_KEY = auto()
    OPERATOR = auto()
    VALUE = auto()
    SET = auto()
    FIRST_OF_SET = auto()
    NEXT_OF_SET = auto()
    END_OF_VALUE = auto()
    END_OF_REQUIREMENT = auto()
    BAD_KEY = auto()
    BAD_VALUES = auto()


_EXPECTED = {
    LabelMistake.REQUIREMENT: 'a label key or "!"',
    LabelMistake.REQUIREMENT_AFTER_COMMA: 'a label key or "!"',
    LabelMistake.NEGATED_KEY: "a label key",
    LabelMistake.OPERATOR: 'one of "=", "==", "!=", "in", "notin", ">", "<", or ","',
    LabelMistake.VALUE: "a label value",
    LabelMistake.SET: '"("',
    LabelMistake.FIRST_OF_SET: '",", ")" or a label value',
    LabelMistake.NEXT_OF_SET: '",", ")" or a label value',
    LabelMistake.END_OF_VALUE: '"," or ")"',
    LabelMistake.END_OF_REQUIREMENT: '"," or the end',
}


class LabelSyntaxError(InvalidArgument):
    """A text is no label selector.

    Attributes:
        mistake: what is wrong.
        found: what stands there instead; the key itself where that is no good.
        key: of the requirement whose values are no good.
        operator: its operator.
        values: its values.
    """

    def __init__(
        self,
        message: str,
        mistake: LabelMistake,
        found: str,
        key: str = "",
        operator: LabelOperator | None = None,
        values: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.mistake = mistake
        self.found = found
        self.key = key
        self.operator = operator
        self.values = tuple(values)


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
        LabelSyntaxError: the text is no selector; the error quotes it and says where.
        InvalidArgument: it is no text.
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
        beginning = LabelMistake.REQUIREMENT
        while True:
            requirements.append(self._requirement(beginning))
            beginning = LabelMistake.REQUIREMENT_AFTER_COMMA
            token = self._take()
            if token.kind is _Kind.END:
                return requirements
            if token.text != ",":
                self._fail(token, LabelMistake.END_OF_REQUIREMENT)

    def _requirement(self, beginning: LabelMistake) -> LabelRequirement:
        first = self._take()
        negated = first.text == "!"
        key = self._take() if negated else first
        if key.kind is not _Kind.WORD:
            self._fail(key, LabelMistake.NEGATED_KEY if negated else beginning)
        problem = label_key_problem(key.text)
        if problem is not None:
            raise LabelSyntaxError(self._message(key, problem), LabelMistake.BAD_KEY, key.text)
        if negated:
            return LabelRequirement(key.text, LabelOperator.DOES_NOT_EXIST)
        if self._peek().kind is _Kind.END or self._peek().text == ",":
            return LabelRequirement(key.text, LabelOperator.EXISTS)
        sign = self._take()
        operator = _BINARY.get(sign.text)
        if operator is None:
            self._fail(sign, LabelMistake.OPERATOR)
        position = self._peek()
        in_set = operator in (LabelOperator.IN, LabelOperator.NOT_IN)
        values = self._set() if in_set else {self._single_value()}
        try:
            return LabelRequirement(key.text, operator, tuple(values))
        except InvalidArgument as error:
            message = self._message(position, str(error))
            mistake = LabelMistake.BAD_VALUES
            raise LabelSyntaxError(message, mistake, position.text, key.text, operator, sorted(values)) from None

    def _single_value(self) -> str:
        token = self._peek()
        if token.kind is _Kind.END or token.text == ",":
            return ""
        if token.kind is not _Kind.WORD:
            self._fail(token, LabelMistake.VALUE)
        return self._take().text

    def _set(self) -> set[str]:
        opening = self._take()
        if opening.text != "(":
            self._fail(opening, LabelMistake.SET)
        values: set[str] = set()
        beginning = LabelMistake.FIRST_OF_SET
        while True:
            is_value = self._peek().kind is _Kind.WORD
            values.add(self._take().text if is_value else "")
            token = self._take()
            if token.text == ")":
                return values
            if token.text != ",":
                self._fail(token, LabelMistake.END_OF_VALUE if is_value else beginning)
            beginning = LabelMistake.NEXT_OF_SET

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        if token.kind is not _Kind.END:
            self._next += 1
        return token

    def _fail(self, token: _Token, mistake: LabelMistake) -> NoReturn:
        found = "the end" if token.kind is _Kind.END else f'"{token.text}"'
        message = self._message(token, f"found {found} where {_EXPECTED[mistake]} is expected")
        raise LabelSyntaxError(message, mistake, token.text) from None

    def _message(self, token: _Token, problem: str) -> str:
        return f'label selector "{self._text}", character {token.position + 1}: {problem}'
