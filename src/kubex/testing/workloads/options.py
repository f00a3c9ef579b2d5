"""What is asked of the workloads of a server: its nodes, and the rules of its pods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kubex.core.exceptions import InvalidArgument
from kubex.testing.workloads.nodes import SimulatedNode
from kubex.testing.workloads.rules import PodRule

__all__ = ["Workloads"]


@dataclass(frozen=True, kw_only=True)
class Workloads:
    """Has the workloads of a server in memory move.

    Args:
        nodes: how many nodes there are, or which ones.
        rules: what becomes of pods; the first one that fits a container counts. Pods that none fits start within
            0.15 s and are ready at once.
        seed: of what is drawn. The same steps on the same seed take the same time.

    Example:
        ```python
        with ApiServer(workloads=Workloads(nodes=5, rules=[PodRule(image="*/web:2", exit_code=1)])) as server:
            ...
        ```

    Raises:
        InvalidArgument: the number of nodes is below zero, or two have the same name.
    """

    nodes: int | Sequence[SimulatedNode] = 3
    rules: Sequence[PodRule] = field(default_factory=list[PodRule])
    seed: int = 0

    def __post_init__(self) -> None:
        names = [each.name for each in self.simulated_nodes]
        if isinstance(self.nodes, int) and self.nodes < 0:
            raise InvalidArgument(f"a cluster has 0 nodes or more, and not {self.nodes}")
        if len(names) != len(set(names)):
            raise InvalidArgument(f"each node needs a name of its own: {', '.join(names)}")

    @property
    def simulated_nodes(self) -> list[SimulatedNode]:
        """The nodes."""
        if isinstance(self.nodes, int):
            return [SimulatedNode(name=f"node-{number}") for number in range(1, self.nodes + 1)]
        return list(self.nodes)
