"""What happens to running pods: eviction, ephemeral containers, resizing, and scaling of what makes them."""

from __future__ import annotations

import pytest

from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.core.exceptions import TooManyRequests
from kubex.core.patch import MergePatch, StrategicMergePatch
from kubex.k8s.v1_35.apps.v1 import Deployment, DeploymentSpec
from kubex.k8s.v1_35.core.v1 import Pod, PodSpec, PodTemplateSpec, ResourceRequirements
from kubex.k8s.v1_35.meta.v1 import LabelSelector
from kubex.k8s.v1_35.policy.v1 import PodDisruptionBudget, PodDisruptionBudgetSpec
from kubex_core.models.eviction import Eviction
from kubex_core.models.metadata import ObjectMetadata
from tests.e2e.pods import IMAGE, in_phase, pod, shell, start, until, until_gone

pytestmark = pytest.mark.anyio

WAIT = "trap exit TERM; while true; do sleep 0.1; done"


async def test_the_result_of_a_container(client: BaseClient, namespace: str) -> None:
    pods = Api(Pod, client, namespace=namespace)
    await pods.create(pod("failing", shell("exit 3")))
    failed = await until(pods, "failing", in_phase("Failed"))
    assert failed.status is not None
    assert failed.status.container_statuses is not None
    state = failed.status.container_statuses[0].state
    assert state is not None
    assert state.terminated is not None
    assert state.terminated.exit_code == 3


async def test_eviction_heeds_a_disruption_budget(client: BaseClient, namespace: str) -> None:
    pods = Api(Pod, client, namespace=namespace)
    budgets = Api(PodDisruptionBudget, client, namespace=namespace)
    await start(pods, pod("precious", shell(WAIT), app="web"))
    spec = PodDisruptionBudgetSpec(min_available=1, selector=LabelSelector(match_labels={"app": "web"}))
    budget = await budgets.create(PodDisruptionBudget(metadata=ObjectMetadata(name="web"), spec=spec))
    assert budget.metadata.generation == 1
    await until(budgets, "web", lambda seen: seen.status is not None and seen.status.expected_pods == 1)
    with pytest.raises(TooManyRequests, match="disruption budget"):
        await pods.eviction.create("precious", Eviction())
    await budgets.delete("web")
    status = await pods.eviction.create("precious", Eviction())
    assert status.status == "Success"
    await until_gone(pods, "precious")


async def test_an_ephemeral_container(client: BaseClient, namespace: str) -> None:
    pods = Api(Pod, client, namespace=namespace)
    await start(pods, pod("patient", shell(WAIT)))
    probe = {
        "name": "probe",
        "image": IMAGE,
        "imagePullPolicy": "Never",
        "command": ["sh", "-c", "echo looking"],
    }
    patched = await pods.ephemeral_containers.patch(
        "patient", StrategicMergePatch({"spec": {"ephemeralContainers": [probe]}})
    )
    assert patched.spec is not None
    assert [container.name for container in patched.spec.ephemeral_containers or ()] == ["probe"]

    def probed(seen: Pod) -> bool:
        statuses = (seen.status and seen.status.ephemeral_container_statuses) or []
        return any(status.state is not None and status.state.terminated is not None for status in statuses)

    await until(pods, "patient", probed)
    assert await pods.logs.get("patient", container="probe") == "looking\n"


async def test_resizing_in_place(client: BaseClient, namespace: str) -> None:
    pods = Api(Pod, client, namespace=namespace)
    small = ResourceRequirements(requests={"cpu": "10m"}, limits={"cpu": "50m"})
    await start(pods, pod("growing", shell(WAIT, resources=small)))
    larger = {"name": "main", "resources": {"requests": {"cpu": "20m"}, "limits": {"cpu": "100m"}}}
    patched = await pods.resize.patch("growing", StrategicMergePatch({"spec": {"containers": [larger]}}))
    assert patched.spec is not None
    assert patched.spec.containers[0].resources is not None
    assert patched.spec.containers[0].resources.limits == {"cpu": "100m"}

    def resized(seen: Pod) -> bool:
        statuses = (seen.status and seen.status.container_statuses) or []
        return any(status.resources is not None and status.resources.limits == {"cpu": "100m"} for status in statuses)

    grown = await until(pods, "growing", resized)
    assert grown.status is not None
    assert [status.restart_count for status in grown.status.container_statuses or ()] == [0]


async def test_scaling_a_deployment(client: BaseClient, namespace: str) -> None:
    deployments = Api(Deployment, client, namespace=namespace)
    pods = Api(Pod, client, namespace=namespace)
    labels = {"app": "web"}
    template = PodTemplateSpec(
        metadata=ObjectMetadata(labels=labels),
        spec=PodSpec(containers=[shell(WAIT)], termination_grace_period_seconds=0),
    )
    spec = DeploymentSpec(replicas=1, selector=LabelSelector(match_labels=labels), template=template)
    await deployments.create(Deployment(metadata=ObjectMetadata(name="web"), spec=spec))
    await until(deployments, "web", lambda seen: seen.status is not None and seen.status.ready_replicas == 1)
    scale = await deployments.scale.patch("web", MergePatch({"spec": {"replicas": 2}}))
    assert scale.spec is not None
    assert scale.spec.replicas == 2
    await until(deployments, "web", lambda seen: seen.status is not None and seen.status.ready_replicas == 2)
    running = await pods.list(label_selector="app=web", field_selector="status.phase=Running")
    assert len(running.items) == 2


async def test_deleting_a_running_pod(client: BaseClient, namespace: str) -> None:
    pods = Api(Pod, client, namespace=namespace)
    await start(pods, pod("short", shell(WAIT)))
    deleted = await pods.delete("short")
    assert isinstance(deleted, Pod)
    assert deleted.metadata.deletion_timestamp is not None
    await until_gone(pods, "short")
