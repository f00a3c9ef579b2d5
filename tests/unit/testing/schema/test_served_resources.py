from __future__ import annotations

import json
from typing import Any

import pytest

from kubex.testing.schema.openapi_document import OpenApiDocument, kept_versions, load_document
from kubex.testing.schema.openapi_v2 import OpenApiSchemas
from kubex.testing.schema.served_resources import ServedKind, ServedResource, ServedSubresource, served_resources

RESOURCES = {(each.group, each.plural, each.version): each for each in served_resources(load_document("1.35"))}
EVERY_VERB = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
OBJECT_VERBS = tuple(verb for verb in EVERY_VERB if verb != "deletecollection")


def test_a_resource_of_a_namespace() -> None:
    assert RESOURCES["apps", "deployments", "v1"] == ServedResource(
        "apps",
        "v1",
        "deployments",
        ServedKind("apps", "v1", "Deployment"),
        True,
        EVERY_VERB,
        (
            ServedSubresource(
                "scale",
                ServedKind("autoscaling", "v1", "Scale"),
                ("get", "patch", "update"),
                ("io.k8s.api.autoscaling.v1.Scale",),
            ),
            ServedSubresource(
                "status",
                ServedKind("apps", "v1", "Deployment"),
                ("get", "patch", "update"),
                ("io.k8s.api.apps.v1.Deployment",),
            ),
        ),
        "io.k8s.api.apps.v1.Deployment",
        "io.k8s.api.apps.v1.DeploymentList",
    )


@pytest.mark.parametrize(
    ("key", "namespaced", "verbs", "list_kind"),
    [
        (("", "namespaces", "v1"), False, OBJECT_VERBS, "NamespaceList"),
        (("", "bindings", "v1"), True, ("create",), None),
        (("", "componentstatuses", "v1"), False, ("get", "list"), "ComponentStatusList"),
        (("authorization.k8s.io", "selfsubjectaccessreviews", "v1"), False, ("create",), None),
        (("autoscaling", "horizontalpodautoscalers", "v1"), True, EVERY_VERB, "HorizontalPodAutoscalerList"),
        (("autoscaling", "horizontalpodautoscalers", "v2"), True, EVERY_VERB, "HorizontalPodAutoscalerList"),
    ],
)
def test_other_resources(
    key: tuple[str, str, str], namespaced: bool, verbs: tuple[str, ...], list_kind: str | None
) -> None:
    resource = RESOURCES[key]
    assert (resource.namespaced, resource.verbs, resource.list_kind) == (namespaced, verbs, list_kind)


def test_subresources_that_are_no_part_of_the_object() -> None:
    pod = {each.name: each for each in RESOURCES["", "pods", "v1"].subresources}
    assert pod.keys() == {
        "attach", "binding", "ephemeralcontainers", "eviction", "exec", "log", "portforward", "proxy", "resize",
        "status",
    }  # fmt: skip
    assert (pod["exec"].verbs, pod["log"].verbs) == (("create", "get"), ("get",))
    assert (pod["eviction"].kind, pod["eviction"].definitions) == (
        ServedKind("policy", "v1", "Eviction"),
        ("io.k8s.api.policy.v1.Eviction",),
    )
    assert pod["proxy"].verbs == ("create", "delete", "get", "patch", "update")


def test_what_has_no_kind_is_no_resource() -> None:
    assert not [each for each in RESOURCES.values() if each.plural in ("", "watch", "proxy", "{path}")]


def operation(kind: str, answer: str = "", **more: Any) -> dict[str, Any]:
    return {
        "x-kubernetes-group-version-kind": {"group": "example.com", "version": "v1", "kind": kind},
        "responses": {"200": {"schema": {"$ref": f"#/definitions/{answer}"}}, "401": {}},
        **more,
    }


def test_a_document_of_one_s_own() -> None:
    paths: dict[str, dict[str, Any]] = {
        "/version": {"get": {}},
        "/apis/example.com/v1/": {"get": {}},
        "/apis/example.com/v1/shops": {"get": operation("Shop", "com.example.v1.ShopList")},
        "/apis/example.com/v1/namespaces/{namespace}/shops/{name}": {"get": operation("Shop", "com.example.v1.Shop")},
        "/apis/example.com/v1/watch/shops": {"get": operation("Shop", "WatchEvent")},
    }
    document = OpenApiDocument(json.dumps({"definitions": {}, "paths": paths}).encode())
    (shop,) = served_resources(document)
    assert (shop.namespaced, shop.verbs, shop.subresources) == (True, ("get", "list", "watch"), ())
    assert (shop.definition, shop.list_kind) == ("com.example.v1.Shop", "ShopList")


@pytest.mark.parametrize("version", kept_versions())
def test_every_resource_of_every_version_has_a_schema_of_its_kind(version: str) -> None:
    document = load_document(version)
    schemas = OpenApiSchemas(document)
    resources = served_resources(document)
    assert len(resources) > 70
    for each in resources:
        assert each.definition is not None
        kind = each.kind
        assert schemas.of_kind(kind.group, kind.version, kind.kind) is schemas.of_definition(each.definition)
        assert (each.list_definition is not None) == ("list" in each.verbs)
