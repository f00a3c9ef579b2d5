"""Who owns the replicas of an object after requests to its Scale."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from kubex.client.base import BaseClient
from kubex.testing import ApiServer
from tests.contract.answers import APPLY, MERGE, ask
from tests.contract.test_definitions import Group, group

__all__ = ("group",)  # a fixture

pytestmark = pytest.mark.anyio

LABELS = {"app": "web"}
REPLICAS: dict[str, Any] = {"f:spec": {"f:replicas": {}}}


@pytest.fixture
async def web(client: BaseClient, namespace: str, server_in_memory: ApiServer | None) -> str:
    """The path of a Deployment with one replica; nobody makes its pods, for it is paused."""
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    template = {
        "metadata": {"labels": LABELS},
        "spec": {"schedulerName": "none", "containers": [{"name": "a", "image": "example.com/none:1"}]},
    }
    spec = {"replicas": 1, "paused": True, "selector": {"matchLabels": LABELS}, "template": template}
    await ask(client, "POST", path, {"metadata": {"name": "web"}, "spec": spec}, fieldManager="one")
    # Where a controller notes what it has seen just while a scale is changed, kube-apiserver begins anew with that, and
    # owners come out otherwise. The server in memory has no controllers here.
    with anyio.move_on_after(2 if server_in_memory is None else 0):
        is_seen = False
        while not is_seen:
            is_seen = "observedGeneration" in (await ask(client, "GET", f"{path}/web")).body.get("status", {})
            await anyio.sleep(0.05)
    return f"{path}/web"


async def owners(client: BaseClient, path: str) -> list[tuple[str, str, str]]:
    """Manager, operation and subresource of those who own the replicas alone."""
    entries: list[dict[str, Any]] = (await ask(client, "GET", path)).body["metadata"]["managedFields"]
    alone = [each for each in entries if each["fieldsV1"] == REPLICAS]
    return [(each["manager"], each["operation"], each.get("subresource", "")) for each in alone]


async def apply(client: BaseClient, path: str, replicas: int, **query: str) -> tuple[int, str]:
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": replicas}}
    if path.endswith("/scale"):
        body |= {"apiVersion": "autoscaling/v1", "kind": "Scale"}
    answer = await ask(client, "PATCH", path, body, APPLY, **query)
    return answer.code, answer.message


async def test_who_scales_owns_the_replicas_by_the_scale(client: BaseClient, web: str) -> None:
    assert (
        await ask(client, "PATCH", f"{web}/scale", {"spec": {"replicas": 2}}, MERGE, fieldManager="two")
    ).code == 200
    assert await owners(client, web) == [("two", "Update", "scale")]
    code, message = await apply(client, web, 3, fieldManager="three")
    assert code == 409
    assert 'conflict with "two" with subresource "scale" using apps/v1: .spec.replicas' in message
    code, message = await apply(client, f"{web}/scale", 3, fieldManager="three")
    assert code == 409
    assert 'conflict with "two" with subresource "scale" using autoscaling/v1: .spec.replicas' in message
    assert (await apply(client, f"{web}/scale", 3, fieldManager="three", force="true"))[0] == 200
    assert await owners(client, web) == [("three", "Apply", "scale")]


async def test_a_scale_that_changes_nothing_leaves_the_replicas_to_anybody(client: BaseClient, web: str) -> None:
    scale = (await ask(client, "GET", f"{web}/scale")).body
    scale["metadata"].pop("resourceVersion")
    assert (await ask(client, "PUT", f"{web}/scale", scale, fieldManager="two")).code == 200
    assert await owners(client, web) == [("one", "Update", "")]
    assert (await apply(client, web, 2, fieldManager="three"))[0] == 200


async def test_a_scale_without_a_version_takes_the_replicas_of_a_custom_resource_from_all(
    client: BaseClient, group: Group
) -> None:
    scale = {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    place = await group.serve("wholes", schema={"openAPIV3Schema": anything}, subresources={"scale": scale})

    async def after(replicas: int, **named: str) -> list[tuple[str, Any]]:
        """Give who owns what of the spec when a Scale has changed it."""
        made = await ask(client, "POST", place, group.object("Whole", spec={"replicas": 1}), fieldManager="one")
        assert made.code == 201
        body = {**named, "metadata": {"name": "a"}, "spec": {"replicas": replicas}}
        assert (await ask(client, "PUT", f"{place}/a/scale", body, fieldManager="two")).code == 200
        seen = (await ask(client, "GET", f"{place}/a")).body
        assert seen["spec"] == {"replicas": replicas}
        await ask(client, "DELETE", f"{place}/a")
        return [(entry["manager"], entry["fieldsV1"]["f:spec"]) for entry in seen["metadata"]["managedFields"]]

    replicas: dict[str, Any] = {"f:replicas": {}}
    rest = [("one", dict[str, Any]())]
    assert [await after(count, **named) for count in (1, 2) for named in ({}, {"kind": "Scale"})] == [rest] * 4
    assert await after(1, apiVersion="autoscaling/v1") == [("one", replicas), *rest]
    assert await after(2, apiVersion="autoscaling/v1") == [("two", replicas), *rest]
