"""How a workload of the `peers-*` is made: which libraries take part, and the figures that come of it.

The figures are ratios to kubex on aiohttp: what the same work costs another library, for 1 of what it costs kubex.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.answers import digest
from benchmarks.cluster_client import POD, FieldPath, known_paths, row_of
from benchmarks.libraries import COMPILED, KUBEX, LIBRARIES, Library
from benchmarks.measure import Entrant, Peer, Plan, Unavailable
from benchmarks.peer_cluster import the_cluster
from benchmarks.workload import Absent, Ratio, Workload

__all__ = [
    "LONG",
    "QUICK",
    "SHORT",
    "Entrants",
    "Json",
    "Told",
    "digest_of_pods",
    "entrant",
    "entrants",
    "peers_workload",
    "place",
]

Json = dict[str, Any]
Told = tuple[Mapping[str, Any], Any]
"""Parameters of a workload, and the right answer."""
Entrants = Callable[[Sequence[Library], Path], AbstractContextManager[Sequence[Entrant | Absent]]]

SHORT = Plan(launches=1, rounds=8)
LONG = Plan(launches=1, rounds=3, warm_up_rounds=0)  # where a round takes the slowest some 10 s; the check warms up
QUICK = Plan(launches=1, rounds=2, warm_up_rounds=0)
_WHAT = {"cpu_seconds": "CPU time", "wall_seconds": "Wall time", "kept_bytes": "Memory kept"}


def place(namespace: str) -> Json:
    """Give the parameters that say where a peer's namespace is."""
    return {"kubeconfig": str(the_cluster().kubeconfig), "namespace": namespace}


def digest_of_pods(pods: Sequence[Json], library: Library, paths: Sequence[FieldPath] = POD) -> list[Any]:
    """Give what a library has to have read of pods."""
    known = known_paths(paths, library.ignores)
    return digest(sorted(row_of(pod, known) for pod in pods))


@contextmanager
def entrants(
    told: Callable[[Library], Told], libraries: Sequence[Library], directory: Path
) -> Generator[Sequence[Entrant | Absent], None, None]:
    """Give the programs of libraries, started when they are measured."""
    yield [entrant(library, told) for library in libraries]


def entrant(library: Library, told: Callable[[Library], Told]) -> Entrant | Absent:
    """Give the program of a library, or why it can't be had."""
    parameters, expected = told(library)
    try:
        return Peer(library.name, library.command(), {**parameters, "ignores": library.ignores}, expected)
    except Unavailable as error:
        return Absent(library.name, str(error))


def peers_workload(
    name: str,
    title: str,
    operations: int,
    operation: str,
    entrants: Entrants,
    *,
    ahead: float = 1.0,
    far_ahead: bool = False,
    compiled: bool = False,
    plan: Plan = SHORT,
    measures: Sequence[str] = ("cpu_seconds",),
    extra: Sequence[Library] = (),
) -> Workload:
    """Make a workload of all libraries that can do it.

    Args:
        name: see `Workload`, as the next three.
        title: see there.
        operations: see there.
        operation: see there.
        entrants: makes entrants of libraries.
        ahead: how many times what it costs kubex it is to cost another library of Python at least.
        far_ahead: that it is to cost lightkube twice as much, and the others three times.
        compiled: whether the compiled ones take part.
        plan: see `Workload`.
        measures: what it costs; but for the first beside compiled ones alone.
        extra: ways of using kubex that are measured beside, without a figure.
    """
    key = name.removeprefix("peers-")
    libraries = [library for library in (KUBEX, *LIBRARIES) if key not in library.lacks]
    bounds = {library.name: ahead for library in libraries if not library.is_kubex}
    if far_ahead:
        bounds = {name: 2.0 if name == "lightkube" else 3.0 for name in bounds}
    if compiled:
        able = [library for library in COMPILED if key not in library.lacks]
        libraries += able
        bounds |= {library.name: 1 / 1.5 if "protobuf" in library.name else 1.0 for library in able}
    libraries += extra
    compiled_names = {library.name for library in COMPILED}
    return Workload(
        name=name,
        title=title,
        operations=operations,
        operation=operation,
        entrants=partial(entrants, libraries),
        plan=plan,
        quick_plan=QUICK,
        rules=[
            Ratio(f"{_WHAT[measure]} of {peer}, to kubex: {title}", bound, peer, KUBEX.name, measure, is_minimum=True)
            for measure in measures
            for peer, bound in bounds.items()
            if measure == measures[0] or peer in compiled_names
        ],
    )
