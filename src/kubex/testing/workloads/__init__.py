"""Workloads that move: a scheduler, kubelets and controllers for a server in memory.

Data flows one way: what changes in the storage gives keys to the controllers that it concerns (`engine`); a
controller is asked what is to be done about a key, sees the cluster as it is (`state`), and gives writes as values;
these go the way of requests (`writer`), and change the storage. `pacing` says when.
"""

from __future__ import annotations

from kubex.testing.workloads.live import LiveWorkloads
from kubex.testing.workloads.nodes import SimulatedNode
from kubex.testing.workloads.options import Workloads
from kubex.testing.workloads.rules import PodRule, Seconds

__all__ = ["LiveWorkloads", "PodRule", "Seconds", "SimulatedNode", "Workloads"]
