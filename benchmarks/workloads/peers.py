"""What users do with a cluster, by kubex and by each library that they would pick instead, beside one another.

The figures are ratios to kubex on aiohttp: what the same work costs another library, for 1 of what it costs kubex.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.answers import digest
from benchmarks.cluster_client import METADATA, POD, FieldPath, known_paths, row_of
from benchmarks.fresh_process import FreshProcess
from benchmarks.libraries import COMPILED, KUBEX, LIBRARIES, Library
from benchmarks.measure import Entrant, Peer, Plan, Unavailable
from benchmarks.peer_cluster import EMPTY, the_cluster
from benchmarks.pods import make_pods, pod_list_json
from benchmarks.workload import Absent, Ratio, Workload
from benchmarks.workloads.imports import importing
from benchmarks.written_pods import written

__all__ = ["PEERS"]

Json = dict[str, Any]
Told = tuple[Mapping[str, Any], Any]
"""Parameters of a workload, and the right answer."""
Entrants = Callable[[Sequence[Library], Path], AbstractContextManager[Sequence[Entrant | Absent]]]

_ALL = 5000
_DECODED = 1000
_GETS = 200
_WRITTEN = 500
_PATCHES = 200
_AT_ONCE = 1000
_PAGE = 500

_SHORT = Plan(launches=1, rounds=8)
_LONG = Plan(launches=1, rounds=3, warm_up_rounds=0)  # where a round takes the slowest some 10 s; the check warms up
_QUICK = Plan(launches=1, rounds=2, warm_up_rounds=0)


def _get(library: Library) -> Told:
    pod = the_cluster().pods(500)[250]
    return {"workload": "get", "name": pod["metadata"]["name"], "count": _GETS, **_in(500)}, _digest([pod], library)


def _list(size: int, times: int, library: Library) -> Told:
    return {"workload": "list", "times": times, **_in(size)}, _digest(the_cluster().pods(size), library)


def _pages(library: Library) -> Told:
    return {"workload": "pages", "page_size": _PAGE, **_in(_ALL)}, _digest(the_cluster().pods(_ALL), library)


def _metadata(library: Library) -> Told:
    return {"workload": "metadata", **_in(_ALL)}, _digest(the_cluster().pods(_ALL), library, METADATA)


def _write(library: Library) -> Told:
    # One that a ReplicaSet makes: neither the smallest nor the largest.
    pod = next(pod for pod in map(written, make_pods(5)) if "pod-template-hash" in pod["metadata"]["labels"])
    manifest = {**pod, "metadata": {**pod["metadata"], "namespace": EMPTY}}
    del manifest["metadata"]["generateName"]
    parameters = {"workload": "write", "manifest": manifest, "count": _WRITTEN, **_in(EMPTY)}
    return parameters, [*(f"pod-{number}" for number in range(5)), 0]


def _patch(library: Library) -> Told:
    name = the_cluster().pods(100)[50]["metadata"]["name"]
    tag = "".join(letter for letter in library.name if letter.isalnum())
    return {"workload": "patch", "name": name, "tag": tag, "count": _PATCHES, **_in(100)}, [name, "first"]


def _watch(library: Library) -> Told:
    return {"workload": "watch", "count": _ALL, **_in(_ALL)}, _digest(the_cluster().pods(_ALL), library)


def _at_once(library: Library) -> Told:
    pods = the_cluster().pods(_ALL)[:_AT_ONCE]
    names = [pod["metadata"]["name"] for pod in pods]
    return {"workload": "at-once", "names": names, **_in(_ALL)}, _digest(pods, library)


def _cache(library: Library) -> Told:
    return {"workload": "cache", "count": _ALL, **_in(_ALL)}, _digest(the_cluster().pods(_ALL), library)


def _keep(library: Library) -> Told:
    return {"workload": "keep", **_in(500)}, _digest(the_cluster().pods(500), library)


def _in(namespace: int | str) -> Json:
    name = f"peers-{namespace}" if isinstance(namespace, int) else namespace
    return {"kubeconfig": str(the_cluster().kubeconfig), "namespace": name}


def _digest(pods: Sequence[Json], library: Library, paths: Sequence[FieldPath] = POD) -> list[Any]:
    known = known_paths(paths, library.ignores)
    return digest(sorted(row_of(pod, known) for pod in pods))


@contextmanager
def _entrants(
    told: Callable[[Library], Told], libraries: Sequence[Library], directory: Path
) -> Generator[Sequence[Entrant | Absent], None, None]:
    yield [_entrant(library, told) for library in libraries]


def _entrant(library: Library, told: Callable[[Library], Told]) -> Entrant | Absent:
    parameters, expected = told(library)
    try:
        return Peer(library.name, library.command(), {**parameters, "ignores": library.ignores}, expected)
    except Unavailable as error:
        return Absent(library.name, str(error))


@contextmanager
def _decoding(libraries: Sequence[Library], directory: Path) -> Generator[Sequence[Entrant | Absent], None, None]:
    pods = make_pods(_DECODED)
    body_file = directory / "pods.json"
    body_file.write_bytes(pod_list_json(pods))
    parameters: Json = {"workload": "decode", "body_file": str(body_file), "namespace": ""}
    yield [_entrant(library, lambda library: (parameters, _digest(pods, library))) for library in libraries]


@contextmanager
def _importing(libraries: Sequence[Library], directory: Path) -> Generator[Sequence[Entrant | Absent], None, None]:
    entrants: list[Entrant | Absent] = []
    for library in libraries:
        assert library.python is not None
        try:
            python = library.python()
        except Unavailable as error:
            entrants.append(Absent(library.name, str(error)))
        else:
            cache = directory / "".join(filter(str.isalnum, library.name))
            entrants.append(FreshProcess(library.name, importing(library.imports), cache, python))
    yield entrants


def _listing(size: int, *, times: int = 1) -> Entrants:
    return partial(_entrants, partial(_list, size, times))


def _workload(
    name: str,
    title: str,
    operations: int,
    operation: str,
    entrants: Entrants,
    *,
    ahead: float = 1.0,
    far_ahead: bool = False,
    compiled: bool = False,
    plan: Plan = _SHORT,
    measure: str = "cpu_seconds",
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
        measure: what it costs.
    """
    key = name.removeprefix("peers-")
    libraries = [library for library in (KUBEX, *LIBRARIES) if key not in library.lacks]
    bounds = {library.name: ahead for library in libraries if not library.is_kubex}
    if far_ahead:
        bounds = {name: 2.0 if name == "lightkube" else 3.0 for name in bounds}
    if compiled:
        libraries += COMPILED
        bounds |= {"client-go, JSON": 1.0, "client-go, protobuf": 1 / 1.5, "kube-rs": 1.0}
    what = {"cpu_seconds": "CPU time", "kept_bytes": "Memory kept"}[measure]
    return Workload(
        name=name,
        title=title,
        operations=operations,
        operation=operation,
        entrants=partial(entrants, libraries),
        plan=plan,
        quick_plan=_QUICK,
        rules=[
            Ratio(f"{what} of {peer}, to kubex: {title}", bound, peer, KUBEX.name, measure, is_minimum=True)
            for peer, bound in bounds.items()
        ],
    )


