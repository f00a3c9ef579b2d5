"""The workloads of one cluster: its controllers, its nodes, and what a test may do to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Final

from kubex.core.exceptions import InvalidArgument
from kubex.testing.clock import VirtualClock
from kubex.testing.lifecycle.operations import Operations
from kubex.testing.lifecycle.requests import ChangeOptions
from kubex.testing.storage import JsonObject, Key
from kubex.testing.webhooks.configurations import ConfiguredWebhooks
from kubex.testing.workloads.asking import Asking
from kubex.testing.workloads.controller import Controller
from kubex.testing.workloads.cron_jobs import CronJobController
from kubex.testing.workloads.daemon_sets import DaemonSetController
from kubex.testing.workloads.deployments import DeploymentController
from kubex.testing.workloads.disruption_budgets import DisruptionController
from kubex.testing.workloads.endpoints import EndpointsController, EndpointSliceController
from kubex.testing.workloads.engine import Engine
from kubex.testing.workloads.jobs import JobController
from kubex.testing.workloads.kubelet import Kubelet
from kubex.testing.workloads.namespace_defaults import RootCertificates, ServiceAccounts
from kubex.testing.workloads.nodes import NODES, NodeLifecycle, SimulatedNode, Unreachable, node_object
from kubex.testing.workloads.options import Workloads
from kubex.testing.workloads.pacing import AtOnce, OnLoop, Pace, pass_time
from kubex.testing.workloads.replica_sets import ReplicaSetController, ReplicationManager
from kubex.testing.workloads.rules import PodRule
from kubex.testing.workloads.scheduler import Scheduler
from kubex.testing.workloads.state import PODS, State
from kubex.testing.workloads.stateful_sets import StatefulSetController
from kubex.testing.workloads.volumes import VolumeController

__all__ = ["Movement"]

_KUBELET: Final = ChangeOptions(field_manager="kubelet")


class Movement:
    """Has the workloads of a cluster move, from now on, in the thread that it is made in.

    Args:
        operations: of the cluster.
        options: what is asked for.
        release: of Kubernetes, which nodes tell.
        authority: certificate that the API server is known by, as PEM.
        webhooks: of the cluster.
    """

    def __init__(
        self,
        operations: Operations,
        options: Workloads,
        release: str,
        authority: str = "",
        webhooks: ConfiguredWebhooks | None = None,
    ) -> None:
        self._authority = authority
        self._operations = operations
        self._release = release
        self._cluster = operations.cluster
        self.rules: Sequence[PodRule] = list(options.rules)
        """The rules that hold now, the first ones first."""
        self._unreachable = Unreachable()
        self._nodes = 0
        self._cluster.has_kubelets = True
        self.state: State = State(self._cluster)
        self._kubelet = Kubelet(lambda: self.rules, self._unreachable, Random(options.seed))  # noqa: S311  # no secrets
        self._lifecycle = NodeLifecycle(self._unreachable)
        self.asking: Asking = Asking(self._cluster, webhooks or ConfiguredWebhooks(self._cluster.storage))
        self.engine: Engine = Engine(operations, self.state, self._controllers(), self.asking)
        for node in options.simulated_nodes:
            self._add_node(node)
        clock = self._cluster.clock
        self._pace: Pace = (
            AtOnce(self.engine, self._cluster) if isinstance(clock, VirtualClock) else OnLoop(self.engine, clock)
        )

    def _controllers(self) -> list[Controller]:
        return [
            ServiceAccounts(),
            RootCertificates(self._authority),
            CronJobController(),
            DeploymentController(),
            ReplicaSetController(),
            ReplicationManager(),
            StatefulSetController(),
            DaemonSetController(),
            JobController(),
            VolumeController(),
            Scheduler(),
            self._kubelet,
            self._lifecycle,
            EndpointSliceController(),
            EndpointsController(),
            DisruptionController(),
        ]

    def wake(self) -> None:
        """Look whether something is due: the clock may have been set."""
        self._pace.wake()

    def close(self) -> None:
        """Have nothing move any more."""
        self._pace.close()
        self.engine.close()
        self.asking.close()

    def pass_time(self, until: datetime) -> bool:
        """Let the time of a virtual clock pass; `False` if it stands still until webhooks have answered."""
        clock = self._cluster.clock
        return not isinstance(clock, VirtualClock) or pass_time(self.engine, self._pace, clock, until)

    def add_node(self, node: SimulatedNode) -> None:
        """Have another node.

        Raises:
            InvalidArgument: there is one of its name.
        """
        if self.state.node(node.name) is not None:
            raise InvalidArgument(f"there is a node {node.name} already")
        self._add_node(node)
        self.wake()

    def set_reachable(self, name: str, *, reachable: bool) -> None:
        """Have the kubelet of a node fall silent, or come back.

        Raises:
            InvalidArgument: there is no such node.
        """
        if self.state.node(name) is None:
            raise InvalidArgument(f"there is no node {name}: {', '.join(self._node_names())}")
        if reachable:
            self._unreachable.since.pop(name, None)
        else:
            self._unreachable.since.setdefault(name, self.state.now)
        self.engine.look_at(self._lifecycle, Key("", name))
        for pod in self.state.pods_on(name):
            self.engine.look_at(self._kubelet, Key(pod["metadata"]["namespace"], pod["metadata"]["name"]))
        self.wake()

    def end_container(self, namespace: str, name: str, container: str, exit_code: int) -> None:
        """Have a container end now.

        Raises:
            InvalidArgument: no such container runs.
        """
        key = Key(namespace, name)
        pod = self.state.get(PODS, key)
        if pod is None:
            raise InvalidArgument(f"there is no pod {name} in namespace {namespace}")
        container = container or pod["spec"]["containers"][0]["name"]
        try:
            self._kubelet.end(pod, container, exit_code, self.state.now)
        except LookupError:
            raise InvalidArgument(f"no container {container} runs in pod {name} of namespace {namespace}") from None
        self.engine.look_at(self._kubelet, key)
        self.wake()

    def _node_names(self) -> list[str]:
        return [node["metadata"]["name"] for node in self.state.every(NODES)]

    def _add_node(self, node: SimulatedNode) -> None:
        number, self._nodes = self._nodes, self._nodes + 1
        if self.state.node(node.name) is not None:  # a snapshot has it
            return
        resource = self._cluster.registry.storage_version(NODES)
        body: JsonObject = node_object(node, number, self._release, self.state.now)
        self._operations.create(resource, None, body, _KUBELET)
        created = self.state.node(node.name)
        if created is not None:
            # Who makes a Node gets one that is not ready; these are.
            spec = {**created["spec"], "taints": body["spec"].get("taints", [])}
            self._operations.replace(resource, Key("", node.name), {**created, "spec": spec}, _KUBELET)
