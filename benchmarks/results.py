"""The results of a run as they are kept: all samples, the figures, and what they were measured on."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec

from benchmarks.libraries import COMPILED, LIBRARIES

__all__ = ["Environment", "Figure", "Measurement", "Results", "describe_environment", "read", "renewed", "write"]

_FORMAT = 1
_DISTRIBUTIONS = ("kubex", "aiohttp", "anyio", "httpx", "msgspec", "pydantic", "PyYAML")
_DIGITS = 5
_MEASURED = ("src", "benchmarks", ":!benchmarks/results", ":!benchmarks/RESULTS.md")  # not what a run itself writes


class Environment(msgspec.Struct, kw_only=True):
    """What was measured, on what. No name of a host or a person belongs here."""

    commit: str
    has_local_changes: bool
    date: str
    python: str
    versions: dict[str, str]
    peers: dict[str, str] = {}
    system: str
    cpu_model: str
    cores: int
    memory_gib: float


class Measurement(msgspec.Struct):
    """What one peer's rounds of one workload cost."""

    workload: str
    title: str
    peer: str
    operations: int
    operation: str
    samples: dict[str, list[float]]


class Figure(msgspec.Struct, kw_only=True):
    """A figure that the project promises: the median of the rounds, and how far they spread.

    `bound` is the most that it may be, or the least (`is_minimum`). `unmeasured` says why there is no figure.
    """

    workload: str
    text: str
    bound: float
    unit: str
    measured: float
    lower_quartile: float
    upper_quartile: float
    least: float
    most: float
    rounds: int
    is_met: bool
    is_noisy: bool
    is_minimum: bool = False
    unmeasured: str = ""


class Results(msgspec.Struct, kw_only=True):
    """One run, and workloads that were measured again since: `later` has the commit and the date of each of these."""

    format: int = _FORMAT
    is_quick: bool
    environment: Environment
    figures: list[Figure]
    measurements: list[Measurement]
    later: dict[str, str] = {}


def renewed(recorded: Results, again: Results, workloads: Sequence[str]) -> Results:
    """Put what was measured again in the place of what is recorded.

    Args:
        recorded: what is kept of a whole run.
        again: a run of some workloads, on the same machine and with the same versions.
        workloads: which ones, in the order of a whole run.

    Raises:
        ValueError: it was another machine, or another version of something.
    """
    then, now = recorded.environment, again.environment
    for name in ("python", "versions", "peers", "system", "cpu_model", "cores"):
        if getattr(then, name) != getattr(now, name):
            raise ValueError(f"{name}: {getattr(then, name)} is recorded, and it is {getattr(now, name)}")
    names = {figure.workload for figure in again.figures}
    changes = " with local changes" if now.has_local_changes else ""
    return msgspec.structs.replace(
        recorded,
        figures=sorted(
            [*(each for each in recorded.figures if each.workload not in names), *again.figures],
            key=lambda each: workloads.index(each.workload),
        ),
        measurements=sorted(
            [*(each for each in recorded.measurements if each.workload not in names), *again.measurements],
            key=lambda each: workloads.index(each.workload),
        ),
        later={**recorded.later, **dict.fromkeys(sorted(names), f"{now.commit[:12]}{changes}, {now.date}")},
    )


def describe_environment() -> Environment:
    """Say what this machine and checkout are."""
    return Environment(
        commit=_git("rev-parse", "HEAD"),
        has_local_changes=bool(_git("status", "--porcelain", "--untracked-files=no", "--", *_MEASURED)),
        date=datetime.now(UTC).strftime("%Y-%m-%d"),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        versions={name: version(name) for name in _DISTRIBUTIONS},
        peers={library.name: library.release for library in (*LIBRARIES, *COMPILED) if not library.is_kubex},
        system=f"{platform.system()} {platform.machine()}",
        cpu_model=_cpu_model(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_gib=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
    )


def write(results: Results, path: Path) -> None:
    """Write results, numbers rounded to what they can mean."""
    path.parent.mkdir(exist_ok=True)
    encoded = msgspec.json.encode(results)
    # Parsed once more for rounding: fewer digits keep the file readable, and a diff of it too.
    rounded = json.loads(encoded, parse_float=lambda digits: float(f"{float(digits):.{_DIGITS}g}"))
    path.write_text(json.dumps(rounded, indent=1) + "\n")


def read(path: Path) -> Results:
    """Read results."""
    return msgspec.json.decode(path.read_bytes(), type=Results)


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=Path(__file__).parent.parent, capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip()


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
