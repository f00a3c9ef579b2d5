"""`WebSocketConnection`: what the streams need of a WebSocket, whatever library carries it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self

__all__ = ["ORDINARY_CLOSE_CODES", "PING_INTERVAL", "SILENCE_BOUND", "WebSocketConnection"]

PING_INTERVAL = 5.0
"""Seconds of silence after which a peer is sent a ping."""

SILENCE_BOUND = 60.0
"""Seconds without any frame, answers to pings included, after which a peer that is waited for is given up."""

ORDINARY_CLOSE_CODES = frozenset({1000, 1001, 1005})
"""Close codes of an ordinary end: normal, going away, and none given."""


class WebSocketConnection(ABC):
    """One open WebSocket that carries binary messages; async-iterable.

    Implementations raise `KubexClientException` for a text message and for everything their library raises. Kubex' own
    send pings to a silent peer, and give it up when it doesn't answer them; a stub for tests needs none of that.
    """

    @property
    @abstractmethod
    def subprotocol(self) -> str | None:
        """Subprotocol that the server chose; `None` where it chose none."""

    @abstractmethod
    async def send_bytes(self, data: bytes) -> None:
        """Send one binary message.

        Raises:
            KubexClientException: the connection is closed or broke.
        """

    @abstractmethod
    async def receive_bytes(self) -> bytes:
        """Wait for the next binary message.

        Raises:
            StopAsyncIteration: the peer has closed the connection.
            KubexClientException: a text message, or the connection broke.
        """

    @abstractmethod
    async def close(self) -> None:
        """Close the connection. Closing twice is closing once."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        return await self.receive_bytes()
