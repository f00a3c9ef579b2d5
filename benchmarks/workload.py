"""What a workload is: who does it, how often, and which figures come of it."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from benchmarks.measure import Contest, Entrant, Peer, Plan, Samples, Unavailable
from benchmarks.results import Figure, Measurement

__all__ = ["Absent", "Amount", "Outcome", "RateRatio", "Ratio", "Rule", "Workload", "did_not_work", "peer"]

_NOISE = 0.1  # of the median: where half of the rounds spread further, the figure says little


class Rule(Protocol):
    """A figure that the project promises, and how it comes from the samples."""

    @property
    def text(self) -> str:
        """What it is."""
        ...

    @property
    def bound(self) -> float:
        """What it may be at most, or at least."""
        ...

    @property
    def is_minimum(self) -> bool:
        """Whether it is the least that it may be."""
        ...

    @property
    def unit(self) -> str:
        """Unit of bound and figure."""
        ...

    @property
    def needs(self) -> Sequence[str]:
        """Whose samples it is made of."""
        ...

    def values(self, samples: Mapping[str, Samples]) -> list[float]:
        """Give the figure of each round."""
        ...


@dataclass(frozen=True)
class Ratio:
    """Cost of one peer in relation to another's, of the rounds that were neighbours in time."""

    text: str
    bound: float
    peer: str
    reference: str
    measure: str = "cpu_seconds"
    unit: str = "x"
    is_minimum: bool = False

    @property
    def needs(self) -> Sequence[str]:
        """Whose samples it is made of."""
        return self.peer, self.reference

    def values(self, samples: Mapping[str, Samples]) -> list[float]:
        """Give the figure of each round."""
        costs, references = samples[self.peer][self.measure], samples[self.reference][self.measure]
        return [cost / reference for cost, reference in zip(costs, references, strict=True)]


@dataclass(frozen=True)
class RateRatio(Ratio):
    """How much a peer does in a time in relation to another: a rate is better the higher it is."""

    is_minimum: bool = True

    def values(self, samples: Mapping[str, Samples]) -> list[float]:
        """Give the figure of each round."""
        return [1 / value for value in super().values(samples)]


@dataclass(frozen=True)
class Amount:
    """One measure of one peer."""

    text: str
    bound: float
    peer: str
    measure: str
    unit: str
    divisor: float = 1.0
    is_minimum: bool = False

    @property
    def needs(self) -> Sequence[str]:
        """Whose samples it is made of."""
        return (self.peer,)

    def values(self, samples: Mapping[str, Samples]) -> list[float]:
        """Give the figure of each round."""
        return [value / self.divisor for value in samples[self.peer][self.measure]]


class Absent(NamedTuple):
    """An entrant that can't be had here: the others are measured without it, and its figures say why it has none."""

    name: str
    why: str


class Outcome(NamedTuple):
    """What a workload gave, and what is to be said of programs that did not do their work."""

    measurements: list[Measurement]
    figures: list[Figure]
    failed: Sequence[str]


@dataclass(frozen=True)
class Workload:
    """Work that all entrants do alike.

    Args:
        name: its name for `--only`.
        title: what is done, for tables.
        operations: how many of `operation` are done in a round.
        operation: what `operations` counts, in the singular.
        entrants: makes who takes part, in a directory that is theirs; what they need besides, such as a server, runs
            while the context is open.
        plan: how often, in a whole run.
        quick_plan: how often, in a quick one.
        rules: figures that come of it.
    """

    name: str
    title: str
    operations: int
    operation: str
    entrants: Callable[[Path], AbstractContextManager[Sequence[Entrant | Absent]]]
    plan: Plan
    quick_plan: Plan
    rules: Sequence[Rule]

    def run(self, directory: Path, *, quick: bool) -> Outcome:
        """Do it. Where something that is measured can't be had here, the figures say so.

        Raises:
            WrongAnswer: something else than a program did not do the work.
        """
        try:
            with self.entrants(directory) as entrants:
                absent = {entrant.name: entrant.why for entrant in entrants if isinstance(entrant, Absent)}
                contest = Contest([entrant for entrant in entrants if not isinstance(entrant, Absent)])
                contest.run(self.quick_plan if quick else self.plan, self._is_noisy)
        except Unavailable as error:
            return Outcome([], self.without_figures(str(error)), [])
        measurements = [
            Measurement(self.name, self.title, name, self.operations, self.operation, of_one)
            for name, of_one in contest.samples.items()
        ]
        missing = absent | {name: did_not_work(why) for name, why in contest.lost.items()}
        figures = [self._figure(rule, contest.samples, missing) for rule in self.rules]
        return Outcome(measurements, figures, list(contest.lost.values()))

    def _figure(self, rule: Rule, samples: Mapping[str, Samples], missing: Mapping[str, str]) -> Figure:
        for name in rule.needs:
            if name not in samples:
                return _no_figure(self.name, rule, missing[name])
        return _figure(self.name, rule, rule.values(samples))

    def without_figures(self, why: str) -> list[Figure]:
        """Give the figures where nothing could be measured: each is missed, and says why."""
        return [_no_figure(self.name, rule, why) for rule in self.rules]

    def _is_noisy(self, samples: Mapping[str, Samples]) -> bool:
        whole = (rule for rule in self.rules if all(name in samples for name in rule.needs))
        return any(_figure(self.name, rule, rule.values(samples)).is_noisy for rule in whole)


def peer(name: str, module: str, expected: Any, parameters: Mapping[str, Any]) -> Peer:
    """Give a peer of `benchmarks.peers` that runs in this environment."""
    return Peer(name, (sys.executable, "-m", f"benchmarks.peers.{module}"), parameters, expected)


def did_not_work(why: str) -> str:
    """Say in a table why a program has no figure."""
    return f"a program did not do its work: {why}"


def _figure(workload: str, rule: Rule, values: Sequence[float]) -> Figure:
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Figure(
        workload=workload,
        text=rule.text,
        bound=rule.bound,
        unit=rule.unit,
        measured=median,
        lower_quartile=low,
        upper_quartile=high,
        least=min(values),
        most=max(values),
        rounds=len(values),
        is_met=median >= rule.bound if rule.is_minimum else median <= rule.bound,
        is_noisy=high - low > _NOISE * median,
        is_minimum=rule.is_minimum,
    )


def _no_figure(workload: str, rule: Rule, why: str) -> Figure:
    return Figure(
        workload=workload,
        text=rule.text,
        bound=rule.bound,
        unit=rule.unit,
        measured=0,
        lower_quartile=0,
        upper_quartile=0,
        least=0,
        most=0,
        rounds=0,
        is_met=False,
        is_noisy=False,
        is_minimum=rule.is_minimum,
        unmeasured=why,
    )
