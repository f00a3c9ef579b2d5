"""Members put into maps by `transformMap` and its kin: the library's macros need it, and its evaluator lacks it."""

from __future__ import annotations

from typing import Any, Final

from kubex.core._go_text import go_value
from kubex.testing.expressions.functions.declaration import Function

__all__ = ["MAP_FUNCTIONS"]

_INSERT: Final = "cel.@mapInsert"


def _with_member(map_: dict[Any, Any], key: Any, value: Any) -> dict[Any, Any]:
    if key in map_:
        raise ValueError(f"insert failed: key {go_value(key)} already exists")
    return {**map_, key: value}


def _with_members(map_: dict[Any, Any], other: dict[Any, Any]) -> dict[Any, Any]:
    for key, value in other.items():
        map_ = _with_member(map_, key, value)
    return map_


MAP_FUNCTIONS: Final = (
    *(
        Function(_INSERT, ("map<dyn,dyn>", key, "dyn"), "map<dyn,dyn>", _with_member, method=False)
        for key in ("string", "int", "uint", "bool")
    ),
    Function(_INSERT, ("map<dyn,dyn>", "map<string,dyn>"), "map<dyn,dyn>", _with_members, method=False),
)
"""Functions that put something into a map."""
