"""Gets of one pod from the server in memory, beside a bare aiohttp handler that answers with the same bytes."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Entrant, Plan
from benchmarks.pods import make_pods, pod_json
from benchmarks.raw_http import request_bytes
from benchmarks.servers import Loaded, answer_of, bare_server, digest_of, memory_server
from benchmarks.workload import RateRatio, Workload
from benchmarks.written_pods import fill

__all__ = ["WORKLOAD"]

_PODS = 1000
_REQUESTS = 2000
_CONNECTIONS = 8  # enough that the server never waits for the load


@contextmanager
def _entrants(directory: Path) -> Generator[Sequence[Entrant], None, None]:
    pod = sorted(make_pods(_PODS), key=lambda pod: len(pod_json(pod)))[_PODS // 2]
    metadata = pod["metadata"]
    request = request_bytes("GET", f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}")
    request_file = directory / "request"
    request_file.write_bytes(request)
    with memory_server(directory) as memory:
        fill(memory.address, [pod])
        headers, body = answer_of(memory.address, request)
        body_file = directory / "body"
        body_file.write_bytes(body)
        with bare_server(headers=headers, body_file=str(body_file)) as bare:
            parameters = {
                "workload": "load",
                "request_file": str(request_file),
                "requests": _REQUESTS,
                "connections": _CONNECTIONS,
                "check": "digest",
            }
            expected = digest_of(body)
            yield Loaded(memory, parameters, expected), Loaded(bare, parameters, expected)


WORKLOAD = Workload(
    name="server-get",
    title="serve a pod, in memory",
    operations=_REQUESTS,
    operation="request",
    entrants=_entrants,
    plan=Plan(launches=2, rounds=8, most_launches=4),
    quick_plan=Plan(launches=1, rounds=6),
    rules=(RateRatio("Rate of gets of the server in memory, to a bare aiohttp handler's", 0.35, "kubex", "aiohttp"),),
)
