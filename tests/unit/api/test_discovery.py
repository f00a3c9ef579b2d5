"""Asking a server what it serves: both kinds of documents, what is remembered, and what fails."""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest

from kubex.api.discovery import discover
from kubex.api.dynamic import dynamic_api, dynamic_model
from kubex.client.base import BaseClient
from kubex.core.discovery import DiscoveredResource, DiscoveredSubresource
from kubex.core.exceptions import ConnectionFailed, Forbidden, InvalidResponse, UnknownResource
from kubex.core.request import Request
from kubex.core.response import Response
from kubex_core.models.interfaces import HasScaleSubresource, HasStatusSubresource
from kubex_core.models.resource_config import Scope
from tests.unit.api.stub import StubClient

pytestmark = pytest.mark.anyio

CORE = {
    "kind": "APIGroupDiscoveryList",
    "items": [
        {
            "metadata": {"name": ""},
            "versions": [
                {
                    "version": "v1",
                    "resources": [
                        {
                            "resource": "pods",
                            "responseKind": {"group": "", "version": "v1", "kind": "Pod"},
                            "scope": "Namespaced",
                            "singularResource": "pod",
                            "verbs": ["get"],
                            "shortNames": ["po"],
                        }
                    ],
                }
            ],
        }
    ],
}


def gadgets(version: str, **more: Any) -> dict[str, Any]:
    kind = {"group": "example.com", "version": version, "kind": "Gadget"}
    resource = {"resource": "gadgets", "responseKind": kind, "scope": "Cluster", "singularResource": "gadget"}
    return {"version": version, "resources": [{**resource, "verbs": ["get"]}], **more}


def groups(*versions: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "APIGroupDiscoveryList", "items": [{"metadata": {"name": "example.com"}, "versions": [*versions]}]}


class Server(StubClient):
    """Answers paths; counts what it was asked."""

    def __init__(self, **answers: Any) -> None:
        super().__init__()
        self.answers = {path.replace("_", "/"): answer for path, answer in answers.items()}

    async def request(self, request: Request) -> Response:
        self.requests.append(request)
        await anyio.lowlevel.checkpoint()
        answer = self.answers[request.url]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Response):
            return answer
        return Response(answer if isinstance(answer, bytes) else json.dumps(answer).encode(), {}, 200)


async def test_all_at_once_in_the_server_s_order() -> None:
    client = Server(_api=CORE, _apis=groups(gadgets("v2"), gadgets("v1", freshness="Stale")))
    discovery = await discover(client)
    assert [(each.api_version, each.plural) for each in discovery] == [
        ("v1", "pods"),
        ("example.com/v2", "gadgets"),
        ("example.com/v1", "gadgets"),
    ]
    assert discovery.find("GADGET").version == "v2"
    assert discovery.find("gadgets.v1.example.com").version == "v1"
    assert discovery.unavailable == {"example.com/v1": "its API service does not answer"}
    assert "apidiscovery.k8s.io;v=v2;" in (client.requests[0].headers or {})["Accept"]


async def test_it_is_asked_once_however_many_want_to_know_and_again_when_told_to() -> None:
    client = Server(_api=CORE, _apis=groups(gadgets("v1")))
    found: list[object] = []

    async def ask(refresh: bool) -> None:
        found.append(await discover(client, refresh=refresh))

    for refresh in (False, True):
        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(ask, refresh)
    assert len(client.requests) == 4
    assert len({id(each) for each in found}) == 2
    await discover(Server(_api=CORE, _apis=groups()))
    assert await discover(client) is found[-1]


async def test_a_kind_is_looked_for_again_before_it_is_unknown() -> None:
    client = Server(_api=CORE, _apis=groups())
    with pytest.raises(UnknownResource):
        await dynamic_api(client, "example.com/v1", "Gadget")
    assert len(client.requests) == 4
    client.answers["/apis"] = groups(gadgets("v1"))
    gadget_api = await dynamic_api(client, "example.com/v1", "Gadget")
    assert repr(gadget_api) == "<Api of Gadget>"


