"""What is read from a release's document against the discovery of the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kubex.testing.schema.openapi_document import load_document
from kubex.testing.schema.served_resources import ServedKind, ServedResource, served_resources
from tests.e2e.real_server import RealServer, real_server


@pytest.fixture(autouse=True)
def leave_nothing_open() -> None:
    """The one connection of this module is closed by its fixture."""


@pytest.fixture(scope="module")
def server(kubeconfig: Path) -> Iterator[RealServer]:
    with real_server(kubeconfig) as server:
        yield server


def test_resources_are_those_that_the_server_discovers(server: RealServer) -> None:
    version = server.get("/version").content
    served = served_resources(load_document(f"{version['major']}.{version['minor']}"))
    by_version: dict[tuple[str, str], dict[str, ServedResource]] = {}
    for each in served:
        by_version.setdefault((each.group, each.version), {})[each.plural] = each
    groups = [("", "v1", "/api/v1")]
    for group in server.get("/apis").content["groups"]:
        groups += [(group["name"], each["version"], f"/apis/{each['groupVersion']}") for each in group["versions"]]
    compared = 0
    for name, group_version, path in groups:
        known = by_version.get((name, group_version), {})
        listed: list[dict[str, Any]] = server.get(path).content["resources"] if known else []
        for real in listed:
            assert described(known, real) == discovered(real, name, group_version)
            compared += 1
    assert compared > 100


def described(known: dict[str, ServedResource], real: dict[str, Any]) -> tuple[Any, ...]:
    plural, _, subresource = real["name"].partition("/")
    resource = known[plural]
    if not subresource:
        return resource.kind, resource.namespaced, resource.verbs
    (found,) = (each for each in resource.subresources if each.name == subresource)
    return found.kind, resource.namespaced, found.verbs


def discovered(real: dict[str, Any], group: str, version: str) -> tuple[Any, ...]:
    kind = ServedKind(real.get("group", group), real.get("version", version), real["kind"])
    return kind, real["namespaced"], tuple(sorted(real["verbs"]))
