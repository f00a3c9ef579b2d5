"""The library that compiles and evaluates CEL: where it is imported, and whether it is there.

`cel-expr-python` is the C++ runtime of the CEL project. It takes descriptions of types, and moments, as protobuf.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from typing import Any

__all__ = ["as_bound", "cel", "is_available", "protobuf"]


def is_available() -> bool:
    """Whether expressions can be evaluated: `kubex[testing-cel]` is installed."""
    try:
        import_module("cel_expr_python.cel")
        import_module("google.protobuf.descriptor_pool")
    except ImportError:
        return False
    return True


@cache
def cel() -> Any:
    """Give the module of the language; it has no types that a checker could see.

    Raises:
        ImportError: it is not installed.
    """
    return import_module("cel_expr_python.cel")


@cache
def protobuf(name: str) -> Any:
    """Give a module of `google.protobuf`.

    Raises:
        ImportError: it is not installed.
    """
    return import_module(f"google.protobuf.{name}")


def as_bound(value: Any) -> Any:
    """Give a moment or a length of time as the library takes it; anything else as it is."""
    if isinstance(value, datetime):
        moment = protobuf("timestamp_pb2").Timestamp()
        moment.FromDatetime(value)
        return moment
    if isinstance(value, timedelta):
        length = protobuf("duration_pb2").Duration()
        length.FromTimedelta(value)
        return length
    return value
