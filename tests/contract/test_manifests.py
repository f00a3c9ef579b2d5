"""Manifests brought into a cluster: what becomes of each object, in which order, and what is pruned."""

from __future__ import annotations

import uuid
from typing import Any

import anyio
import pytest

from kubex.api import Api, DynamicObject, dynamic_api
from kubex.client.base import BaseClient
from kubex.core.exceptions import Conflict, InvalidArgument, NotFound, RequestTimeout, UnknownResource
from kubex.core.patch import MergePatch
from kubex.core.request import Request
from kubex.core.response import Response
from kubex.k8s.v1_35.core.v1 import ConfigMap, Pod, Secret
from kubex.manifests import AppliedManifest, ManifestError, Outcome, apply_manifests, dump_manifests, parse_manifests
from kubex_core.models.metadata import ObjectMetadata

pytestmark = pytest.mark.anyio


def config_map(name: str, **data: Any) -> dict[str, Any]:
    metadata = {"name": name, "labels": {"set": "ours"}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


async def outcomes(client: BaseClient, manifests: Any, namespace: str, **options: Any) -> list[str]:
    applied = await apply_manifests(client, manifests, field_manager="bot", namespace=namespace, **options)
    applied.check()
    return [f"{each.name} {each.outcome}" for each in applied]


async def test_what_becomes_of_each_object(client: BaseClient, namespace: str) -> None:
    first = [config_map("a", sky="blue"), config_map("b", sky="blue")]
    assert await outcomes(client, first, namespace, dry_run=True) == ["a created", "b created"]
    assert await outcomes(client, first, namespace) == ["a created", "b created"]
    assert await outcomes(client, first, namespace) == ["a unchanged", "b unchanged"]
    second = [config_map("a", sky="blue"), config_map("b", sky="grey"), config_map("c")]
    expected = ["a unchanged", "b changed", "c created"]
    assert await outcomes(client, second, namespace, dry_run=True) == expected
    assert await outcomes(client, second, namespace) == expected
    typed = ConfigMap(metadata=ObjectMetadata(name="a", labels={"set": "ours"}), data={"sky": "blue"})
    assert await outcomes(client, [typed], namespace) == ["a unchanged"]


async def test_what_others_write_meanwhile_is_no_change_of_ours(
    client: BaseClient, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config_maps = Api(ConfigMap, client, namespace=namespace)
    assert await outcomes(client, [config_map("a", sky="blue")], namespace) == ["a created"]
    send, writes = client.request, iter(range(9))

    async def interrupted(request: Request) -> Response:
        if request.method == "PATCH" and (request.query_params or {}).get("fieldManager") == "bot":
            patch = MergePatch({"metadata": {"annotations": {"written": str(next(writes))}}})
            await config_maps.patch("a", patch, field_manager="controller")
        return await send(request)

    monkeypatch.setattr(client, "request", interrupted)
    assert await outcomes(client, [config_map("a", sky="blue")], namespace) == ["a unchanged"]
    assert await outcomes(client, [config_map("a", sky="grey")], namespace) == ["a changed"]
    assert await outcomes(client, [config_map("a")], namespace) == ["a changed"]
    assert next(writes) == 3


async def test_what_the_server_makes_of_write_only_fields_is_a_change(
    client: BaseClient, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def secret(password: str) -> dict[str, Any]:
        value = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}
        return {**value, "stringData": {"password": password}}

    secrets = Api(Secret, client, namespace=namespace)
    assert await outcomes(client, [secret("one")], namespace) == ["s created"]
    assert await outcomes(client, [secret("one")], namespace) == ["s unchanged"]
    assert await outcomes(client, [secret("two")], namespace, dry_run=True) == ["s changed"]
    assert (await secrets.get("s")).data == {"password": b"one"}
    assert await outcomes(client, [secret("two")], namespace) == ["s changed"]
    assert (await secrets.get("s")).data == {"password": b"two"}
    assert await outcomes(client, [secret("two")], namespace, dry_run=True) == ["s unchanged"]

    send, writes = client.request, iter(range(9))

    async def interrupted(request: Request) -> Response:
        if request.method == "PATCH" and (request.query_params or {}).get("fieldManager") == "bot":
            patch = MergePatch({"metadata": {"labels": {"written": str(next(writes))}}})
            await secrets.patch("s", patch, field_manager="controller")
        return await send(request)

    monkeypatch.setattr(client, "request", interrupted)
    assert await outcomes(client, [secret("two")], namespace) == ["s unchanged"]
    assert await outcomes(client, [secret("three")], namespace) == ["s changed"]


async def test_namespaces_and_definitions_come_first(client: BaseClient, namespace: str) -> None:
    group = f"{uuid.uuid4().hex[:8]}.example.com"
    inner = f"{namespace}-inner"
    text = f"""
apiVersion: {group}/v1
kind: Gadget
metadata: {{name: g, namespace: {inner}}}
spec: {{size: 1}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: gadgets.{group}}}
spec:
  group: {group}
  scope: Namespaced
  names: {{kind: Gadget, plural: gadgets}}
  versions:
  - name: v1
    served: on
    storage: true
    schema: {{openAPIV3Schema: {{type: object, x-kubernetes-preserve-unknown-fields: true}}}}
---
apiVersion: v1
kind: Namespace
metadata: {{name: {inner}}}
"""
    try:
        applied = await apply_manifests(client, parse_manifests(text), field_manager="bot")
        applied.check()
        assert [each.kind for each in applied] == ["Namespace", "CustomResourceDefinition", "Gadget"]
        assert {each.outcome for each in applied} == {Outcome.CREATED}
        again = await apply_manifests(client, parse_manifests(text), field_manager="bot")
        assert [str(each.outcome) for each in again] == ["unchanged"] * 3
    finally:
        for api_version, kind, name in (
            ("apiextensions.k8s.io/v1", "CustomResourceDefinition", f"gadgets.{group}"),
            ("v1", "Namespace", inner),
        ):
            await (await dynamic_api(client, api_version, kind)).delete(name)


async def test_a_failure_in_the_middle_does_not_stop_the_others(client: BaseClient, namespace: str) -> None:
    config_maps = Api(ConfigMap, client, namespace=namespace)
    await config_maps.apply(ConfigMap(metadata=ObjectMetadata(name="b"), data={"sky": "red"}), field_manager="someone")
    manifests = [
        config_map("a"),
        config_map("b", sky="blue"),
        {"apiVersion": "example.com/v1", "kind": "Gadget", "metadata": {"name": "x"}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "dtaa": {}},
        config_map("d"),
    ]
    applied = await apply_manifests(client, manifests, field_manager="bot", namespace=namespace, prune="set=ours")
    by_name = {each.name: each for each in applied}
    assert {name for name, each in by_name.items() if each.outcome is Outcome.CREATED} == {"a", "d"}
    assert {each.name for each in applied.failed} == {"b", "x", "c"}
    assert isinstance(by_name["b"].error, Conflict)
    assert isinstance(by_name["x"].error, UnknownResource)
    assert "dtaa" in str(by_name["c"].error)
    assert by_name["b"].namespace == namespace
    with pytest.raises(
        ManifestError, match=r'3 of 5 objects failed:\nConfigMap "b" in namespace ".*" failed: .*someone'
    ):
        applied.check()
    forced = await apply_manifests(client, manifests[1:2], field_manager="bot", namespace=namespace, force=True)
    forced.check()


async def test_pruning_takes_what_this_manager_applied_and_no_more(client: BaseClient, namespace: str) -> None:
    config_maps = Api(ConfigMap, client, namespace=namespace)
    await outcomes(client, [config_map("a"), config_map("b"), config_map("c")], namespace)
    others = ConfigMap(metadata=ObjectMetadata(name="others", labels={"set": "ours"}))
    await config_maps.apply(others, field_manager="someone")
    unlabelled = ConfigMap(metadata=ObjectMetadata(name="unlabelled"))
    await config_maps.apply(unlabelled, field_manager="bot")

    expected = ["a unchanged", "b pruned", "c pruned"]
    pruned = await outcomes(client, [config_map("a")], namespace, prune="set=ours", dry_run=True)
    assert sorted(pruned) == expected
    await config_maps.get("b")
    assert sorted(await outcomes(client, [config_map("a")], namespace, prune="set=ours")) == expected
    with pytest.raises(NotFound):
        await config_maps.get("b")
    for name in ("a", "others", "unlabelled"):
        await config_maps.get(name)


async def test_a_kind_that_is_gone_since_discovery_has_nothing_to_prune(client: BaseClient, namespace: str) -> None:
    group = f"{uuid.uuid4().hex[:8]}.example.com"
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
    names = {"kind": "Gadget", "plural": "gadgets"}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"gadgets.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": [version]},
    }
    gadget = {"apiVersion": f"{group}/v1", "kind": "Gadget", "metadata": {"name": "g"}}
    definitions = await dynamic_api(client, "apiextensions.k8s.io/v1", "CustomResourceDefinition")
    try:
        await outcomes(client, [definition, gadget], namespace)
    finally:
        await definitions.delete(f"gadgets.{group}")
    gadgets = await dynamic_api(client, f"{group}/v1", "Gadget", namespace=namespace)
    with anyio.fail_after(30), pytest.raises(NotFound):
        while True:
            await gadgets.list()
            await anyio.sleep(0.05)
    assert await outcomes(client, [config_map("a")], namespace, prune="set=ours") == ["a created"]


