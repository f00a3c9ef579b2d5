"""Methods that wait, of asynchronous ones."""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tools.blocking.docstrings import blocking_docstring
from tools.blocking.source import Import, Source

__all__ = ["Function", "Given", "Names", "docstring_text", "method_text"]

Function = ast.FunctionDef | ast.AsyncFunctionDef
Given = Mapping[str, tuple[ast.expr, Source]]
"""What stands for type variables, and the module that it is written in."""

SESSIONS: Final = ("PortForwardStream", "PortForwarder", "StreamSession")
_SESSIONS_MODULE: Final = "kubex.sync._sessions"
_READ_AHEAD: Final = 64
_HELD: Final = ("pages",)
"""Generators of what is large: nothing of theirs is fetched ahead."""
_INDENT: Final = " " * 8


@dataclass
class Names:
    """What a generated module needs of others."""

    imports: set[Import] = field(default_factory=set[Import])
    variables: dict[str, str] = field(default_factory=dict[str, str])
    own: set[str] = field(default_factory=set[str])
    """Classes of the generated modules, which take the place of asynchronous ones of the same name."""
    _homes: dict[int, Source] = field(default_factory=dict[int, Source])

    def substituted(self, method: Function, given: Given) -> Function:
        """Give a copy of a method with what stands for the type variables, and remember where that is written."""
        copied = copy.deepcopy(method)
        _Substitution(given, self._homes).visit(copied)
        return copied

    def need(self, node: ast.AST, source: Source) -> None:
        """Note every name in an annotation or a default."""
        for each in ast.walk(node):
            if not isinstance(each, ast.Name) or each.id in self.own:
                continue
            home = self._homes.get(id(each), source)
            variable = home.type_variable(each.id)
            if variable is not None:
                if self.variables.setdefault(each.id, variable) != variable:
                    raise ValueError(f"two type variables are called {each.id}")
                for bound in ast.walk(ast.parse(variable)):
                    if isinstance(bound, ast.Name) and bound.id not in (each.id, "TypeVar"):
                        self.need(bound, home)
            elif each.id in SESSIONS:
                self.imports.add(Import(_SESSIONS_MODULE, each.id))
            elif (imported := home.import_of(each.id)) is not None:
                self.imports.add(imported)


def method_text(method: Function, source: Source, names: Names, given: Given, where: str) -> str:
    """Write a method.

    Args:
        method: the asynchronous one.
        source: where it is written.
        names: takes what it needs.
        given: what stands for the type variables of the class that it is written in.
        where: its name, for errors.
    """
    method = names.substituted(method, given)
    arguments = method.args
    is_property = any(isinstance(each, ast.Name) and "property" in each.id for each in method.decorator_list)
    call = f"self._asynchronous.{method.name}" + ("" if is_property else f"({_passed(arguments)})")
    returns, body = _answer(method, call, names)
    for each in (*arguments.args, *arguments.kwonlyargs):
        if each.annotation is not None:
            names.need(each.annotation, source)
    for default in (*arguments.defaults, *arguments.kw_defaults):
        if default is not None:
            names.need(default, source)
    names.need(returns, source)
    for decorator in method.decorator_list:
        names.need(decorator, source)
    decorators = "".join(f"    @{ast.unparse(each)}\n" for each in method.decorator_list)
    head = f"    def {method.name}({ast.unparse(arguments)}) -> {ast.unparse(returns)}:\n"
    if any(ast.unparse(each) == "overload" for each in method.decorator_list):
        return f"{decorators}{head.rstrip()} ...\n"
    return f"{decorators}{head}{docstring_text(method, where)}{_INDENT}{body}\n"


def docstring_text(node: Function | ast.ClassDef, where: str) -> str:
    """Write the docstring of a method or a class."""
    text = ast.get_docstring(node, clean=False)
    if text is None:
        return ""
    indent = _INDENT if not isinstance(node, ast.ClassDef) else " " * 4
    return f'{indent}{"r" if chr(92) in text else ""}"""{blocking_docstring(text, where)}"""\n'


def _answer(method: Function, call: str, names: Names) -> tuple[ast.expr, str]:
    """Give the type of the answer, and the statement that gives it."""
    returns = method.returns
    if returns is None:
        raise ValueError(f"{method.name} does not say what it gives")
    if isinstance(method, ast.AsyncFunctionDef):
        return returns, f"return self._thread.run(lambda: {call})"
    if isinstance(returns, ast.Subscript) and isinstance(returns.value, ast.Name):
        if returns.value.id == "AsyncGenerator":
            ahead = 0 if method.name in _HELD else _READ_AHEAD
            names.imports.add(Import("collections.abc", "Generator"))
            item = returns.slice.elts[0] if isinstance(returns.slice, ast.Tuple) else returns.slice
            none = ast.Constant(None)
            returned = ast.Subscript(ast.Name("Generator"), ast.Tuple([item, none, none]))
            return returned, f"return self._thread.iterate({call}, ahead={ahead})"
        if returns.value.id == "AbstractAsyncContextManager":
            names.imports.add(Import("contextlib", "AbstractContextManager"))
            returned = ast.Subscript(ast.Name("AbstractContextManager"), returns.slice)
            entered = returns.slice.id if isinstance(returns.slice, ast.Name) else ""
            face = f"lambda each: {entered}(self._thread, each)" if entered in SESSIONS else "lambda each: each"
            return returned, f"return self._thread.enter({call}, {face})"
    of = returns.value if isinstance(returns, ast.Subscript) else returns
    if isinstance(of, ast.Name) and of.id in names.own:
        return returns, f"return {of.id}(self._thread, {call})"
    return returns, f"return {call}"


def _passed(arguments: ast.arguments) -> str:
    positional = [each.arg for each in (*arguments.posonlyargs, *arguments.args)][1:]
    return ", ".join([*positional, *(f"{each.arg}={each.arg}" for each in arguments.kwonlyargs)])


class _Substitution(ast.NodeTransformer):
    def __init__(self, given: Given, homes: dict[int, Source]) -> None:
        self._given = given
        self._homes = homes

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self._given:
            return node
        stands, home = self._given[node.id]
        for each in ast.walk(stands):
            self._homes[id(each)] = home
        return stands
