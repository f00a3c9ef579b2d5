"""Workloads: what all peers do alike, and the figures that come of it."""

from __future__ import annotations

from benchmarks.workload import Workload
from benchmarks.workloads import decode, get, imports, keep, watch

__all__ = ["WORKLOADS"]

WORKLOADS: tuple[Workload, ...] = (decode.WORKLOAD, keep.WORKLOAD, get.WORKLOAD, watch.WORKLOAD, imports.WORKLOAD)
