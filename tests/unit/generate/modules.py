"""Imports generated texts."""

from __future__ import annotations

import itertools
import linecache
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
    file = f"{name}.py"
    module.__file__ = file  # descriptions are read from the source, which linecache then has
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    sys.modules[name] = module  # where msgspec looks for the names in annotations when they are first needed
    exec(compile(text, file, "exec"), module.__dict__)
    return module
