"""Says what is wrong with a JSON text in the words of Go's scanner."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["json_error"]

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_STRING_PART: Final = re.compile(r'[^"\\\x00-\x1f]*')
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_HEX: Final = frozenset("0123456789abcdefABCDEF")
_WORDS: Final = ("true", "false", "null")
_DEEPEST: Final = 10_000
_END: Final = "unexpected end of JSON input"
_ESCAPES: Final = {
    "\n": r"\n",
    "\r": r"\r",
    "\t": r"\t",
    "\b": r"\b",
    "\f": r"\f",
    "\a": r"\a",
    "\v": r"\v",
    "\\": r"\\",
}


class _Found(Exception):
    """Something is wrong; the text says what."""


def json_error(content: bytes) -> str:
    """Say what is wrong with a JSON text; `""` if nothing is."""
    scanner = _Scanner(content.decode("latin-1"))  # Go names single bytes
    try:
        scanner.scan()
    except _Found as found:
        return str(found)
    return ""


class _Scanner:
    """Reads a text up to its first fault, without recursion.

    Args:
        text: one character for each byte.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def scan(self) -> None:
        """Read the whole text."""
        open_: list[str] = []
        self._value(open_, "looking for beginning of value")
        while open_:
            if open_[-1] == "{":
                self._after_member(open_)
            else:
                self._after_item(open_)
        self._skip()
        if self._at < len(self._text):
            raise self._wrong("after top-level value")

    def _after_member(self, open_: list[str]) -> None:
        match self._next():
            case ",":
                self._at += 1
                self._key("looking for beginning of object key string")
                self._value(open_, "looking for beginning of value")
            case "}":
                self._at += 1
                open_.pop()
            case _:
                raise self._wrong("after object key:value pair")

    def _after_item(self, open_: list[str]) -> None:
        match self._next():
            case ",":
                self._at += 1
                self._value(open_, "looking for beginning of value")
            case "]":
                self._at += 1
                open_.pop()
            case _:
                raise self._wrong("after array element")

    def _value(self, open_: list[str], looking: str) -> None:
        """Read a value, of an object or array its beginning up to and with its first value."""
        while True:
            first = self._next()
            if first not in ("{", "["):
                self._scalar(first, looking)
                return
            if len(open_) >= _DEEPEST:
                raise self._wrong("exceeded max depth")
            self._at += 1
            closing = "}" if first == "{" else "]"
            if self._next() == closing:
                self._at += 1
                return
            open_.append(first)
            if first == "{":
                self._key("looking for beginning of object key string")

    def _key(self, looking: str) -> None:
        if self._next() != '"':
            raise self._wrong(looking)
        self._string()
        if self._next() != ":":
            raise self._wrong("after object key")
        self._at += 1

    def _scalar(self, first: str, looking: str) -> None:
        if first == '"':
            self._string()
        elif first == "-" or first.isdigit():
            self._number()
        else:
            word = next((each for each in _WORDS if each[0] == first), None)
            if word is None:
                raise self._wrong(looking)
            for place, expected in enumerate(word):
                if self._current() != expected:
                    raise self._wrong(f"in literal {word} (expecting '{expected}')")
                self._at += 1 if place < len(word) else 0

    def _number(self) -> None:
        found = _NUMBER.match(self._text, self._at)
        if found is None:
            self._at += 1  # the sign
            self._current()
            raise self._wrong("in numeric literal")
        self._at = found.end()
        rest = self._text[self._at : self._at + 1]
        if rest == "." or rest in ("e", "E"):
            self._at += 1
            if rest != "." and self._text[self._at : self._at + 1] in ("+", "-"):
                self._at += 1
            self._current()
            raise self._wrong(
                "after decimal point in numeric literal" if rest == "." else "in exponent of numeric literal"
            )

    def _string(self) -> None:
        self._at += 1
        while True:
            found = _STRING_PART.match(self._text, self._at)
            self._at = found.end() if found is not None else self._at
            match self._current():
                case '"':
                    self._at += 1
                    return
                case "\\":
                    self._at += 1
                    self._escape()
                case _:
                    raise self._wrong("in string literal")

    def _escape(self) -> None:
        kind = self._current()
        if kind not in '"\\/bfnrtu':
            raise self._wrong("in string escape code")
        self._at += 1
        for _ in range(4 if kind == "u" else 0):
            if self._current() not in _HEX:
                raise self._wrong(r"in \u hexadecimal character escape")
            self._at += 1

    def _skip(self) -> None:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found is not None else self._at

    def _next(self) -> str:
        self._skip()
        return self._current()

    def _current(self) -> str:
        if self._at >= len(self._text):
            raise _Found(_END)
        return self._text[self._at]

    def _wrong(self, where: str) -> _Found:
        return _Found(f"invalid character {_quoted(self._text[self._at])} {where}")


def _quoted(character: str) -> str:
    if character == "'":
        return r"'\''"
    if character == '"':
        return "'\"'"
    if character in _ESCAPES:
        return f"'{_ESCAPES[character]}'"
    code = ord(character)
    return f"'{character}'" if character.isprintable() else f"'\\x{code:02x}'" if code < 0x80 else f"'\\u{code:04x}'"
