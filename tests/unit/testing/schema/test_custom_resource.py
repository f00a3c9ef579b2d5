from __future__ import annotations

from typing import Any

import pytest

from kubex.testing.schema.custom_resource import read_structural_schema
from kubex.testing.schema.tree import ANY, UNSET, AnySchema, ListSchema, ObjectSchema, ScalarSchema
from tests.unit.testing.schemas import SCHEMAS, at

KEEP = {"x-kubernetes-preserve-unknown-fields": True}


def read(**properties: dict[str, Any]) -> ObjectSchema:
    source = {"type": "object", "properties": properties, "required": ["spec"]}
    return read_structural_schema(source, "Backup", SCHEMAS.object_meta)


def test_the_resource_has_its_fields_and_those_of_every_object() -> None:
    schema = read(spec={"type": "object", "properties": {"size": {"type": "integer", "default": 3}}})
    assert set(schema.fields) == {"apiVersion", "kind", "metadata", "spec"}
    assert at(schema, "metadata") is SCHEMAS.object_meta
    spec = at(schema, "spec")
    assert isinstance(spec, ObjectSchema)
    assert (schema.fields["spec"].required, spec.fields["size"].default) == (True, 3)
    assert (schema.name, schema.member("bogus"), spec.member("bogus")) == ("Backup", None, None)


@pytest.mark.parametrize(
    ("source", "list_type", "keys"),
    [
        ({}, "atomic", ()),
        ({"x-kubernetes-list-type": "set"}, "set", ()),
        ({"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["a", "b"]}, "map", ("a", "b")),
    ],
)
def test_lists(source: dict[str, Any], list_type: str, keys: tuple[str, ...]) -> None:
    items = {"type": "object", "properties": {"a": {"type": "string", "default": "x"}, "b": {"type": "string"}}}
    schema = at(read(list={"type": "array", "items": items, **source}), "list")
    assert isinstance(schema, ListSchema)
    assert (schema.list_type, schema.keys) == (list_type, keys)
    assert schema.key_defaults == ((("a", "x"), ("b", UNSET)) if keys else ())


def test_a_map_has_values_and_may_be_atomic() -> None:
    source = {"type": "object", "additionalProperties": {"type": "string"}, "x-kubernetes-map-type": "atomic"}
    schema = at(read(map=source), "map")
    assert isinstance(schema, ObjectSchema)
    assert isinstance(schema.values, ScalarSchema)
    assert (schema.atomic, dict(schema.fields)) == (True, {})


def test_scalars_keep_their_format_enum_and_null() -> None:
    schema = at(read(a={"type": "string", "format": "date", "enum": ["x"], "nullable": True}), "a")
    assert isinstance(schema, ScalarSchema)
    assert (schema.type, schema.format, schema.enum, schema.nullable) == ("string", "date", ("x",), True)


def test_unknown_fields_are_kept_where_the_schema_says_so_and_applied_below_it_too() -> None:
    inner = {"type": "object", "properties": {"a": {"type": "string"}}}
    outer = at(read(outer={"type": "object", "properties": {"inner": inner}, **KEEP}), "outer")
    assert isinstance(outer, ObjectSchema)
    below = at(outer, "inner")
    assert isinstance(below, ObjectSchema)
    assert (outer.preserves_unknown_fields, below.preserves_unknown_fields) == (True, False)
    assert outer.member("bogus") is ANY
    assert below.member("bogus") is ANY


def test_an_object_without_properties_takes_anything_and_keeps_nothing() -> None:
    schema = at(read(a={"type": "object"}), "a")
    assert isinstance(schema, ObjectSchema)
    assert (schema.values, schema.preserves_unknown_fields) == (ANY, False)


def test_an_embedded_resource_has_metadata() -> None:
    schema = at(read(template={"type": "object", "x-kubernetes-embedded-resource": True, **KEEP}), "template")
    assert isinstance(schema, ObjectSchema)
    assert schema.embedded_resource
    assert at(schema, "metadata") is SCHEMAS.object_meta


@pytest.mark.parametrize("nullable", [True, False])
def test_a_number_or_a_string(nullable: bool) -> None:
    schema = at(read(port={"x-kubernetes-int-or-string": True, "nullable": nullable}), "port")
    assert isinstance(schema, AnySchema)
    assert schema.int_or_string


def test_a_definition_without_a_schema_takes_anything() -> None:
    schema = read_structural_schema(None, "Backup", SCHEMAS.object_meta)
    assert (schema.preserves_unknown_fields, schema.member("spec")) == (True, ANY)
