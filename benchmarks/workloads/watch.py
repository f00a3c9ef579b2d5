"""Reading 5,000 events of a watch that come as fast as they are taken, with TLS and a token."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from benchmarks.measure import Entrant, Plan
from benchmarks.pods import make_pods, watch_lines
from benchmarks.server import TOKEN, Answer, local_server
from benchmarks.workload import Ratio, Workload, peer

__all__ = ["WORKLOAD"]

_EVENTS = 5000
_PATH = "/api/v1/pods"


@contextmanager
def _entrants(directory: Path) -> Generator[Sequence[Entrant], None, None]:
    lines = watch_lines(make_pods(_EVENTS))
    body_file = directory / "events.json"
    body_file.write_bytes(b"".join(line + b"\n" for line in lines))
    last = [msgspec.json.decode(line) for line in lines[-3:]]
    expected = [_EVENTS, *([event["type"], event["object"]["metadata"]["resourceVersion"]] for event in last)]
    with local_server({_PATH: Answer(body_file, is_watch=True)}, directory, tls=True) as server:
        parameters = {
            "workload": "watch",
            "url": server.url,
            "ca_file": server.ca_file,
            "token": TOKEN,
            "namespace": None,
            "list_path": _PATH,
        }
        yield (
            peer("kubex (aiohttp)", "kubex_client", expected, {**parameters, "library": "aiohttp"}),
            peer("aiohttp + json.loads", "bare_aiohttp", expected, parameters),
            peer("kubex (httpx)", "kubex_client", expected, {**parameters, "library": "httpx"}),
            peer("httpx + json.loads", "bare_httpx", expected, parameters),
        )


WORKLOAD = Workload(
    name="watch",
    title="watch 5,000 events",
    operations=_EVENTS,
    operation="event",
    entrants=_entrants,
    plan=Plan(launches=2, rounds=8, warm_up_rounds=1, most_launches=3),
    quick_plan=Plan(launches=1, rounds=4, warm_up_rounds=1),
    rules=[
        Ratio(
            f"CPU time of 5,000 events by `api.watch`, to bare {library} and `json.loads`",
            1.0,
            f"kubex ({library})",
            f"{library} + json.loads",
        )
        for library in ("aiohttp", "httpx")
    ],
)
