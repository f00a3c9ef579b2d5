"""Controllers and their managers, in virtual time on a fake cluster."""

from __future__ import annotations

import logging
from itertools import pairwise
from typing import Any, cast

import anyio
import pytest

from kubex.core.exceptions import InvalidArgument, InvalidType, ServiceUnavailable
from kubex.core.references import owner_reference
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex.runtime import Context, Controller, Manager, ObjectKey, Requeue, TerminalError, Updated
from kubex.runtime.predicates import (
    annotations_changed,
    any_change_of,
    generation_changed,
    labels_changed,
    status_changed,
)
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.struct_entity import StructEntity
from tests.unit.api.resources import Widget
from tests.unit.runtime.controllers import running
from tests.unit.runtime.fake_cluster import FakeCluster
from tests.unit.runtime.test_cache import made
from tests.unit.runtime.virtual_time import anyio_backend
from tests.unit.runtime.widgets import WIDGETS, put, remove

__all__ = ["anyio_backend"]

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

CONFIG_MAPS = "api/v1/configmaps"


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
def controller() -> Controller[Widget]:
    return Controller(Widget, name="widgets", owns=[ConfigMap], concurrency=3)


async def test_each_object_gets_what_it_owns_and_gets_it_back(
    cluster: FakeCluster, controller: Controller[Widget]
) -> None:
    @controller.reconcile
    async def reconcile(widget: Widget, ctx: Context) -> None:
        owner = owner_reference(widget, controller=True)
        name, size = widget.metadata.name, widget.spec.size if widget.spec else 0
        metadata = ObjectMetadata(name=name, namespace=widget.metadata.namespace, owner_references=[owner])
        await ctx.api(ConfigMap).apply(ConfigMap(metadata=metadata, data={"size": str(size)}))

    def sizes() -> dict[str, str]:
        return {name: each["data"]["size"] for (_, name), each in cluster.objects.get(CONFIG_MAPS, {}).items()}

    for name in "abcde":
        put(cluster, name)
    async with running(cluster, controller) as manager:
        await anyio.sleep(1)
        assert manager.is_ready
        assert manager.is_healthy
        assert sizes() == dict.fromkeys("abcde", "1")
        put(cluster, "a", size=7)
        cluster.remove(CONFIG_MAPS, "shop", "b")
        await anyio.sleep(1)
        assert sizes() == {"a": "7", "b": "1", "c": "1", "d": "1", "e": "1"}
    applied = [request for request in cluster.requests if request.method == "PATCH"]
    assert {dict(request.query)["fieldManager"] for request in applied} == {"widgets"}


async def test_one_object_is_never_worked_on_twice_at_once_and_no_more_than_may(cluster: FakeCluster) -> None:
    controller = Controller(Widget, name="widgets", concurrency=3)
    now: list[str] = []
    most = 0

    @controller.reconcile
    async def reconcile(widget: Widget, ctx: Context) -> None:
        nonlocal most
        name = widget.metadata.name or ""
        assert name not in now
        now.append(name)
        most = max(most, len(now))
        await anyio.sleep(1)
        now.remove(name)

    async with running(cluster, controller):
        for round_ in range(5):
            for name in "abcdefg":
                put(cluster, name, size=round_)
            await anyio.sleep(0.7)
        await anyio.sleep(30)
    assert most == 3


