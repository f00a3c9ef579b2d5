"""Signals that ask a command to end, as exceptions that leave time to clean up."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

__all__ = ("Interrupted", "Interruption")

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """A signal asked this process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


class Interruption:
    """Raises `Interrupted` in the main thread on the first such signal; later ones change nothing."""

    def __init__(self) -> None:
        self._deferred = False
        self._number: int | None = None
        for number in _SIGNALS:
            signal.signal(number, self._receive)

    @contextmanager
    def deferred(self) -> Generator[None]:
        """Let what is inside finish before an interruption is raised."""
        self._deferred = True
        try:
            yield
        finally:
            self._deferred = False
        if self._number is not None:
            raise Interrupted(self._number)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        first = self._number is None
        self._number = number if self._number is None else self._number
        if first and not self._deferred:
            raise Interrupted(number)
