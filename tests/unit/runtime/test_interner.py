"""Equal parts that a cache keeps once: nothing looks different for it, and nothing of it stays."""

from __future__ import annotations

import copy
import gc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import anyio
import msgspec
import pytest

from kubex.core.codec import codec_for, encode
from kubex.core.exceptions import CacheCorrupted
from kubex.k8s.v1_35.core.v1.pod import Pod
from kubex.runtime import Informer, InformerFactory, ObjectKey, Store, without_managed_fields
from kubex.runtime._interner import Interner
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.metadata import ObjectMetadata
from tests.unit.api.resources import Widget, WidgetSpec
from tests.unit.runtime.fake_cluster import FakeClient, FakeCluster
from tests.unit.runtime.interned_objects import Free, assert_no_part_is_twice, typed
from tests.unit.runtime.virtual_time import anyio_backend
from tests.unit.runtime.widgets import put, remove, widgets

__all__ = ["anyio_backend"]


def made(number: int, spec: Any = None, **metadata: Any) -> Free:
    """Give an object whose parts nobody else has."""
    content = {
        "metadata": {"name": f"name-{number}", "namespace": "shop", "uid": f"{number}", **metadata},
        "spec": spec,
    }
    return codec_for(Free).decode(encode({"apiVersion": "example.com/v1", "kind": "Free", **content}))


class TestEqualParts:
    def test_are_one(self) -> None:
        interner = Interner()
        labels = {"app": "a-name-that-is-long-enough"}
        one, other = (interner.intern(made(number, {"env": [1, {"a": "b"}]}, labels=labels)) for number in range(2))
        assert one.spec is other.spec
        assert one.metadata.labels is other.metadata.labels
        assert one.metadata.namespace is other.metadata.namespace
        assert one.metadata.name != other.metadata.name

    @pytest.mark.parametrize("pair", [(1, True), (1, 1.0), (0, False), (0.0, -0.0), ("1", 1), ([], {}), (None, 0)])
    def test_are_of_one_type_and_one_value(self, pair: tuple[Any, Any]) -> None:
        interner = Interner()
        for value in pair:
            assert typed(interner.intern(made(0, {"x": [value]})).spec) == typed({"x": [value]})

    def test_a_moment_in_another_zone_is_another(self) -> None:
        interner = Interner()
        moment = datetime(2026, 1, 12, 8, tzinfo=UTC)
        for each in (moment, moment.astimezone(timezone(timedelta(hours=1)))):
            assert repr(interner.intern(Free(spec={"at": each})).spec["at"]) == repr(each)

    def test_at_two_places_of_an_object_are_two(self) -> None:
        # Of a deep copy one would be changed with the other.
        interner = Interner()
        for number in range(3):
            obj = interner.intern(made(number, {"a": {"b": ["c"]}, "d": {"b": ["c"]}, "e": [["c"], ["c"], ["c"]]}))
            assert_no_part_is_twice([obj])
            copied = copy.deepcopy(obj)
            copied.spec["a"]["b"].append("x")
            copied.spec["e"][0].append("y")
            assert copied.spec == {"a": {"b": ["c", "x"]}, "d": {"b": ["c"]}, "e": [["c", "y"], ["c"], ["c"]]}

    def test_in_long_lists_and_dicts_of_many_keys_too(self) -> None:
        interner = Interner()
        for number in range(3):
            spec = {f"key-{key}": {"part": ["x"]} for key in range(200)} | {"list": [["x"]] * 50}
            obj = interner.intern(made(number, spec))
            assert obj.spec == spec
            assert_no_part_is_twice([obj])

    def test_what_was_changed_in_place_is_given_to_nobody_else(self) -> None:
        interner = Interner()
        one = interner.intern(made(1, {"a": ["b"]}))
        one.spec["a"].append("c")
        assert interner.intern(made(2, {"a": ["b"]})).spec == {"a": ["b"]}
        assert interner.intern(made(3, {"a": ["b"]})).spec == {"a": ["b"]}

    def test_what_has_no_json_form_stays_as_it_is(self) -> None:
        interner = Interner()
        part = {"a": object(), "b": {"c": "d"}}
        one = interner.intern(Free(spec=part))
        other = interner.intern(Free(spec={"b": {"c": "d"}, "x": object()}))
        assert one.spec is part
        assert one.spec["b"] is other.spec["b"]

    def test_frozen_structs_are_whole(self) -> None:
        class Frozen(msgspec.Struct, frozen=True):
            names: list[str]

        interner = Interner()
        one, other, third = (interner.intern(Free(spec=Frozen(names=[name]))) for name in "aab")
        assert one.spec is other.spec
        assert third.spec.names == ["b"]

    def test_metadata_of_dynamic_objects_may_be_read_and_changed(self) -> None:
        interner = Interner()
        content: dict[str, Any] = {"kind": "X", "metadata": {"name": "a", "labels": {"b": "c"}}, "spec": {"d": ["e"]}}
        one, other = (interner.intern(DynamicObject(copy.deepcopy(content))) for _ in range(2))
        assert one["spec"] is other["spec"]
        one.metadata.labels = {"f": "g"}
        assert other.metadata.labels == {"b": "c"}
        assert other.content == content


