"""The cluster that all `peers-*` workloads of a run share: bringing thousands of pods into a real one takes minutes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.pods import make_pods
from benchmarks.raw_http import Address, request_bytes
from benchmarks.replicas import make_replicas
from benchmarks.servers import answer_of, memory_server, real_server
from benchmarks.written_pods import fill, make_namespaces

__all__ = ["CHANGING", "EMPTY", "REPLICAS", "Cluster", "offered", "the_cluster"]

Json = dict[str, Any]

EMPTY = "peers-empty"
REPLICAS = "peers-10000"
CHANGING = "peers-changing"
_PODS: dict[str, Callable[[], list[Json]]] = {
    "peers-100": lambda: _renamed(make_pods(100)),
    "peers-500": lambda: _renamed(make_pods(500)),
    "peers-5000": lambda: _renamed(make_pods(5000)),
    REPLICAS: lambda: make_replicas(10_000),
    CHANGING: lambda: make_replicas(500, workloads=20),
}


@dataclass(frozen=True)
class Cluster:
    """A cluster that runs. Its namespaces get their pods when they are first asked for."""

    address: Address
    kubeconfig: Path
    _filled: set[str] = field(default_factory=set[str])

    def pods(self, namespace: str) -> list[Json]:
        """Give the pods of a namespace as they are now."""
        if namespace not in self._filled:
            print(f"  {namespace} is filled …", file=sys.stderr, flush=True)
            pods = _PODS[namespace]()
            for pod in pods:
                pod["metadata"]["namespace"] = namespace
            fill(self.address, pods)
            self._filled.add(namespace)
        _, body = answer_of(self.address, request_bytes("GET", f"/api/v1/namespaces/{namespace}/pods"))
        items: list[Json] = json.loads(body)["items"]
        return items


class _Offer:
    """A cluster that is started when it is first asked for."""

    def __init__(self, stack: ExitStack, *, in_memory: bool) -> None:
        self._stack = stack
        self._in_memory = in_memory
        self._cluster: Cluster | None = None

    def cluster(self) -> Cluster:
        if self._cluster is None:
            directory = Path(self._stack.enter_context(TemporaryDirectory(prefix="kubex-benchmarks-")))
            start = memory_server(directory, tls=True) if self._in_memory else real_server()
            server = self._stack.enter_context(start)
            make_namespaces(server.address, [EMPTY])
            kubeconfig = directory / "kubeconfig"
            kubeconfig.write_text(json.dumps(_kubeconfig(server.address)))
            self._cluster = Cluster(server.address, kubeconfig)
        return self._cluster


_offers: list[_Offer] = []


@contextmanager
def offered(*, in_memory: bool) -> Generator[None, None, None]:
    """Let workloads have a cluster while the context is open.

    Args:
        in_memory: kubex's server in memory, instead of a real API server.
    """
    with ExitStack() as stack:
        _offers.append(_Offer(stack, in_memory=in_memory))
        try:
            yield
        finally:
            _offers.pop()


def the_cluster() -> Cluster:
    """Give the cluster, started and filled if it is not yet.

    Raises:
        Unavailable: it can't be started here.
    """
    return _offers[-1].cluster()


def _renamed(pods: list[Json]) -> list[Json]:
    """Give pods names that are unique in one namespace, and not only in those that they come from."""
    for number, pod in enumerate(pods):
        pod["metadata"]["name"] += f"-{number}"
    return pods


def _kubeconfig(address: Address) -> Json:
    user: dict[str, str] = {}
    if address.certificate_file is not None and address.key_file is not None:
        user = {"client-certificate": address.certificate_file, "client-key": address.key_file}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "peers",
        "contexts": [{"name": "peers", "context": {"cluster": "peers", "user": "peers", "namespace": "default"}}],
        "clusters": [{"name": "peers", "cluster": {"server": address.url, "certificate-authority": address.ca_file}}],
        "users": [{"name": "peers", "user": user or {"token": "any"}}],
    }
