"""Counts the instructions of peers' rounds: a measure that a busy machine does not change.

By valgrind, which runs a program some fifty times slower. Time is not proportional to instructions: they tell whether
a change makes a path longer or shorter, and are compared with those of the same program on the same machine.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Generator
from pathlib import Path

from benchmarks.measure import Contestant, Peer
from benchmarks.workload import Workload

__all__ = ["count_instructions"]

_ROUNDS = (1, 3)
_COLLECTED = re.compile(r"Collected : (\d+)")


def count_instructions(workload: Workload) -> Generator[tuple[str, float], None, None]:
    """Give each peer of a workload and the instructions that one operation takes it.

    Raises:
        WrongAnswer: a peer did not do the work.
    """
    with (
        tempfile.TemporaryDirectory(prefix="kubex-benchmarks-") as directory,
        workload.entrants(Path(directory)) as all_,
    ):
        for entrant in all_:
            if isinstance(entrant, Peer):
                fewer, more = (_instructions(entrant, rounds, Path(directory)) for rounds in _ROUNDS)
                yield entrant.name, (more - fewer) / (_ROUNDS[1] - _ROUNDS[0]) / workload.operations


def _instructions(peer: Peer, rounds: int, directory: Path) -> int:
    """Give the instructions of a whole process that does so many rounds."""
    log = directory / "valgrind.log"
    valgrind = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--log-file={log}")
    # Without random hashes two processes do the same.
    command = ("env", "PYTHONHASHSEED=0", *valgrind, *peer.command)
    with peer._replace(command=command).started() as contestant:
        _do(contestant, rounds)
    found = _COLLECTED.search(log.read_text())
    assert found is not None, "valgrind has counted nothing"
    return int(found[1])


def _do(contestant: Contestant, rounds: int) -> None:
    for _ in range(rounds):
        contestant.round()