def pods(count: int) -> list[Pod]:
    """Give pods of one workload, decoded one by one."""
    labels = {"app": "web", "tier": "front"}
    container = {
        "name": "web",
        "image": "registry.example.com/web:1",
        "env": [{"name": "LOG_LEVEL", "value": "info"}],
        "livenessProbe": {"httpGet": {"path": "/live", "port": 80}},
    }
    return [
        codec_for(Pod).decode(
            encode(
                {
                    "apiVersion": "v1",
                    "kind": "Pod",
                    "metadata": {
                        "name": f"web-{number}",
                        "namespace": "shop",
                        "uid": f"uid-{number}",
                        "labels": labels,
                    },
                    "spec": {
                        "nodeName": f"node-{number % 3}",
                        "containers": [{**container, "volumeMounts": [{"name": f"t-{number}", "mountPath": "/t"}]}],
                        "volumes": [{"name": f"t-{number}", "emptyDir": {}}],
                    },
                    "status": {"phase": "Running", "podIP": f"10.0.0.{number}", "podIPs": [{"ip": f"10.0.0.{number}"}]},
                }
            )
        )
        for number in range(count)
    ]


class TestWhatPays:
    def test_parts_of_parts_that_differ_are_one(self) -> None:
        interner = Interner()
        kept = [interner.intern(pod) for pod in pods(400)]
        first, last = kept[0], kept[-1]
        assert first.spec is not None
        assert last.spec is not None
        assert first.spec.containers[0].env is last.spec.containers[0].env
        assert first.spec.containers[0].liveness_probe is last.spec.containers[0].liveness_probe
        assert first.metadata.labels is last.metadata.labels
        assert last.status is not None
        assert last.status.pod_ips is not None
        assert last.status.pod_ip is last.status.pod_ips[0].ip  # equal strings of one object are one, too
        assert last.spec.containers[0].volume_mounts is not None
        assert last.spec.volumes is not None
        assert last.spec.containers[0].volume_mounts[0].name is last.spec.volumes[0].name
        assert encode(kept) == encode(pods(400))

    def test_what_is_never_alike_is_not_remembered(self) -> None:
        interner = Interner()
        kept = [interner.intern(pod) for pod in pods(300)]
        before = len(interner)
        kept += [interner.intern(pod) for pod in pods(1000)[300:]]
        assert len(interner) == before

    def test_another_look_finds_what_has_come_to_be_alike(self) -> None:
        interner = Interner()
        kept = [interner.intern(made(number, {"a": [f"{number}-{number}"]})) for number in range(4096)]
        assert len(interner) < 1000
        kept = [interner.intern(made(number, {"a": ["the-same"]})) for number in range(4096, 4100)]
        assert kept[0].spec is kept[-1].spec


