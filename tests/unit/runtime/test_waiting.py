from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

import anyio
import pytest

from kubex.api import Api
from kubex.core.exceptions import ConnectionFailed, Forbidden, InvalidArgument, InvalidType, WaitTimeout
from kubex.k8s.v1_35.core.v1 import ConfigMap, Namespace, Pod
from kubex.runtime import conditions, wait_for
from kubex.runtime.conditions import Condition, all_of, any_of, condition
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.resource_config import ResourceConfig, Scope
from tests.unit.runtime.fake_cluster import FakeClient, FakeCluster, Object
from tests.unit.runtime.virtual_time import anyio_backend

__all__ = ["anyio_backend"]

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

PODS = "api/v1/pods"


def pod(name: str = "web", **status: Any) -> Object:
    spec: Object = {"containers": []}
    object_ = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "shop"}, "spec": spec}
    return {**object_, "status": status} if status else object_


def ready(status: str = "True", **more: Any) -> list[Object]:
    return [{"type": "Ready", "status": status, **more}]


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
def pods(cluster: FakeCluster) -> Api[Pod]:
    return Api(Pod, FakeClient(cluster), namespace="shop")


async def after(seconds: float, do: Callable[[], object]) -> None:
    await anyio.sleep(seconds)
    do()


async def test_what_holds_already_is_there_at_once(cluster: FakeCluster, pods: Api[Pod]) -> None:
    cluster.put(PODS, pod(conditions=ready()))
    found = await wait_for(pods, "web", conditions.pod_ready, timeout=5)
    assert found.metadata.name == "web"
    assert anyio.current_time() < 5


async def test_a_condition_is_not_asynchronous(cluster: FakeCluster, pods: Api[Pod]) -> None:
    async def never(pod: Pod) -> bool:
        return False

    cluster.put(PODS, pod())
    with pytest.raises(InvalidArgument, match="must not be asynchronous"):
        await wait_for(pods, "web", never, timeout=5)


async def test_what_nobody_had_time_to_look_at_is_not_said_to_be_missing(cluster: FakeCluster, pods: Api[Pod]) -> None:
    cluster.put(PODS, pod())
    with pytest.raises(WaitTimeout, match="no answer by then"):
        await wait_for(pods, "web", conditions.pod_ready, timeout=0)


async def test_it_waits_on_one_watch_for_an_object_that_is_not_there_yet(cluster: FakeCluster, pods: Api[Pod]) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(after, 100, lambda: cluster.put(PODS, pod("other", conditions=ready())))
        tasks.start_soon(after, 101, lambda: cluster.put(PODS, pod()))
        tasks.start_soon(after, 102, lambda: cluster.put(PODS, pod(conditions=ready("False"))))
        tasks.start_soon(after, 103, lambda: cluster.put(PODS, pod(conditions=ready())))
        await wait_for(pods, "web", conditions.pod_ready, timeout=200)
    assert len(cluster.requests) == 2
    assert {dict(request.query)["fieldSelector"] for request in cluster.requests} == {"metadata.name=web"}


async def test_it_survives_what_watches_survive(cluster: FakeCluster, pods: Api[Pod]) -> None:
    cluster.put(PODS, pod())
    cluster.faults.append(ConnectionFailed("reset"))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(after, 5, cluster.cut)
        tasks.start_soon(after, 20, cluster.expire)
        tasks.start_soon(after, 30, lambda: cluster.put(PODS, pod(phase="Running")))
        await wait_for(pods, "web", lambda each: each.status and each.status.phase == "Running", timeout=60)


async def test_time_is_up(cluster: FakeCluster, pods: Api[Pod]) -> None:
    waited = "waited 7 s for condition Ready=True; it is not there$"
    with pytest.raises(WaitTimeout, match=f'^pods in namespace "shop": "web": {waited}'):
        await wait_for(pods, "web", conditions.pod_ready, timeout=7)
    with pytest.raises(WaitTimeout, match=r'^pods in namespace "shop": "web": waited 7 s for the condition'):
        await wait_for(pods.metadata, "web", lambda each: each.metadata.labels, timeout=7)
    with pytest.raises(WaitTimeout, match=f'^"web" in namespace "other": {waited}'):
        await wait_for(pods, "web", conditions.pod_ready, timeout=7, namespace="other")
    cluster.put(PODS, pod())
    cluster.faults.append(ConnectionFailed("reset by peer"))
    with pytest.raises(WaitTimeout, match=r"it is there \(it has no status yet\); the last error: reset by peer"):
        await wait_for(pods, "web", conditions.pod_ready, timeout=7)


async def test_what_is_missing_is_said(cluster: FakeCluster, pods: Api[Pod]) -> None:
    cluster.put(PODS, pod(conditions=ready("False"), phase="Running"))
    with pytest.raises(WaitTimeout, match=r"waited 7 s for condition Ready=True; it is there \(phase Running\)$"):
        await wait_for(pods, "web", conditions.pod_ready, timeout=7)
    with pytest.raises(WaitTimeout, match=r"waited 7 s for deletion; it is there$"):
        await wait_for(pods, "web", conditions.deleted, timeout=7)


