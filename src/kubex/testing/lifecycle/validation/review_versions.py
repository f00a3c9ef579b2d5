"""Checks which versions of a review a webhook says that it reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_invalid
from kubex.testing.lifecycle.names import service_name_problems

__all__ = ["REVIEW_VERSIONS", "review_version_causes"]

REVIEW_VERSIONS: Final = ("v1", "v1beta1")
"""Those that the API server writes."""


def review_version_causes(versions: Sequence[str], field: str) -> Iterator[Cause]:
    """Say what is wrong with versions of which there are some; one that the API server writes has to be among them."""
    for index, version in enumerate(versions):
        if version in versions[:index]:
            yield field_invalid(f"{field}[{index}]", version, "duplicate version")
        else:
            yield from (field_invalid(f"{field}[{index}]", version, why) for why in service_name_problems(version))
    if not set(versions) & set(REVIEW_VERSIONS):
        why = f"must include at least one of {', '.join(REVIEW_VERSIONS)}"
        yield Cause("FieldValueInvalid", f"Invalid value: {go_json(list(versions))}: {why}", field)
