"""Each Kubernetes release that can be served: what its discovery tells, and that its objects can be worked with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from kubex.testing import ApiServer
from kubex.testing.schema.openapi_document import load_document
from tests.unit.testing.http.conftest import RawClient

POD = {"containers": [{"name": "a", "image": "example.com/none:1"}]}
NO_RESOURCE = re.compile(r"/$|/watch/|/\{path\}$")  # groups, the old paths of watches, what a proxy passes on
OBJECTS: dict[str, dict[str, Any]] = {
    "/api/v1/namespaces/default/configmaps": {"data": {"a": "b"}},
    "/api/v1/namespaces/default/pods": {"spec": POD},
    "/apis/apps/v1/namespaces/default/deployments": {
        "spec": {
            "selector": {"matchLabels": {"a": "b"}},
            "template": {"metadata": {"labels": {"a": "b"}}, "spec": POD},
        }
    },
    "/apis/rbac.authorization.k8s.io/v1/clusterroles": {"rules": []},
}


@pytest.fixture(scope="module", params=["1.32", "1.33", "1.34", "1.35", "1.36", "1.37"])
def release(request: pytest.FixtureRequest) -> Iterator[tuple[str, RawClient]]:
    version: str = request.param
    with ApiServer(version=version, api_resources="all") as server:
        yield version, RawClient(server.url)


def test_discovery_tells_what_the_document_has(release: tuple[str, RawClient]) -> None:
    version, raw = release
    assert raw.get("/version").json["gitVersion"].startswith(f"v{version}.")
    groups = ["/api/v1"]
    for group in raw.get("/apis").json["groups"]:
        groups += [f"/apis/{each['groupVersion']}" for each in group["versions"]]
    told: set[str] = set()
    for group in groups:
        for resource in raw.get(group).json["resources"]:
            plural, _, subresource = resource["name"].partition("/")
            place = "/namespaces/{namespace}" if resource["namespaced"] else ""
            of_one = f"{group}{place}/{plural}/{{name}}"
            if subresource:
                told.add(f"{of_one}/{subresource}")
                continue
            told.add(f"{group}{place}/{plural}")
            told |= {f"{group}/{plural}"} if "list" in resource["verbs"] else set()
            told |= {of_one} if "get" in resource["verbs"] else set()
    paths: dict[str, Any] = msgspec.json.decode(load_document(version).paths)
    assert told == {path for path in paths if path.startswith("/api") and not NO_RESOURCE.search(path)}


def test_objects_are_created_read_and_deleted(release: tuple[str, RawClient]) -> None:
    _, raw = release
    for path, content in OBJECTS.items():
        made = raw.ask("POST", path, {"metadata": {"name": "a"}, **content})
        assert made.code == 201, made.content
        assert raw.get(f"{path}/a").json["metadata"]["uid"] == made.json["metadata"]["uid"]
        assert [each["metadata"]["name"] for each in raw.get(path).json["items"]] == ["a"]
        assert raw.ask("DELETE", f"{path}/a").code == 200
        assert raw.get(f"{path}/a").code == 404
