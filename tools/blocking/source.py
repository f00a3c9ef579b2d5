"""`Source`: a module of kubex as it is written: its classes, and where its names come from."""

from __future__ import annotations

import ast
import importlib.util
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Self

__all__ = ["Import", "Method", "Source"]


@dataclass(frozen=True, order=True)
class Import:
    """One name of a module, or a module of that name."""

    module: str
    name: str
    alias: str | None = None

    def __str__(self) -> str:
        renamed = "" if self.alias in (None, self.name) else f" as {self.alias}"
        return f"from {self.module} import {self.name}{renamed}" if self.name else f"import {self.module}{renamed}"


@dataclass(frozen=True)
class Method:
    """A public method of a class, and the module that it is written in."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    source: Source


class Source:
    """A module.

    Args:
        name: dotted name.
    """

    def __init__(self, name: str) -> None:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise ValueError(f"there is no module {name}")
        self.name = name
        self._tree = ast.parse(Path(spec.origin).read_text())

    @classmethod
    @cache
    def of(cls, name: str) -> Self:
        """Give a module; the same one each time."""
        return cls(name)

    @cached_property
    def _imports(self) -> dict[str, Import]:
        found: dict[str, Import] = {}
        for node in ast.walk(self._tree):
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                for each in node.names:
                    found[each.asname or each.name] = Import(node.module, each.name, each.asname)
            elif isinstance(node, ast.Import):
                for each in node.names:
                    found[each.asname or each.name] = Import(each.name, "", each.asname)
        return found

    @cached_property
    def _definitions(self) -> dict[str, ast.stmt]:
        found: dict[str, ast.stmt] = {}
        for node in self._tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                found[node.name] = node
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found[node.targets[0].id] = node
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found[node.target.id] = node
        return found

    def class_of(self, name: str) -> ast.ClassDef:
        """Give a class that is written here."""
        found = self._definitions[name]
        if not isinstance(found, ast.ClassDef):
            raise TypeError(f"{self.name}.{name} is no class")
        return found

    def type_variable(self, name: str) -> str | None:
        """Give the statement that makes a type variable; `None` where the name is of something else."""
        found = self._definitions.get(name)
        if isinstance(found, ast.Assign) and isinstance(found.value, ast.Call) and _called(found.value) == "TypeVar":
            return ast.unparse(found)
        return None

    def import_of(self, name: str) -> Import | None:
        """Give how another module gets at a name of this one; `None` of Python's own names."""
        if name in self._definitions:
            return Import(self.name, name)
        return self._imports.get(name)

    def bases(self, name: str) -> list[tuple[Source, str, list[ast.expr]]]:
        """Give the bases of a class that are of `kubex.api`: module, name and arguments."""
        found: list[tuple[Source, str, list[ast.expr]]] = []
        for base in self.class_of(name).bases:
            arguments: list[ast.expr] = []
            if isinstance(base, ast.Subscript):
                arguments = base.slice.elts if isinstance(base.slice, ast.Tuple) else [base.slice]
                base = base.value
            if not isinstance(base, ast.Name):
                continue
            imported = self.import_of(base.id)
            if imported is not None and imported.module.startswith("kubex.api."):
                found.append((Source.of(imported.module), base.id, arguments))
        return found

    def parameters(self, name: str) -> list[str]:
        """Give the type variables of a generic class, in order."""
        found: list[str] = []
        for base in self.class_of(name).bases:
            if isinstance(base, ast.Subscript):
                for each in ast.walk(base.slice):
                    if isinstance(each, ast.Name) and self.type_variable(each.id) and each.id not in found:
                        found.append(each.id)
        return found


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""
