"""Workloads: what all peers do alike, and the figures that come of it."""

from __future__ import annotations

from benchmarks.workload import Workload
from benchmarks.workloads import (
    decode,
    get,
    imports,
    keep,
    models,
    peer_caches,
    peers,
    server_create,
    server_get,
    server_list,
    server_start,
    server_watch,
    server_workloads,
    streams,
    watch,
)

__all__ = ["WORKLOADS"]

WORKLOADS: tuple[Workload, ...] = (
    decode.WORKLOAD,
    keep.WORKLOAD,
    get.WORKLOAD,
    watch.WORKLOAD,
    imports.WORKLOAD,
    models.WORKLOAD,
    server_start.WORKLOAD,
    server_get.WORKLOAD,
    server_watch.REPLAY,
    server_watch.LIVE,
    server_list.WORKLOAD,
    server_create.WORKLOAD,
    server_workloads.DEPLOYMENTS,
    server_workloads.CRON_JOB,
    server_workloads.CRON_JOBS,
    *streams.WORKLOADS,
    *peers.PEERS,
    *peer_caches.WORKLOADS,
)
