"""What a document's paths say of its resources."""

from __future__ import annotations

from typing import Any

from tools.codegen.document import Document
from tools.codegen.intermediate import GroupVersionKind, Resource
from tools.codegen.resources import served_resources


def _document(*paths: tuple[str, str]) -> Document:
    """Make a document of paths with the kind of each, all of the group apps/v1, and definitions of these kinds."""
    kinds = {kind: {"group": "apps", "version": "v1", "kind": kind} for _, kind in paths}
    return {
        "paths": {path: {"get": {"x-kubernetes-group-version-kind": kinds[kind]}} for path, kind in paths},
        "definitions": {
            f"io.k8s.api.apps.v1.{kind}": {"x-kubernetes-group-version-kind": [extension]}
            for kind, extension in kinds.items()
        },
    }


def _resource(kind: str, plural: str, *, namespaced: bool, subresources: tuple[str, ...] = ()) -> Resource:
    return Resource(GroupVersionKind("apps", "v1", kind), plural, namespaced, subresources)


def test_scope_comes_from_any_of_the_paths() -> None:
    document = _document(
        ("/apis/apps/v1/foos", "Foo"),
        ("/apis/apps/v1/namespaces/{namespace}/foos", "Foo"),
        ("/apis/apps/v1/bars", "Bar"),
        ("/apis/apps/v1/bars/{name}", "Bar"),
    )
    assert served_resources(document).by_definition == {
        "io.k8s.api.apps.v1.Foo": _resource("Foo", "foos", namespaced=True),
        "io.k8s.api.apps.v1.Bar": _resource("Bar", "bars", namespaced=False),
    }


def test_a_namespace_is_itself_of_the_cluster() -> None:
    document = _document(
        ("/api/v1/namespaces", "Namespace"),
        ("/api/v1/namespaces/{name}", "Namespace"),
        ("/api/v1/namespaces/{name}/finalize", "Namespace"),
        ("/api/v1/namespaces/{namespace}/pods", "Pod"),
    )
    served = served_resources(document).by_definition
    assert served["io.k8s.api.apps.v1.Namespace"] == _resource(
        "Namespace", "namespaces", namespaced=False, subresources=("finalize",)
    )
    assert served["io.k8s.api.apps.v1.Pod"].namespaced


def test_a_subresource_belongs_to_the_resource_of_its_path_and_not_to_its_kind() -> None:
    document = _document(
        ("/apis/apps/v1/namespaces/{namespace}/foos/{name}", "Foo"),
        ("/apis/apps/v1/namespaces/{namespace}/foos/{name}/scale", "Scale"),
        ("/apis/apps/v1/namespaces/{namespace}/foos/{name}/proxy/{path}", "ProxyOptions"),
    )
    assert served_resources(document).by_definition == {
        "io.k8s.api.apps.v1.Foo": _resource("Foo", "foos", namespaced=True, subresources=("proxy", "scale"))
    }


def test_what_is_served_only_by_watch_or_without_a_kind_is_no_resource() -> None:
    document = _document(("/apis/apps/v1/watch/foos", "Foo"), ("/metrics/foos", "Foo"))
    document["paths"]["/apis/apps/v1/bars"] = {"get": {}}
    assert served_resources(document).by_definition == {}


def test_a_kind_without_a_definition_is_left_out() -> None:
    document = _document(("/apis/apps/v1/foos", "Foo"))
    document["definitions"] = {}
    assert served_resources(document).by_definition == {}


def test_of_two_plurals_of_a_kind_the_first_counts() -> None:
    document = _document(("/apis/apps/v1/foos", "Foo"), ("/apis/apps/v1/aliases", "Foo"))
    assert served_resources(document).by_definition["io.k8s.api.apps.v1.Foo"].plural == "aliases"


def test_golden_document(golden_document: Document) -> None:
    served = served_resources(golden_document)
    assert sorted(served.by_definition) == [
        "com.example.parts.v1alpha1.Blob",
        "com.example.parts.v1alpha1.Widget",
        "io.k8s.api.shop.v1.CreditReview",
        "io.k8s.api.shop.v1.Customer",
        "io.k8s.api.shop.v1.Order",
        "io.k8s.api.shop.v1beta1.Order",
    ]
    assert served.by_definition["io.k8s.api.shop.v1.Order"] == Resource(
        GroupVersionKind("shop.k8s.io", "v1", "Order"),
        "orders",
        True,
        ("log", "proxy", "refund", "scale", "status"),
        "io.k8s.api.shop.v1.OrderList",
    )
    assert served.subresource_bodies == {
        "io.k8s.api.autoscaling.v1.Scale",
        "io.k8s.api.shop.v1.Order",
        "io.k8s.api.shop.v1.Refund",
    }


def test_a_body_may_be_a_parameter_of_the_whole_path() -> None:
    document = _document(("/apis/apps/v1/foos", "Foo"), ("/apis/apps/v1/foos/{name}/bar", "Bar"))
    body: dict[str, Any] = {"in": "body", "schema": {"$ref": "#/definitions/io.k8s.api.apps.v1.Bar"}}
    document["paths"]["/apis/apps/v1/foos/{name}/bar"]["parameters"] = [{"in": "path"}, body]
    assert served_resources(document).subresource_bodies == {"io.k8s.api.apps.v1.Bar"}
