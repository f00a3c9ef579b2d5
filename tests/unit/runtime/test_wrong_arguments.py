"""Mistakes in what the runtime is given, which are told where they are made."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest

from kubex.core.exceptions import InvalidArgument, InvalidType, WaitTimeout
from kubex.runtime import Context, Controller, Informer, LeaderElector, Manager, Requeue, Store, Watcher
from tests.unit.api.resources import Widget
from tests.unit.runtime.controllers import running
from tests.unit.runtime.fake_cluster import FakeClient, FakeCluster
from tests.unit.runtime.virtual_time import anyio_backend
from tests.unit.runtime.widgets import put, widgets

__all__ = ["anyio_backend"]

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


async def reconcile(widget: Widget, ctx: Context) -> None:
    pass


def plain(widget: Widget, ctx: Context) -> None:
    pass


async def of_one(widget: Widget) -> None:
    pass


async def asynchronous(change: object) -> bool:
    return True


def handing_on(widget: Widget, ctx: Context) -> Awaitable[None]:
    return reconcile(widget, ctx)


@functools.wraps(reconcile)
def wrapped(*arguments: Any) -> Any:
    return reconcile(*arguments)


def untyped(widget: Widget, ctx: Context) -> Awaitable[None]:
    return reconcile(widget, ctx)


untyped.__annotations__.clear()  # as of a program without types
AS_LAMBDA: Callable[[Widget, Context], Awaitable[None]] = lambda widget, ctx: reconcile(widget, ctx)  # noqa: E731


class Reconciler:
    async def __call__(self, widget: Widget, ctx: Context) -> None:
        pass


@pytest.mark.parametrize("wrong", [plain, of_one, 5, "reconcile", Widget])
def test_functions_of_controllers(wrong: Any) -> None:
    controller = Controller(Widget, name="widgets")
    with pytest.raises(InvalidArgument, match="the function of controller 'widgets'"):
        controller.reconcile(wrong)
    with pytest.raises(InvalidArgument, match=r"the cleanup of finalizer 'example\.com/x'"):
        controller.finalize("example.com/x")(wrong)
    assert (controller.function, controller.finalizers) == (None, {})


@pytest.mark.parametrize(
    "right",
    [reconcile, handing_on, wrapped, untyped, Reconciler(), functools.partial(reconcile), AS_LAMBDA],
)
def test_functions_that_are_awaited_in_other_ways(right: Callable[[Widget, Context], Awaitable[None]]) -> None:
    controller = Controller(Widget, name="widgets")
    controller.reconcile(right)
    assert controller.function is right


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"predicate": 5}, InvalidType),
        ({"predicate": asynchronous}, InvalidArgument),
        ({"predicate": plain}, InvalidArgument),
        ({"error_policy": 5}, InvalidType),
        ({"concurrency": "x"}, InvalidType),
        ({"concurrency": 0}, InvalidArgument),
        ({"concurrency": True}, InvalidArgument),
    ],
)
def test_options_of_controllers(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=next(iter(options))):
        Controller(Widget, name="widgets", **options)


def test_mappers() -> None:
    mapper: Any = 5
    with pytest.raises(InvalidType, match="mapper"):
        Controller(Widget, name="widgets").watches(Widget, mapper)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"leader_election": ""}, InvalidArgument),
        ({"leader_election": "A b"}, InvalidArgument),
        ({"leader_election": True}, InvalidType),
        ({"grace": -1}, InvalidArgument),
        ({"grace": float("nan")}, InvalidArgument),
        ({"grace": "x"}, InvalidType),
    ],
)
def test_options_of_managers(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=next(iter(options))):
        Manager(Controller(Widget, name="widgets"), **options)


def test_names_of_leases(cluster: FakeCluster) -> None:
    LeaderElector(FakeClient(cluster), "a.b-1")
    with pytest.raises(InvalidArgument, match="name='-a'"):
        LeaderElector(FakeClient(cluster), "-a")


async def test_a_controller_with_nothing_to_do(cluster: FakeCluster) -> None:
    manager = Manager(Controller(Widget, name="widgets"), client=FakeClient(cluster), handle_signals=False)
    with pytest.raises(InvalidArgument, match=r"'widgets' has nothing to do: .* @controller\.reconcile"):
        await manager.run()


async def test_a_controller_runs_once_at_a_time(cluster: FakeCluster) -> None:
    controller = Controller(Widget, name="widgets")
    controller.reconcile(reconcile)
    other = Manager(controller, client=FakeClient(cluster), handle_signals=False)
    async with running(cluster, controller) as manager:
        await anyio.sleep(1)
        for each in (manager, other):
            with pytest.raises(InvalidArgument, match="'widgets' runs already"):
                await each.run()
        assert manager.is_ready
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(other.run)
        await anyio.sleep(1)
        assert other.is_ready
        other.stop()


@pytest.mark.parametrize("seconds", ["x", None, -1, float("nan")])
def test_requeues(seconds: Any) -> None:
    with pytest.raises(InvalidArgument, match="Requeue"):
        Requeue(seconds)


async def test_sources(cluster: FakeCluster) -> None:
    wrong: list[Any] = ["x", FakeClient(cluster), type(widgets(cluster)), None]
    for source in wrong:
        for follow in (Informer, Watcher):
            with pytest.raises(InvalidType, match="source: an Api"):
                follow(source)
    size: Any = None
    with pytest.raises(InvalidType, match="page_size"):
        widgets(cluster).iterate(page_size=size)


async def test_an_informer_that_nobody_runs(cluster: FakeCluster) -> None:
    cache = Informer(widgets(cluster))
    with pytest.raises(WaitTimeout, match="nobody runs what follows it, as `async with` does an Informer"):
        await cache.wait_synced(timeout=1)


async def test_a_transform_that_gives_nothing(cluster: FakeCluster) -> None:
    put(cluster, "a")

    def nothing(widget: Widget) -> Any:
        return None

    with pytest.raises(InvalidType, match=r"what transform gives for .*a.*: the object to keep is needed"):
        async with Informer(widgets(cluster), transform=nothing) as cache:
            await cache.wait_synced(timeout=5)
    wrong: Any = 5
    with pytest.raises(InvalidType, match="transform"):
        Informer(widgets(cluster), transform=wrong)


@pytest.mark.parametrize("indexers", [["a"], {"a": "b"}, {"a": asynchronous}])
def test_indexers(indexers: Any) -> None:
    with pytest.raises(InvalidArgument, match="indexers"):
        Store[Widget](indexers=indexers)


async def test_values_of_indexers_that_are_no_strings(cluster: FakeCluster) -> None:
    put(cluster, "a")
    with pytest.raises(InvalidArgument, match="index 'x': an indexer gives a string"):
        async with Informer(widgets(cluster), indexers={"x": lambda widget: [["x"]]}) as cache:
            await cache.wait_synced(timeout=5)


async def test_nothing_to_write(cluster: FakeCluster) -> None:
    api, nothing = widgets(cluster), None
    writes: list[Callable[[Any], Awaitable[object]]] = [
        api.create,
        api.create_or_replace,
        functools.partial(api.apply, field_manager="tests"),
        functools.partial(api.replace, "a"),
    ]
    for write in writes:
        with pytest.raises(InvalidType, match="data: an object of Widget is needed"):
            await write(nothing)
    assert cluster.requests == []