OLD = {
    "_api": {"kind": "APIVersions", "versions": ["v1"]},
    "_apis": {
        "kind": "APIGroupList",
        "groups": [
            {
                "name": "example.com",
                "versions": [{"groupVersion": "example.com/v1"}, {"groupVersion": "example.com/v2"}],
                "preferredVersion": {"groupVersion": "example.com/v2"},
            },
            {"name": "gone.example.com", "versions": [{"groupVersion": "gone.example.com/v1"}]},
        ],
    },
    "_api_v1": {"kind": "APIResourceList", "resources": None},
    "_apis_example.com_v1": {
        "kind": "APIResourceList",
        "resources": [
            {"name": "gadgets/status", "kind": "Gadget", "namespaced": True, "verbs": ["get"]},
            {"name": "gadgets", "kind": "Gadget", "namespaced": True, "verbs": ["get"], "shortNames": ["gd"]},
        ],
    },
    "_apis_example.com_v2": {"kind": "APIResourceList", "resources": [{"name": "gadgets", "kind": "Gadget"}]},
    "_apis_gone.example.com_v1": Response(b"service unavailable", {}, 503),
}


async def test_older_servers_are_asked_version_by_version() -> None:
    discovery = await discover(Server(**OLD))
    assert [each.api_version for each in discovery] == ["example.com/v2", "example.com/v1"]
    old = discovery.resource("example.com/v1", "gd")
    assert (old.singular, old.scope) == ("gadget", Scope.NAMESPACE)
    status = DiscoveredSubresource(name="status", kind="Gadget", group="example.com", version="v1", verbs=("get",))
    assert old.subresources == (status,)
    assert "service unavailable" in discovery.unavailable["gone.example.com/v1"]
    with pytest.raises(UnknownResource, match=r"gone.example.com/v1 could not be asked: .*service unavailable"):
        discovery.resource("gone.example.com/v1", "Thing")


async def test_a_connection_that_fails_is_no_group_of_errors() -> None:
    client = Server(**{**OLD, "_api_v1": ConnectionFailed("no route")})
    with pytest.raises(ConnectionFailed, match="no route"):
        await discover(client)


async def test_a_server_without_a_core_group_has_the_others() -> None:
    discovery = await discover(Server(_api=Response(b"", {}, 404), _apis=groups(gadgets("v1"))))
    assert [each.name for each in discovery.groups] == ["example.com"]


@pytest.mark.parametrize("body", [b"<html>", b"[]", {"kind": "Status"}, b'{"kind": "APIVersions", "versions": 1}'])
async def test_what_is_no_discovery_document_is_refused(body: Any) -> None:
    with pytest.raises(InvalidResponse, match=r"^/api: "):
        await discover(Server(_api=body))


async def test_a_refusal_is_the_server_s() -> None:
    with pytest.raises(Forbidden, match=r"^/api "):
        await discover(Server(_api=Response(b"no", {}, 403)))


async def test_the_cache_keeps_no_client_alive() -> None:
    import gc
    import weakref

    client: BaseClient | None = Server(_api=CORE, _apis=groups())
    assert client is not None
    await discover(client)
    reference = weakref.ref(client)
    client = None
    gc.collect()
    assert reference() is None


async def test_a_resource_has_one_class_with_its_markers() -> None:
    scale = DiscoveredSubresource(name="scale", kind="Scale", group="autoscaling", version="v1", verbs=())
    other = DiscoveredSubresource(name="other", kind="Other", group="", version="v1", verbs=())
    resource = DiscoveredResource(
        group="example.com",
        version="v1",
        kind="Gadget",
        plural="gadgets",
        singular="gadget",
        scope=Scope.NAMESPACE,
        verbs=(),
        subresources=(scale, other),
    )
    model = dynamic_model(resource)
    assert model is dynamic_model(resource)
    assert issubclass(model, HasScaleSubresource)
    assert not issubclass(model, HasStatusSubresource)
    made = model({"metadata": {"name": "a"}})
    assert (made.api_version, made.kind) == ("example.com/v1", "Gadget")
