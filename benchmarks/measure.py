"""Runs peers in turns and gathers what their rounds cost."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol, Self, cast

__all__ = [
    "Contest",
    "Contestant",
    "Entrant",
    "Peer",
    "PeerProcess",
    "Plan",
    "Samples",
    "Unavailable",
    "WrongAnswer",
]

_LONGEST_ANSWER = 300.0
"""Seconds after which a program that says nothing is ended: the slowest round of any takes a tenth of it."""

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

    def hear(self, longest: float = _LONGEST_ANSWER) -> dict[str, Any]:
        """Give the next line that it says; where it says none for `longest` seconds it is ended."""
        stdout = self._process.stdout
        assert stdout is not None
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            self._process.kill()

        ending = threading.Timer(longest, end)
        ending.daemon = True
        ending.start()
        try:
            line = stdout.readline()
        finally:
            ending.cancel()
        if not line:
            status = self._process.wait(10)
            late = f"took over {longest:g} s"
            raise WrongAnswer(f"{self._name} {late if is_late.is_set() else f'ended by itself, with status {status}'}")
        try:
            return cast("dict[str, Any]", json.loads(line))
        except ValueError:
            raise WrongAnswer(f"{self._name} said {line.strip()!r} and no line of JSON") from None

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


class _Runner(NamedTuple):
    """A contestant that is running, and what ends it."""

    name: str
    contestant: Contestant
    ending: contextlib.ExitStack


class Contest:
    """Lets entrants do their rounds in turns, so that whatever else the machine does hits them alike.

    One that does not do the work is out, with its samples; the others go on.

    Attributes:
        samples: of each that is not out.
        lost: why those that are out are.
    """

    def __init__(self, entrants: Sequence[Entrant]) -> None:
        self._entrants = entrants
        self.samples: dict[str, Samples] = {entrant.name: {} for entrant in entrants}
        self.lost: dict[str, str] = {}

    def run(self, plan: Plan, is_noisy: Callable[[Mapping[str, Samples]], bool]) -> None:
        """Start all of them and let them do their rounds.

        Args:
            plan: how often.
            is_noisy: whether the samples so far spread too far to say anything.
        """
        begun = time.monotonic()
        for launch in range(plan.most_launches or plan.launches):
            if launch >= plan.launches and not is_noisy(self.samples):
                break
            with contextlib.ExitStack() as running:
                runners = self._started(running)
                for number in range(-plan.warm_up_rounds, plan.rounds):
                    if plan.most_seconds is not None and number >= 2 and time.monotonic() - begun > plan.most_seconds:
                        break
                    # Whoever comes first may find the machine different from whoever comes last.
                    shift = (launch + number) % max(len(runners), 1)
                    for runner in runners[shift:] + runners[:shift]:
                        self._round(runner, counts=number >= 0)
                    runners = [runner for runner in runners if runner.name not in self.lost]

    def _started(self, running: contextlib.ExitStack) -> list[_Runner]:
        runners: list[_Runner] = []
        for entrant in self._entrants:
            if entrant.name not in self.lost:
                ending = running.enter_context(contextlib.ExitStack())
                try:
                    runners.append(_Runner(entrant.name, ending.enter_context(entrant.started()), ending))
                except WrongAnswer as error:
                    self._lose(entrant.name, error)
        return runners

    def _round(self, runner: _Runner, *, counts: bool) -> None:
        try:
            measures = runner.contestant.round()
        except WrongAnswer as error:
            runner.ending.__exit__(type(error), error, error.__traceback__)
            self._lose(runner.name, error)
            return
        if counts:
            for measure, value in measures.items():
                self.samples[runner.name].setdefault(measure, []).append(value)

    def _lose(self, name: str, error: WrongAnswer) -> None:
        self.lost[name] = str(error)
        del self.samples[name]
