"""The cluster that all `peers-*` workloads of a run share: bringing 5,600 pods into a real one takes half a minute."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.pods import make_pods
from benchmarks.raw_http import Address, request_bytes
from benchmarks.servers import answer_of, memory_server, real_server
from benchmarks.written_pods import fill, make_namespaces

__all__ = ["EMPTY", "Cluster", "offered", "the_cluster"]

EMPTY = "peers-empty"
_SIZES = (100, 500, 5000)


@dataclass(frozen=True)
class Cluster:
    """A cluster that runs, with the namespaces `peers-100`, `peers-500` and `peers-5000`, of so many pods each."""

    address: Address
    kubeconfig: Path

    def pods(self, size: int) -> list[dict[str, Any]]:
        """Give the pods of a namespace as they are now."""
        _, body = answer_of(self.address, request_bytes("GET", f"/api/v1/namespaces/peers-{size}/pods"))
        items: list[dict[str, Any]] = json.loads(body)["items"]
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
            for size in _SIZES:
                fill(server.address, _pods_in(f"peers-{size}", size))
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


def _pods_in(namespace: str, count: int) -> list[dict[str, Any]]:
    pods = make_pods(count)
    for number, pod in enumerate(pods):
        # Names are unique only in the namespaces that the pods come from.
        metadata = {**pod["metadata"], "namespace": namespace, "name": f"{pod['metadata']['name']}-{number}"}
        pod["metadata"] = metadata
    return pods


def _kubeconfig(address: Address) -> dict[str, Any]:
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
