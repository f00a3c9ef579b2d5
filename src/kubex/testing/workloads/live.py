"""`ApiServer.workloads`: what a test may do to workloads that move, from any thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from kubex.testing.workloads.movement import Movement
from kubex.testing.workloads.nodes import SimulatedNode
from kubex.testing.workloads.rules import PodRule

__all__ = ["LiveWorkloads"]

T = TypeVar("T")


class _Caller(Protocol):
    def __call__(self, work: Callable[[], T]) -> T: ...


class LiveWorkloads:
    """The workloads of a running server.

    Args:
        call: does something in the server's thread.
        movement: gives the workloads of the cluster that is served now.
    """

    def __init__(self, call: _Caller, movement: Callable[[], Movement]) -> None:
        self._call: Any = call
        self._movement = movement

    @property
    def rules(self) -> list[PodRule]:
        """The rules of pods, the first one that fits a container counts; they may be set.

        New ones hold for containers that start from now on, those of crashing pods among them.
        """
        found: list[PodRule] = self._call(lambda: list(self._movement().rules))
        return found

    @rules.setter
    def rules(self, rules: Sequence[PodRule]) -> None:
        def change() -> None:
            self._movement().rules = list(rules)

        self._call(change)

    def add_rule(self, rule: PodRule) -> None:
        """Have a rule before all others."""
        self.rules = [rule, *self.rules]

    def add_node(self, node: SimulatedNode) -> None:
        """Have another node.

        Raises:
            InvalidArgument: there is one of its name.
        """
        self._call(lambda: self._movement().add_node(node))

    def lose_node(self, name: str) -> None:
        """Have the kubelet of a node fall silent: it is not ready, and its pods are evicted after their tolerations.

        Raises:
            InvalidArgument: there is no such node.
        """
        self._call(lambda: self._movement().set_reachable(name, reachable=False))

    def restore_node(self, name: str) -> None:
        """Have the kubelet of a node come back.

        Raises:
            InvalidArgument: there is no such node.
        """
        self._call(lambda: self._movement().set_reachable(name, reachable=True))

    def end_container(self, namespace: str, name: str, *, container: str = "", exit_code: int = 1) -> None:
        """Have a running container end now.

        Args:
            namespace: of the pod.
            name: of the pod.
            container: its name; the first one where left out.
            exit_code: with which it ends.

        Raises:
            InvalidArgument: no such container runs.
        """
        self._call(lambda: self._movement().end_container(namespace, name, container, exit_code))
