"""Turns the schemas of kinds into classes: one for each object with known fields."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from kubex.core._json_value import is_array, is_object
from kubex.generate.docstrings import normal_text
from kubex.generate.errors import DefinitionError
from kubex.generate.intermediate import (
    MISSING,
    Choice,
    FieldType,
    ListOf,
    MapOf,
    ObjectClass,
    Property,
    Reference,
    Scalar,
    Typed,
)
from kubex.generate.naming import class_name, singular

__all__ = ["ClassReader", "Schema"]

Schema = Mapping[str, Any]
"""A schema of OpenAPI, as JSON has it."""

_LONGEST_NAME: Final = 44
_META: Final = "io.k8s.apimachinery.pkg."
_NAMED: Final = {
    f"{_META}apis.meta.v1.ObjectMeta": Scalar.METADATA,
    f"{_META}apis.meta.v1.MicroTime": Scalar.MICRO_TIME,
    f"{_META}api.resource.Quantity": Scalar.INTEGER_OR_STRING,
    f"{_META}util.intstr.IntOrString": Scalar.INTEGER_OR_STRING,
}
_OWN: Final = frozenset({"apiVersion", "kind", "metadata"})
_INT_OR_STRING: Final = [{"type": "integer"}, {"type": "string"}]

# What the type, the class or the property says already.
_SAID: Final = frozenset(
    {
        "type",
        "properties",
        "required",
        "items",
        "additionalProperties",
        "default",
        "description",
        "x-kubernetes-int-or-string",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-embedded-resource",
        "x-kubernetes-group-version-kind",
        "$ref",
    }
)


class ClassReader:
    """Reads the classes of one module.

    Args:
        definitions: schemas that others refer to, by name.
        taken: names that classes can't have; those that are given out are added.
    """

    def __init__(self, definitions: Mapping[str, Schema], taken: set[str]) -> None:
        self.classes: dict[str, ObjectClass] = {}
        self._definitions = definitions
        self._taken = taken
        self._named: dict[str, str] = {}  # names of classes by their schema
        self._waiting: deque[tuple[ObjectClass, Schema, tuple[str, ...]]] = deque()

    def read_kind(self, name: str, schema: Schema) -> ObjectClass:
        """Read a kind and all that it leads to; its own words, `apiVersion` and the others, are left out."""
        schema = _readable(schema)
        found = ObjectClass(name, _description(schema), keeps_unknown=_keeps_unknown(schema))
        found.words = _words(schema)
        properties: Schema = schema.get("properties") or {}
        own = {key: value for key, value in properties.items() if key not in _OWN}
        self._waiting.append((found, {**schema, "properties": own}, (name,)))
        while self._waiting:
            self._fill(*self._waiting.popleft())
        return found

    def forget_schemas(self) -> None:
        """Let what is read from now on share no inline schemas with what was read before."""
        self._named = {schema: name for schema, name in self._named.items() if schema.startswith("$ref ")}

    def _fill(self, owner: ObjectClass, schema: Schema, path: tuple[str, ...]) -> None:
        required = set(schema.get("required") or ())
        properties: Mapping[str, Schema] = schema.get("properties") or {}
        is_resource = schema.get("x-kubernetes-embedded-resource") is True
        if is_resource:
            own = {name: properties.get(name, {"type": "string"}) for name in ("apiVersion", "kind")}
            properties = {**own, "metadata": {"$ref": f"/{_META}apis.meta.v1.ObjectMeta"}} | {
                name: value for name, value in properties.items() if name not in _OWN
            }
            required |= own.keys()
        # By name, as a server gives them whatever their order was, and as it writes the objects themselves.
        for name, value in sorted(properties.items()):
            typed = self._typed(value, (*path, class_name(name)))
            description = self._own_description(value, typed)
            default = value.get("default", MISSING)
            if self._definitions and not default:  # in documents, those of Go: fields of the zero value
                default = MISSING
            owner.properties.append(Property(name, typed, name in required, default, description))

    def _own_description(self, schema: Schema, typed: Typed) -> str | None:
        """Give what is said of a property, unless its class says it too."""
        description = _description(schema)
        if isinstance(typed.type, Reference) and typed.type.name in self.classes:
            return None if self.classes[typed.type.name].description == description else description
        return description

    def _typed(self, schema: Schema, path: tuple[str, ...]) -> Typed:
        schema, reference = self._resolved(schema)
        if reference in _NAMED:
            return Typed(_NAMED[reference])
        is_nullable = schema.get("nullable") is True
        type_ = self._type(schema, reference, path)
        if isinstance(type_, Reference):
            return Typed(type_, {"nullable": True} if is_nullable else {}, is_nullable)
        return Typed(type_, _words(schema, type_), is_nullable)

    def _item(self, schema: Schema, path: tuple[str, ...]) -> Typed:
        """Read what stands inside a list or a map, where nothing but its words can hold a description."""
        typed = self._typed(schema, path)
        description = self._own_description(schema, typed)
        if description is None:
            return typed
        return Typed(typed.type, {"description": description, **typed.words}, typed.is_nullable)

    def _resolved(self, schema: Schema) -> tuple[Schema, str]:
        """Follow references; gives the schema and the last name on the way, `""` where there is none."""
        name, seen = "", set[str]()
        while True:
            whole = schema.get("allOf")
            # Documents of version 3 wrap a reference that has a description or a default beside it.
            if is_array(whole) and len(whole) == 1 and "$ref" in whole[0] and "type" not in schema:
                schema = {**whole[0], **{key: value for key, value in schema.items() if key != "allOf"}}
            if "$ref" not in schema:
                return schema, name
            name = str(schema["$ref"]).rpartition("/")[2]
            if name in _NAMED:
                return schema, name
            if name not in self._definitions or name in seen:
                raise DefinitionError(f"a reference leads to {name}, which is not defined")
            seen.add(name)
            own = {key: value for key, value in schema.items() if key in ("description", "default", "nullable")}
            schema = {**self._definitions[name], **own}

    def _type(self, schema: Schema, reference: str, path: tuple[str, ...]) -> FieldType:
        if schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string":
            return Scalar.INTEGER_OR_STRING
        match schema.get("type"):
            case "object":
                return self._object(schema, reference, path)
            case "array":
                items = schema.get("items")
                return ListOf(self._item(items if is_object(items) else {}, (*path[:-1], singular(path[-1]))))
            case "string":
                return _text(schema)
            case "integer":
                values = _known_values(schema, int)
                return Choice(values, False) if values else Scalar.INTEGER
            case "number":
                return Scalar.NUMBER
            case "boolean":
                return Scalar.BOOLEAN
            case _:
                if schema.get("properties"):
                    return self._object(schema, reference, path)
                return Scalar.RESOURCE if schema.get("x-kubernetes-embedded-resource") else Scalar.ANY

    def _object(self, schema: Schema, reference: str, path: tuple[str, ...]) -> FieldType:
        keeps_unknown, values = _keeps_unknown(schema), schema.get("additionalProperties")
        if not schema.get("properties"):
            if schema.get("x-kubernetes-embedded-resource"):
                return Scalar.RESOURCE
            if is_object(values):
                return MapOf(self._item(values, (*path[:-1], singular(path[-1]))))
            if values is True or keeps_unknown or reference.startswith(_META):
                return Scalar.ANY_OBJECT
        return Reference(self._class(schema, reference, path))

    def _class(self, schema: Schema, reference: str, path: tuple[str, ...]) -> str:
        key = f"$ref {reference}" if reference else _canonical(schema)
        name = self._named.get(key) if reference or schema.get("properties") else None
        if name is None:
            path = (class_name(reference.rpartition(".")[2]),) if reference else path
            name = self._named[key] = self._free_name(path)
            found = ObjectClass(name, _description(schema), keeps_unknown=_keeps_unknown(schema))
            found.words = _words(schema)
            self.classes[name] = found
            self._waiting.append((found, schema, path))
        return name

    def _free_name(self, path: tuple[str, ...]) -> str:
        while len("".join(path)) > _LONGEST_NAME and len(path) > 3:
            path = (path[0], *path[2:])
        name = base = "".join(path)
        number = 2
        while name in self._taken:
            name, number = f"{base}{number}", number + 1
        self._taken.add(name)
        return name


def _canonical(schema: Schema) -> str:
    """Give what two schemas have in common whose objects are of one class."""
    own = {key: value for key, value in schema.items() if key not in ("description", "nullable", "default")}
    # Where nothing is said the class must not say anything either.
    return json.dumps([_description(schema) is not None, own], sort_keys=True)


def _description(schema: Schema) -> str | None:
    text = schema.get("description")
    return text if isinstance(text, str) and text.strip() else None


def _readable(schema: Schema) -> Schema:
    """Give a schema with descriptions as docstrings hold them, bounds as whole as they are, and sets in order."""
    found: dict[str, Any] = {}
    for name, value in schema.items():
        if name == "description" and isinstance(value, str):
            found[name] = normal_text(value)
        elif name == "properties" and is_object(value):
            found[name] = {key: _readable(each) if is_object(each) else each for key, each in value.items()}
        elif name in ("items", "additionalProperties") and is_object(value):
            found[name] = _readable(value)
        elif name == "required" and is_array(value):
            found[name] = sorted(value, key=str)
        else:
            found[name] = _whole(value)
    return found


def _keeps_unknown(schema: Schema) -> bool:
    return schema.get("x-kubernetes-preserve-unknown-fields") is True


def _text(schema: Schema) -> FieldType:
    if schema.get("format") == "byte":
        return Scalar.BYTES
    if schema.get("format") in ("date-time", "dateTime"):
        return Scalar.TIME
    values = _known_values(schema, str)
    return Choice(values, True) if values else Scalar.STRING


def _known_values(schema: Schema, type_: type) -> tuple[Any, ...]:
    """Give the values of an enumeration, if a type can name them."""
    listed = schema.get("enum") or _values_beside_null(schema)
    found = [value for value in listed if value is not None]
    return tuple(dict.fromkeys(found)) if all(type(value) is type_ for value in found) else ()


def _values_beside_null(schema: Schema) -> list[Any]:
    """Give the values of an enumeration that admits null: it stands inside `allOf`, where null is not looked at."""
    whole = schema.get("allOf")
    if not schema.get("nullable") or "enum" in schema or not is_array(whole) or len(whole) != 1:
        return []
    (only,) = whole
    return list(only["enum"] or ()) if is_object(only) and only.keys() == {"enum"} else []


def _words(schema: Schema, type_: FieldType | None = None) -> dict[str, Any]:
    """Give what a schema says beyond the type that was made of it."""
    words = {name: value for name, value in schema.items() if name not in _SAID}
    if type_ is None:  # a class: what belongs to the place where it is used is told there
        words.pop("nullable", None)
        for name in ("x-kubernetes-embedded-resource", "x-kubernetes-preserve-unknown-fields"):
            if schema.get(name):
                words[name] = True
    if isinstance(type_, Choice):
        if _values_beside_null(schema):
            words.pop("allOf", None)
        elif not schema.get("nullable"):  # else the server takes no null for all that, which no type says
            words.pop("enum", None)
    if type_ in (Scalar.TIME, Scalar.BYTES) or words.get("format") == "int-or-string":
        words.pop("format", None)
    if type_ is Scalar.INTEGER_OR_STRING and words.get("anyOf") == _INT_OR_STRING:
        del words["anyOf"]
    if type_ is Scalar.RESOURCE and not _keeps_unknown(schema):
        words["x-kubernetes-preserve-unknown-fields"] = False
    return words


def _whole(value: Any) -> Any:
    """Give a bound as whole as it is: servers and models write `0.0` for what was `0`."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value
