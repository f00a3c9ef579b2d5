"""Words for values that are refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubex.testing.failures import Cause, field_invalid
from kubex.testing.patching._go_text import go_json

__all__ = ["immutable", "not_negative", "unsupported"]


def unsupported(field: str, value: str, supported: Sequence[str]) -> Cause:
    """A field has a value outside its list; the list in the order of the server's code."""
    known = ", ".join(f'"{each}"' for each in supported)
    return Cause("FieldValueNotSupported", f'Unsupported value: "{value}": supported values: {known}', field)


def immutable(field: str, old: Any, new: Any) -> list[Cause]:
    """A field may not change."""
    if old == new:
        return []
    return [Cause("FieldValueInvalid", f"Invalid value: {go_json(new)}: field is immutable", field)]


def not_negative(field: str, value: Any) -> list[Cause]:
    """A number is 0 or more."""
    if value is None or value >= 0:
        return []
    return [field_invalid(field, value, "must be greater than or equal to 0")]
