"""Reading one pod over a connection that is open, with TLS and a token."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.answers import digest, row_of_json
from benchmarks.measure import Entrant, Plan
from benchmarks.pods import make_pods, pod_json
from benchmarks.server import TOKEN, Answer, local_server
from benchmarks.workload import Ratio, Workload, peer

__all__ = ["WORKLOAD"]

_PODS = 1000  # of which the one in the middle is read: neither a small one nor a large one
_REQUESTS = 200


@contextmanager
def _entrants(directory: Path) -> Generator[Sequence[Entrant], None, None]:
    by_size = sorted(make_pods(_PODS), key=lambda pod: len(pod_json(pod)))
    pod = by_size[_PODS // 2]
    namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
    path = f"/api/v1/namespaces/{namespace}/pods/{name}"
    body_file = directory / "pod.json"
    body_file.write_bytes(pod_json(pod))
    expected = digest([row_of_json(pod)])
    with local_server({path: Answer(body_file)}, directory, tls=True) as server:
        parameters = {
            "workload": "get",
            "url": server.url,
            "ca_file": server.ca_file,
            "token": TOKEN,
            "namespace": namespace,
            "name": name,
            "path": path,
            "requests": _REQUESTS,
        }
        yield (
            peer("kubex (aiohttp)", "kubex_client", expected, {**parameters, "library": "aiohttp"}),
            peer("aiohttp", "bare_aiohttp", expected, parameters),
            peer("kubex (httpx)", "kubex_client", expected, {**parameters, "library": "httpx"}),
            peer("httpx", "bare_httpx", expected, parameters),
        )


WORKLOAD = Workload(
    name="get",
    title="get one pod over a kept connection",
    operations=_REQUESTS,
    operation="request",
    entrants=_entrants,
    plan=Plan(launches=4, rounds=15, most_launches=8),
    quick_plan=Plan(launches=1, rounds=15),
    rules=[
        Ratio(f"CPU time of `api.get`, to a bare {library} request", 1.25, f"kubex ({library})", library)
        for library in ("aiohttp", "httpx")
    ],
)
