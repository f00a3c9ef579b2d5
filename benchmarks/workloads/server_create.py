"""Creating pods in the server in memory, 24 at once, beside the real API server: the same requests, over TLS."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Entrant, Plan
from benchmarks.pods import make_pods
from benchmarks.servers import Loaded, memory_server, real_server
from benchmarks.workload import RateRatio, Workload
from benchmarks.written_pods import create_request, make_namespaces, written

__all__ = ["WORKLOAD"]

_REQUESTS = 480
_CONNECTIONS = 24


@contextmanager
def _entrants(directory: Path) -> Generator[Sequence[Entrant], None, None]:
    # One that a ReplicaSet makes: it has no name of its own, so that every request makes another pod.
    pod = next(pod for pod in map(written, make_pods(5)) if "pod-template-hash" in pod["metadata"]["labels"])
    del pod["metadata"]["name"]
    request_file = directory / "request"
    request_file.write_bytes(create_request(pod))
    parameters = {
        "workload": "load",
        "request_file": str(request_file),
        "requests": _REQUESTS,
        "connections": _CONNECTIONS,
        "check": "created",
    }
    expected = ["201", pod["metadata"]["generateName"], "Pending", "kube-controller-manager"]
    with real_server() as real, memory_server(directory, tls=True) as memory:
        for server in (real, memory):
            make_namespaces(server.address, [pod["metadata"]["namespace"]])
        yield Loaded(memory, parameters, expected), Loaded(real, parameters, expected)


WORKLOAD = Workload(
    name="server-create",
    title="create pods, 24 at once",
    operations=_REQUESTS,
    operation="pod",
    entrants=_entrants,
    plan=Plan(launches=1, rounds=12, most_launches=2),
    quick_plan=Plan(launches=1, rounds=5),
    rules=(
        RateRatio(
            "Rate of creating pods, 24 at once, in the server in memory, to the real API server",
            1.0,
            "kubex",
            "kube-apiserver",
            "wall_seconds",
        ),
    ),
)
