"""Runs peers in turns and gathers what their rounds cost."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol, Self, cast

__all__ = [
    "Contestant",
    "Entrant",
    "Peer",
    "PeerProcess",
    "Plan",
    "Samples",
    "Unavailable",
    "WrongAnswer",
    "measure_in_turns",
]

Samples = dict[str, list[float]]
"""For each measure, such as `cpu_seconds`, its value in every round."""


class WrongAnswer(Exception):
    """A peer, or what stands in for the server, did something else than the workload asks: its speed means nothing."""


class Unavailable(Exception):
    """Something that a workload measures can't be had on this machine; the text says why."""


class Plan(NamedTuple):
    """How often a workload is done.

    Processes are started anew some times, because where one's memory happens to lie makes it faster or slower for all
    its life.
    """

    launches: int
    rounds: int
    warm_up_rounds: int = 2
    most_launches: int | None = None
    """How many more launches noise may cost; the result has no say in it."""
    most_seconds: float | None = None
    """After so many no further round begins, once there were two."""


class Contestant(Protocol):
    """What takes part in a measurement, started and ready."""

    def round(self) -> Mapping[str, float]:
        """Do the work once and give its measures."""
        ...


class PeerProcess:
    """A process that speaks the lines of `benchmarks.peer`."""

    def __init__(self, name: str, process: subprocess.Popen[str]) -> None:
        self._name = name
        self._process = process

    @classmethod
    @contextlib.contextmanager
    def running(cls, name: str, command: Sequence[str]) -> Generator[Self, None, None]:
        """Start a process that ends with the context, by itself as its input does."""
        popen = subprocess.Popen([*command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        with popen as process:
            try:
                yield cls(name, process)
            except BaseException:
                process.kill()
                raise

    def ask(self, message: object) -> dict[str, Any]:
        """Send a line, and give the one that answers it."""
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write(json.dumps(message) + "\n")
        stdin.flush()
        return self.hear()

    def hear(self) -> dict[str, Any]:
        """Give the next line that it says."""
        stdout = self._process.stdout
        assert stdout is not None
        line = stdout.readline()
        if not line:
            raise WrongAnswer(f"{self._name} ended by itself, with status {self._process.wait(10)}")
        return cast("dict[str, Any]", json.loads(line))

    def round(self) -> Mapping[str, float]:
        """Let it do a round."""
        return self.ask({})


class Peer(NamedTuple):
    """A program that speaks the lines of `benchmarks.peer`.

    Args:
        name: what it is called in tables.
        command: command line that starts it.
        parameters: what it is told first.
        expected: the right answer to that.
    """

    name: str
    command: Sequence[str]
    parameters: Mapping[str, Any]
    expected: Any

    @contextlib.contextmanager
    def started(self) -> Generator[Contestant, None, None]:
        """Start it, and see that it gives the right answer.

        Raises:
            WrongAnswer: it does not.
        """
        with PeerProcess.running(self.name, self.command) as process:
            answer = process.ask(self.parameters)["answer"]
            if answer != self.expected:
                workload = self.parameters["workload"]
                raise WrongAnswer(f"{workload}: {self.name} read {answer!r}, and {self.expected!r} is right")
            yield process


class Entrant(Protocol):
    @property
    def name(self) -> str: ...

    def started(self) -> AbstractContextManager[Contestant]: ...


def measure_in_turns(
    entrants: Sequence[Entrant], plan: Plan, is_noisy: Callable[[Mapping[str, Samples]], bool]
) -> dict[str, Samples]:
    """Let all do their rounds in turns, so that whatever else the machine does hits them alike.

    Args:
        entrants: who takes part.
        plan: how often.
        is_noisy: whether the samples so far spread too far to say anything.

    Raises:
        WrongAnswer: one of them is not doing the work.
    """
    samples: dict[str, Samples] = {entrant.name: {} for entrant in entrants}
    begun = time.monotonic()
    for launch in range(plan.most_launches or plan.launches):
        if launch >= plan.launches and not is_noisy(samples):
            break
        with contextlib.ExitStack() as running:
            contestants = [(entrant.name, running.enter_context(entrant.started())) for entrant in entrants]
            for number in range(-plan.warm_up_rounds, plan.rounds):
                if plan.most_seconds is not None and number >= 2 and time.monotonic() - begun > plan.most_seconds:
                    break
                # Whoever comes first may find the machine different from whoever comes last.
                shift = (launch + number) % len(contestants)
                for name, contestant in contestants[shift:] + contestants[:shift]:
                    measures = contestant.round()
                    if number >= 0:
                        for measure, value in measures.items():
                            samples[name].setdefault(measure, []).append(value)
    return samples
