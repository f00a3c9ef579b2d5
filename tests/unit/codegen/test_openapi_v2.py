"""From an OpenAPI document to the intermediate model."""

from __future__ import annotations

from typing import Any

import pytest

from tools.codegen.document import DocumentError
from tools.codegen.intermediate import (
    Api,
    Definition,
    EnumeratedString,
    Field,
    FieldType,
    GroupVersionKind,
    ListOf,
    MapOf,
    MergeRule,
    Package,
    Reference,
    Scalar,
)
from tools.codegen.openapi_v2 import read_api

META = "io.k8s.apimachinery.pkg.apis.meta.v1"
MACHINERY = "io.k8s.apimachinery.pkg"


def _field_of(schema: dict[str, Any], **definitions: dict[str, Any]) -> Field:
    """Read a document whose one resource has one property."""
    kind = {"group": "apps", "version": "v1", "kind": "Foo"}
    document: dict[str, Any] = {
        "swagger": "2.0",
        "info": {"version": "v1.35.4"},
        "paths": {"/apis/apps/v1/foos": {"get": {"x-kubernetes-group-version-kind": kind}}},
        "definitions": {
            "io.k8s.api.apps.v1.Foo": {"properties": {"it": schema}, "x-kubernetes-group-version-kind": [kind]},
            **{name.replace("__", "."): each for name, each in definitions.items()},
        },
    }
    (field,) = read_api(document).definitions["io.k8s.api.apps.v1.Foo"].fields
    return field


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        ({"type": "string"}, Scalar.STRING),
        ({"type": "string", "format": "uuid"}, Scalar.STRING),
        ({"type": "string", "format": "byte"}, Scalar.BYTES),
        ({"type": "string", "format": "date-time"}, Scalar.TIME),
        ({"type": "string", "format": "int-or-string"}, Scalar.INTEGER_OR_STRING),
        ({"x-kubernetes-int-or-string": True}, Scalar.INTEGER_OR_STRING),
        ({"type": "string", "enum": ["A", "B"]}, EnumeratedString(("A", "B"))),
        ({"type": "integer", "format": "int32"}, Scalar.INTEGER),
        ({"type": "integer"}, Scalar.INTEGER),
        ({"type": "number", "format": "double"}, Scalar.NUMBER),
        ({"type": "boolean"}, Scalar.BOOLEAN),
        ({}, Scalar.ANY),
        ({"x-kubernetes-preserve-unknown-fields": True}, Scalar.ANY),
        ({"type": "array", "items": {"type": "boolean"}}, ListOf(Scalar.BOOLEAN)),
        ({"type": "array"}, ListOf(Scalar.ANY)),
        ({"type": "object"}, MapOf(Scalar.ANY)),
        ({"type": "object", "additionalProperties": True}, MapOf(Scalar.ANY)),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, MapOf(Scalar.INTEGER)),
        ({"type": "object", "properties": {"inline": {"type": "string"}}}, MapOf(Scalar.ANY)),
        (
            {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
            MapOf(ListOf(Scalar.STRING)),
        ),
    ],
)
def test_types(schema: dict[str, Any], type_: FieldType) -> None:
    assert _field_of(schema) == Field("it", type_)


@pytest.mark.parametrize(
    ("name", "schema", "type_"),
    [
        (f"{MACHINERY}.api.resource.Quantity", {"type": "string"}, Scalar.QUANTITY),
        (f"{META}.Time", {"type": "string", "format": "date-time"}, Scalar.TIME),
        (f"{META}.MicroTime", {"type": "string", "format": "date-time"}, Scalar.MICRO_TIME),
        (
            f"{MACHINERY}.util.intstr.IntOrString",
            {"type": "string", "format": "int-or-string"},
            Scalar.INTEGER_OR_STRING,
        ),
        (f"{MACHINERY}.runtime.RawExtension", {"type": "object"}, Scalar.ANY),
        (f"{META}.FieldsV1", {"type": "object"}, Scalar.ANY),
        ("io.k8s.api.apps.v1.JSON", {}, Scalar.ANY),
        ("io.k8s.api.apps.v1.Names", {"type": "array", "items": {"type": "string"}}, ListOf(Scalar.STRING)),
        (
            "io.k8s.api.apps.v1.Table",
            {"type": "object", "additionalProperties": {"type": "string"}},
            MapOf(Scalar.STRING),
        ),
        ("io.k8s.api.apps.v1.Empty", {"type": "object"}, Reference("io.k8s.api.apps.v1.Empty")),
        ("com.example.v1.Open", {"type": "object", "x-kubernetes-preserve-unknown-fields": True}, MapOf(Scalar.ANY)),
        (f"{META}.LabelSelector", {"properties": {"a": {}}}, Reference(f"{META}.LabelSelector")),
    ],
)
def test_referenced_definitions(name: str, schema: dict[str, Any], type_: FieldType) -> None:
    definition = {name.replace(".", "__"): schema}
    assert _field_of({"$ref": f"#/definitions/{name}"}, **definition).type == type_


