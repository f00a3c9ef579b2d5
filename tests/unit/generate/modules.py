"""Imports generated texts."""

from __future__ import annotations

import itertools
import sys
import types
from typing import Any

from kubex.generate import Form

FORMS: tuple[Form, ...] = ("struct", "pydantic")

_numbers = itertools.count()


def executed(text: str) -> Any:
    """Import a generated text; `Any`, as no type checker knows what is in it."""
    name = f"generated_{next(_numbers)}"
    module = types.ModuleType(name)
    sys.modules[name] = module  # where msgspec looks for the names in annotations when they are first needed
    exec(compile(text, f"{name}.py", "exec"), module.__dict__)
    return module
