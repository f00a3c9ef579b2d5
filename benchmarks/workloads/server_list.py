"""Lists of 5,000 pods from the server in memory, beside the real API server: JSON, over TLS, to the same client."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Entrant, Plan
from benchmarks.pods import make_pods
from benchmarks.raw_http import request_bytes
from benchmarks.servers import Loaded, memory_server, real_server
from benchmarks.workload import Ratio, Workload
from benchmarks.written_pods import fill

__all__ = ["WORKLOAD"]

_PODS = 5000


@contextmanager
def _entrants(directory: Path) -> Generator[Sequence[Entrant], None, None]:
    pods = make_pods(_PODS)
    request_file = directory / "request"
    request_file.write_bytes(request_bytes("GET", "/api/v1/pods"))
    parameters = {
        "workload": "load",
        "request_file": str(request_file),
        "requests": 1,
        "connections": 1,
        "check": "items",
    }
    expected = ["PodList", _PODS, *sorted({len(pod["spec"]["containers"]) for pod in pods})]
    with real_server() as real, memory_server(directory, tls=True) as memory:
        for server in (real, memory):
            fill(server.address, pods)
        yield Loaded(memory, parameters, expected), Loaded(real, parameters, expected)


WORKLOAD = Workload(
    name="server-list",
    title="serve a list of 5,000 pods",
    operations=_PODS,
    operation="pod",
    entrants=_entrants,
    plan=Plan(launches=1, rounds=9, most_launches=2),
    quick_plan=Plan(launches=1, rounds=5),
    rules=[
        Ratio(
            f"{what} of a list of 5,000 pods from the server in memory, to the real API server",
            1.0,
            "kubex",
            "kube-apiserver",
            measure,
        )
        for what, measure in (("Wall time", "wall_seconds"), ("CPU time", "cpu_seconds"))
    ],
)