async def test_waiting_has_an_end(client: BaseClient, namespace: str) -> None:
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "never"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "there-is-none",
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    manifests = [config_map("a"), claim]
    applied = await apply_manifests(client, manifests, field_manager="bot", namespace=namespace, wait=0.2)
    (failed,) = applied.failed
    assert failed.name == "never"
    assert isinstance(failed.error, RequestTimeout)
    assert "waited 0.2 s for readiness; " in str(failed.error)


async def test_one_that_is_never_ready_does_not_fail_another_that_is(client: BaseClient, namespace: str) -> None:
    def pod(name: str) -> dict[str, Any]:
        container = {"name": "main", "image": "localhost/busybox:1"}
        spec = {"containers": [container], "nodeSelector": {"there": "is-none"}}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}

    async def make_ready(result: AppliedManifest) -> None:
        status = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
        await Api(Pod, client, namespace=namespace).status.patch(result.name, MergePatch(status))

    async with anyio.create_task_group() as tasks:

        def on_result(result: AppliedManifest) -> None:
            if result.name == "ready" and result.outcome is Outcome.CREATED:
                tasks.start_soon(make_ready, result)

        applied = await apply_manifests(
            client,
            [pod("never"), pod("ready")],
            field_manager="bot",
            namespace=namespace,
            wait=2,
            on_result=on_result,
        )
        assert [each.name for each in applied.failed] == ["never"]


async def test_what_can_not_be_applied_is_refused_at_once(client: BaseClient, namespace: str) -> None:
    generated = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "b-"}}
    for manifests, options, problem in (
        ([config_map("a"), config_map("a")], {}, "there twice"),
        ([DynamicObject({"kind": "ConfigMap"})], {}, "needs apiVersion"),
        ([config_map("a")], {"prune": " "}, "prune is empty"),
        ([config_map("a")], {"prune": "app in ("}, r'label selector "app in \('),
        ([config_map("a"), generated], {}, '^ConfigMap "b-": what is applied needs a metadata.name'),
        ([config_map("a"), *parse_manifests(dump_manifests([generated]))], {}, '^ConfigMap "b-": what is applied'),
    ):
        with pytest.raises(InvalidArgument, match=problem):
            await outcomes(client, manifests, namespace, **options)
    assert (await Api(ConfigMap, client, namespace=namespace).get_or_none("a")) is None