@pytest.mark.parametrize("what", ["raises", "nonsense", "hangs", "refused"])
async def test_a_failure_concerns_its_object_alone(
    cluster: FakeCluster, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    controller = Controller(Widget, name="widgets", timeout=2)
    calls: dict[str, int] = {}

    @controller.reconcile
    async def reconcile(widget: Widget, ctx: Context) -> Any:
        name = widget.metadata.name or ""
        calls[name] = calls.get(name, 0) + 1
        if name == "bad" and calls[name] < 4:
            assert ctx.attempt == calls[name] - 1
            if what == "raises":
                raise ZeroDivisionError("of its own")
            if what == "hangs":
                await anyio.sleep_forever()
            if what == "refused":
                raise ServiceUnavailable("not now")
            return "nonsense"
        return None

    put(cluster, "bad")
    put(cluster, "good")
    with caplog.at_level(logging.WARNING, "kubex.controller.widgets"):
        async with running(cluster, controller) as manager:
            await anyio.sleep(20)
            assert calls == {"bad": 4, "good": 1}
            assert 'kubex_controller_reconcile_total{controller="widgets",result="error"} 3' in manager.metrics()
            assert 'kubex_workqueue_retries_total{name="widgets"} 3' in manager.metrics()
    reason = {
        "raises": "of its own",
        "nonsense": "gives a Requeue or None",
        "hangs": "ended after 2 s",
        "refused": "now",
    }
    assert "shop/bad failed and is tried again in 0.005 s" in caplog.text
    assert reason[what] in caplog.text


async def test_a_terminal_error_waits_for_a_change(cluster: FakeCluster, controller: Controller[Widget]) -> None:
    calls: list[int] = []

    @controller.reconcile
    async def reconcile(widget: Widget, ctx: Context) -> None:
        calls.append(widget.spec.size if widget.spec else 0)
        raise TerminalError("no such size")

    put(cluster, "a")
    async with running(cluster, controller):
        await anyio.sleep(5000)
        assert calls == [1]
        put(cluster, "a", size=2)
        await anyio.sleep(5)
    assert calls == [1, 2]


async def test_an_error_policy_and_requeues(cluster: FakeCluster) -> None:
    times: list[float] = []

    def policy(widget: Widget, error: Exception, failures: int) -> Requeue | None:
        return Requeue(after=60 * failures)

    controller = Controller(Widget, name="widgets", error_policy=policy)

    @controller.reconcile
    async def reconcile(widget: Widget, ctx: Context) -> Requeue | None:
        times.append(anyio.current_time())
        if len(times) == 1:
            raise ValueError("once")
        return Requeue(after=100) if len(times) == 2 else None

    put(cluster, "a")
    async with running(cluster, controller):
        await anyio.sleep(1000)
    assert [round(later - earlier) for earlier, later in pairwise(times)] == [60, 100]
    with pytest.raises(InvalidArgument, match="Requeue"):
        Requeue(after=-1)


async def test_what_a_function_changes_is_a_copy(cluster: FakeCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBEX_CACHE_MUTATION_DETECTOR", "1")
    controller = Controller(Widget, name="widgets")

    @controller.reconcile
    async def reconcile(widget: Widget, ctx: Context) -> None:
        widget.metadata.labels = {"mine": "yes"}

    put(cluster, "a")
    async with running(cluster, controller):
        await anyio.sleep(1)
        put(cluster, "a", size=2)
        await anyio.sleep(1)


class TestFinalizers:
    async def test_cleanup_comes_before_the_end_and_is_tried_again(self, cluster: FakeCluster) -> None:
        controller = Controller(Widget, name="widgets")
        seen: list[str] = []

        @controller.reconcile
        async def reconcile(widget: Widget, ctx: Context) -> None:
            assert widget.metadata.finalizers == ["example.com/other", "example.com/cleanup"]
            seen.append("reconcile")

        @controller.finalize("example.com/cleanup")
        async def cleanup(widget: Widget, ctx: Context) -> None:
            seen.append("cleanup")
            if seen.count("cleanup") == 1:
                raise OSError("the bucket is busy")

        put(cluster, "a", finalizers=["example.com/other"])
        async with running(cluster, controller):
            await anyio.sleep(1)
            assert "reconcile" in seen
            remove(cluster, "a")
            await anyio.sleep(1)
            (left,) = cluster.objects[WIDGETS].values()
            assert left["metadata"]["finalizers"] == ["example.com/other"]
            assert seen.count("cleanup") == 2
            cluster.put(WIDGETS, {**left, "metadata": {**left["metadata"], "finalizers": []}})
            await anyio.sleep(1)
            assert cluster.objects[WIDGETS] == {}

    async def test_an_object_without_any_gets_a_list(self, cluster: FakeCluster) -> None:
        controller = Controller(Widget, name="widgets")

        @controller.finalize("example.com/cleanup")
        async def cleanup(widget: Widget, ctx: Context) -> None:
            await ctx.event(widget, "CleanedUp", "all gone")

        put(cluster, "a")
        async with running(cluster, controller):
            await anyio.sleep(1)
            (held,) = cluster.objects[WIDGETS].values()
            assert held["metadata"]["finalizers"] == ["example.com/cleanup"]
            remove(cluster, "a")
            await anyio.sleep(1)
            assert cluster.objects[WIDGETS] == {}
        (event,) = cluster.objects["apis/events.k8s.io/v1/events"].values()
        assert (event["reason"], event["regarding"]["name"]) == ("CleanedUp", "a")

    @pytest.mark.parametrize("name", ["cleanup", "example.com/there"])
    def test_names(self, name: str) -> None:
        controller = Controller(Widget, name="widgets")

        async def cleanup(widget: Widget, ctx: Context) -> None: ...

        controller.finalize("example.com/there")(cleanup)
        with pytest.raises(InvalidArgument, match="finalizer"):
            controller.finalize(name)


async def test_other_resources_lead_to_objects(cluster: FakeCluster) -> None:
    controller = Controller(Widget, name="widgets", predicate=labels_changed)
    calls: list[str] = []
    controller.watches(ConfigMap, lambda each: [ObjectKey("shop", "a"), ObjectKey("shop", "none")])

    @controller.reconcile
    async def reconcile(widget: Widget, ctx: Context) -> None:
        calls.append(widget.metadata.name or "")
        assert len(ctx.cache(ConfigMap)) <= 1

    put(cluster, "a")
    async with running(cluster, controller):
        await anyio.sleep(1)
        put(cluster, "a", size=2)
        await anyio.sleep(1)
        assert calls == ["a"]
        cluster.put(
            CONFIG_MAPS, {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "x", "namespace": "shop"}}
        )
        await anyio.sleep(1)
        assert calls == ["a", "a"]


class TestTheEnd:
    @pytest.mark.parametrize(("seconds", "is_cancelled"), [(10, False), (100, True)])
    async def test_it_comes_in_two_stages(self, cluster: FakeCluster, seconds: float, is_cancelled: bool) -> None:
        controller = Controller(Widget, name="widgets", concurrency=1)
        ends: list[str] = []

        @controller.reconcile
        async def reconcile(widget: Widget, ctx: Context) -> None:
            try:
                await anyio.sleep(seconds)
                ends.append("whole")
            except anyio.get_cancelled_exc_class():
                ends.append("cancelled")
                raise

        put(cluster, "a")
        put(cluster, "b")
        async with running(cluster, controller):
            await anyio.sleep(1)
            began = anyio.current_time()
        assert ends == ["cancelled" if is_cancelled else "whole"]
        assert anyio.current_time() - began == pytest.approx(30 if is_cancelled else 9, abs=0.5)

    async def test_a_controller_without_its_caches_ends_at_once(self, cluster: FakeCluster) -> None:
        cluster.is_down = True
        controller = Controller(Widget, name="widgets", owns=[ConfigMap])

        @controller.reconcile
        async def reconcile(widget: Widget, ctx: Context) -> None:
            pass

        began = anyio.current_time()
        async with running(cluster, controller) as manager:
            await anyio.sleep(5)
            assert not manager.is_ready
        assert anyio.current_time() - began < 6

    async def test_a_second_call_ends_at_once(self, cluster: FakeCluster) -> None:
        controller = Controller(Widget, name="widgets")

        @controller.reconcile
        async def reconcile(widget: Widget, ctx: Context) -> None:
            await anyio.sleep(20)

        put(cluster, "a")
        began = anyio.current_time()
        async with running(cluster, controller) as manager:
            await anyio.sleep(1)
            manager.stop()
        assert anyio.current_time() - began < 3


async def test_of_two_managers_one_works_and_then_the_other(cluster: FakeCluster) -> None:
    calls: list[str] = []

    def made_for(who: str) -> Controller[Widget]:
        controller = Controller(Widget, name="widgets")

        @controller.reconcile
        async def reconcile(widget: Widget, ctx: Context) -> None:
            calls.append(who)

        return controller

    put(cluster, "a")
    async with running(cluster, made_for("second"), leader_election="widgets") as waiting:
        waiting_since = anyio.current_time()
        async with running(cluster, made_for("first"), leader_election="widgets"):
            await anyio.sleep(60)
            assert len(set(calls)) == 1
            assert waiting.is_ready
            first = calls[0]
        await anyio.sleep(20)
        assert anyio.current_time() - waiting_since > 60
        if first == "first":
            assert calls == ["first", "second"]


@pytest.mark.parametrize(
    ("options", "problem"),
    [({"name": ""}, "needs a name"), ({"name": "x", "concurrency": 0}, "concurrency=0")],
)
def test_controllers_need_a_name_and_room(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidArgument, match=problem):
        Controller(Widget, **options)


def test_controllers_need_resources() -> None:
    no_resource: Any = StructEntity  # the base itself, which lacks a config
    message = "StructEntity.* is no resource class: it has no __RESOURCE_CONFIG__"
    with pytest.raises(InvalidArgument, match=message):
        Controller(no_resource, name="x")
    with pytest.raises(InvalidArgument, match=message):
        Controller(Widget, name="x", owns=[no_resource])
    with pytest.raises(InvalidArgument, match=message):
        Controller(Widget, name="x").watches(no_resource, lambda each: [])
    with pytest.raises(InvalidType, match="a resource class is needed, and not a Widget"):
        Controller(cast("Any", made("a", 1)), name="x")


def test_managers_need_controllers_of_different_names(cluster: FakeCluster) -> None:
    for controllers in ((), (Controller(Widget, name="x"), Controller(ConfigMap, name="x"))):
        with pytest.raises(InvalidArgument, match="a name of its own"):
            Manager(*controllers)


def test_predicates() -> None:
    before, after = made("a", 1), made("a", 2)
    change = Updated(before, after)
    for predicate in (generation_changed, labels_changed, annotations_changed, status_changed):
        assert not predicate(change)
    after.metadata.annotations = {"a": "b"}
    assert annotations_changed(change)
    assert any_change_of(labels_changed, annotations_changed)(change)
    after.metadata.generation = 2
    assert generation_changed(change)
