"""Writes Pydantic models."""

from __future__ import annotations

import sys
from collections.abc import Collection

from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from kubex.generate.class_writer import ClassWriter, Default, Value
from kubex.generate.expressions import Expression, argument, literal, written
from kubex.generate.intermediate import Property
from kubex.generate.naming import attribute_names
from kubex.generate.python_module import quoted
from kubex.generate.types_writer import MODELS

__all__ = ["PydanticWriter"]

_TAKEN = frozenset(name for name in dir(BaseModel) if not name.startswith("_"))


class PydanticWriter(ClassWriter):
    """Writes one Pydantic model."""

    bytes_need_words = True
    specifier = ("pydantic", "Field")

    def attribute_names(self, properties: Collection[str]) -> dict[str, str]:
        names: dict[str, str] = {}
        for wire, spelled in attribute_names(properties, self.inherited).items():
            # An underscore makes it private, and these words Pydantic keeps for itself.
            attribute = f"field{spelled}" if spelled.startswith("_") else spelled
            if attribute.startswith(("model_validate", "model_dump")):
                attribute = f"field_{attribute}".rstrip("_")
            while attribute in _TAKEN or attribute in self.inherited or attribute in names.values():
                attribute += "_"
            names[wire] = attribute
        return names

    def classes_as_dicts(self) -> Collection[str]:
        return ()

    def bases(self) -> list[str]:
        if self.kind is not None:
            return [self.name(f"{MODELS}.base_entity", "BaseEntity")]
        return [self.name(f"{MODELS}.camel_model", "CamelModel")]

    def body(self) -> list[str]:
        if not self.owner.keeps_unknown:
            return []
        return [f'    model_config = {self.name("pydantic", "ConfigDict")}(extra="allow")\n']

    def value(self, property_: Property, default: Default, type_: str) -> Value:
        arguments: list[tuple[str, Expression]] = []
        match default:
            case Default("none"):
                arguments.append(argument("default", "None"))
            case Default("scalar", value):
                arguments.append(argument("default", literal(value)))
            case Default("empty"):
                arguments.append(argument("default_factory", type_))
            case Default("object", name):
                arguments.append(argument("default_factory", name))
            case _:
                pass
        if to_camel(self.attributes[property_.name]) != property_.name:
            # Not `alias`: type checkers would take that for the constructor's parameter.
            wire = quoted(property_.name)
            arguments += [argument("validation_alias", wire), argument("serialization_alias", wire)]
        if len(arguments) == 1 and arguments[0][0] == "default=":
            return Value(written(arguments[0][1], sys.maxsize), [])
        return Value(None, arguments)
