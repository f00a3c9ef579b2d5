"""What is open as long as it is wanted, and can be ended at once: followed logs, commands, forwarded ports."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import anyio

__all__ = ["OpenStreams"]


class OpenStreams:
    """Those that are open."""

    def __init__(self) -> None:
        self._scopes: set[anyio.CancelScope] = set()

    def __len__(self) -> int:
        return len(self._scopes)

    @contextmanager
    def opened(self) -> Generator[anyio.CancelScope]:
        """Count one as open while this lasts; what is in it is cancelled when all are ended."""
        with anyio.CancelScope() as scope:
            self._scopes.add(scope)
            try:
                yield scope
            finally:
                self._scopes.discard(scope)

    def end_all(self) -> None:
        """End them."""
        for scope in tuple(self._scopes):
            scope.cancel()
