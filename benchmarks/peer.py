"""The inside of a measured process: does the rounds of one workload when it is told to, and reports what each cost.

A peer may be any program, in any language, that speaks these lines of JSON on its standard input and output:

1. It is sent the parameters of a workload, an object with at least `workload`, its name. It prepares, does the work
   once, and answers `{"answer": …}`: what it read, in the form that the workload prescribes, to be compared with the
   truth.
2. For each line `{}` it does one round and answers what that cost: `{"cpu_seconds": …, "wall_seconds": …}`, or other
   measures that the workload names. Where another program is to do its part meanwhile, it says `{"ready": true}` before
   that, as often as the other is to, and so when it prepares.
3. It ends when its input does.

This module needs the standard library alone, so that it runs in every peer's environment.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

__all__ = ["Measures", "PeerWorkload", "ServerPeer", "measured", "pieces_of", "say_ready", "serve"]

Measures = dict[str, float]


class PeerWorkload(ABC):
    """One workload as one peer does it.

    Args:
        parameters: what the workload gives to all its peers.
    """

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self.parameters = parameters

    @abstractmethod
    async def prepare(self) -> Any:
        """Set up, do the work once, and give the answer to be checked."""

    @abstractmethod
    async def round(self) -> Measures:
        """Do the work and give what it cost."""

    async def close(self) -> None:  # noqa: B027  # most have nothing to do here
        """Put away what `prepare` has set up."""

    def file(self, parameter: str) -> bytes:
        """Read the file that a parameter names; nothing where there is none."""
        name = self.parameters.get(parameter)
        return Path(name).read_bytes() if name else b""


class ServerPeer(PeerWorkload):
    """A server that serves until the end of the input, in a thread or process of its own.

    Its answer says where it listens. A round tells what it took since the one before.
    """

    _last = 0.0

    async def round(self) -> Measures:
        """Give the CPU time since the last call."""
        spent = self.cpu_seconds() - self._last
        gc.collect()  # what is garbage now is not the next round's
        self._last = self.cpu_seconds()
        return {"cpu_seconds": spent}

    def cpu_seconds(self) -> float:
        """Give the CPU time of the server so far."""
        return time.process_time()


@contextlib.contextmanager
def measured() -> Generator[Measures, None, None]:
    """Measure what happens inside the context; the measures are there at its end.

    The garbage collector is left as a user's program has it, but nobody pays here for garbage that was made before.
    """
    measures: Measures = {}
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    yield measures
    measures["cpu_seconds"] = time.process_time() - cpu
    measures["wall_seconds"] = time.perf_counter() - wall


def pieces_of(file: str) -> Generator[bytes, None, None]:
    """Read a file by pieces of 256 KiB."""
    with Path(file).open("rb") as opened:
        while piece := opened.read(2**18):
            yield piece


def say_ready() -> None:
    """Say that the other program may begin its part of the round."""
    _print({"ready": True})


def serve(workloads: Mapping[str, Callable[[Mapping[str, Any]], PeerWorkload]]) -> None:
    """Do what standard input says, by one event loop that lives as long as the process."""
    with asyncio.Runner() as runner:
        parameters = json.loads(sys.stdin.readline())
        workload = workloads[parameters["workload"]](parameters)
        _print({"answer": runner.run(workload.prepare())})
        for _ in sys.stdin:
            _print(runner.run(workload.round()))
        runner.run(workload.close())


def _print(message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
