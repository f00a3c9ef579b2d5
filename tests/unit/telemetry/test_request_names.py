from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.telemetry._request_names import RequestName, request_name

NAMESPACED = "/api/v1/namespaces/{namespace}"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/v1/namespaces/shop/pods", RequestName(f"{NAMESPACED}/pods", "", "pods", "shop")),
        ("/api/v1/namespaces/shop/pods/web-0", RequestName(f"{NAMESPACED}/pods/{{name}}", "", "pods", "shop", "web-0")),
        (
            "/api/v1/namespaces/shop/pods/web-0/log",
            RequestName(f"{NAMESPACED}/pods/{{name}}/log", "", "pods/log", "shop", "web-0"),
        ),
        (
            "/api/v1/namespaces/shop/pods/web-0/proxy/any/where",
            RequestName(f"{NAMESPACED}/pods/{{name}}/proxy/{{path}}", "", "pods/proxy", "shop", "web-0"),
        ),
        ("/api/v1/pods", RequestName("/api/v1/pods", "", "pods")),
        ("/api/v1/nodes/a", RequestName("/api/v1/nodes/{name}", "", "nodes", None, "a")),
        ("/api/v1/namespaces", RequestName("/api/v1/namespaces", "", "namespaces")),
        ("/api/v1/namespaces/shop", RequestName("/api/v1/namespaces/{name}", "", "namespaces", None, "shop")),
        (
            "/api/v1/namespaces/shop/finalize",
            RequestName("/api/v1/namespaces/{name}/finalize", "", "namespaces/finalize", None, "shop"),
        ),
        (
            "/apis/apps/v1/namespaces/shop/deployments/web/scale",
            RequestName(
                "/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale",
                "apps",
                "deployments/scale",
                "shop",
                "web",
            ),
        ),
        ("/api/v1", RequestName("/api/v1")),
        ("/apis/apps/v1", RequestName("/apis/apps/v1")),
        ("/version", RequestName("/version")),
        ("/openapi/v3/apis/apps/v1", RequestName("/openapi/v3/{path}")),
    ],
)
def test_paths(path: str, name: RequestName) -> None:
    assert request_name(path) == name


@given(st.lists(st.sampled_from(["api", "apis", "v1", "namespaces", "pods", "a", "", "status"])))
def test_any_path_has_a_name(parts: list[str]) -> None:
    assert request_name("/" + "/".join(parts)).template.startswith("/")


@pytest.mark.parametrize(
    ("path", "method", "verb"),
    [
        ("/api/v1/pods", "GET", "list"),
        ("/api/v1/nodes/a", "GET", "get"),
        ("/api/v1/nodes", "POST", "create"),
        ("/api/v1/nodes", "DELETE", "deletecollection"),
        ("/api/v1/nodes/a", "DELETE", "delete"),
        ("/api/v1/nodes/a", "PUT", "update"),
        ("/version", "GET", "get"),
    ],
)
def test_verbs(path: str, method: str, verb: str) -> None:
    assert request_name(path).verb(method) == verb
