"""Memory that 1,000 listed pods hold, once everything else of their request is gone."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.answers import digest, row_of_json
from benchmarks.measure import Entrant, Plan
from benchmarks.pods import make_pods, pod_list_json
from benchmarks.server import TOKEN, Answer, local_server
from benchmarks.workload import Amount, Workload, peer

__all__ = ["WORKLOAD"]

_PODS = 1000
_PATH = "/api/v1/pods"


@contextmanager
def _entrants(directory: Path) -> Generator[Sequence[Entrant], None, None]:
    pods = make_pods(_PODS)
    body_file = directory / "pods.json"
    body_file.write_bytes(pod_list_json(pods))
    expected = digest(map(row_of_json, pods))
    with local_server({_PATH: Answer(body_file)}, directory, tls=True) as server:
        parameters = {
            "workload": "keep",
            "body_file": str(body_file),
            "url": server.url,
            "ca_file": server.ca_file,
            "token": TOKEN,
            "namespace": None,
        }
        yield (
            peer("kubex (aiohttp)", "kubex_client", expected, {**parameters, "library": "aiohttp"}),
            peer("kubex (httpx)", "kubex_client", expected, {**parameters, "library": "httpx"}),
            peer("json.loads", "json_module", expected, parameters),
        )


WORKLOAD = Workload(
    name="keep",
    title="hold 1,000 listed pods",
    operations=_PODS,
    operation="pod",
    entrants=_entrants,
    plan=Plan(launches=1, rounds=3, warm_up_rounds=1),
    quick_plan=Plan(launches=1, rounds=2, warm_up_rounds=1),
    rules=[
        rule
        for library in ("aiohttp", "httpx")
        for rule in (
            Amount(
                f"Memory kept by each of 1,000 listed pods ({library})",
                20,
                f"kubex ({library})",
                "kept_bytes",
                "KB",
                divisor=1000,
            ),
            Amount(
                f"Bytes of the list's body in memory while its pods live ({library})",
                0,
                f"kubex ({library})",
                "large_blocks_bytes",
                "B",
            ),
        )
    ],
)
