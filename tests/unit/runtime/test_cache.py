"""Stores, what follows them, and what a cache does on its bad days."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from kubex.core.exceptions import (
    CacheCorrupted,
    Forbidden,
    InvalidArgument,
    SubscriptionOverflow,
    WaitTimeout,
)
from kubex.runtime import (
    Added,
    Informer,
    InformerFactory,
    ObjectKey,
    Removed,
    Store,
    StoreChange,
    Updated,
    WhenFull,
    without_fields,
    without_managed_fields,
)
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.metadata import ManagedFieldsEntry, ObjectMetadata
from tests.unit.api.resources import Widget, WidgetSpec
from tests.unit.runtime.fake_cluster import FakeClient, FakeCluster, Object
from tests.unit.runtime.virtual_time import anyio_backend
from tests.unit.runtime.widgets import WIDGETS, put, remove, widget, widgets

__all__ = ["anyio_backend"]

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


def made(name: str, version: int, *, uid: str = "1", size: int = 1) -> Widget:
    metadata = ObjectMetadata(name=name, namespace="shop", uid=uid, resource_version=str(version))
    return Widget(metadata=metadata, spec=WidgetSpec(size=size))


def told(change: StoreChange[Widget]) -> str:
    return f"{type(change).__name__} {change.object.metadata.name}"


class TestStore:
    async def test_an_object_of_another_uid_is_another_object(self) -> None:
        store, changes = Store[Widget](), list[StoreChange[Widget]]()
        store.listen(changes.append)
        first, second = made("a", 1), made("a", 3, uid="2")
        store.apply(first)
        store.apply(second)
        assert changes == [Added(first), Removed(first, is_missed=True), Added(second)]
        store.remove(first)
        assert store.values() == [second]

    async def test_a_list_takes_the_place_of_all_there_is_at_once(self) -> None:
        store = Store[Widget](indexers={"size": lambda each: str(each.spec.size) if each.spec else None})
        for each in (kept := made("a", 1), gone := made("b", 1), changed := made("c", 1), recreated := made("d", 1)):
            store.apply(each)
        seen: list[tuple[str, list[str]]] = []
        changes = list[StoreChange[Widget]]()

        def listen(change: StoreChange[Widget]) -> None:
            changes.append(change)
            seen.append((store.resource_version, sorted(each.metadata.name or "" for each in store)))

        for _ in range(4):
            store.listen(lambda change: None)()
        store.listen(listen)
        changes.clear()
        seen.clear()
        new = [kept, made("c", 5, size=2), made("d", 6, uid="2"), made("e", 7)]
        store.replace({ObjectKey.of(each): each for each in new}, "9")
        assert changes == [
            Removed(gone, is_missed=True),
            Removed(recreated, is_missed=True),
            Updated(changed, new[1]),
            Added(new[2]),
            Added(new[3]),
        ]
        assert seen == [("9", ["a", "c", "d", "e"])] * 5
        assert store.by_index("size", "2") == [new[1]]
        assert sorted(store.index_values("size")) == ["1", "2"]

    async def test_an_index_takes_one_value_several_or_none(self) -> None:
        values: dict[str, object] = {"a": "x", "b": ["x", "y"], "c": None, "d": ""}
        store = Store[Widget](indexers={"by": lambda each: values[each.metadata.name or ""]})
        for name in values:
            store.apply(made(name, 1))
        assert [each.metadata.name for each in store.by_index("by", "x")] == ["a", "b"]
        assert [each.metadata.name for each in store.by_index("by", "y")] == ["b"]
        store.remove(made("b", 2))
        assert store.index_values("by") == ["x"]
        assert store.by_index("by", "y") == []
        with pytest.raises(InvalidArgument, match=r"no index 'of' \(it has: by\)"):
            store.by_index("of", "x")
        values["e"] = 7
        with pytest.raises(InvalidArgument, match="a string, several in a list"):
            store.apply(made("e", 1))
        assert store.get("e", "shop") is None

    async def test_it_is_read_by_name_and_by_key(self) -> None:
        store = Store[Widget]()
        store.apply(one := made("a", 1))
        assert store.get("a", "shop") is one
        assert store.get("a") is None
        assert store.by_key(ObjectKey("shop", "a")) is one
        assert ObjectKey("shop", "a") in store
        assert (store.keys(), len(store), list(store)) == ([ObjectKey("shop", "a")], 1, [one])
        assert str(ObjectKey("shop", "a")) == "shop/a"
        assert str(ObjectKey("", "a")) == "a"


class TestInformer:
    async def test_what_is_written_is_there_to_be_read(self) -> None:
        cluster = FakeCluster()
        async with Informer(widgets(cluster)) as cache:
            await cache.wait_synced(timeout=10)
            written = put(cluster, "a")
            await cache.wait_for(written["metadata"]["resourceVersion"], timeout=10)
            found = cache.get("a")
            assert found is not None
            assert cache.get("a", "other") is None
            with pytest.raises(WaitTimeout, match="version 99 has not come after 5 s"):
                await cache.wait_for("99", timeout=5)
            with pytest.raises(InvalidArgument):
                await cache.wait_for(None)

    async def test_waiting_fails_with_the_last_error(self) -> None:
        cluster = FakeCluster()
        cluster.faults += [Forbidden("not for you")] * 50
        async with Informer(widgets(cluster)) as cache:
            with pytest.raises(WaitTimeout, match="not for you") as caught:
                await cache.wait_synced(timeout=30)
            assert isinstance(caught.value.last_error, Forbidden)
            assert isinstance(caught.value, TimeoutError)
            assert isinstance(cache.last_error, Forbidden)
            assert not cache.is_synced

    async def test_a_fatal_error_ends_the_block_as_itself(self) -> None:
        cluster = FakeCluster()
        cluster.faults.append(Forbidden("not for you"))
        with pytest.raises(Forbidden, match="not for you"):
            async with Informer(widgets(cluster), is_fatal=lambda error: True) as cache:
                await cache.wait_synced()

    async def test_an_unchanged_object_stays_the_same_over_a_list(self) -> None:
        cluster = FakeCluster()
        put(cluster, "a")
        put(cluster, "b")
        async with Informer(widgets(cluster)) as cache:
            await cache.wait_synced()
            before = cache.get("a")
            cluster.compact()
            cluster.expire()
            last = put(cluster, "b", size=2)
            await cache.wait_for(last["metadata"]["resourceVersion"])
            assert cache.get("a") is before
            # Nor is anything of what the list brought kept with it.
            (key,) = (key for key in cache.store.keys() if key.name == "a")  # noqa: SIM118 - no mapping
            assert before is not None
            assert key.name is before.metadata.name
            assert key.namespace is before.metadata.namespace

    @pytest.mark.parametrize(
        ("options", "limit"),
        [({}, "500"), ({"intern_parts": True}, "200"), ({"intern_parts": True, "page_size": 7}, "7")],
    )
    async def test_pages_are_small_where_little_is_kept(self, options: dict[str, Any], limit: str) -> None:
        cluster = FakeCluster()
        async with Informer(widgets(cluster), **options) as cache:
            await cache.wait_synced()
        assert dict(cluster.requests[0].query)["limit"] == limit

    async def test_rights_that_are_withdrawn_and_given_back(self) -> None:
        cluster = FakeCluster()
        put(cluster, "a")
        async with Informer(widgets(cluster)) as cache:
            await cache.wait_synced()
            cluster.faults += [Forbidden("withdrawn")] * 6
            cluster.end_streams()
            remove(cluster, "a")
            await anyio.sleep(5)
            assert isinstance(cache.last_error, Forbidden)
            assert len(cache) == 1
            await cache.wait_for(str(cluster.revision), timeout=120)
            assert len(cache) == 0

    async def test_it_is_entered_once(self) -> None:
        async with Informer(widgets(FakeCluster())) as cache:
            with pytest.raises(RuntimeError):
                await cache.__aenter__()

    async def test_names_of_two_namespaces_are_two_objects(self) -> None:
        cluster = FakeCluster()
        cluster.put(WIDGETS, widget("a", namespace="shop"))
        cluster.put(WIDGETS, widget("a", namespace="home"))
        async with Informer(widgets(cluster), namespace=None) as cache:
            await cache.wait_synced()
            assert set(map(str, cache.store.keys())) == {"shop/a", "home/a"}


class TestSubscription:
    async def test_a_late_subscriber_gets_all_there_is_and_then_the_changes(self) -> None:
        cluster = FakeCluster()
        put(cluster, "a")
        async with Informer(widgets(cluster)) as cache:
            await cache.wait_synced()
            with cache.subscribe(capacity=1) as changes:
                put(cluster, "b")
                assert [told(await anext(changes)) for _ in range(2)] == ["Added a", "Added b"]
                remove(cluster, "a")
                assert told(await anext(changes)) == "Removed a"
            assert [change async for change in changes] == []

    async def test_one_that_never_reads_is_dropped_and_told(self) -> None:
        cluster = FakeCluster()
        async with Informer(widgets(cluster)) as cache:
            await cache.wait_synced()
            changes = cache.subscribe(capacity=2)
            for name in "abc":
                put(cluster, name)
            await cache.wait_for(str(cluster.revision))
            with pytest.raises(SubscriptionOverflow, match="let 2 changes wait"):
                await anext(changes)

    async def test_what_a_list_brings_at_once_drops_nobody(self) -> None:
        cluster = FakeCluster()
        for name in "abcd":
            put(cluster, name)
        async with Informer(widgets(cluster)) as cache:
            with cache.subscribe(capacity=2) as changes:
                await cache.wait_synced()
                assert [told(await anext(changes)) for _ in range(4)] == [f"Added {name}" for name in "abcd"]
                for name in "efg":
                    put(cluster, name)
                await cache.wait_for(str(cluster.revision))
                with pytest.raises(SubscriptionOverflow):
                    await anext(changes)

    async def test_one_that_blocks_holds_the_cache_up(self) -> None:
        cluster = FakeCluster()
        async with Informer(widgets(cluster)) as cache:
            await cache.wait_synced()
            with cache.subscribe(capacity=2, when_full=WhenFull.BLOCK) as changes:
                await anyio.sleep(1)
                for name in "abcd":
                    put(cluster, name)
                await anyio.sleep(1)
                assert len(cache) == 2
                assert told(await anext(changes)) == "Added a"
                await anyio.sleep(1)
                assert len(cache) == 3
            await anyio.sleep(1)
            assert len(cache) == 4

    async def test_it_needs_room(self) -> None:
        async with Informer(widgets(FakeCluster())) as cache:
            with pytest.raises(InvalidArgument, match="capacity=0"):
                cache.subscribe(capacity=0)


class TestMutationDetector:
    @pytest.fixture(autouse=True)
    def switched_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KUBEX_CACHE_MUTATION_DETECTOR", "1")

    @pytest.mark.parametrize("how", ["update", "removal", "bookmark", "list"])
    async def test_a_change_in_place_is_found(self, how: str) -> None:
        cluster = FakeCluster()
        put(cluster, "a")
        with pytest.raises(CacheCorrupted, match='Widget "a" in namespace "shop" was changed in the cache'):
            async with Informer(widgets(cluster)) as cache:
                await cache.wait_synced()
                await anyio.sleep(1)
                found = cache.get("a")
                assert found is not None
                found.metadata.labels = {"mine": "yes"}
                if how == "update":
                    put(cluster, "a", size=2)
                elif how == "removal":
                    remove(cluster, "a")
                elif how == "list":
                    put(cluster, "a", size=2)
                    cluster.compact()
                    cluster.expire()
                else:
                    cluster.bookmark()
                await anyio.sleep(10)

    async def test_copies_may_be_changed(self) -> None:
        cluster = FakeCluster()
        put(cluster, "a")
        async with Informer(widgets(cluster)) as cache:
            await cache.wait_synced()
            found = cache.get("a")
            assert found is not None
            found.model_copy(deep=True).metadata.labels = {"mine": "yes"}
            put(cluster, "a", size=2)
            remove(cluster, "a")
            put(cluster, "b")
            await cache.wait_for(str(cluster.revision), timeout=10)


class TestFactory:
    async def test_one_watch_for_all_who_ask_for_the_same(self) -> None:
        cluster = FakeCluster()
        async with InformerFactory(FakeClient(cluster), namespace="shop") as informers:
            first = informers.get(Widget)
            assert informers.get(Widget) is first
            assert informers.get(Widget, namespace="shop") is first
            assert informers.get(Widget, label_selector="a=b") is not first
            await informers.wait_synced(timeout=10)
            await anyio.sleep(1)
            assert len(cluster.streams) == 2
            with pytest.raises(InvalidArgument, match="first call"):
                informers.get(Widget, indexers={})
        assert cluster.streams == []

    async def test_informers_may_be_asked_for_before_it_begins(self) -> None:
        informers = InformerFactory(FakeClient(FakeCluster()))
        cache = informers.get(Widget)
        async with informers:
            await cache.wait_synced(timeout=10)


class TestTransforms:
    async def test_what_a_cache_does_not_keep(self) -> None:
        cluster = FakeCluster()
        entries: list[Object] = [{"manager": "me", "operation": "Apply", "fieldsV1": {"f:spec": {}}}]
        put(cluster, "a", managedFields=entries, labels={"a": "b"})
        async with Informer(widgets(cluster), transform=without_managed_fields) as cache:
            await cache.wait_synced()
            (kept,) = cache
            assert (kept.metadata.managed_fields, kept.metadata.labels) == (None, {"a": "b"})

    async def test_whole_fields(self) -> None:
        transform = without_fields("metadata.managed_fields", "spec", "metadata.labels.x", "status.none")
        obj = made("a", 1)
        obj.metadata.managed_fields = [ManagedFieldsEntry(manager="me")]
        assert transform(obj) == Widget(metadata=made("a", 1).metadata)
        content: Object = {
            "apiVersion": "v1",
            "kind": "X",
            "metadata": {"name": "a", "labels": {}},
            "spec": {"a": 1, "b": 2},
        }
        dynamic = without_fields("metadata.labels", "spec.a")(DynamicObject(content))
        expected = {"apiVersion": "v1", "kind": "X", "metadata": {"name": "a"}, "spec": {"b": 2}}
        assert dynamic.model_dump() == expected
        with pytest.raises(InvalidArgument):
            without_fields("spec.")