def test_definitions_that_a_server_numbered_are_taken_for_the_original() -> None:
    name = f"{META}.LabelSelector"
    definitions: dict[str, dict[str, Any]] = {
        name.replace(".", "__"): {"properties": {"a": {}}},
        f"{name}_v2".replace(".", "__"): {"properties": {"a": {"default": 1}}},
    }
    field = _field_of({"$ref": f"#/definitions/{name}_v2"}, **definitions)
    assert field.type == Reference(name)


def test_merge_rules() -> None:
    field = _field_of(
        {
            "type": "array",
            "items": {"type": "string"},
            "x-kubernetes-list-map-keys": ["port", "protocol"],
            "x-kubernetes-list-type": "map",
            "x-kubernetes-map-type": "granular",
            "x-kubernetes-patch-merge-key": "port",
            "x-kubernetes-patch-strategy": "merge",
        }
    )
    assert field.merge_rule == MergeRule("merge", "port", "map", ("port", "protocol"), "granular")


def test_a_reference_that_leads_nowhere_is_named() -> None:
    with pytest.raises(DocumentError, match=r"io\.k8s\.api\.apps\.v1\.Gone"):
        _field_of({"$ref": "#/definitions/io.k8s.api.apps.v1.Gone"})


@pytest.mark.parametrize("info", [{}, {"version": "unversioned"}])
def test_the_version_must_be_known(info: dict[str, str]) -> None:
    document = {"swagger": "2.0", "info": info, "paths": {}, "definitions": {}}
    with pytest.raises(DocumentError, match="--kubernetes-version"):
        read_api(document)
    assert read_api(document, "1.35.4") == Api("1.35.4", {})


@pytest.mark.parametrize(
    ("written", "version"), [("v1.35.4", "1.35.4"), ("1.35", "1.35"), ("v1.35.4-rc.1+abc", "1.35.4")]
)
def test_the_version_of_the_document(written: str, version: str) -> None:
    document = {"swagger": "2.0", "info": {"version": written}, "paths": {}, "definitions": {}}
    assert read_api(document).kubernetes_version == version


def test_golden_resource(golden_api: Api) -> None:
    order = golden_api.definitions["io.k8s.api.shop.v1.Order"]
    assert order.package == Package("shop", "v1", "shop.k8s.io")
    assert order.package.api_version == "shop.k8s.io/v1"
    assert order.package.documented
    assert order.group_version_kind == GroupVersionKind("shop.k8s.io", "v1", "Order")
    assert [(each.name, each.required) for each in order.fields] == [
        ("apiVersion", False),
        ("kind", False),
        ("metadata", False),
        ("spec", True),
        ("status", False),
    ]
    assert golden_api.kubernetes_version == "1.99.3"
    assert golden_api.definitions["io.k8s.api.shop.v1.OrderList"].list_of == order.name


def test_golden_custom_resource(golden_api: Api) -> None:
    widget = golden_api.definitions["com.example.parts.v1alpha1.Widget"]
    assert widget.package == Package("parts_example_com", "v1alpha1", "parts.example.com")
    assert not widget.package.documented
    # Nothing is known of the other one's fields, so there is nothing to generate.
    assert "com.example.parts.v1alpha1.Blob" not in golden_api.definitions


def test_only_what_a_resource_leads_to_is_read(golden_api: Api) -> None:
    assert list(golden_api.definitions) == sorted(golden_api.definitions)
    names = {name.rpartition(".")[2] for name in golden_api.definitions}
    assert not names & {"Unreached", "Info", "Quantity", "Time", "JSON", "ObjectMeta_v2"}
    assert {"Refund", "Scale", "Shelf", "GiftWrapping"} <= names


@pytest.mark.parametrize(
    ("name", "group", "version"),
    [
        ("io.k8s.api.core.v1.Foo", "core", "v1"),
        ("io.k8s.apimachinery.pkg.apis.meta.v1.Foo", "meta", "v1"),
        ("io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.Foo", "apiregistration", "v1"),
        ("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.Foo", "apiextensions", "v1"),
        ("io.k8s.metrics.pkg.apis.metrics.v1beta1.Foo", "metrics", "v1beta1"),
        ("io.cert-manager.v1.Foo", "cert_manager_io", "v1"),
        ("io.k8s.networking.gateway.v1alpha2.Foo", "gateway_networking_k8s_io", "v1alpha2"),
        ("io.k8s.apimachinery.pkg.version.Foo", "version", ""),
        ("short.Foo", "short", ""),
        ("v1.Foo", "unnamed", "v1"),
        ("Foo", "unnamed", ""),
    ],
)
def test_packages(name: str, group: str, version: str) -> None:
    kind = {"group": "g", "version": "v1", "kind": "Foo"}
    document: dict[str, Any] = {
        "paths": {"/apis/g/v1/foos": {"get": {"x-kubernetes-group-version-kind": kind}}},
        "definitions": {name: {"properties": {"a": {}}, "x-kubernetes-group-version-kind": [kind]}},
    }
    definition: Definition = read_api(document, "1.35.4").definitions[name]
    assert (definition.package.group, definition.package.version) == (group, version)