PEERS: tuple[Workload, ...] = (
    _workload("peers-import", "import a library and what a pod needs", 1, "process", _importing),
    _workload("peers-decode", "decode a list of 1,000 pods", _DECODED, "pod", _decoding, compiled=True),
    _workload("peers-get", "get a pod", _GETS, "request", partial(_entrants, _get)),
    _workload("peers-list-100", "list 100 pods", 500, "pod", _listing(100, times=5), far_ahead=True),
    _workload("peers-list-500", "list 500 pods", 500, "pod", _listing(500), far_ahead=True),
    _workload("peers-list", "list 5,000 pods", _ALL, "pod", _listing(_ALL), compiled=True, plan=_LONG, far_ahead=True),
    _workload(
        "peers-pages", "list 5,000 pods by 500", _ALL, "pod", partial(_entrants, _pages), plan=_LONG, far_ahead=True
    ),
    _workload("peers-metadata", "list the metadata of 5,000 pods", _ALL, "pod", partial(_entrants, _metadata)),
    _workload(
        "peers-watch", "watch 5,000 events", _ALL, "event", partial(_entrants, _watch), plan=_LONG, far_ahead=True
    ),
    _workload(
        "peers-cache",
        "sync a cache of 5,000 pods",
        _ALL,
        "pod",
        partial(_entrants, _cache),
        compiled=True,
        plan=_LONG,
        far_ahead=True,
    ),
    _workload(
        "peers-keep",
        "hold 500 listed pods",
        500,
        "pod",
        partial(_entrants, _keep),
        ahead=2,
        measure="kept_bytes",
        plan=_LONG,
    ),
    _workload("peers-at-once", "get 1,000 pods at once", _AT_ONCE, "request", partial(_entrants, _at_once), plan=_LONG),
    _workload("peers-patch", "patch a pod", _PATCHES, "request", partial(_entrants, _patch)),
    _workload(
        "peers-write",
        "create and delete 500 pods",
        2 * _WRITTEN,
        "request",
        partial(_entrants, _write),
        plan=_LONG,
    ),
)