class TestForgetting:
    def test_parts_of_objects_that_are_gone(self) -> None:
        store = Store[Free](intern_parts=True)
        assert store._interner is not None
        for number in range(300):
            store.apply(made(number, {"mine": [f"value {number}"], "ours": [f"value {number % 3}"]}))
        full = len(store._interner)
        for number in range(3, 300):
            store.remove(made(number))
        # Whatever is not swept up yet, is less than what the objects that are left and 64 others had.
        assert len(store._interner) < full / 3
        for number in range(3):
            store.remove(made(number))
        assert len(store._interner) == 0

    def test_parts_that_a_list_no_longer_has(self) -> None:
        store = Store[Free](intern_parts=True)
        assert store._interner is not None
        for round_ in range(20):
            listed = [made(number, {"mine": [f"value {round_} {number}"]}) for number in range(100)]
            store.replace({ObjectKey.of(each): each for each in listed}, str(round_))
            del listed
        store._interner.sweep()
        assert len(store._interner) < 100 * 20
        store.replace({}, "21")
        assert len(store._interner) == 0

    def test_a_sweep_leaves_what_somebody_has(self) -> None:
        interner = Interner()
        kept = [interner.intern(made(number, {"ours": {"deep": ["a", {"b": "c"}]}})) for number in range(10)]
        interner.sweep()
        assert interner.intern(made(11, {"ours": {"deep": ["a", {"b": "c"}]}})).spec is kept[0].spec
        kept.clear()
        interner.sweep()
        assert not [table for table in interner._tables() if any(isinstance(part, dict) for part in table.values())]

    def test_objects_that_come_and_are_not_kept_are_forgotten_by_and_by(self) -> None:
        interner = Interner()
        most = 0
        for number in range(30_000):
            interner.intern(made(number, {"same": ["x"], "own": [f"value-{number // 2}"]}))
            most = max(most, len(interner)) if number % 1000 == 0 else most
        assert most < 15_000

    @pytest.mark.parametrize("transform", [None, without_managed_fields])
    @pytest.mark.anyio
    @pytest.mark.usefixtures("no_leaks")
    async def test_nothing_of_a_cache_outlives_it(self, transform: Callable[[Widget], Widget] | None) -> None:
        cluster = FakeCluster()
        for number in range(50):
            put(cluster, f"w-{number}", labels={"app": "a-name-of-its-own"})
        async with Informer(widgets(cluster), intern_parts=True, transform=transform) as cache:
            await cache.wait_synced()
            held = [each.metadata.labels for each in cache]
            assert len({id(each) for each in held}) == 1
            assert cache.store._interner is not None
            del held
            for number in range(50):
                remove(cluster, f"w-{number}")
            await cache.wait_for(str(cluster.revision))
            assert len(cache) == 0
            assert len(cache.store._interner) == 0
        gc.collect()


@pytest.mark.anyio
@pytest.mark.usefixtures("no_leaks")
class TestInformer:
    async def test_a_new_list_and_its_changes_are_interned(self) -> None:
        cluster = FakeCluster()
        labels = {"app": "a-name-that-is-long-enough"}
        put(cluster, "a", labels=labels)
        async with Informer(widgets(cluster), intern_parts=True) as cache:
            await cache.wait_synced()
            put(cluster, "b", labels=labels)
            await anyio.sleep(1)
            cluster.compact()
            cluster.expire()
            last = put(cluster, "c", labels=labels)
            await cache.wait_for(last["metadata"]["resourceVersion"])
            assert len(cache) == 3
            assert len({id(each.metadata.labels) for each in cache}) == 1

    async def test_a_factory_makes_such_informers(self) -> None:
        cluster = FakeCluster()
        async with InformerFactory(FakeClient(cluster), namespace="shop", intern_parts=True) as informers:
            assert informers.get(Widget).store._interner is not None
            await informers.wait_synced(timeout=10)

    async def test_a_change_of_a_part_through_another_object_is_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KUBEX_CACHE_MUTATION_DETECTOR", "1")
        cluster = FakeCluster()
        put(cluster, "a", labels={"app": "web"})
        put(cluster, "b", labels={"app": "web"})
        with pytest.raises(CacheCorrupted, match='Widget "b" in namespace "shop" was changed in the cache'):
            async with Informer(widgets(cluster), intern_parts=True) as cache:
                await cache.wait_synced()
                await anyio.sleep(1)
                one = cache.get("a")
                assert one is not None
                assert one.metadata.labels is not None
                remove(cluster, "a")
                await anyio.sleep(1)
                one.metadata.labels["mine"] = "yes"
                cluster.bookmark()
                await anyio.sleep(10)


def test_a_store_that_does_not_intern_leaves_objects_alone() -> None:
    store = Store[Widget]()
    metadata = ObjectMetadata(name="a", namespace="shop", labels={"b": "c"})
    one = Widget(metadata=metadata, spec=WidgetSpec(size=1))
    store.apply(one)
    assert one.metadata.labels is metadata.labels
    assert store.intern(one) is one
