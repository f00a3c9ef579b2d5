"""Caches and watches of a cluster, of kubex and of what users would pick instead: filled, kept, and told of changes.

The pods are those of `benchmarks.replicas`. The figures of time are ratios to kubex on aiohttp, as those of `peers`.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.followers import Follower
from benchmarks.libraries import COMPILED, INTERNING, KUBEX, Library
from benchmarks.measure import Entrant, Peer, Plan, Unavailable
from benchmarks.peer_cluster import CHANGING, REPLICAS, the_cluster
from benchmarks.peer_workload import LONG, QUICK, Json, digest_of_pods, entrant, peers_workload, place
from benchmarks.workload import Absent, Amount, Ratio, Rule, Workload

__all__ = ["WORKLOADS"]

_CACHED = 10_000
_THERE = 500
_CHANGES = 5000
_BATCH = 100  # changes that are made before the program has seen those before
_MOST_AT_A_RELIST = 1.3
_CHANGED_SHARE = 10  # one pod in so many has changed at a relist

_WAYS = {
    "kubex": (False, False),
    "kubex, stripped": (True, False),
    "kubex, equal parts once": (False, True),
    "kubex, stripped, equal parts once": (True, True),
}
"""What kubex keeps: whether without `managedFields`, and whether equal parts once."""


@contextmanager
def _caching(libraries: Sequence[Library], directory: Path) -> Generator[Sequence[Entrant | Absent], None, None]:
    pods = the_cluster().pods(REPLICAS)
    parameters = {"workload": "cache", "count": _CACHED, **place(REPLICAS)}
    yield [entrant(library, lambda library: (parameters, digest_of_pods(pods, library))) for library in libraries]


@contextmanager
def _following(
    workload: str, libraries: Sequence[Library], directory: Path
) -> Generator[Sequence[Entrant | Absent], None, None]:
    cluster = the_cluster()
    names = [pod["metadata"]["name"] for pod in cluster.pods(CHANGING)]
    changes = {
        "workload": "changes",
        "address": cluster.address._asdict(),
        "namespace": CHANGING,
        "names": names,
        "count": _BATCH,
    }
    made: list[Entrant | Absent] = []
    for library in libraries:
        parameters = {
            "workload": workload,
            "count": _THERE,
            "changes": _CHANGES,
            "batch": _BATCH,
            "ignores": library.ignores,
            **place(CHANGING),
        }
        try:
            command = library.command()
        except Unavailable as error:
            made.append(Absent(library.name, str(error)))
        else:
            made.append(Follower(library.name, command, parameters, changes, partial(_changed, library)))
    yield made


def _changed(library: Library) -> object:
    return digest_of_pods(the_cluster().pods(CHANGING), library)


@contextmanager
def _kept(directory: Path) -> Generator[Sequence[Entrant | Absent], None, None]:
    pods, made = the_cluster().pods(REPLICAS), list[Entrant | Absent]()
    command = (sys.executable, "-m", "benchmarks.peers.kubex_cache")
    for name, (strip, intern) in _WAYS.items():
        made.append(_keeping(name, command, pods, strip=strip, intern=intern))
    for library in COMPILED:
        for strip in (False, True):
            name = f"{library.name}, stripped" if strip else library.name
            try:
                made.append(_keeping(name, library.command(), pods, strip=strip))
            except Unavailable as error:
                made.append(Absent(name, str(error)))
    yield made


@contextmanager
def _relisting(directory: Path) -> Generator[Sequence[Entrant], None, None]:
    command = (sys.executable, "-m", "benchmarks.peers.kubex_cache")
    pods = the_cluster().pods(REPLICAS)
    # Each changes pods, but only when all have been seen to read them right.
    yield [
        _keeping(name, command, pods, strip=strip, intern=intern, workload="relist", changed_share=_CHANGED_SHARE)
        for name, (strip, intern) in _WAYS.items()
    ]


def _keeping(
    name: str, command: Sequence[str], pods: list[Json], *, strip: bool, workload: str = "keep-cached", **more: object
) -> Peer:
    if strip:
        pods = [{**pod, "metadata": {**pod["metadata"], "managedFields": [{"manager": ""}]}} for pod in pods]
    parameters = {"workload": workload, "count": _CACHED, "strip": strip, **place(REPLICAS), **more}
    return Peer(name, command, parameters, digest_of_pods(pods, KUBEX))


def _memory_rules() -> list[Rule]:
    rules: list[Rule] = [
        Amount("Memory of a cached pod", 20, "kubex", "kept_bytes", "KB", divisor=1000),
        Amount("Memory of a cached pod, stripped", 17, "kubex, stripped", "kept_bytes", "KB", divisor=1000),
    ]
    for ours, theirs in (
        ("kubex, equal parts once", "client-go, protobuf"),
        ("kubex, stripped, equal parts once", "client-go, protobuf"),
        ("kubex, stripped, equal parts once", "client-go, protobuf, stripped"),
    ):
        rules.append(Ratio(f"Memory of a cached pod, {ours}, to {theirs}", 1.0, ours, theirs, "kept_bytes"))
    return rules


WORKLOADS: tuple[Workload, ...] = (
    peers_workload(
        "peers-watch",
        "watch 5,000 changes",
        _CHANGES,
        "event",
        partial(_following, "watch"),
        plan=LONG,
        far_ahead=True,
    ),
    peers_workload(
        "peers-cache",
        "sync a cache of 10,000 pods",
        _CACHED,
        "pod",
        _caching,
        compiled=True,
        plan=LONG,
        far_ahead=True,
        measures=("cpu_seconds", "wall_seconds"),
        extra=[INTERNING],
    ),
    peers_workload(
        "peers-updates",
        "keep a cache through 5,000 changes",
        _CHANGES,
        "event",
        partial(_following, "updates"),
        compiled=True,
        plan=LONG,
        far_ahead=True,
        extra=[INTERNING],
    ),
    Workload(
        name="peers-cache-memory",
        title="hold a cache of 10,000 pods",
        operations=_CACHED,
        operation="pod",
        entrants=_kept,
        plan=Plan(launches=1, rounds=2, warm_up_rounds=0),
        quick_plan=QUICK,
        rules=_memory_rules(),
    ),
    Workload(
        name="peers-relist",
        title="list 10,000 cached pods anew",
        operations=_CACHED,
        operation="pod",
        entrants=_relisting,
        plan=Plan(launches=1, rounds=2, warm_up_rounds=0),
        quick_plan=QUICK,
        rules=[
            Amount(f"Peak memory of a relist, to what is kept: {name}", _MOST_AT_A_RELIST, name, "peak_to_steady", "x")
            for name in _WAYS
        ],
    ),
)
