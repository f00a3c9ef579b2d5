"""Servers as they are measured: each a process, and beside it another one that loads it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import Contestant, PeerProcess, Unavailable, WrongAnswer
from benchmarks.raw_http import Address, Connections

__all__ = ["Loaded", "Server", "answer_of", "bare_server", "digest_of", "memory_server", "real_server"]

_FRAMING = ("content-length", "transfer-encoding", "date", "server")  # headers that a server sends by itself


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    name: str
    address: Address
    process: PeerProcess


@contextmanager
def memory_server(directory: Path, *, tls: bool = False) -> Generator[Server, None, None]:
    """Run kubex's API server in memory.

    Args:
        directory: where its certificate may stand.
        tls: speak TLS.
    """
    with _running("kubex", "memory_server", {"tls": tls, "directory": str(directory)}) as server:
        yield server


@contextmanager
def bare_server(**parameters: Any) -> Generator[Server, None, None]:
    """Run aiohttp's bare server; parameters as of `benchmarks.peers.bare_server`."""
    with _running("aiohttp", "bare_server", parameters) as server:
        yield server


@contextmanager
def real_server() -> Generator[Server, None, None]:
    """Run the project's real API server, with etcd, its controllers at rest; built where it is not yet.

    Raises:
        Unavailable: it can't be built or started here.
    """
    testbed = (sys.executable, "-m", "testbed")
    print("  a real API server is started, and built before if it never was …", file=sys.stderr, flush=True)
    built = subprocess.run([*testbed, "build"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if built.returncode != 0:
        raise Unavailable(f"no real API server can be built here ({_last_line(built.stderr)})")
    with ExitStack() as running:
        try:
            run = (*testbed, "run", "--no-node", "--")
            server = running.enter_context(_running("kube-apiserver", "real_server", {}, before=run))
        except WrongAnswer as error:  # the testbed has said more on standard error
            raise Unavailable(f"no real API server can be started here ({error})") from None
        yield server


def answer_of(address: Address, request: bytes) -> tuple[list[tuple[str, str]], bytes]:
    """Give the headers and the body of an answer, for another server to say the same."""
    answers: list[tuple[bytes, bytes]] = []
    with Connections(address, 1, keep=True) as connections:
        connections.exchange([request], lambda head, body: answers.append((head, body)))
    head, body = answers[0]
    headers = [(name, value) for name, _, value in (line.partition(": ") for line in head.decode().split("\r\n")[1:])]
    return [header for header in headers if header[0].lower() not in _FRAMING], body


def digest_of(body: bytes) -> list[object]:
    """Give what tells one body from another."""
    return [len(body), hashlib.sha256(body).hexdigest()]


@contextmanager
def _running(
    name: str, module: str, parameters: Mapping[str, Any], *, before: tuple[str, ...] = ()
) -> Generator[Server, None, None]:
    with PeerProcess.running(name, (*before, sys.executable, "-m", f"benchmarks.peers.{module}")) as process:
        answer = process.ask({"workload": "serve", **parameters})["answer"]
        yield Server(name, Address(**answer), process)


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it does not say why"


@dataclass(frozen=True)
class Loaded:
    """A server under load: what a round takes the server, and what it takes the load.

    Args:
        server: it runs as long as the workload does.
        parameters: of `benchmarks.peers.load`.
        expected: the right answer; `None` where any success is.
    """

    server: Server
    parameters: Mapping[str, Any]
    expected: Any = None

    @property
    def name(self) -> str:
        """What it is called in tables."""
        return self.server.name

    @contextmanager
    def started(self) -> Generator[Contestant, None, None]:
        """Start the load, and see that it gets the right answer.

        Raises:
            WrongAnswer: it does not.
        """
        with PeerProcess.running(f"load of {self.name}", (sys.executable, "-m", "benchmarks.peers.load")) as load:
            answer = load.ask({**self.parameters, "address": self.server.address._asdict()})["answer"]
            if self.expected is not None and answer != self.expected:
                raise WrongAnswer(f"{self.name} answered {answer!r}, and {self.expected!r} is right")
            yield _Measured(self.server.process, load)


@dataclass(frozen=True)
class _Measured:
    server: PeerProcess
    load: PeerProcess

    def round(self) -> Mapping[str, float]:
        self.server.round()  # from here on counts what it takes
        load = self.load.round()
        spent = self.server.round()
        return {
            "cpu_seconds": spent["cpu_seconds"],
            "wall_seconds": load["wall_seconds"],
            "load_cpu_seconds": load["cpu_seconds"],
        }
