"""The libraries that a user would pick instead: how the program of each is started, and which calls each has.

Each is in an environment of its own, at the release that `requirements/peer-*.txt`, `go.mod` or `Cargo.toml` pins.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.measure import Unavailable
from testbed.errors import TestbedError
from testbed.go import find_go, go_environment
from tools.environments import EnvironmentFailure, environment

__all__ = ["COMPILED", "INTERNING", "KUBEX", "LIBRARIES", "Library"]

_PROJECT = Path(__file__).resolve().parents[1]
_PEERS = _PROJECT / "benchmarks" / "peers"
_BUILT = _PROJECT / ".build" / "peers"


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


def _kubex(http: str, lacks: Sequence[str] = (), *, name: str = "", options: Sequence[str] = ()) -> Library:
    return Library(
        name or f"kubex ({http})",
        lambda: (sys.executable, "-m", "benchmarks.peers.kubex_cluster", http, *options),
        python=lambda: sys.executable,
        imports=f"import kubex.api, kubex.client, {http}; from kubex.k8s.v1_35.core.v1.pod import Pod",
        lacks=frozenset(lacks),
    )


@cache
def _client_go() -> str:
    """Build the program with client-go, and give where it is."""
    program = _BUILT / "client_go"
    try:
        go = find_go()
    except TestbedError as error:
        raise Unavailable(str(error)) from None
    _build([go, "build", "-p", "1", "-o", str(program), "."], _PEERS / "client_go")
    return str(program)


@cache
def _kube_rs() -> str:
    """Build the program with kube-rs, and give where it is."""
    cargo = shutil.which("cargo") or shutil.which("cargo", path=str(Path.home() / ".cargo" / "bin"))
    if cargo is None:
        raise Unavailable("there is no cargo on this machine")
    target = _BUILT / "kube_rs"
    _build([cargo, "build", "--release", "--quiet", "--jobs", "1", "--target-dir", str(target)], _PEERS / "kube_rs")
    return str(target / "release" / "kube-rs-peer")


def _build(command: Sequence[str], directory: Path) -> None:
    print(f"  {directory.name} is built where it is not …", file=sys.stderr, flush=True)
    _BUILT.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [*command],
        cwd=directory,
        env=go_environment(),
        capture_output=True,
        text=True,
        preexec_fn=lambda: os.nice(15),
    )
    if done.returncode != 0:
        raise Unavailable(f"{directory.name} can't be built ({done.stderr.strip()[-200:]})")


_METADATA, _CACHES = "metadata", ("cache", "updates")
_GO_MOD = (_PEERS / "client_go" / "go.mod", "k8s.io/client-go v")
_CARGO = (_PEERS / "kube_rs" / "Cargo.toml", 'kube = { version = "=')

KUBEX = _kubex("aiohttp")
INTERNING = _kubex("aiohttp", name="kubex, equal parts once", options=["intern"])
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
        [_METADATA, *_CACHES],
    ),
    _of_python(
        "kubernetes_asyncio",
        "with_kubernetes_asyncio",
        "peer-kubernetes-asyncio",
        "kubernetes-asyncio",
        "from kubernetes_asyncio import client, config, watch",
        [_METADATA, *_CACHES],
    ),
    _of_python(
        "kr8s",
        "with_kr8s",
        "peer-kr8s",
        "kr8s",
        "import kr8s; from kr8s.asyncio.objects import Pod",
        [_METADATA, *_CACHES, "pages"],  # it has no size of a page: all its lists come in pages of 100
    ),
    _of_python(
        "lightkube",
        "with_lightkube",
        "peer-lightkube",
        "lightkube",
        "from lightkube import Client; from lightkube.resources.core_v1 import Pod",
        [_METADATA, *_CACHES],
    ),
    _of_python(
        "earlier kubex",
        "with_earlier_kubex",
        "peer-earlier-kubex",
        "kubex",
        "import aiohttp, kubex.api, kubex.client; from kubex.k8s.v1_35.core.v1.pod import Pod",
        _CACHES,
        "managedFields",
    ),
)
COMPILED = (
    Library("client-go, JSON", lambda: (_client_go(), "json"), _GO_MOD),
    Library("client-go, protobuf", lambda: (_client_go(), "protobuf"), _GO_MOD),
    Library("kube-rs", lambda: (_kube_rs(),), _CARGO),
)
