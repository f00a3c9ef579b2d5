"""What a controller's calls find: its caches, and the lease that they are made under."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
import sniffio

from kubex.core.exceptions import InvalidArgument, LeadershipLost
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex.runtime import Context, Controller, Manager, ObjectKey
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.struct_entity import StructEntity
from tests.unit.api.resources import Rack, Widget
from tests.unit.runtime.controllers import running
from tests.unit.runtime.fake_cluster import FakeClient, FakeCluster
from tests.unit.runtime.virtual_time import anyio_backend, skip
from tests.unit.runtime.widgets import WIDGETS, put, widget

__all__ = ["anyio_backend"]

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

CONFIG_MAPS = "api/v1/configmaps"


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


class TestCaches:
    """A controller's functions read what the controller itself watches."""

    async def test_they_have_its_namespace_and_selectors(self, cluster: FakeCluster) -> None:
        controller = Controller(Widget, name="widgets", namespace="shop", label_selector="kept=yes")
        controller.watches(ConfigMap, lambda each: [], namespace="home")
        seen: list[list[str]] = []

        @controller.reconcile
        async def reconcile(widget: Widget, ctx: Context) -> None:
            own, other = ctx.cache(Widget), ctx.cache(ConfigMap)
            seen.append([f"{each.metadata.namespace}/{each.metadata.name}" for each in (*own, *other)])
            named = ctx.cache(ConfigMap, namespace="shop")
            await named.wait_synced(timeout=5)
            assert [each.metadata.name for each in named] == ["there"]
            assert ctx.cache(Widget, namespace=None) is not own

        put(cluster, "a", labels={"kept": "yes"})
        put(cluster, "b")
        for namespace, name in (("home", "here"), ("shop", "there")):
            config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}}
            cluster.put(CONFIG_MAPS, config_map)
        async with running(cluster, controller):
            await anyio.sleep(10)
        assert seen == [["shop/a", "home/here"]]

    async def test_what_nobody_watches_is_read_where_the_controller_looks(self, cluster: FakeCluster) -> None:
        controller = Controller(Widget, name="widgets", namespace="shop")
        places: list[str] = []

        @controller.reconcile
        async def reconcile(widget: Widget, ctx: Context) -> None:
            cache = ctx.cache(ConfigMap)
            await cache.wait_synced(timeout=5)
            assert ctx.cache(ConfigMap) is cache
            places.extend(each.metadata.namespace or "" for each in cache)
            await ctx.cache(Rack).wait_synced(timeout=5)
            no_resource: Any = StructEntity
            for ask in (ctx.api, ctx.cache):
                with pytest.raises(InvalidArgument, match="no resource class"):
                    ask(no_resource)

        put(cluster, "a")
        for namespace in ("home", "shop"):
            config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": namespace}}
            cluster.put(CONFIG_MAPS, config_map)
        async with running(cluster, controller, namespace="home") as manager:
            await anyio.sleep(10)
            assert 'kubex_controller_reconcile_total{controller="widgets",result="error"} 0' in manager.metrics()
        assert places == ["shop"]


async def test_a_call_makes_no_step_after_the_lease_has_run_out(cluster: FakeCluster) -> None:
    controller = Controller(Widget, name="widgets")
    steps: list[str] = []

    @controller.reconcile
    async def reconcile(widget: Widget, ctx: Context) -> None:
        answered = anyio.Event()

        async def stop_the_process() -> None:
            await anyio.sleep(1)
            answered.set()
            skip(60)  # what the call waits for and the end of the lease are both there when it goes on

        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(stop_the_process)
                steps.append("waits")
                await answered.wait()
                steps.append("sends")
                await ctx.api(ConfigMap).apply(ConfigMap(metadata=ObjectMetadata(name="late")))
        finally:
            steps.append("cleans up")

    put(cluster, "a")
    manager = Manager(controller, client=FakeClient(cluster), handle_signals=False, leader_election="widgets")
    with pytest.raises(LeadershipLost):
        await manager.run()
    # What trio has given can't be taken back: there the step begins, and can send nothing.
    assert [step for step in steps if step != "sends" or sniffio.current_async_library() == "asyncio"] == [
        "waits",
        "cleans up",
    ]
    assert CONFIG_MAPS not in cluster.objects


async def test_two_objects_of_one_name_are_worked_on_apart(cluster: FakeCluster) -> None:
    controller = Controller(Widget, name="widgets")

    @controller.reconcile
    async def reconcile(widget: Widget, ctx: Context) -> None:
        assert ctx.key == ObjectKey(widget.metadata.namespace or "", "a")
        await anyio.sleep(1)
        size = widget.spec.size if widget.spec else 0
        await ctx.api(ConfigMap).apply(ConfigMap(metadata=ObjectMetadata(name="a"), data={"size": str(size)}))

    for size, namespace in enumerate(("home", "shop")):
        cluster.put(WIDGETS, widget("a", size, namespace=namespace))
    async with running(cluster, controller):
        await anyio.sleep(1.5)
    made = {namespace: each["data"]["size"] for (namespace, _), each in cluster.objects[CONFIG_MAPS].items()}
    assert made == {"home": "0", "shop": "1"}
