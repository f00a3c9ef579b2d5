"""The table of rights in the page on clusters: what it names for a call is enough, and each verb of it is needed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any, TypeVar

import anyio
import pytest

import kubex
from kubex.client.base import BaseClient
from kubex.core.exceptions import Forbidden
from kubex.core.patch import MergePatch
from kubex.k8s.v1_35.authentication.v1 import TokenRequest, TokenRequestSpec
from kubex.k8s.v1_35.core.v1 import ConfigMap, Container, Pod, PodSpec, ServiceAccount
from kubex.k8s.v1_35.rbac.v1 import PolicyRule, Role, RoleBinding, RoleRef, Subject
from kubex.testing import ApiServer
from kubex_core.models.eviction import Eviction
from kubex_core.models.metadata import ObjectMetadata

T = TypeVar("T")

PAGE = Path(__file__).parents[3] / "docs" / "in-cluster.md"
VERBS = {"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"}
RBAC = "rbac.authorization.k8s.io"
Maps = kubex.Api[ConfigMap]
PATCH = MergePatch({"metadata": {"labels": {"app": "shop"}}})


def config_map(name: str) -> ConfigMap:
    return ConfigMap(metadata=ObjectMetadata(name=name), data={"sky": "blue"})


def paint(found: ConfigMap) -> None:
    found.data = {"sky": "grey"}


async def every(stream: AsyncIterator[T]) -> list[T]:
    return [each async for each in stream]


async def first_event(maps: Maps) -> None:
    async with aclosing(maps.watch()) as events:
        await anext(events)


OF_CONFIG_MAPS: dict[str, Callable[[Maps], Awaitable[object]]] = {
    "get": lambda maps: maps.get("old"),
    "get_or_none": lambda maps: maps.get_or_none("old"),
    "list": lambda maps: maps.list(),
    "pages": lambda maps: every(maps.pages()),
    "iterate": lambda maps: every(maps.iterate()),
    "watch": first_event,
    "wait_for": lambda maps: kubex.wait_for(maps, "old", lambda each: each.data, timeout=30),
    "create": lambda maps: maps.create(config_map("new")),
    "apply": lambda maps: maps.apply(config_map("new"), field_manager="test"),
    "edit": lambda maps: maps.edit("old", paint),
    "patch": lambda maps: maps.patch("old", PATCH),
    "replace": lambda maps: maps.replace("old", config_map("old")),
    "create_or_replace": lambda maps: maps.create_or_replace(config_map("old")),
    "delete": lambda maps: maps.delete("old"),
    "delete_collection": lambda maps: maps.delete_collection(),
    "discover": lambda maps: kubex.discover(maps.client),
    "dynamic_api": lambda maps: kubex.dynamic_api(maps.client, "v1", "ConfigMap", namespace="default"),
}


async def request_token(client: BaseClient) -> None:
    accounts = kubex.Api(ServiceAccount, client, namespace="default")
    await accounts.token.create("bot", TokenRequest(spec=TokenRequestSpec(audiences=["shop"])))


def pods(client: BaseClient) -> kubex.Api[Pod]:
    return kubex.Api(Pod, client, namespace="default")


OF_OTHERS: dict[str, tuple[str, Callable[[BaseClient], Awaitable[object]]]] = {
    "status.patch": ("pods/status", lambda client: pods(client).status.patch("web-0", PATCH)),
    "logs": ("pods/log", lambda client: pods(client).logs.get("web-0")),
    "eviction.create": ("pods/eviction", lambda client: pods(client).eviction.create("web-0", Eviction())),
    "token.create": ("serviceaccounts/token", request_token),
}
ELSEWHERE = {
    *("Watcher", "Informer"),  # lists and watches, as wait_for does; they don't fail, but tell
    *("exec", "copy", "attach", "portforward"),  # tests/e2e/test_access.py
    "scale.patch",  # as status.patch
    *("ctx.event", "EventRecorder", "LeaderElector"),  # the page's own code, with these rights alone
}
NOT_AT_ONCE = {("wait_for", "watch")}
"""What is needed only as long as the condition does not hold."""


def table() -> dict[str, set[str]]:
    """Give the table's calls with their verbs."""
    rows = re.findall(r"^\| (.*?) \| (.*?) \| .*\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {
        call: {word for word in re.findall(r"[a-z]+", verbs) if word in VERBS}
        for calls, verbs in rows
        for call in re.findall(r"`([\w.]+)`", calls)
    }


@pytest.fixture(scope="module")
def server() -> Iterator[ApiServer]:
    with ApiServer(authorization="RBAC") as running:
        yield running


async def is_allowed(server: ApiServer, call: str, verbs: set[str]) -> bool:
    """Tell whether somebody with just these verbs may do it."""
    server.reset()
    resource, act = OF_OTHERS.get(call, ("configmaps", None))
    async with await kubex.create_client(server.configuration) as administrator:
        await kubex.Api(ConfigMap, administrator, namespace="default").create(config_map("old"))
        await kubex.Api(ServiceAccount, administrator, namespace="default").create(
            ServiceAccount(metadata=ObjectMetadata(name="bot"))
        )
        spec = PodSpec(containers=[Container(name="web", image="web:1")])
        await pods(administrator).create(Pod(metadata=ObjectMetadata(name="web-0"), spec=spec))
        if verbs:
            metadata = ObjectMetadata(name="some")
            rule = PolicyRule(api_groups=[""], resources=[resource], verbs=sorted(verbs))
            await kubex.Api(Role, administrator, namespace="default").create(Role(metadata=metadata, rules=[rule]))
            binding = RoleBinding(
                metadata=metadata,
                role_ref=RoleRef(api_group=RBAC, kind="Role", name="some"),
                subjects=[Subject(api_group=RBAC, kind="User", name="jane")],
            )
            await kubex.Api(RoleBinding, administrator, namespace="default").create(binding)
    async with await kubex.create_client(server.configuration_for("jane")) as client:
        try:
            if act is not None:
                await act(client)
            else:
                await OF_CONFIG_MAPS[call](kubex.Api(ConfigMap, client, namespace="default"))
        except Forbidden:
            return False
    return True


def test_every_call_of_the_table_is_tried() -> None:
    assert set(table()) == {*OF_CONFIG_MAPS, *OF_OTHERS, *ELSEWHERE}


@pytest.mark.parametrize("call", [*OF_CONFIG_MAPS, *OF_OTHERS])
def test_its_verbs_are_enough_and_each_is_needed(server: ApiServer, call: str) -> None:
    async def check() -> None:
        verbs = table()[call]
        assert await is_allowed(server, call, verbs)
        for verb in verbs:
            if (call, verb) not in NOT_AT_ONCE:
                assert not await is_allowed(server, call, verbs - {verb}), f"{call} does without {verb}"

    anyio.run(check)


def test_the_names_of_the_table_are_calls() -> None:
    of_api: Any = kubex.Api
    assert [call for call in OF_CONFIG_MAPS if not hasattr(of_api, call) and not hasattr(kubex, call)] == []
