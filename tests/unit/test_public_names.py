"""The house rules that no linter has: exact `__all__`, docstrings of public names, sizes of files and functions."""

from __future__ import annotations

import ast
import importlib
import inspect
import io
import pkgutil
import tokenize
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import kubex
import kubex_core

ROOT = Path(__file__).parents[2]
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
REASON = "# Long because "
"""Opens the comment that gives the reason of a long file (anywhere at its top level) or function (above or in it)."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def module_names() -> list[str]:
    packages = (kubex, kubex_core)
    found = [package.__name__ for package in packages]
    for package in packages:
        found += [module.name for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    return [name for name in found if not any(part.startswith("_") for part in name.split("."))]


def is_generated(name: str) -> bool:
    return name.startswith("kubex.k8s.v1_")


PUBLIC_MODULES = [name for name in module_names() if not is_generated(name)]
GENERATED_MODULES = [name for name in module_names() if is_generated(name)]
SOURCES = [
    path
    for folder in ("src", "tools", "testbed", "benchmarks", "examples", "tests")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if not path.is_relative_to(ROOT / "src" / "kubex" / "k8s")
]

# Constants in there are of use to its own modules; classes and functions are described all the same.
INSIDE = ("kubex.testing.", "kubex.cli.")


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def defined_in(module: ModuleType) -> set[str]:
    """Give the public names that a module's own code defines."""
    names: set[str] = set()
    for node in parsed(Path(inspect.getfile(module))).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return {name for name in names if not name.startswith("_") and not isinstance(getattr(module, name), type_vars())}


def type_vars() -> tuple[type[Any], ...]:
    """Give the classes of what is a name of the module's own annotations, and of no use elsewhere."""
    import typing

    return (typing.TypeVar, typing.ParamSpec)


@pytest.mark.parametrize("name", PUBLIC_MODULES)
class TestPublicModule:
    def test_says_what_it_is_for(self, name: str) -> None:
        module = importlib.import_module(name)
        assert module.__doc__, f"{name} has no docstring"
        assert module.__doc__.strip().splitlines()[0].rstrip().endswith((".", ":")), f"{name}: one sentence first"

    def test_lists_its_names_exactly(self, name: str) -> None:
        module = importlib.import_module(name)
        listed: list[str] = module.__all__
        assert len(listed) == len(set(listed)), "a name twice"
        assert [entry for entry in listed if not hasattr(module, entry)] == [], "listed and not there"
        assert defined_in(module) - set(listed) == set(), "defined and not listed: list it, or give it an underscore"

    def test_describes_its_names(self, name: str) -> None:
        module = importlib.import_module(name)
        bare = [
            entry
            for entry in module.__all__
            if inspect.isclass(value := getattr(module, entry)) or inspect.isfunction(value)
            if not has_docstring(value)
        ]
        assert bare == []

    def test_describes_its_constants_and_types(self, name: str) -> None:
        if name.startswith(INSIDE):
            return
        module = importlib.import_module(name)
        assert sorted(undescribed_values(module) & set(module.__all__)) == []

    def test_describes_the_methods_of_its_classes(self, name: str) -> None:
        module = importlib.import_module(name)
        classes = [value for entry in module.__all__ if inspect.isclass(value := getattr(module, entry))]
        bare = [
            f"{owner.__name__}.{member}"
            for owner in classes
            if owner.__module__ == name
            for member, value in vars(owner).items()
            if not member.startswith("_")
            if inspect.isfunction(value) or isinstance(value, property | classmethod | staticmethod)
            if not inspect.getdoc(getattr(owner, member))  # an override's may be its base's
        ]
        assert bare == []


def has_docstring(value: Any) -> bool:
    """Whether a class or function has a docstring of its own: `object`'s, or one that a metaclass makes, is none."""
    text: str = (vars(value).get("__doc__") if inspect.isclass(value) else value.__doc__) or ""
    return bool(text) and not (inspect.isclass(value) and text.startswith(f"{value.__name__}("))


def undescribed_values(module: ModuleType) -> set[str]:
    """Give the names that a module's own code assigns to, without a text below."""
    body = parsed(Path(inspect.getfile(module))).body
    bare: set[str] = set()
    for node, below in zip(body, [*body[1:], None], strict=True):
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        text = below.value if isinstance(below, ast.Expr) else None
        if not (isinstance(text, ast.Constant) and isinstance(text.value, str)):
            bare |= {target.id for target in targets if isinstance(target, ast.Name)}
    return {name for name in bare if not name.startswith("__")}


def test_there_are_public_modules() -> None:
    assert {"kubex", "kubex.api", "kubex.core.patch", "kubex_core.models.metadata"} <= set(PUBLIC_MODULES)
    assert len(GENERATED_MODULES) > 100


def test_generated_modules_keep_the_rules_too() -> None:
    for name in GENERATED_MODULES:
        module = importlib.import_module(name)
        assert module.__doc__, name
        if not hasattr(module, "__path__"):
            assert set(module.__all__) == defined_in(module), name
            assert all(vars(module)[entry].__doc__ for entry in module.__all__), name


def reasons(path: Path) -> dict[int, str]:
    """Give the lines of the comments that give a reason for length."""
    with tokenize.open(path) as file:
        tokens = tokenize.generate_tokens(io.StringIO(file.read()).readline)
        return {
            token.start[0]: token.string
            for token in tokens
            if token.type == tokenize.COMMENT and token.string.startswith(REASON)
        }


def functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lines_of(function: Function) -> int:
    """Count a function's lines from `def` on, without its docstring."""
    count = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        count -= (first.end_lineno or 0) - first.lineno + 1
    return count


def overlong(path: Path) -> Iterator[str]:
    """Say what is too long in a file and gives no reason."""
    given = reasons(path)
    tree = parsed(path)
    inside = list(functions(tree))
    for function in inside:
        first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
        if lines_of(function) > LONGEST_FUNCTION and not any(
            first - 1 <= line <= (function.end_lineno or 0) for line in given
        ):
            yield f"{path.relative_to(ROOT)}:{function.lineno} {function.name}: {lines_of(function)} lines"
    length = len(path.read_text(encoding="utf-8").splitlines())
    for_the_file = [
        line
        for line in given
        if not any(function.lineno - 1 <= line <= (function.end_lineno or 0) for function in inside)
    ]
    if length > LONGEST_FILE and not for_the_file:
        yield f"{path.relative_to(ROOT)}: {length} lines"


def test_nothing_is_overlong_without_a_reason() -> None:
    assert [problem for path in SOURCES for problem in overlong(path)] == []


def test_an_overlong_function_is_found_and_its_reason_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    path = tmp_path / "long.py"
    docstring = '    """' + "line\n" * 60 + '    """\n'
    body = "    x = 1\n"
    for lines, comment, found in [
        (48, "", []),
        (50, "", ["long.py:1 f: 51 lines"]),
        (50, f"    {REASON}it is a table.\n", []),
        (50, "    # Long, for no reason\n", ["long.py:1 f: 52 lines"]),
    ]:
        path.write_text("def f():\n" + docstring + comment + body * lines)
        assert list(overlong(path)) == found
    path.write_text("x = 1\n" * 401)
    assert list(overlong(path)) == ["long.py: 401 lines"]
    path.write_text(f"{REASON}it is a table.\n" + "x = 1\n" * 401)
    assert list(overlong(path)) == []
