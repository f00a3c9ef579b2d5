"""What annotations say of a value beyond its type: kubex's, msgspec's, Pydantic's and annotated-types'."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from kubex.core._json_value import is_array, is_object
from kubex_core.models.schema import Schema, ValidationRule

__all__ = ["words_of"]

_LENGTHS: Final = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems")}
_PROPERTIES: Final = ("minProperties", "maxProperties")
_RULES: Final = "x-kubernetes-validations"


def words_of(notes: Iterable[Any], type_: str | None) -> dict[str, Any]:
    """Give the words of a schema that annotations stand for.

    Args:
        notes: the annotations, in order.
        type_: the type that the schema has; lengths are called after it.
    """
    words: dict[str, Any] = {}
    for note in notes:
        found = _words(note, type_)
        if _RULES in words and _RULES in found:
            found[_RULES] = [*words[_RULES], *found[_RULES]]
        words.update(found)
    return words


def _words(note: Any, type_: str | None) -> dict[str, Any]:
    if isinstance(note, Schema):
        return note.words()
    if isinstance(note, ValidationRule):
        return {_RULES: [note.words()]}
    if is_object(note):  # Pydantic's `json_schema_extra`
        return dict(note)
    inner: Any = getattr(note, "metadata", None)
    words = words_of(inner, type_) if is_array(inner) else {}
    for name in ("description", "title"):
        text = getattr(note, name, None)
        if isinstance(text, str) and not isinstance(note, type):
            words[name] = text
    words.update(_bounds(note, type_))
    extra = getattr(note, "extra_json_schema", None) or getattr(note, "json_schema_extra", None)
    if is_object(extra):
        words.update(extra)
    kept = getattr(note, "extra", None)
    if is_object(kept) and kept.get("format") == "quantity":
        words["quantity"] = True
    return words


def _bounds(note: Any, type_: str | None) -> dict[str, Any]:
    words: dict[str, Any] = {}
    for name, word in (("ge", "minimum"), ("le", "maximum"), ("multiple_of", "multipleOf")):
        value = getattr(note, name, None)
        if isinstance(value, int | float):
            words[word] = value
    for name, word, exclusive in (("gt", "minimum", "exclusiveMinimum"), ("lt", "maximum", "exclusiveMaximum")):
        value = getattr(note, name, None)
        if isinstance(value, int | float):
            words |= {word: value, exclusive: True}
    shortest, longest = _LENGTHS.get(type_ or "", _PROPERTIES)
    for name, word in (("min_length", shortest), ("max_length", longest)):
        value = getattr(note, name, None)
        if isinstance(value, int) and value >= 0:
            words[word] = value
    pattern = getattr(note, "pattern", None)
    if isinstance(pattern, re.Pattern):
        pattern = pattern.pattern  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if isinstance(pattern, str):
        words["pattern"] = pattern
    return words
