"""Discovery and OpenAPI documents of a cluster without HTTP."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from kubex.testing.clock import Clock
from kubex.testing.schema.openapi_document import kept_versions, load_document
from kubex.testing.serving import ServedCluster


def cluster(version: str = "1.35", *, everything: bool = False) -> ServedCluster:
    return ServedCluster(load_document(version), Clock(), api_resources="all" if everything else "default")


def read(content: bytes | None) -> Any:
    assert content is not None
    return json.loads(content)


def test_a_resource_and_its_subresources() -> None:
    found = {each["name"]: each for each in read(cluster().discovery.resources("apps", "v1"))["resources"]}
    # As the API server 1.35 gives them.
    assert found["deployments"] == {
        "name": "deployments",
        "singularName": "deployment",
        "namespaced": True,
        "kind": "Deployment",
        "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
        "shortNames": ["deploy"],
        "categories": ["all"],
        "storageVersionHash": "8aSe+NMegvE=",
    }
    assert found["deployments/scale"] == {
        "name": "deployments/scale",
        "singularName": "",
        "namespaced": True,
        "group": "autoscaling",
        "version": "v1",
        "kind": "Scale",
        "verbs": ["get", "patch", "update"],
    }


@pytest.mark.parametrize(
    ("group", "version", "plural", "mark"),
    [
        ("autoscaling", "v1", "horizontalpodautoscalers", "qwQve8ut294="),
        ("events.k8s.io", "v1", "events", "r2yiGXH7wu8="),
        ("storage.k8s.io", "v1", "volumeattributesclasses", "Bl3MtjZ/n/s="),
        ("apiextensions.k8s.io", "v1", "customresourcedefinitions", "jfWCUB31mvA="),
    ],
)
def test_marks_of_stored_versions_are_the_api_servers(group: str, version: str, plural: str, mark: str) -> None:
    resources = read(cluster().discovery.resources(group, version))["resources"]
    assert [each["storageVersionHash"] for each in resources if each["name"] == plural] == [mark]


def test_a_group_prefers_its_newest_stable_version() -> None:
    group = read(cluster().discovery.group("autoscaling"))
    assert [each["version"] for each in group["versions"]] == ["v2", "v1"]
    assert group["preferredVersion"]["version"] == "v2"
    assert cluster().discovery.group("nobody") is None
    assert cluster().discovery.resources("apps", "v9") is None


def test_alpha_and_beta_are_served_when_asked_for() -> None:
    assert cluster().discovery.resources("networking.k8s.io", "v1beta1") is None
    assert cluster(everything=True).discovery.resources("networking.k8s.io", "v1beta1") is not None


def test_aggregated_discovery_tells_the_same() -> None:
    served = cluster()
    aggregated = read(served.discovery.aggregated(core=False))["items"]
    groups = read(served.discovery.groups())["groups"]
    assert [each["metadata"]["name"] for each in aggregated] == [each["name"] for each in groups]
    apps = next(each for each in aggregated if each["metadata"]["name"] == "apps")
    listed = read(served.discovery.resources("apps", "v1"))["resources"]
    assert [each["resource"] for each in apps["versions"][0]["resources"]] == [
        each["name"] for each in listed if "/" not in each["name"]
    ]


def test_what_is_added_is_told_and_what_is_removed_no_longer() -> None:
    served = cluster()
    before = served.discovery.groups()
    pods = served.registry.find("", "v1", "pods")
    assert pods is not None
    served.registry.add(replace(pods, name=pods.name._replace(group="example.com"), storage="example.com/pods"))
    assert "example.com" in served.discovery.groups().decode()
    served.registry.remove("example.com", "v1", "pods")
    assert served.discovery.groups() == before


@pytest.mark.parametrize("version", kept_versions())
def test_openapi_documents_of_version_3_are_whole(version: str) -> None:
    served = cluster(version)
    places = read(served.openapi.index())["paths"]
    assert {"api/v1", "apis/apps/v1", "apis/batch/v1"} <= set(places)
    for place in ("api/v1", "apis/apps/v1"):
        text = json.dumps(read(served.openapi.version_3(place)))
        document = json.loads(text)
        referred = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
        assert referred <= set(document["components"]["schemas"])
        assert set(re.findall(r'"\$ref": "(#/\w+)', text)) == {"#/components"}
        assert "x-kubex-" not in text
    assert served.openapi.version_3("apis/apps/v9") is None
    assert served.openapi.version_3("api/apps/v1") is None


@pytest.mark.parametrize("version", kept_versions())
def test_the_document_of_version_2_has_no_members_of_ours(version: str) -> None:
    text = cluster(version).openapi.version_2().decode()
    assert "x-kubex-" not in text
    assert "cbor" not in text
    document = json.loads(text)
    assert document["info"]["version"] == version
    definitions = document["definitions"]
    # A real server gives defaults in version 3 alone.
    assert "default" not in definitions["io.k8s.api.core.v1.ServicePort"]["properties"]["protocol"]
    # What is called so is no default.
    assert "default" in definitions["io.k8s.api.core.v1.LimitRangeItem"]["properties"]


def test_bodies_of_version_3_are_of_the_types_of_a_real_server() -> None:
    path = read(cluster().openapi.version_3("apis/apps/v1"))["paths"][
        "/apis/apps/v1/namespaces/{namespace}/deployments/{name}"
    ]
    for verb in ("put", "delete"):
        assert list(path[verb]["requestBody"]["content"]) == ["*/*"]
    assert set(path["patch"]["requestBody"]["content"]) == {
        "application/apply-patch+yaml",
        "application/json-patch+json",
        "application/merge-patch+json",
        "application/strategic-merge-patch+json",
    }


def test_the_version_is_laid_out_in_lines() -> None:
    assert cluster().discovery.version().startswith(b'{\n  "major": "1",\n  "minor": "35",\n')


def test_what_is_either_of_two_types_is_so_in_version_3_alone() -> None:
    served = cluster()
    schemas = read(served.openapi.version_3("api/v1"))["components"]["schemas"]
    # As the API server 1.35 gives them.
    assert schemas["io.k8s.apimachinery.pkg.util.intstr.IntOrString"] == {
        "format": "int-or-string",
        "oneOf": [{"type": "integer"}, {"type": "string"}],
    }
    assert schemas["io.k8s.apimachinery.pkg.api.resource.Quantity"] == {
        "oneOf": [{"type": "string"}, {"type": "number"}]
    }
    definitions = read(served.openapi.version_2())["definitions"]
    assert definitions["io.k8s.apimachinery.pkg.util.intstr.IntOrString"]["type"] == "string"
