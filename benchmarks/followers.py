"""Programs that are told of changes, and the one that makes them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.measure import Contestant, PeerProcess, WrongAnswer

__all__ = ["Follower"]


@dataclass(frozen=True)
class Follower:
    """A program that follows a cluster; whenever it says that it is ready, another one makes some changes there.

    Args:
        name: what it is called in tables.
        command: command line that starts it.
        parameters: what it is told first.
        changes: parameters of `benchmarks.peers.changes`.
        expected: gives the right answer to `parameters`, when the changes have been made.
    """

    name: str
    command: Sequence[str]
    parameters: Mapping[str, Any]
    changes: Mapping[str, Any]
    expected: Callable[[], Any]

    @contextmanager
    def started(self) -> Generator[Contestant, None, None]:
        """Start both, and see that the right answer comes.

        Raises:
            WrongAnswer: it does not.
        """
        changes = PeerProcess.running("changes", (sys.executable, "-m", "benchmarks.peers.changes"))
        with changes as writer, PeerProcess.running(self.name, self.command) as process:
            writer.ask(self.changes)
            both = _Both(process, writer)
            answer, expected = both.ask(self.parameters)["answer"], self.expected()
            if answer != expected:
                workload = self.parameters["workload"]
                raise WrongAnswer(f"{workload}: {self.name} read {answer!r}, and {expected!r} is right")
            yield both


@dataclass(frozen=True)
class _Both:
    process: PeerProcess
    writer: PeerProcess

    def ask(self, message: object) -> dict[str, Any]:
        said = self.process.ask(message)
        while "ready" in said:
            self.writer.round()
            said = self.process.hear()
        return said

    def round(self) -> Mapping[str, float]:
        return self.ask({})
