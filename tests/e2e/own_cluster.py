"""An API server of a test's own, which it may configure, stop and start."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from testbed.api_server import ApiServer
from testbed.binary import build_binary
from testbed.cluster import Cluster

__all__ = ["own_cluster", "restart"]

_AWAY = 0.5
_PATIENCE = 60.0


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


def restart(cluster: Cluster, component: str = "kube-apiserver", *, at_once: bool = False) -> None:
    """Stop a component, start it when callers have found nobody there, and wait until the API server is ready.

    Args:
        cluster: whose.
        component: which, `kube-apiserver` or `etcd`.
        at_once: stop it with SIGKILL, instead of asking it to end in an orderly way.
    """
    cluster.stop_component(component, at_once=at_once)
    time.sleep(_AWAY)
    cluster.start_component(component)
    api = ApiServer(cluster.settings)
    deadline = time.monotonic() + _PATIENCE
    while not api.answers("/readyz"):
        assert time.monotonic() < deadline, f"the API server was not ready again after {_PATIENCE:g} s"
        time.sleep(0.05)
