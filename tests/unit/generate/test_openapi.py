"""Classes out of OpenAPI documents of whole servers."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

import kubex.testing
from kubex.generate import DefinitionError, Form, generate
from tests.unit.generate.modules import FORMS, executed

SPECS = Path(kubex.testing.__file__).parent / "specs"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The document of Kubernetes 1.35."""
    found: dict[str, Any] = json.loads(gzip.decompress((SPECS / "v1_35.json.gz").read_bytes()))
    return found


@pytest.mark.parametrize("form", FORMS)
def test_built_in_kinds(document: dict[str, Any], form: Form) -> None:
    module = executed(generate(document, kinds=["Deployment", "leases", "CustomResourceDefinition"], form=form))
    spec = {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"spec": {"containers": [{"name": "web", "resources": {"limits": {"cpu": "1", "x": 2}}}]}},
    }
    deployment = module.Deployment.model_validate({"metadata": {"name": "web"}, "spec": spec})
    assert deployment.model_dump(mode="json", by_alias=True, exclude_none=True) == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": spec,
    }
    lease = module.Lease.model_validate({"spec": {"renewTime": "2026-01-01T00:00:00Z"}})
    dumped = lease.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert dumped["spec"]["renewTime"] == "2026-01-01T00:00:00.000000Z"


@pytest.mark.parametrize("form", FORMS)
def test_a_recursive_schema(document: dict[str, Any], form: Form) -> None:
    module = executed(generate(document, kinds=["CustomResourceDefinition"], form=form))
    schema = {"properties": {"a": {"properties": {"b": {"type": "string"}}}}}
    read = module.JSONSchemaProps.model_validate(schema)
    assert type(read.properties["a"]) is module.JSONSchemaProps
    assert read.model_dump(by_alias=True, exclude_none=True) == schema


def test_a_document_of_version_3() -> None:
    kind = {"group": "shop.example.com", "version": "v1", "kind": "Order"}
    meta = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
    order: dict[str, Any] = {
        "type": "object",
        "x-kubernetes-group-version-kind": [kind],
        "properties": {
            "metadata": {"default": {}, "allOf": [{"$ref": f"#/components/schemas/{meta}"}]},
            "spec": {
                "description": "What is wanted.",
                "default": {},
                "allOf": [{"$ref": "#/components/schemas/com.example.shop.v1.OrderSpec"}],
            },
        },
    }
    place = "/apis/shop.example.com/v1/namespaces/{namespace}/orders"
    operation = {"get": {"x-kubernetes-group-version-kind": kind}}
    document: dict[str, Any] = {
        "openapi": "3.0.0",
        "paths": {place: operation, f"{place}/{{name}}": operation, f"{place}/{{name}}/status": operation},
        "components": {
            "schemas": {
                "com.example.shop.v1.Order": order,
                "com.example.shop.v1.OrderSpec": {"type": "object", "properties": {"lines": {"type": "integer"}}},
                meta: {"type": "object"},
            }
        },
    }
    text = generate(document, kinds=["orders.shop.example.com"])
    assert "class Order(StructEntity, NamespaceScopedEntity, HasStatusSubresource, kw_only=True):" in text
    made = executed(text).Order.model_validate({"spec": {"lines": 2}})
    assert made.spec.lines == 2
    assert made.__RESOURCE_CONFIG__.plural == "orders"


def test_bad_requests(document: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError, match="say which kinds"):
        generate(document)
    with pytest.raises(DefinitionError, match='there is no kind "Gizmo"'):
        generate(document, kinds=["Gizmo"])
    with pytest.raises(DefinitionError, match="lacks its paths"):
        generate({"swagger": "2.0"}, kinds=["Pod"])
    with pytest.raises(DefinitionError, match="no version v7"):
        generate(document, kinds=["Deployment"], versions=["v7"])
