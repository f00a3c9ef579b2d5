"""Commands in a pod and ports of it, with 256 MiB each way, beside kubectl and beside a bare WebSocket of httpx-ws."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.clusters import SIZE, pod_of_cluster
from benchmarks.measure import Entrant, Plan
from benchmarks.workload import RateRatio, Ratio, Rule, Workload, peer
from tools.environments import environment

__all__ = ["WORKLOADS"]

_COMMANDS = 5
_PIECE = 2**18

# Each in a fraction of the minutes that all may take, on a machine that has other things to do too.
_PLAN = Plan(launches=1, rounds=5, warm_up_rounds=1, most_seconds=45)
_QUICK = Plan(launches=1, rounds=2, warm_up_rounds=0, most_seconds=20)


def _entrants(
    workload: str, answer: Callable[[dict[str, Any]], object], bare: str | None
) -> Callable[[Path], AbstractContextManager[Sequence[Entrant]]]:
    """Give who takes part: `bare` is the workload of httpx-ws, and of kubex over httpx beside it."""

    @contextmanager
    def entrants(directory: Path) -> Generator[Sequence[Entrant], None, None]:
        pod = pod_of_cluster()
        parameters = {
            **pod,
            "workload": workload,
            "size": SIZE,
            "commands": _COMMANDS,
            "kubectl": str(environment("clients") / "bin" / "kubectl"),
        }
        if workload == "exec-stdin":
            data_file = directory / "data"
            data_file.write_bytes(
                b"".join(hashlib.sha512(b"%d" % number).digest() * 64 for number in range(SIZE // 4096))
            )
            parameters["data_file"] = str(data_file)
            parameters["data_digest"] = hashlib.sha256(data_file.read_bytes()).hexdigest()
        expected = answer(parameters)
        yield (
            peer("kubex (aiohttp)", "kubex_streams", expected, {**parameters, "library": "aiohttp"}),
            peer("kubectl", "kubectl", expected, parameters),
        ) + (
            ()
            if bare is None
            else (
                peer("kubex (httpx)", "kubex_streams", expected, {**parameters, "workload": bare, "library": "httpx"}),
                peer("httpx-ws", "bare_httpx_ws", expected, {**parameters, "workload": bare}),
            )
        )

    return entrants


def _rules(what: str) -> list[Rule]:
    return [
        RateRatio(f"Throughput of {what}, to kubectl's (aiohttp)", 1.0, "kubex (aiohttp)", "kubectl", "wall_seconds"),
        Ratio(f"CPU time of {what}, to kubectl's (aiohttp)", 1.0, "kubex (aiohttp)", "kubectl"),
        RateRatio(f"Throughput of {what}, to bare httpx-ws (httpx)", 0.9, "kubex (httpx)", "httpx-ws", "wall_seconds"),
    ]


def _transfer(name: str, what: str, answer: Callable[[dict[str, Any]], object], bare: str) -> Workload:
    return Workload(
        name=name,
        title=f"{what}, 256 MiB",
        operations=SIZE // 2**20,
        operation="MiB",
        entrants=_entrants(name, answer, bare),
        plan=_PLAN,
        quick_plan=_QUICK,
        rules=_rules(what),
    )


WORKLOADS = (
    _transfer("exec-stdout", "exec's stdout", lambda pod: pod["digest"], "exec-stdout"),
    _transfer("exec-stdin", "exec's stdin", lambda pod: pod["data_digest"], "exec-stdin"),
    _transfer("forward-down", "port-forward from the pod", lambda pod: pod["digest"], "open-down"),
    _transfer("forward-up", "port-forward to the pod", lambda pod: "done", "open-up"),
    Workload(
        name="exec-true",
        title="exec a command that does nothing",
        operations=_COMMANDS,
        operation="command",
        entrants=_entrants("exec-true", lambda pod: 0, None),
        plan=_PLAN,
        quick_plan=_QUICK,
        rules=[
            Ratio(
                "Latency of `exec true`, to kubectl's, its start included (aiohttp)",
                0.6,
                "kubex (aiohttp)",
                "kubectl",
                "wall_seconds",
            )
        ],
    ),
)
