"""Which part of a log is asked for, and its bytes.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kubex.testing.pods.logs import ContainerLog, LogLine, stamp

__all__ = ["LogOptions", "LogReader"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOptions:
    """Parameters of a log, as the API has them."""

    follow: bool = False
    previous: bool = False
    timestamps: bool = False
    tail_lines: int | None = None
    limit_bytes: int | None = None
    since: datetime | None = None


class LogReader:
    """Reads a log piece by piece.

    Args:
        log: the log.
        options: what of it.
    """

    def __init__(self, log: ContainerLog, options: LogOptions) -> None:
        self._log = log
        self._options = options
        self._left = options.limit_bytes
        tail = options.tail_lines
        # The last lines are counted before any of them is left out for its time.
        self._next = 0 if tail is None else max(0, log.end - tail)

    @property
    def is_at_end(self) -> bool:
        """Whether there is nothing that has not been read."""
        return self._next == self._log.end

    @property
    def is_done(self) -> bool:
        """Whether as much as was asked for has been read."""
        return self._left == 0

    def read(self) -> list[bytes]:
        """Give the lines that have come since the last call."""
        lines = self._log.since(self._next)
        self._next = self._log.end
        return list(self._bounded(lines))

    def _bounded(self, lines: Iterable[LogLine]) -> Iterable[bytes]:
        options = self._options
        for line in lines:
            if self._left == 0:
                return
            if options.since is not None and line.moment < options.since:
                continue
            text = stamp(line.moment) + line.text if options.timestamps else line.text
            if self._left is not None:
                text = text[: self._left]
                self._left -= len(text)
            yield text