async def test_a_function_that_stumbles_says_not_yet(cluster: FakeCluster, pods: Api[Pod]) -> None:
    cluster.put(PODS, pod())
    with pytest.raises(WaitTimeout, match="raised AttributeError: 'NoneType' object has no attribute 'phase'"):
        await wait_for(pods, "web", lambda each: each.status.phase == "Running", timeout=7)  # type: ignore[union-attr] # pyright: ignore


async def test_who_may_not_read_is_told_at_once(cluster: FakeCluster, pods: Api[Pod]) -> None:
    cluster.faults.append(Forbidden("not for you"))
    with pytest.raises(Forbidden):
        await wait_for(pods, "web", conditions.deleted, timeout=None)


class TestDeleted:
    async def test_what_is_not_there_is_deleted(self, pods: Api[Pod]) -> None:
        assert await wait_for(pods, "web", conditions.deleted, timeout=5) is None

    async def test_the_deletion_is_seen(self, cluster: FakeCluster, pods: Api[Pod]) -> None:
        cluster.put(PODS, pod())
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(after, 5, lambda: cluster.remove(PODS, "shop", "web"))
            assert await wait_for(pods, "web", conditions.deleted, timeout=10) is None

    async def test_another_object_of_the_same_name_shows_it_too(self, cluster: FakeCluster, pods: Api[Pod]) -> None:
        cluster.put(PODS, pod())

        def recreate_unseen() -> None:
            cluster.expire()
            cluster.remove(PODS, "shop", "web")
            cluster.put(PODS, pod())
            cluster.compact()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(after, 5, recreate_unseen)
            assert await wait_for(pods, "web", conditions.deleted, timeout=20) is None


class TestOtherKinds:
    """A condition that can never hold of an object is refused before anything is asked."""

    @pytest.mark.parametrize(
        ("wanted", "problem"),
        [
            (
                conditions.rollout_complete,
                "the rollout can't be waited for of a ConfigMap: it is about Deployment, Sta",
            ),
            (conditions.pod_ready, "condition Ready=True can't be waited for of a ConfigMap: it is about Pod"),
            (conditions.job_finished, "of a ConfigMap: it is about Job"),
            (any_of(conditions.deleted, conditions.job_failed), "of a ConfigMap: it is about Job"),
            (condition("Available"), "condition Available=True can't be waited for of a ConfigMap: it has no status"),
        ],
    )
    async def test_they_are_refused(self, cluster: FakeCluster, wanted: Condition[Any], problem: str) -> None:
        api = Api(ConfigMap, FakeClient(cluster), namespace="shop")
        with pytest.raises(InvalidArgument, match=problem):
            await wait_for(api, "a", wanted, timeout=5)
        with pytest.raises(ValueError, match=r"it is about|has no status"):
            await wait_for(Api(ConfigMap, FakeClient(cluster)).metadata, "a", wanted, timeout=5)
        assert cluster.requests == []

    async def test_of_dynamic_objects_their_kind_counts(self, cluster: FakeCluster) -> None:
        class Dynamic(DynamicObject):
            __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(
                group="apps", version="v1", kind="Deployment", plural="deployments", scope=Scope.NAMESPACE
            )

        deployments = Api(Dynamic, FakeClient(cluster), namespace="shop")
        with pytest.raises(WaitTimeout):
            await wait_for(deployments, "a", conditions.rollout_complete, timeout=5)
        with pytest.raises(InvalidArgument, match="of a Deployment: it is about Pod"):
            await wait_for(deployments, "a", conditions.pod_ready, timeout=5)

    def test_content_of_another_kind(self) -> None:
        with pytest.raises(InvalidArgument, match="of a ConfigMap"):
            conditions.rollout_complete.holds({"kind": "ConfigMap"})
        assert conditions.ready.holds({"kind": "ConfigMap"})

    async def test_what_every_object_has_can_be_waited_for(self, cluster: FakeCluster) -> None:
        api = Api(ConfigMap, FakeClient(cluster), namespace="shop")
        assert await wait_for(api, "a", conditions.deleted, timeout=5) is None
        assert await wait_for(api.metadata, "a", conditions.deleted, timeout=5) is None


