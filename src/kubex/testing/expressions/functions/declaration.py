"""`Function`: one form of a function, and how both the compiler and the evaluator are told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from kubex.core._json_value import is_object
from kubex.testing.expressions.library import as_bound, cel
from kubex.testing.expressions.types import DYNAMIC, OPAQUE_TYPES

__all__ = [
    "Function",
    "Implementation",
    "NoSuchOverload",
    "declared_functions",
    "content_of",
    "evaluated_functions",
    "opaque",
    "text_of",
]


Implementation: TypeAlias = (
    Callable[[], Any] | Callable[[Any], Any] | Callable[[Any, Any], Any] | Callable[[Any, Any, Any], Any]
)
"""What a function does with values as the library gives them."""


class NoSuchOverload(ValueError):
    """A function does not take such values."""

    def __init__(self) -> None:
        super().__init__("no such overload")


@dataclass(frozen=True, slots=True)
class Function:
    """One form of a function.

    Args:
        name: of the function.
        parameters: signatures of their types; of a method, the value's own first.
        result: signature of what it gives.
        implementation: what it does; a `ValueError` says why there is no result.
        method: whether it is said behind a value: `list.sum()`.
    """

    name: str
    parameters: tuple[str, ...]
    result: str
    implementation: Implementation
    method: bool = True


def declared_functions(functions: Iterable[Function]) -> list[Any]:
    """Give functions by the types of what they take and give."""
    return _declared((each, each.parameters, each.result) for each in functions)


def evaluated_functions(functions: Iterable[Function]) -> list[Any]:
    """Give functions as the evaluator calls them: values of one kind go to one function, whatever is in them."""
    forms = {(each.name, each.method, tuple(map(_kind, each.parameters))): each for each in functions}
    return _declared((each, kinds, DYNAMIC) for (_, _, kinds), each in forms.items())


def _declared(forms: Iterable[tuple[Function, tuple[str, ...], str]]) -> list[Any]:
    language = cel()
    overloads: dict[str, list[Any]] = {}
    for function, parameters, result in forms:
        known = overloads.setdefault(function.name, [])
        known.append(
            language.Overload(
                id=f"kubernetes_{function.name}_{len(known)}",
                return_type=language.Type(result),
                parameters=[language.Type(each) for each in parameters],
                is_member=function.method,
                impl=_bound(function.implementation),
            )
        )
    return [language.FunctionDecl(name, known) for name, known in overloads.items()]


def _bound(implementation: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *values: as_bound(implementation(*values))


def _kind(signature: str) -> str:
    if signature.startswith("list<"):
        return "list<dyn>"
    if signature.startswith("map<") or signature in OPAQUE_TYPES:
        return "map<dyn,dyn>"
    return signature


def opaque(type_: str, content: Any) -> dict[str, Any]:
    """Give a value that functions alone can look into: the library has no types of others, so it is a map."""
    return {type_: content}


def content_of(value: Any, *types: str) -> Any:
    """Give what an opaque value holds.

    Raises:
        NoSuchOverload: it is of none of these types.
    """
    if is_object(value):
        for type_ in types:
            if type_ in value:
                return value[type_]
    raise NoSuchOverload


def text_of(value: Any, *types: str) -> str:
    """Give the text that an opaque value holds.

    Raises:
        NoSuchOverload: it is of none of these types.
    """
    return str(content_of(value, *types))
