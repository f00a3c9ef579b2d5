"""Discovery and dynamic access: what the server has, without a class for it."""

from __future__ import annotations

import uuid
from contextlib import aclosing
from typing import Any

import anyio
import pytest

from kubex.api import Api
from kubex.api.discovery import Discovery, discover
from kubex.api.dynamic import DynamicObject, dynamic_api
from kubex.client.base import BaseClient
from kubex.core.exceptions import Conflict, InvalidArgument, NotFound, UnknownResource
from kubex.core.patch import JsonPatch, JsonPatchReplace, MergePatch
from kubex.core.request import Request
from kubex.core.response import Response
from kubex.core.watch_event import EventType
from kubex.k8s.v1_35.apiextensions.v1 import CustomResourceDefinition
from kubex_core.models.resource_config import Scope
from tests.contract.definitions import served

pytestmark = pytest.mark.anyio


def plain(discovery: Discovery) -> list[Any]:
    return [
        (group.name, [(each.version, sorted(each.resources, key=lambda one: one.plural)) for each in group.versions])
        for group in discovery.groups
    ]


async def test_what_the_server_has(client: BaseClient) -> None:
    discovery = await discover(client)
    assert await discover(client) is discovery
    deployments = discovery.find("deploy")
    assert (deployments.api_version, deployments.kind, deployments.scope) == ("apps/v1", "Deployment", Scope.NAMESPACE)
    assert {"create", "delete", "get", "list", "patch", "update", "watch"} <= {*deployments.verbs}
    assert (deployments.singular, deployments.short_names) == ("deployment", ("deploy",))
    assert "all" in deployments.categories
    scale = deployments.subresource("scale")
    assert scale is not None
    assert (scale.group, scale.version, scale.kind) == ("autoscaling", "v1", "Scale")
    assert discovery.find("events").api_version == "v1"
    assert discovery.find("events.events.k8s.io").api_version == "events.k8s.io/v1"
    assert discovery.get("v1", "Namespace") is discovery.find("ns")
    assert "pods" in {each.plural for each in discovery.in_category("all")}
    assert discovery.groups[0].name == ""
    assert discovery.unavailable == {}
    autoscaling = discovery.group("autoscaling")
    assert autoscaling is not None
    assert autoscaling.preferred_version == "v2"


async def test_older_servers_tell_the_same_in_many_documents(
    client: BaseClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = await discover(client, refresh=True)
    asked: list[str] = []
    original = client.request

    async def request(request: Request) -> Response:
        request.headers = {"Accept": "application/json"}
        asked.append(request.url)
        return await original(request)

    monkeypatch.setattr(client, "request", request)
    found = await discover(client, refresh=True)
    assert found is not expected
    assert {"/api", "/apis", "/api/v1", "/apis/apps/v1"} <= {*asked}
    # Tests beside this one make and delete kinds of their own.
    ours = [each for each in plain(found) if not each[0].endswith("example.com")]
    assert ours == [each for each in plain(expected) if not each[0].endswith("example.com")]


async def test_objects_of_a_kind_without_a_class(client: BaseClient, namespace: str) -> None:
    config_maps = await dynamic_api(client, "v1", "ConfigMap", namespace=namespace)
    created = await config_maps.create(DynamicObject({"metadata": {"name": "colours"}, "data": {"sky": "blue"}}))
    assert (created.api_version, created.kind, created["data"]) == ("v1", "ConfigMap", {"sky": "blue"})
    assert created.metadata.namespace == namespace

    created["data"]["sea"] = "green"
    replaced = await config_maps.replace("colours", created)
    assert replaced["data"] == {"sky": "blue", "sea": "green"}
    with pytest.raises(Conflict):
        await config_maps.replace("colours", created)

    def grey(colours: DynamicObject) -> None:
        colours["data"]["sky"] = "grey"
        colours.metadata.labels = {"mood": "dull"}

    edited = await config_maps.edit("colours", grey)
    assert (edited["data"]["sky"], edited.metadata.labels) == ("grey", {"mood": "dull"})
    await config_maps.patch("colours", JsonPatch([JsonPatchReplace("/data/sky", "red")]))
    (listed,) = (await config_maps.list(label_selector="mood=dull")).items
    assert (listed.api_version, listed.kind, listed["data"]["sky"]) == ("v1", "ConfigMap", "red")
    assert [each.metadata.name async for each in config_maps.iterate(label_selector="mood")] == ["colours"]

    again = await config_maps.create_or_replace(DynamicObject({"metadata": {"name": "colours"}}))
    assert "data" not in again
    assert (await config_maps.metadata.get("colours")).metadata.uid == created.metadata.uid
    await config_maps.delete("colours")
    assert await config_maps.get_or_none("colours") is None


async def test_a_watch_gives_dynamic_objects(client: BaseClient, namespace: str) -> None:
    config_maps = await dynamic_api(client, "v1", "configmaps", namespace=namespace)
    await config_maps.create(DynamicObject({"metadata": {"name": "colours"}}))
    async with aclosing(config_maps.watch(field_selector="metadata.name=colours")) as events:
        async for event in events:
            assert event.type is EventType.ADDED
            assert isinstance(event.object, DynamicObject)
            assert event.object.metadata.name == "colours"
            break


async def test_accessors_are_those_that_the_server_has(client: BaseClient, namespace: str) -> None:
    deployments = await dynamic_api(client, "apps/v1", "Deployment", namespace=namespace)
    web = {
        "metadata": {"name": "web"},
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "web", "image": "web:1"}]},
            },
        },
    }
    await deployments.apply(DynamicObject(web), field_manager="test")
    scale = await deployments.scale.patch("web", MergePatch({"spec": {"replicas": 0}}))
    assert scale.spec is not None
    assert scale.spec.replicas in (0, None)
    assert (await deployments.status.get("web")).kind == "Deployment"
    raw = await deployments.subresource("scale", DynamicObject).get("web")
    assert (raw.api_version, raw.kind) == ("autoscaling/v1", "Scale")
    with pytest.raises(NotImplementedError, match="Deployment has no logs"):
        _ = deployments.logs
    pods = await dynamic_api(client, "v1", "po", namespace=namespace)
    with pytest.raises(NotFound):
        await pods.logs.get("nothing")
    with pytest.raises(NotImplementedError):
        _ = pods.scale