class TestWhatIsRefused:
    """What would wait in vain, or for something else than is meant, is refused before a request; names as by `get`."""

    async def test_no_namespace(self, cluster: FakeCluster) -> None:
        api = Api(Pod, FakeClient(cluster))
        for source in (api, api.metadata):
            for wanted in (conditions.deleted, conditions.ready):
                with pytest.raises(InvalidArgument) as refusal:
                    await wait_for(source, "web", wanted, timeout=5)
                with pytest.raises(InvalidArgument) as refusal_of_get:
                    await source.get("web")
                assert str(refusal.value) == str(refusal_of_get.value)
        with pytest.raises(InvalidArgument, match="Pod lives in a namespace: give one"):
            await wait_for(Api(Pod, api.client, namespace="shop"), "web", conditions.deleted, timeout=5, namespace=None)
        with pytest.raises(InvalidArgument, match="Namespace lives outside namespaces"):
            await wait_for(Api(Namespace, api.client), "shop", conditions.deleted, timeout=5, namespace="shop")
        assert cluster.requests == []
        assert await wait_for(Api(Namespace, api.client), "shop", conditions.deleted, timeout=5) is None
        assert await wait_for(api, "web", conditions.deleted, timeout=5, namespace="shop") is None

    @pytest.mark.parametrize("name", ["", None, "a/b", 5])
    async def test_names_that_are_none(self, cluster: FakeCluster, pods: Api[Pod], name: Any) -> None:
        with pytest.raises(InvalidArgument) as refusal:
            await wait_for(pods, name, conditions.deleted, timeout=None)
        with pytest.raises(InvalidArgument) as refusal_of_get:
            await pods.get(name)
        assert str(refusal.value) == str(refusal_of_get.value)
        assert cluster.requests == []

    @pytest.mark.parametrize(
        ("wanted", "problem"),
        [
            ("Ready", r"or a function of the object, is needed, and not a str: conditions.condition\('Ready'\) is"),
            (None, "one of kubex.conditions, or a function of the object, is needed, and not a NoneType"),
            (conditions.condition, r'condition makes conditions, and is none: write conditions.condition\("Ready"\)'),
            (any_of, "any_of makes conditions"),
            (all_of, "all_of makes conditions"),
            (Condition, "Condition makes conditions, and is none: write an object of the class"),
        ],
    )
    async def test_what_is_no_condition(self, cluster: FakeCluster, pods: Api[Pod], wanted: Any, problem: str) -> None:
        with pytest.raises(InvalidArgument, match=problem):
            await wait_for(pods, "web", wanted, timeout=None)
        assert cluster.requests == []

    async def test_a_function_that_gives_a_condition(self, cluster: FakeCluster, pods: Api[Pod]) -> None:
        cluster.put(PODS, pod())
        with pytest.raises(InvalidArgument, match=r"gives a condition \(condition Nope=True\), .* give that one to"):
            await wait_for(pods, "web", lambda _: condition("Nope"), timeout=None)

    @pytest.mark.parametrize("bound", ["5s", True, [5], b"5"])
    async def test_what_is_no_time_out(self, cluster: FakeCluster, pods: Api[Pod], bound: Any) -> None:
        with pytest.raises(InvalidType, match="timeout: a number of seconds, or None, is needed, and not a"):
            await wait_for(pods, "web", conditions.deleted, timeout=bound)
        with pytest.raises(InvalidArgument, match="timeout=nan"):
            await wait_for(pods, "web", conditions.deleted, timeout=float("nan"))
        assert cluster.requests == []

    @pytest.mark.parametrize("source", [Pod, None, "pods"])
    async def test_what_is_no_api(self, source: Any) -> None:
        with pytest.raises(InvalidType, match="api: an Api is needed"):
            await wait_for(source, "web", conditions.deleted, timeout=5)


AVAILABLE = condition("Available")


@pytest.mark.parametrize(
    ("wanted", "content", "holds"),
    [
        (AVAILABLE, {}, False),
        (AVAILABLE, {"status": None}, False),
        (AVAILABLE, {"status": {"conditions": None}}, False),
        (AVAILABLE, {"status": {"conditions": [{"type": "Available", "status": "True"}]}}, True),
        (AVAILABLE, {"status": {"conditions": [{"type": "Available", "status": "Unknown"}]}}, False),
        (AVAILABLE, None, False),
        (condition("available", "false"), {"status": {"conditions": [{"type": "Available", "status": "False"}]}}, True),
        (
            AVAILABLE,
            {
                "metadata": {"generation": 2},
                "status": {"conditions": [{"type": "Available", "status": "True", "observedGeneration": 1}]},
            },
            False,
        ),
        (conditions.job_finished, {"status": {"conditions": [{"type": "Failed", "status": "True"}]}}, True),
        (conditions.pod_finished, {"status": {"phase": "Succeeded"}}, True),
        (conditions.pod_finished, {"status": {"phase": "Failed"}}, True),
        (conditions.pod_finished, {"status": {"phase": "Running"}}, False),
        (conditions.pod_finished, {"status": None}, False),
        (conditions.pod_finished, None, False),
        (conditions.job_complete, {"status": {"conditions": [{"type": "Failed", "status": "True"}]}}, False),
        (conditions.deleted, None, True),
        (conditions.deleted, {}, False),
        (any_of(conditions.deleted, AVAILABLE), None, True),
        (all_of(conditions.job_complete, conditions.job_failed), {}, False),
        (conditions.rollout_complete, {"kind": "Deployment", "metadata": {"generation": 1}, "spec": {}}, False),
    ],
)
def test_conditions(wanted: Condition, content: Object | None, holds: bool) -> None:
    assert wanted.holds(content) is holds


def test_conditions_are_described() -> None:
    both = conditions.pod_ready & conditions.job_failed | conditions.deleted
    assert str(both) == "condition Ready=True and condition Failed=True or deletion"
    assert isinstance(both, conditions.Absence)
