"""Checks that a schema is structural, as the API server demands of CustomResourceDefinitions.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kubex.core._json_value import is_array, is_object
from kubex.generate.errors import DefinitionError

__all__ = ["check_structural"]

_TYPES: Final = ("array", "boolean", "integer", "number", "object", "string")
_JUNCTORS: Final = ("allOf", "anyOf", "oneOf")
# What only the structure may say, and no condition inside a junctor.
_STRUCTURE: Final = ("additionalProperties", "default", "description", "nullable", "type")
_FORBIDDEN: Final = ("$ref", "definitions", "dependencies", "patternProperties", "additionalItems", "id", "$schema")


def check_structural(schema: Mapping[str, Any], where: str) -> None:
    """Raise where a schema is not structural.

    Args:
        schema: as a version of a definition has it.
        where: which version of which definition, for errors.

    Raises:
        DefinitionError: the text says in which field, and what is wrong.
    """
    if schema.get("type") != "object":
        raise DefinitionError(f"{where}: the schema is not structural: its type must be object")
    for path, problem in _problems(schema, ""):
        raise DefinitionError(f"{where}: the schema is not structural: {path or 'the schema'} {problem}")


def _problems(schema: Any, path: str) -> Iterator[tuple[str, str]]:
    """Give what is wrong, with the path of the field."""
    if not is_object(schema):
        yield path, "is no schema: an object is needed"
        return
    for name in _FORBIDDEN:
        if name in schema:
            yield path, f"has {name}, which structural schemas can't have"
    yield from _type_problems(schema, path)
    for name in _JUNCTORS:
        branches = schema.get(name)
        for number, branch in enumerate(branches if is_array(branches) else ()):
            yield from _condition_problems(branch, schema, f"{path}.{name}[{number}]")
    if "not" in schema:
        yield from _condition_problems(schema["not"], schema, f"{path}.not")
    properties = schema.get("properties")
    if properties is not None and not is_object(properties):
        yield path, "has properties that are no object"
    elif properties:
        for name, value in properties.items():
            yield from _problems(value, f"{path}.{name}")
    if is_object(schema.get("additionalProperties")):
        yield from _problems(schema["additionalProperties"], f"{path}[*]")
    if "items" in schema:
        yield from _problems(schema["items"], f"{path}[]")


def _type_problems(schema: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    type_ = schema.get("type")
    if not type_:
        if not (schema.get("x-kubernetes-int-or-string") or schema.get("x-kubernetes-preserve-unknown-fields")):
            yield path, "has no type"
    elif type_ not in _TYPES:
        yield path, f"has the type {type_!r}: it must be one of {', '.join(_TYPES)}"
    if schema.get("uniqueItems"):
        yield path, "has uniqueItems: x-kubernetes-list-type: set says it"
    if type_ == "array" and "items" not in schema:
        yield path, "is an array without items"
    if schema.get("additionalProperties") is False:
        yield path, "forbids additionalProperties: what is not known is pruned anyway"
    if schema.get("properties") and schema.get("additionalProperties"):
        yield path, "has both properties and additionalProperties"
    required = schema.get("required")
    if required is not None and not (is_array(required) and all(isinstance(name, str) for name in required)):
        yield path, "has a required that is no list of names"


def _condition_problems(condition: Any, structure: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """Give what is wrong with a branch of a junctor: it may only speak of what the structure around it has."""
    if not is_object(condition):
        yield path, "is no schema: an object is needed"
        return
    if not structure.get("x-kubernetes-int-or-string"):
        for name in _STRUCTURE:
            if name in condition:
                yield path, f"has {name}: inside allOf, anyOf, oneOf and not there can only be conditions"
    for name in _JUNCTORS:
        branches = condition.get(name)
        for number, branch in enumerate(branches if is_array(branches) else ()):
            yield from _condition_problems(branch, structure, f"{path}.{name}[{number}]")
    if "not" in condition:
        yield from _condition_problems(condition["not"], structure, f"{path}.not")
    known: Mapping[str, Any] = structure.get("properties") or {}
    conditions: Mapping[str, Any] = condition.get("properties") or {}
    for name, value in conditions.items():
        if name not in known:
            yield f"{path}.{name}", f"is not among the properties around the {path.rpartition('.')[2]}"
        else:
            yield from _condition_problems(value, known[name], f"{path}.{name}")
    if "items" in condition:
        if not is_object(structure.get("items")):
            yield f"{path}[]", "is not among the items around it"
        else:
            yield from _condition_problems(condition["items"], structure["items"], f"{path}[]")
