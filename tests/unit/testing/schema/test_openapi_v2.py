from __future__ import annotations

import json
from typing import Any

import pytest

from kubex.testing.schema.openapi_document import OpenApiDocument, kept_versions, load_document
from kubex.testing.schema.openapi_v2 import OpenApiSchemas
from kubex.testing.schema.tree import (
    ANY,
    ATOMIC_ANY,
    INTEGER_OR_STRING,
    UNSET,
    AnySchema,
    ListSchema,
    ObjectSchema,
    ScalarSchema,
    Schema,
)
from tests.unit.testing.schemas import SCHEMAS, at, schema_of

CONTAINER = ("spec", "containers", "[]")


def read(**definitions: dict[str, Any]) -> OpenApiSchemas:
    return OpenApiSchemas(OpenApiDocument(json.dumps({"definitions": definitions, "paths": {}}).encode()))


def test_a_list_that_is_a_map_knows_its_keys_and_their_defaults() -> None:
    ports = at(schema_of("Pod"), *CONTAINER, "ports")
    assert isinstance(ports, ListSchema)
    assert (ports.list_type, ports.keys) == ("map", ("containerPort", "protocol"))
    assert ports.key_defaults == (("containerPort", 0), ("protocol", "TCP"))


def test_a_key_without_a_default_has_none() -> None:
    devices = at(SCHEMAS.of_kind("resource.k8s.io", "v1", "ResourceClaim"), "status", "devices")
    assert isinstance(devices, ListSchema)
    assert dict(devices.key_defaults)["shareID"] is UNSET


@pytest.mark.parametrize(
    ("kind", "path", "list_type"),
    [
        ("Pod", (*CONTAINER, "args"), "atomic"),
        ("Pod", ("metadata", "finalizers"), "set"),
        ("Pod", ("spec", "tolerations"), "atomic"),
        ("Pod", ("spec", "containers"), "map"),
    ],
)
def test_lists_are_of_their_type(kind: str, path: tuple[str, ...], list_type: str) -> None:
    schema = at(schema_of(kind), *path)
    assert isinstance(schema, ListSchema)
    assert schema.list_type == list_type


def test_fields_know_how_strategic_merge_patches_treat_them() -> None:
    spec = at(schema_of("Pod"), "spec")
    assert isinstance(spec, ObjectSchema)
    volumes, tolerations = spec.fields["volumes"], spec.fields["tolerations"]
    assert (volumes.patch_strategies, volumes.merge_key) == (frozenset({"merge", "retainKeys"}), "name")
    assert (tolerations.patch_strategies, tolerations.merge_key) == (frozenset(), None)


def test_fields_know_what_is_required_and_what_they_are_by_default() -> None:
    container = at(schema_of("Pod"), *CONTAINER)
    assert isinstance(container, ObjectSchema)
    name, image, resources = (container.fields[each] for each in ("name", "image", "resources"))
    assert (name.required, name.default, name.zero) == (True, "", "")
    assert (image.required, image.default, image.zero, image.omits_empty) == (False, UNSET, UNSET, True)
    assert (resources.required, resources.zero, resources.omits_empty) == (False, {}, False)


@pytest.mark.parametrize(
    ("kind", "path", "atomic"),
    [
        ("Deployment", ("spec", "selector"), True),
        ("Service", ("spec", "selector"), True),
        ("Pod", ("metadata", "labels"), False),
        ("PersistentVolume", ("spec", "claimRef"), False),  # an ObjectReference, which is atomic elsewhere
        ("PersistentVolume", ("spec", "csi", "nodePublishSecretRef"), True),
    ],
)
def test_objects_know_whether_they_are_atomic(kind: str, path: tuple[str, ...], atomic: bool) -> None:
    schema = at(schema_of(kind), *path)
    assert isinstance(schema, ObjectSchema)
    assert schema.atomic is atomic


def test_an_object_that_is_less_atomic_than_its_definition_has_its_fields() -> None:
    schema = at(schema_of("PersistentVolume"), "spec", "claimRef")
    assert isinstance(schema, ObjectSchema)
    assert {"name", "namespace", "uid"} <= schema.fields.keys()


