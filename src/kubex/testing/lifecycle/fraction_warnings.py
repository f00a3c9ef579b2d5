"""What the server warns about in amounts of bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from kubex.core._go_text import go_quoted
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.validation.values import quantity

__all__ = ["claim_warnings", "fraction_warnings"]


def fraction_warnings(amounts: Mapping[str, Any], where: str, *names: str) -> Iterator[str]:
    """Warn of bytes that are not whole.

    Args:
        amounts: of resources.
        where: their path.
        names: of those that are bytes.
    """
    for name in names:
        amount = amounts.get(name)
        if amount is not None and _is_fraction(str(amount)):
            shown = go_quoted(str(quantity(amount)))
            yield f"{where}[{name}]: fractional byte value {shown} is invalid, must be an integer"


@lru_cache(maxsize=1024)
def _is_fraction(amount: str) -> bool:
    return bool(quantity(amount).to_decimal() % 1)


def claim_warnings(spec: Mapping[str, Any], where: str) -> Iterator[str]:
    """Give the texts of warnings about the spec of a claim, which is at a path."""
    resources = object_at(spec, "resources")
    for kind in ("requests", "limits"):
        yield from fraction_warnings(object_at(resources, kind), f"{where}.resources.{kind}", "storage")
