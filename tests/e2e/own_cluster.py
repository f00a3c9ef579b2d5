"""An API server of a test's own, which it may configure, stop and start."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from testbed.api_server import ApiServer
from testbed.binary import build_binary
from testbed.cluster import Cluster

__all__ = ["is_ready", "own_cluster"]


@contextmanager
def own_cluster(*apiserver_flags: str) -> Generator[Cluster]:
    """Run etcd and an API server, without a node and without controllers."""
    with tempfile.TemporaryDirectory(prefix="kubex-own-") as directory:
        cluster = Cluster.create(
            build_binary(),
            node=False,
            controllers=False,
            apiserver_flags=apiserver_flags,
            directory=Path(directory, "cluster"),
        )
        try:
            cluster.launch()
            cluster.wait_until_ready()
            yield cluster
        finally:
            cluster.stop()


def is_ready(cluster: Cluster) -> bool:
    """Whether the API server answers, and says that it is ready."""
    return ApiServer(cluster.settings).answers("/readyz")
