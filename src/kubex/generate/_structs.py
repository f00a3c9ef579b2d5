"""Writes msgspec structs."""

from __future__ import annotations

from collections.abc import Collection

from kubex.generate.class_writer import ClassWriter, Default, Value
from kubex.generate.expressions import Expression, argument, call, literal
from kubex.generate.intermediate import Property
from kubex.generate.naming import attribute_names, camel_rule
from kubex.generate.python_module import quoted
from kubex.generate.types_writer import MODELS

__all__ = ["StructWriter"]


class StructWriter(ClassWriter):
    """Writes one struct.

    A struct has its fields and no others: an object that may have more is a dict, and a resource a `DynamicObject`.
    """

    specifier = ("msgspec", "field")

    def attribute_names(self, properties: Collection[str]) -> dict[str, str]:
        return attribute_names(properties, self.inherited)

    def classes_as_dicts(self) -> Collection[str]:
        return {name for name, each in self.around.classes.items() if each.keeps_unknown}

    def bases(self) -> list[str]:
        if self.kind is None:
            return [self.name(f"{MODELS}.base_struct", "BaseStruct"), "kw_only=True"]
        if self.owner.keeps_unknown:
            return [self.name(f"{MODELS}.dynamic_object", "DynamicObject")]
        return [self.name(f"{MODELS}.struct_entity", "StructEntity"), "kw_only=True"]

    def properties(self) -> list[Property]:
        return [] if self.kind is not None and self.owner.keeps_unknown else self.owner.properties

    def body(self) -> list[str]:
        if self.kind is None or not self.owner.keeps_unknown:
            return []
        return ["    __slots__ = ()\n\n"]

    def value(self, property_: Property, default: Default, type_: str) -> Value:
        arguments: list[tuple[str, Expression]] = []
        if camel_rule(self.attributes[property_.name]) != property_.name:
            arguments.append(argument("name", quoted(property_.name)))
        always_written = f"{MODELS}.base_struct", "always_written"
        match default:
            case Default("none"):
                if not arguments:
                    return Value("None", [])
                arguments.append(argument("default", "None"))
            case Default("scalar", value):
                factory = call(self.name(*always_written), [("", literal(value))])
                arguments.append(argument("default_factory", factory))
            case Default("empty"):
                arguments.append(argument("default_factory", f"{self.name(*always_written)}({type_}())"))
            case Default("object", name):
                arguments.append(argument("default_factory", name))
            case _:
                pass
        return Value(None, arguments)
