"""Writes the types of fields: what is the same for structs and for Pydantic models."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any, Final

from kubex.generate.expressions import Bracketed, Expression, argument, call, literal, subscripted, written
from kubex.generate.intermediate import (
    Choice,
    FieldType,
    ListOf,
    MapOf,
    ObjectClass,
    Reference,
    Scalar,
    Typed,
    references,
)
from kubex.generate.naming import class_name
from kubex.generate.python_module import PythonModule, quoted
from kubex_core.models.schema import Schema, ValidationRule

__all__ = ["MODELS", "TypeWriter"]

MODELS: Final = "kubex_core.models"
"""Where generated modules import their bases and notes from."""

_LONGEST_ALIAS: Final = 48

_SCALARS: Final = {
    Scalar.STRING: ("builtins", "str"),
    Scalar.BYTES: ("builtins", "bytes"),
    Scalar.TIME: ("datetime", "datetime"),
    Scalar.MICRO_TIME: (f"{MODELS}.micro_time", "MicroTime"),
    Scalar.INTEGER: ("builtins", "int"),
    Scalar.NUMBER: ("builtins", "float"),
    Scalar.BOOLEAN: ("builtins", "bool"),
    Scalar.ANY: ("typing", "Any"),
    Scalar.RESOURCE: (f"{MODELS}.dynamic_object", "DynamicObject"),
    Scalar.METADATA: (f"{MODELS}.metadata", "ObjectMetadata"),
}


class TypeWriter:
    """Writes the types of one class's fields; what is too long for a field's line gets a name before the class.

    Args:
        file: the module.
        owner: the class.
        attributes: names of its attributes, which hide what is called like them.
        as_dicts: names of the classes that are written as dicts.
        defined: classes that stand in the module already.
        aliases: names of types that stand in it already.
        bytes_need_words: whether bytes are not base64 by themselves.
    """

    def __init__(
        self,
        file: PythonModule,
        owner: ObjectClass,
        attributes: Collection[str],
        *,
        as_dicts: Collection[str],
        defined: Collection[str],
        aliases: set[str],
        bytes_need_words: bool,
    ) -> None:
        self._file = file
        self._owner = owner
        self._attributes = attributes
        self._as_dicts = as_dicts
        self._defined = defined
        self._bytes_need_words = bytes_need_words
        self._aliases = aliases

    def name(self, module: str, name: str) -> str:
        """Give the local name of something imported or built in."""
        return self._file.name(module, name, self._attributes)

    def type(self, typed: Typed, place: str) -> str:
        """Give a type without its words; `place` names the field, for names of parts."""
        return self._plain(typed.type, place)

    def words(self, typed: Typed) -> dict[str, Any]:
        """Give what has to be said of a type beyond it."""
        words = dict(typed.words)
        if typed.type is Scalar.BYTES and self._bytes_need_words:
            words["format"] = "byte"
        return words

    def annotated(self, type_: str, words: Mapping[str, Any]) -> Bracketed:
        """Give `Annotated[type, Schema(…)]`."""
        parts: list[tuple[str, Expression]] = [("", subscripted(type_)), ("", self.schema(words))]
        return Bracketed(f"{self.name('typing', 'Annotated')}[", parts, "]")

    def schema(self, words: Mapping[str, Any]) -> Expression:
        """Give `Schema(…)` with some words."""
        given = Schema.of(words)
        parts: list[tuple[str, Expression]] = []
        for each in fields(given):
            value = getattr(given, each.name)
            if value is None:
                continue
            if each.name == "rules":
                rules = [("", self._rule(rule)) for rule in value]
                parts.append(argument("rules", Bracketed("[", rules, "]")))
            else:
                parts.append(argument(each.name, literal(value)))
        return call(self.name(f"{MODELS}.schema", "Schema"), parts)

    def alias(self, expression: Expression, place: str) -> str:
        """Give an expression a name of its own, before the class."""
        base = f"_{self._owner.name}{class_name(place)}"
        if len(base) > _LONGEST_ALIAS:
            base = f"_{class_name(place)}"[:_LONGEST_ALIAS]
        name, number = base, 2
        while name in self._aliases:
            name, number = f"{base}{number}", number + 1
        self._aliases.add(name)
        opening = f"{name}: {self._file.name('typing', 'TypeAlias')} = "
        text = written(expression, self._file.line_length, before=len(opening))
        self._file.blocks.append(f"{opening}{text}\n")
        return name

    def constrained(self, typed: Typed, type_: str, words: Mapping[str, Any], place: str) -> str:
        """Give the name of an alias of a type with its words, if there are any."""
        # The alias is evaluated at once, unlike the types of fields: a class that is yet to come is quoted.
        if not set(references(typed.type)) <= set(self._defined) | set(self._as_dicts):
            type_ = quoted(type_)
        return self.alias(self.annotated(type_, words) if words else subscripted(type_), place)

    def _rule(self, rule: ValidationRule) -> Expression:
        parts = [
            argument(each.name, literal(value))
            for each in fields(rule)
            if (value := getattr(rule, each.name)) is not None
        ]
        return call(self.name(f"{MODELS}.schema", "ValidationRule"), parts)

    def _plain(self, type_: FieldType, place: str) -> str:
        match type_:
            case Scalar.INTEGER_OR_STRING:
                return f"{self.name('builtins', 'int')} | {self.name('builtins', 'str')}"
            case Scalar.ANY_OBJECT:
                return self._any_object()
            case Scalar():
                return self.name(*_SCALARS[type_])
            case Choice(values, is_text):
                literals = Bracketed(
                    f"{self._file.name('typing', 'Literal')}[", [("", literal(each)) for each in values], "]"
                )
                return f"{self.alias(literals, place)} | {self.name('builtins', 'str' if is_text else 'int')}"
            case ListOf(item):
                return f"{self.name('builtins', 'list')}[{self._part(item, place)}]"
            case MapOf(value):
                text = self.name("builtins", "str")
                return f"{self.name('builtins', 'dict')}[{text}, {self._part(value, place)}]"
            case Reference(name):
                return self._any_object() if name in self._as_dicts else self._file.name(self._file.path, name)

    def _any_object(self) -> str:
        return f"{self.name('builtins', 'dict')}[{self.name('builtins', 'str')}, {self.name('typing', 'Any')}]"

    def _part(self, typed: Typed, place: str) -> str:
        """Give the type of what stands inside a list or a map."""
        text, words = self._plain(typed.type, place), self.words(typed)
        if words:
            text = self.constrained(typed, text, words, f"{place}Item")
        return f"{text} | None" if typed.is_nullable and typed.type is not Scalar.ANY else text
