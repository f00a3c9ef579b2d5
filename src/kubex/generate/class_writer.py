"""Writes classes: what structs and Pydantic models have in common."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from kubex.generate.docstrings import docstring
from kubex.generate.expressions import Bracketed, Expression, argument, call, literal, written
from kubex.generate.intermediate import (
    MISSING,
    Choice,
    Kind,
    ListOf,
    MapOf,
    ObjectClass,
    Property,
    Reference,
    Scalar,
    references,
)
from kubex.generate.python_module import PythonModule, quoted, width_of
from kubex.generate.types_writer import MODELS, TypeWriter

__all__ = ["ClassWriter", "Default", "Surroundings", "Value"]

_INTERFACES: Final = f"{MODELS}.interfaces"
_INHERITED: Final = ("api_version", "kind", "metadata")  # of every resource
_MARKERS: Final = {"scale": "HasScaleSubresource", "status": "HasStatusSubresource"}


class Default(NamedTuple):
    """What a field is where it is not given."""

    kind: str
    """`required`, `none`, `scalar`, `empty` (a list or a dict), `object` (of a class, without arguments)."""
    value: Any = None


@dataclass
class Surroundings:
    """The module that classes are written into."""

    file: PythonModule
    classes: Mapping[str, ObjectClass]
    defined: set[str] = field(default_factory=set[str])
    """Names of the classes that stand in it already."""
    aliases: set[str] = field(default_factory=set[str])
    """Names of types that stand in it already."""


class Value(NamedTuple):
    """The right side of a field: plain, or the arguments of a call."""

    plain: str | None
    arguments: list[tuple[str, Expression]]


class ClassWriter(ABC):
    """Writes one class into a module.

    Args:
        owner: the class.
        kind: what it is of, if it is a resource.
        around: the module.
    """

    bytes_need_words = False
    specifier: tuple[str, str] = ("", "")
    """Module and name of what a field's arguments are given to."""

    def __init__(self, owner: ObjectClass, kind: Kind | None, around: Surroundings) -> None:
        self.owner = owner
        self.kind = kind
        self.file: PythonModule = around.file
        self.around = around
        self.inherited: Collection[str] = () if kind is None else _INHERITED
        self.attributes: dict[str, str] = self.attribute_names([each.name for each in self.properties()])
        self.types: TypeWriter = TypeWriter(
            around.file,
            owner,
            self.attributes.values(),
            as_dicts=self.classes_as_dicts(),
            defined=around.defined,
            aliases=around.aliases,
            bytes_need_words=self.bytes_need_words,
        )

    @abstractmethod
    def attribute_names(self, properties: Collection[str]) -> dict[str, str]:
        """Name the attributes for the JSON names."""

    def properties(self) -> list[Property]:
        """Give the fields to write."""
        return self.owner.properties

    @abstractmethod
    def classes_as_dicts(self) -> Collection[str]:
        """Name the classes that can't be written as such."""

    @abstractmethod
    def bases(self) -> list[str]:
        """Give what stands in the brackets of the class, but the markers of a resource."""

    @abstractmethod
    def body(self) -> list[str]:
        """Give what the class has beside its schema and its fields."""

    @abstractmethod
    def value(self, property_: Property, default: Default, type_: str) -> Value:
        """Give the right side of a field."""

    def write(self) -> None:
        """Write the class, after the names that its fields need."""
        head = [*self.bases()[:1], *self._markers(), *self.bases()[1:]]
        blocks: list[str] = []
        if self.owner.description is not None:
            blocks.append(docstring(self.owner.description))
        attributes = [*self.body(), *self._config(), *self._schema()]
        if attributes:
            blocks.append("".join(attributes))
        fields = "".join(self._field(each) for each in self.properties())
        if fields:
            blocks.append(fields)
        opening = call(f"class {self.owner.name}", [("", each) for each in head])
        header = f"{written(opening, self.file.line_length, after=1)}:\n"
        self.file.blocks.append(header + ("\n".join(blocks) or "    pass\n"))
        self.around.defined.add(self.owner.name)

    def name(self, module: str, name: str) -> str:
        """Give the local name of something imported or built in."""
        return self.types.name(module, name)

    def _markers(self) -> list[str]:
        if self.kind is None:
            return []
        scope = "NamespaceScopedEntity" if self.kind.is_namespaced else "ClusterScopedEntity"
        markers = [_MARKERS[each] for each in self.kind.subresources if each in _MARKERS]
        return [self.name(_INTERFACES, each) for each in (scope, *markers)]

    def _config(self) -> list[str]:
        kind = self.kind
        if kind is None:
            return []
        module = f"{MODELS}.resource_config"
        config, scope = self.name(module, "ResourceConfig"), self.name(module, "Scope")
        parts: list[tuple[str, Expression]] = [
            argument("version", quoted(kind.version)),
            argument("kind", quoted(kind.kind)),
            argument("plural", quoted(kind.plural)),
            argument("scope", f"{scope}.{'NAMESPACE' if kind.is_namespaced else 'CLUSTER'}"),
        ]
        if kind.group:
            parts.append(argument("group", quoted(kind.group)))
        lines = [
            self._class_variable("__RESOURCE_CONFIG__", f"{config}[{self.name('typing', 'Self')}]", call(config, parts))
        ]
        if kind.definition:
            lines.append(self._definition(kind.definition))
        return lines

    def _definition(self, given: Mapping[str, Any]) -> str:
        module = f"{MODELS}.definition_config"
        config = self.name(module, "DefinitionConfig")
        parts: list[tuple[str, Expression]] = []
        for name, value in given.items():
            if name == "columns":
                column = self.name(module, "PrinterColumn")
                items = [("", call(column, _arguments(each, _COLUMN))) for each in value]
                parts.append(argument(name, Bracketed("[", items, "]")))
            elif name == "scale":
                parts.append(argument(name, call(self.name(module, "ScalePaths"), _arguments(value, _SCALE))))
            else:
                parts.append(argument(name, literal(value)))
        return self._class_variable("__DEFINITION_CONFIG__", config, call(config, parts))

    def _schema(self) -> list[str]:
        if not self.owner.words:
            return []
        return [
            self._class_variable(
                "__SCHEMA__", self.name(f"{MODELS}.schema", "Schema"), self.types.schema(self.owner.words)
            )
        ]

    def _class_variable(self, name: str, type_: str, value: Expression) -> str:
        opening = f"    {name}: {self.name('typing', 'ClassVar')}[{type_}] = "
        return f"{opening}{written(value, self.file.line_length, before=len(opening), indent='    ')}\n"

    def _field(self, property_: Property) -> str:
        attribute, typed = self.attributes[property_.name], property_.typed
        type_, words = self.types.type(typed, property_.name), self.types.words(typed)
        default = self._default(property_)
        if default.kind == "none" and property_.default not in (MISSING, None):
            words["default"] = property_.default
        # `Any` has None in it already.
        is_optional = (typed.is_nullable or default.kind == "none") and typed.type is not Scalar.ANY
        none = ["None"] if is_optional else []
        value = self.value(property_, default, type_)
        members = [*([type_] if "[" in type_ else type_.split(" | ")), *none]
        if words:
            members = [written(self.types.annotated(" | ".join(members), words), sys.maxsize)]
        text = self._assignment(attribute, members, value)
        # Of what has brackets, ruff would break the line inside them: a name is easier to read.
        if any("[" in each for each in members) and not self._fits(text):
            alias = self.types.constrained(typed, type_, words, property_.name)
            text = self._assignment(attribute, [alias, *none], value)
        return text + (docstring(property_.description) if property_.description else "")

    def _fits(self, text: str) -> bool:
        return text.count("\n") == 1 and width_of(text) <= self.file.line_length + 1

    def _assignment(self, attribute: str, members: Sequence[str], value: Value) -> str:
        """Give the line of a field, or its lines where that is too long."""
        width = self.file.line_length
        opening = f"    {attribute}: {' | '.join(members)}"
        narrow = f"    {attribute}: {self._in_parentheses(members)}"
        if value.arguments:
            right = call(self.name(*self.specifier), value.arguments)
            line = f"{opening} = {written(right, width, before=len(opening) + 3, indent='    ')}\n"
            if width_of(line.partition("\n")[0]) <= width or len(members) == 1:
                return line
            if len(opening) + 4 <= width:
                return f"{opening} = (\n        {written(right, width, before=8, indent='        ')}\n    )\n"
            return f"{narrow} = {written(right, width, before=8, indent='    ')}\n"
        if value.plain is None:
            is_worth_it = len(members) > 1 or 8 + len(members[0]) <= width
            return f"{narrow if len(opening) > width and is_worth_it else opening}\n"
        if len(opening) + width_of(value.plain) + 3 <= width:
            return f"{opening} = {value.plain}\n"
        if len(opening) + 4 <= width:
            is_worth_it = 8 + width_of(value.plain) <= width
            return f"{opening} = (\n        {value.plain}\n    )\n" if is_worth_it else f"{opening} = {value.plain}\n"
        return f"{narrow if len(members) > 1 else opening} = {value.plain}\n"

    def _in_parentheses(self, members: Sequence[str]) -> str:
        line = " | ".join(members)
        if 8 + len(line) > self.file.line_length:
            line = "\n        | ".join(members)
        return f"(\n        {line}\n    )"

    def _default(self, property_: Property) -> Default:
        value, type_ = property_.default, property_.typed.type
        if value is MISSING or value is None:
            return Default("required" if property_.is_required else "none")
        if _is_scalar(value, type_):
            return Default("scalar", float(value) if type_ is Scalar.NUMBER else value)
        is_defined = set(references(type_)) <= self.around.defined
        if value == [] and isinstance(type_, ListOf) and is_defined:
            return Default("empty")
        if value == {} and (isinstance(type_, MapOf) or type_ is Scalar.ANY_OBJECT) and is_defined:
            return Default("empty")
        if value == {} and isinstance(type_, Reference) and is_defined and self._needs_nothing(type_.name):
            return Default("object", type_.name)
        return Default("none")

    def _needs_nothing(self, name: str) -> bool:
        """Whether a class can be called without arguments."""
        if name in self.classes_as_dicts():
            return False
        return all(not each.is_required or each.default is not MISSING for each in self.around.classes[name].properties)


_COLUMN: Final = {
    "name": "name",
    "jsonPath": "json_path",
    "type": "type",
    "format": "format",
    "description": "description",
    "priority": "priority",
}
_SCALE: Final = {
    "specReplicasPath": "spec_replicas",
    "statusReplicasPath": "status_replicas",
    "labelSelectorPath": "label_selector",
}


def _arguments(value: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, Expression]]:
    return [argument(name, literal(value[given])) for given, name in names.items() if value.get(given) is not None]


def _is_scalar(value: Any, type_: Any) -> bool:
    """Whether a default can stand in Python as it stands in JSON."""
    match type_:
        case Scalar.STRING | Choice(_, True):
            return isinstance(value, str)
        case Scalar.INTEGER | Choice(_, False):
            return type(value) is int
        case Scalar.NUMBER:
            return type(value) in (int, float)
        case Scalar.BOOLEAN:
            return isinstance(value, bool)
        case Scalar.INTEGER_OR_STRING:
            return type(value) in (int, str)
        case _:
            return False
