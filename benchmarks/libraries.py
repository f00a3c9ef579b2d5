"""The libraries that a user would pick instead: how the program of each is started, and which calls each has.

Each is in an environment of its own, at the release that `requirements/peer-*.txt` pins.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Unavailable
from tools.environments import EnvironmentFailure, environment

__all__ = ["KUBEX", "LIBRARIES", "Library"]

_PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Library:
    """A library, or a way of using one.

    Args:
        name: what it is called in tables.
        command: gives the command line of its program, made before if need be; `Unavailable` where that can't be had.
        pinned: the file that says its release, and the text before that; `None` for kubex itself.
        python: gives the Python of its environment; `None` where it is none of Python's.
        imports: what a program imports that gets a pod.
        lacks: workloads for which it has no call.
        ignores: fields of which its objects have nothing.
    """

    name: str
    command: Callable[[], Sequence[str]]
    pinned: tuple[Path, str] | None = None
    python: Callable[[], str] | None = None
    imports: str = ""
    lacks: frozenset[str] = frozenset()
    ignores: tuple[str, ...] = ()

    @property
    def is_kubex(self) -> bool:
        """Whether it is this project's own."""
        return self.pinned is None

    @property
    def release(self) -> str:
        """The release that is pinned."""
        assert self.pinned is not None
        file, before = self.pinned
        return file.read_text().partition(before)[2].split()[0].strip('",')


def _of_python(
    name: str, module: str, requirements: str, before: str, imports: str, lacks: Sequence[str], *ignores: str
) -> Library:
    def python() -> str:
        try:
            return str(environment(requirements) / "bin" / "python")
        except EnvironmentFailure as failure:
            raise Unavailable(f"its environment can't be made ({str(failure).splitlines()[-1]})") from None

    return Library(
        name,
        lambda: (python(), "-m", f"benchmarks.peers.{module}"),
        (_PROJECT / "requirements" / f"{requirements}.txt", f"{before}=="),
        python,
        imports,
        frozenset(lacks),
        ignores,
    )


def _kubex(http: str, lacks: Sequence[str] = ()) -> Library:
    return Library(
        f"kubex ({http})",
        lambda: (sys.executable, "-m", "benchmarks.peers.kubex_cluster", http),
        python=lambda: sys.executable,
        imports=f"import kubex.api, kubex.client, {http}; from kubex.k8s.v1_35.core.v1.pod import Pod",
        lacks=frozenset(lacks),
    )


_METADATA, _CACHE = "metadata", "cache"

KUBEX = _kubex("aiohttp")
LIBRARIES = (
    _kubex("httpx", ["decode"]),  # decodes as the other does
    _of_python(
        "kubernetes",
        "with_kubernetes",
        "peer-kubernetes",
        "kubernetes",
        "from kubernetes import client, config, watch",
        [_METADATA],
    ),
    _of_python(
        "kubernetes.aio",
        "with_kubernetes_aio",
        "peer-kubernetes",
        "kubernetes",
        "from kubernetes.aio import client, config, watch",
        [_METADATA, _CACHE],
    ),
    _of_python(
        "kubernetes_asyncio",
        "with_kubernetes_asyncio",
        "peer-kubernetes-asyncio",
        "kubernetes-asyncio",
        "from kubernetes_asyncio import client, config, watch",
        [_METADATA, _CACHE],
    ),
    _of_python(
        "kr8s",
        "with_kr8s",
        "peer-kr8s",
        "kr8s",
        "import kr8s; from kr8s.asyncio.objects import Pod",
        [_METADATA, _CACHE, "pages"],  # it has no size of a page: all its lists come in pages of 100
    ),
    _of_python(
        "lightkube",
        "with_lightkube",
        "peer-lightkube",
        "lightkube",
        "from lightkube import Client; from lightkube.resources.core_v1 import Pod",
        [_METADATA, _CACHE],
    ),
    _of_python(
        "earlier kubex",
        "with_earlier_kubex",
        "peer-earlier-kubex",
        "kubex",
        "import aiohttp, kubex.api, kubex.client; from kubex.k8s.v1_35.core.v1.pod import Pod",
        [_CACHE],
        "managedFields",
    ),
)
