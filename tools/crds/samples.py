"""An object of a schema, as small as it can be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tools.crds.problems import ProblemError

__all__ = ["sample"]

_TEXTS = ("a", "a/b", "1s", "1", "example.com", "https://example.com", "A", "Ready", "sha256:0", "1970-01-01T00:00:00Z")


def sample(schema: Mapping[str, Any], path: str = "") -> Any:
    """Give a value that a schema demands, without what may be left out.

    Raises:
        ProblemError: a text has a pattern that none of those known here matches.
    """
    if "enum" in schema:
        return next(each for each in schema["enum"] if each is not None)
    if schema.get("x-kubernetes-int-or-string"):
        return 1
    match schema.get("type"):
        case "object":
            properties: Mapping[str, Any] = schema.get("properties") or {}
            needed = [*schema.get("required", ()), *_first_choice(schema)]
            return {
                name: sample(properties[name], f"{path}.{name}")
                for name in dict.fromkeys(needed)
                if "default" not in properties[name]
            }
        case "array":
            return [sample(schema["items"], f"{path}[]") for _ in range(schema.get("minItems", 0))]
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
        case "string":
            return _text(schema, path)
        case _:
            return {}


def _first_choice(schema: Mapping[str, Any]) -> list[str]:
    """Give the fields that the first branch of a choice demands."""
    for word in ("oneOf", "anyOf"):
        for branch in schema.get(word) or ():
            required: list[str] = branch.get("required") or []
            return required
    return []


def _text(schema: Mapping[str, Any], path: str) -> str:
    form = schema.get("format")
    if form == "byte":
        return "YQ=="
    if form == "date-time":
        return "2026-01-02T03:04:05Z"
    for text in _TEXTS:
        long_enough = text.ljust(schema.get("minLength", 0), "a")
        if re.search(schema.get("pattern", ""), long_enough) and len(long_enough) <= schema.get("maxLength", 10**9):
            return long_enough
    raise ProblemError(f"{path}: no text is known that matches {schema.get('pattern')}")