async def test_namespaces_have_no_namespace(client: BaseClient) -> None:
    with pytest.raises(InvalidArgument, match="Namespace lives outside namespaces"):
        await dynamic_api(client, "v1", "Namespace", namespace="x")
    assert (await (await dynamic_api(client, "v1", "Namespace")).get("default")).kind == "Namespace"


async def test_a_kind_that_the_server_lacks_is_an_error_that_says_where_it_is(client: BaseClient) -> None:
    with pytest.raises(UnknownResource, match=r'no "Deployment" in v1 \(it is in apps/v1\)'):
        await dynamic_api(client, "v1", "Deployment")


async def test_a_new_kind_is_found(client: BaseClient, namespace: str) -> None:
    number = uuid.uuid4().hex[:8]
    group, kind = f"{number}.example.com", f"Gadget{number}"  # the server remembers another test's kind for a while
    # What stands behind that is a hint: another test's kind is near enough to be one, too.
    with pytest.raises(UnknownResource, match=f'has no "{kind}"'):
        await dynamic_api(client, f"{group}/v1", kind)
    with pytest.raises(UnknownResource, match="CustomResourceDefinition"):
        await dynamic_api(client, f"{group}/v1", "Xyzzy")
    definitions = Api(CustomResourceDefinition, client)
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    names = {"kind": kind, "plural": "gadgets", "shortNames": ["gd"]}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    definition = {
        "metadata": {"name": f"gadgets.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": [version]},
    }
    await definitions.create(CustomResourceDefinition.model_validate(definition))
    try:
        async with aclosing(definitions.watch(field_selector=f"metadata.name=gadgets.{group}")) as events:
            async for event in events:
                assert isinstance(event.object, CustomResourceDefinition)
                status = event.object.status
                conditions = (status.conditions if status is not None else None) or []
                if any(each.type == "Established" and each.status == "True" for each in conditions):
                    break
        gadgets = await found_within_seconds(client, f"{group}/v1", namespace)
        await served(gadgets)
        anything = {"spec": {"a": [{"b": None}], "c": 1.5}}
        created = await gadgets.create(DynamicObject({"metadata": {"name": "g"}, **anything}))
        assert created["spec"] == anything["spec"]
    finally:
        await definitions.delete(f"gadgets.{group}")


async def found_within_seconds(client: BaseClient, api_version: str, namespace: str) -> Api[DynamicObject]:
    """Discovery follows an established definition; the real server's does so a moment later."""
    with anyio.fail_after(30):
        while True:
            try:
                return await dynamic_api(client, api_version, "gd", namespace=namespace)
            except UnknownResource:
                await anyio.sleep(0.1)