@pytest.mark.parametrize(
    ("kind", "path", "expected"),
    [
        ("Pod", (*CONTAINER, "resources", "limits", "cpu"), ScalarSchema("string", "quantity")),
        ("Pod", ("metadata", "creationTimestamp"), ScalarSchema("string", "date-time")),
        ("Pod", (*CONTAINER, "ports", "[]", "containerPort"), ScalarSchema("integer", "int32")),
        ("Secret", ("data", "x"), ScalarSchema("string", "byte")),
        ("Secret", ("immutable",), ScalarSchema("boolean")),
    ],
)
def test_scalars_have_their_type_and_format(kind: str, path: tuple[str, ...], expected: ScalarSchema) -> None:
    schema = at(schema_of(kind), *path)
    assert isinstance(schema, ScalarSchema)
    assert (schema.type, schema.format) == (expected.type, expected.format)
    assert schema.is_checked == (expected.format in (None, "byte", "int32"))


@pytest.mark.parametrize(
    ("group", "kind", "path", "expected"),
    [
        ("", "Service", ("spec", "ports", "[]", "targetPort"), INTEGER_OR_STRING),
        ("apps", "ControllerRevision", ("data",), ATOMIC_ANY),
        (
            "apiextensions.k8s.io",
            "CustomResourceDefinition",
            ("spec", "versions", "[]", "schema", "openAPIV3Schema", "default"),
            ANY,
        ),
    ],
)
def test_values_of_any_type_are_told_apart(group: str, kind: str, path: tuple[str, ...], expected: AnySchema) -> None:
    assert at(SCHEMAS.of_kind(group, "v1", kind), *path) is expected


def test_an_object_knows_what_belongs_to_it() -> None:
    pod = schema_of("Pod")
    assert pod.member("bogus") is None
    labels = at(pod, "metadata", "labels")
    assert isinstance(labels, ObjectSchema)
    assert isinstance(labels.member("anything"), ScalarSchema)


def test_a_definition_may_hold_itself() -> None:
    schemas = SCHEMAS.of_kind("apiextensions.k8s.io", "v1", "CustomResourceDefinition")
    inner = at(schemas, "spec", "versions", "[]", "schema", "openAPIV3Schema")
    assert at(inner, "not") is inner
    assert at(inner, "properties", "x", "allOf", "[]") is inner


def test_a_list_without_a_list_type_goes_by_its_patch_strategy() -> None:
    named = {"type": "object", "properties": {"name": {"type": "string"}}}
    keyed = {
        "type": "array",
        "items": {"$ref": "#/definitions/named"},
        "x-kubernetes-patch-strategy": "merge",
        "x-kubernetes-patch-merge-key": "name",
    }
    values = {"type": "array", "items": {"type": "string"}, "x-kubernetes-patch-strategy": "merge"}
    schemas = read(named=named, owner={"type": "object", "properties": {"keyed": keyed, "values": values}})
    first, second = (at(schemas.of_definition("owner"), name) for name in ("keyed", "values"))
    assert isinstance(first, ListSchema)
    assert isinstance(second, ListSchema)
    assert (first.list_type, first.keys) == ("map", ("name",))
    assert (second.list_type, second.keys) == ("set", ())


def test_a_definition_that_is_no_object_is_none_of_a_kind() -> None:
    with pytest.raises(KeyError):
        read(text={"type": "string"}).of_object("text")
    with pytest.raises(KeyError):
        SCHEMAS.of_kind("", "v1", "Bogus")


@pytest.mark.parametrize("version", kept_versions())
def test_every_schema_of_every_version_can_be_read(version: str) -> None:
    schemas = OpenApiSchemas(load_document(version))
    seen: set[int] = set()
    waiting: list[Schema] = [schemas.of_definition(name) for name in load_document(version).definitions]
    while waiting:
        schema = waiting.pop()
        if id(schema) in seen:
            continue
        seen.add(id(schema))
        if isinstance(schema, ObjectSchema):
            waiting += [field.schema for field in schema.fields.values()]
            waiting += [schema.values] if schema.values else []
        elif isinstance(schema, ListSchema):
            waiting.append(schema.items)
            assert (schema.list_type == "map") == bool(schema.keys)
    assert len(seen) > 2000
