"""Events of watches of the server in memory, beside a bare aiohttp handler that streams the same bytes.

Once told by watches that begin with all there is, and once live: 20 watches are open while one client makes changes,
whose own cost is in the figure.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.measure import Entrant, Plan
from benchmarks.pods import make_pods
from benchmarks.raw_http import request_bytes
from benchmarks.servers import Loaded, answer_of, bare_server, memory_server
from benchmarks.workload import RateRatio, Workload
from benchmarks.written_pods import fill

__all__ = ["LIVE", "REPLAY"]

_PODS = 2000
_WATCHERS = 20
_CHANGES = 100
_REPLAY = "watch=replay"


@contextmanager
def _replaying(directory: Path) -> Generator[Sequence[Entrant], None, None]:
    with memory_server(directory) as memory:
        fill(memory.address, make_pods(_PODS))
        headers, body = answer_of(memory.address, request_bytes("GET", "/api/v1/pods"))
        lines = [_event({"kind": "Pod", "apiVersion": "v1", **pod}) for pod in json.loads(body)["items"]]
        files = _files(directory, {"body": b"", "lines": b"".join(lines)})
        with bare_server(headers=headers, body_file=files["body"], lines_file=files["lines"]) as bare:
            yield tuple(
                Loaded(
                    server,
                    {
                        "workload": "watched",
                        "watch_file": _files(directory, {server.name: request_bytes("GET", path)})[server.name],
                        "watchers": 1,
                        "events": _PODS,
                    },
                )
                for server, path in ((memory, "/api/v1/pods?watch=1&resourceVersion=0"), (bare, f"/?{_REPLAY}"))
            )


@contextmanager
def _live(directory: Path) -> Generator[Sequence[Entrant], None, None]:
    path = "/api/v1/namespaces/default/configmaps"
    change = request_bytes("POST", path, b'{"metadata":{"generateName":"settings-"},"data":{"level":"info"}}')
    watch = request_bytes("GET", f"{path}?watch=1")
    with memory_server(directory) as memory:
        headers, created = answer_of(memory.address, change)
        files = _files(
            directory, {"body": created, "lines": _event(json.loads(created)), "change": change, "watch": watch}
        )
        with bare_server(headers=headers, body_file=files["body"], lines_file=files["lines"]) as bare:
            parameters = {
                "workload": "watched",
                "watch_file": files["watch"],
                "request_file": files["change"],
                "watchers": _WATCHERS,
                "events": _CHANGES,
            }
            yield Loaded(memory, parameters), Loaded(bare, parameters)


def _event(object_: dict[str, Any]) -> bytes:
    return json.dumps({"type": "ADDED", "object": object_}, separators=(",", ":")).encode() + b"\n"


def _files(directory: Path, contents: dict[str, bytes]) -> dict[str, str]:
    for name, content in contents.items():
        (directory / name).write_bytes(content)
    return {name: str(directory / name) for name in contents}


REPLAY = Workload(
    name="server-watch",
    title="tell 2,000 pods to a watch",
    operations=_PODS,
    operation="event",
    entrants=_replaying,
    plan=Plan(launches=2, rounds=8, most_launches=3),
    quick_plan=Plan(launches=1, rounds=5),
    rules=(
        RateRatio(
            "Rate of a watch's events of the server in memory, to a bare aiohttp stream's", 0.35, "kubex", "aiohttp"
        ),
    ),
)
LIVE = Workload(
    name="server-watches",
    title="make 100 changes that 20 watches are told",
    operations=_WATCHERS * _CHANGES,
    operation="event",
    entrants=_live,
    plan=Plan(launches=2, rounds=8, most_launches=3),
    quick_plan=Plan(launches=1, rounds=5),
    rules=(
        RateRatio(
            "Rate of events to 20 watches of the server in memory, changes included, to 20 bare aiohttp streams'",
            0.35,
            "kubex",
            "aiohttp",
        ),
    ),
)
