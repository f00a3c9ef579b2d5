"""`JsonPointer`: a place in a JSON document (RFC 6901)."""

from __future__ import annotations

import re
from typing import Any

from kubex.core._json_value import is_array, is_object
from kubex.core.exceptions import InvalidArgument, PathNotFound

__all__ = ["JsonPointer", "array_index"]

_BAD_ESCAPE = re.compile(r"~(?![01])")
_INDEX = re.compile(r"0|[1-9][0-9]{0,18}")


class JsonPointer:
    """A place in a JSON document, as JSON patches name it. Immutable and hashable.

    Args:
        text: the pointer as text, `/spec/containers/0`, its `~` and `/` inside a name escaped as `~0` and `~1`; `""`
            is the whole document. A `JsonPointer` is taken as it is: wherever a pointer is wanted, text will do.

    Raises:
        InvalidArgument: the text does not begin with `/`, or holds a `~` that escapes nothing.

    Example:
        ```python
        JsonPointer("/metadata/labels/app.kubernetes.io~1name")
        JsonPointer.of("metadata", "labels", "app.kubernetes.io/name")  # the same, escaped for you
        JsonPointer("/metadata/labels") / "app.kubernetes.io/name"  # the same
        ```

    https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
    """

    __slots__ = ("_tokens",)

    def __init__(self, text: str | JsonPointer = "") -> None:
        self._tokens: tuple[str, ...] = text._tokens if isinstance(text, JsonPointer) else _parsed(text)

    @classmethod
    def of(cls, *tokens: str | int) -> JsonPointer:
        """Give the pointer of these member names and array indices, from the document's root down.

        Raises:
            InvalidArgument: a token that is neither a string nor a whole number of 0 or more.
        """
        pointer = cls()
        pointer._tokens = tuple(_token(token) for token in tokens)
        return pointer

    @property
    def tokens(self) -> tuple[str, ...]:
        """Member names and array indices on the way, unescaped."""
        return self._tokens

    @property
    def parent(self) -> JsonPointer:
        """The pointer one level up.

        Raises:
            InvalidArgument: this is the whole document.
        """
        if not self._tokens:
            raise InvalidArgument("the whole document has no parent")
        return JsonPointer.of(*self._tokens[:-1])

    def resolve(self, document: Any) -> Any:
        """Give what is at this place of a document of dicts and lists.

        Raises:
            PathNotFound: the document has no such place.
        """
        value = document
        for depth, token in enumerate(self._tokens):
            try:
                value = _child(value, token)
            except PathNotFound as error:
                raise PathNotFound(f'"{self}": {error} at "{JsonPointer.of(*self._tokens[:depth])}"') from None
        return value

    def __truediv__(self, token: str | int) -> JsonPointer:
        """Give the pointer one level down: `pointer / "labels" / "app"`. The token is a name, not a pointer's text."""
        return JsonPointer.of(*self._tokens, token)

    def __str__(self) -> str:
        return "".join("/" + token.replace("~", "~0").replace("/", "~1") for token in self._tokens)

    def __repr__(self) -> str:
        return f"JsonPointer({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return self._tokens == other._tokens if isinstance(other, JsonPointer) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._tokens)


def array_index(token: str) -> int | None:
    """Give the array index a token stands for; `None` if it can't be one (`-`, `01`, a name)."""
    return int(token) if _INDEX.fullmatch(token) else None


def _parsed(text: str) -> tuple[str, ...]:
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # what untyped programs pass
        raise InvalidArgument(f"JSON pointer {text!r}: a string or a JsonPointer is needed")
    if not text:
        return ()
    if not text.startswith("/"):
        raise InvalidArgument(f'JSON pointer "{text}" does not begin with "/" (did you mean "/{text}"?)')
    bad = _BAD_ESCAPE.search(text)
    if bad is not None:
        raise InvalidArgument(
            f'JSON pointer "{text}": the "~" at character {bad.start() + 1} escapes nothing; '
            'write "~0" for "~" and "~1" for "/" in a name'
        )
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in text[1:].split("/"))


def _token(token: str | int) -> str:
    if isinstance(token, str):
        return token
    if type(token) is not int or token < 0:  # neither a bool nor what untyped programs pass
        raise InvalidArgument(f"part {token!r} of a JSON pointer: a name or an index of 0 or more is needed")
    return str(token)


def _child(value: Any, token: str) -> Any:
    if is_object(value):
        if token in value:
            return value[token]
        raise PathNotFound(f'there is no "{token}" in the object')
    if is_array(value):
        index = array_index(token)
        if index is not None and index < len(value):
            return value[index]
        raise PathNotFound(f'there is no item "{token}" in the array of {len(value)}')
    raise PathNotFound(f'there is neither object nor array to hold "{token}"')
