"""What containers have written, and who follows it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from typing import Final, NamedTuple

__all__ = ["ContainerLog", "LogLine", "stamp"]

# As many as a kubelet keeps in the file that it shows (containerLogMaxSize).
_LARGEST: Final = 10 * 1024 * 1024


class LogLine(NamedTuple):
    """A line as it was written."""

    moment: datetime
    text: bytes
    """With its newline."""


def stamp(moment: datetime) -> bytes:
    """Write a moment as it stands before a line: with nine digits of a second."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}000Z ".encode()


class ContainerLog:
    """The log of one run of a container: the newest 10 MiB of it.

    Args:
        now: gives the time of what is written.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lines: deque[LogLine] = deque()
        self._size = 0
        self._first = 0  # number of the oldest line that is kept
        self._followers: list[Callable[[], None]] = []
        self.has_ended: bool = False
        """Whether nothing more will be written."""

    def __bool__(self) -> bool:
        return bool(self._lines)

    @property
    def end(self) -> int:
        """Number of the next line."""
        return self._first + len(self._lines)

    def write(self, text: bytes) -> None:
        """Add lines, and tell those who follow; the last one gets its newline where it lacks one."""
        moment = self._now()
        for line in text.removesuffix(b"\n").split(b"\n") if text else ():  # and not at a `\r`
            self._lines.append(LogLine(moment, line + b"\n"))
            self._size += len(line) + 1
        while self._size > _LARGEST and len(self._lines) > 1:
            self._size -= len(self._lines.popleft().text)
            self._first += 1
        self._tell()

    def finish(self) -> None:
        """Say that nothing more will be written."""
        self.has_ended = True
        self._tell()

    def since(self, number: int) -> list[LogLine]:
        """Give the lines from a number on, as far as they are kept."""
        return list(islice(self._lines, max(0, number - self._first), None))

    def follow(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have something called at each change; gives what ends that."""
        self._followers.append(callback)
        return lambda: self._followers.remove(callback)

    def _tell(self) -> None:
        for callback in tuple(self._followers):
            callback()
