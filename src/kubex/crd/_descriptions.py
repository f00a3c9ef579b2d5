"""Reads descriptions: docstrings of classes, and those below attributes, which only the source has."""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
from functools import lru_cache
from typing import Any

__all__ = ["attribute_descriptions", "class_description"]


def class_description(cls: type[Any]) -> str | None:
    """Give a class's own docstring: one that it inherits is of something else."""
    text = vars(cls).get("__doc__")
    if not isinstance(text, str) or text.startswith(f"{cls.__name__}("):  # a dataclass makes one of its fields
        return None
    return inspect.cleandoc(text).strip() or None


def attribute_descriptions(cls: type[Any]) -> dict[str, str]:
    """Give the docstrings below a class's attributes and below those that it inherits.

    Of a class whose source is not there, there are none.
    """
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        file = getattr(sys.modules.get(base.__module__), "__file__", None)
        if isinstance(file, str) and not base.__module__.startswith(("kubex.k8s.", "pydantic.", "builtins")):
            lines = "".join(linecache.getlines(file))
            found.update(_of_file(lines).get(base.__qualname__, {}))
    return found


@lru_cache(maxsize=32)
def _of_file(source: str) -> dict[str, dict[str, str]]:
    """Give the docstrings of attributes by the qualified names of their classes."""
    found: dict[str, dict[str, str]] = {}
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return found

    def visit(node: ast.AST, path: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef):
                found[f"{path}{child.name}"] = _of_class(child)
                visit(child, f"{path}{child.name}.")
            elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                visit(child, f"{path}{child.name}.<locals>.")
            else:
                visit(child, path)

    visit(tree, "")
    return found


def _of_class(node: ast.ClassDef) -> dict[str, str]:
    found: dict[str, str] = {}
    for statement, following in zip(node.body, node.body[1:], strict=False):
        match statement, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = inspect.cleandoc(text).strip()
            case _:
                pass
    return found
