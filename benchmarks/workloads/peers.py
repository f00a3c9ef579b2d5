"""What users do with a cluster, by kubex and by each library that they would pick instead, beside one another.

The figures are ratios to kubex on aiohttp: what the same work costs another library, for 1 of what it costs kubex.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.cluster_client import METADATA
from benchmarks.fresh_process import FreshProcess
from benchmarks.libraries import Library
from benchmarks.measure import Entrant, Unavailable
from benchmarks.peer_cluster import EMPTY, the_cluster
from benchmarks.peer_workload import (
    LONG,
    Entrants,
    Json,
    Told,
    digest_of_pods,
    entrant,
    entrants,
    peers_workload,
    place,
)
from benchmarks.pods import make_pods, pod_list_json
from benchmarks.workload import Absent, Workload
from benchmarks.workloads.imports import importing
from benchmarks.written_pods import written

__all__ = ["PEERS"]

_ALL = 5000
_DECODED = 1000
_GETS = 200
_WRITTEN = 500
_PATCHES = 200
_AT_ONCE = 1000
_PAGE = 500
_FEW, _SOME, _MANY = "peers-100", "peers-500", "peers-5000"


def _get(library: Library) -> Told:
    pod = the_cluster().pods(_SOME)[250]
    return {"workload": "get", "name": pod["metadata"]["name"], "count": _GETS, **place(_SOME)}, digest_of_pods(
        [pod], library
    )


def _list(size: int, times: int, library: Library) -> Told:
    return {"workload": "list", "times": times, **place(f"peers-{size}")}, digest_of_pods(
        the_cluster().pods(f"peers-{size}"), library
    )


def _pages(library: Library) -> Told:
    return {"workload": "pages", "page_size": _PAGE, **place(_MANY)}, digest_of_pods(the_cluster().pods(_MANY), library)


def _metadata(library: Library) -> Told:
    return {"workload": "metadata", **place(_MANY)}, digest_of_pods(the_cluster().pods(_MANY), library, METADATA)


def _write(library: Library) -> Told:
    # One that a ReplicaSet makes: neither the smallest nor the largest.
    pod = next(pod for pod in map(written, make_pods(5)) if "pod-template-hash" in pod["metadata"]["labels"])
    manifest = {**pod, "metadata": {**pod["metadata"], "namespace": EMPTY}}
    del manifest["metadata"]["generateName"]
    parameters = {"workload": "write", "manifest": manifest, "count": _WRITTEN, **place(EMPTY)}
    return parameters, [*(f"pod-{number}" for number in range(5)), 0]


def _patch(library: Library) -> Told:
    name = the_cluster().pods(_FEW)[50]["metadata"]["name"]
    tag = "".join(letter for letter in library.name if letter.isalnum())
    return {"workload": "patch", "name": name, "tag": tag, "count": _PATCHES, **place(_FEW)}, [name, "first"]


def _at_once(library: Library) -> Told:
    pods = the_cluster().pods(_MANY)[:_AT_ONCE]
    names = [pod["metadata"]["name"] for pod in pods]
    return {"workload": "at-once", "names": names, **place(_MANY)}, digest_of_pods(pods, library)


def _keep(library: Library) -> Told:
    return {"workload": "keep", **place(_SOME)}, digest_of_pods(the_cluster().pods(_SOME), library)


@contextmanager
def _decoding(libraries: Sequence[Library], directory: Path) -> Generator[Sequence[Entrant | Absent], None, None]:
    pods = make_pods(_DECODED)
    body_file = directory / "pods.json"
    body_file.write_bytes(pod_list_json(pods))
    parameters: Json = {"workload": "decode", "body_file": str(body_file), "namespace": ""}
    yield [entrant(library, lambda library: (parameters, digest_of_pods(pods, library))) for library in libraries]


@contextmanager
def _importing(libraries: Sequence[Library], directory: Path) -> Generator[Sequence[Entrant | Absent], None, None]:
    made: list[Entrant | Absent] = []
    for library in libraries:
        assert library.python is not None
        try:
            python = library.python()
        except Unavailable as error:
            made.append(Absent(library.name, str(error)))
        else:
            cache = directory / "".join(filter(str.isalnum, library.name))
            made.append(FreshProcess(library.name, importing(library.imports), cache, python))
    yield made


def _listing(size: int, *, times: int = 1) -> Entrants:
    return partial(entrants, partial(_list, size, times))


PEERS: tuple[Workload, ...] = (
    peers_workload("peers-import", "import a library and what a pod needs", 1, "process", _importing),
    peers_workload("peers-decode", "decode a list of 1,000 pods", _DECODED, "pod", _decoding, compiled=True),
    peers_workload("peers-get", "get a pod", _GETS, "request", partial(entrants, _get)),
    peers_workload("peers-list-100", "list 100 pods", 500, "pod", _listing(100, times=5), far_ahead=True),
    peers_workload("peers-list-500", "list 500 pods", 500, "pod", _listing(500), far_ahead=True),
    peers_workload(
        "peers-list", "list 5,000 pods", _ALL, "pod", _listing(_ALL), compiled=True, plan=LONG, far_ahead=True
    ),
    peers_workload(
        "peers-pages", "list 5,000 pods by 500", _ALL, "pod", partial(entrants, _pages), plan=LONG, far_ahead=True
    ),
    peers_workload("peers-metadata", "list the metadata of 5,000 pods", _ALL, "pod", partial(entrants, _metadata)),
    peers_workload(
        "peers-keep",
        "hold 500 listed pods",
        500,
        "pod",
        partial(entrants, _keep),
        ahead=2,
        measures=("kept_bytes",),
        plan=LONG,
    ),
    peers_workload(
        "peers-at-once", "get 1,000 pods at once", _AT_ONCE, "request", partial(entrants, _at_once), plan=LONG
    ),
    peers_workload("peers-patch", "patch a pod", _PATCHES, "request", partial(entrants, _patch)),
    peers_workload(
        "peers-write",
        "create and delete 500 pods",
        2 * _WRITTEN,
        "request",
        partial(entrants, _write),
        plan=LONG,
    ),
)
