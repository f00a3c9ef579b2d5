"""Decoding a list of 1,000 pods from bytes in memory."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.answers import digest, row_of_json
from benchmarks.measure import Entrant, Plan
from benchmarks.pods import make_pods, pod_list_json
from benchmarks.workload import Ratio, Workload, peer

__all__ = ["WORKLOAD"]

_PODS = 1000


@contextmanager
def _entrants(directory: Path) -> Generator[Sequence[Entrant], None, None]:
    pods = make_pods(_PODS)
    body_file = directory / "pods.json"
    body_file.write_bytes(pod_list_json(pods))
    parameters = {"workload": "decode", "body_file": str(body_file)}
    expected = digest(map(row_of_json, pods))
    yield (
        peer("kubex", "kubex_client", expected, parameters),
        peer("json.loads", "json_module", expected, parameters),
    )


WORKLOAD = Workload(
    name="decode",
    title="decode a list of 1,000 pods",
    operations=_PODS,
    operation="pod",
    entrants=_entrants,
    plan=Plan(launches=3, rounds=15, most_launches=6),
    quick_plan=Plan(launches=1, rounds=9),
    rules=(Ratio("CPU time of decoding a list of 1,000 pods, to `json.loads`", 0.35, "kubex", "json.loads"),),
)
