"""What a proxy does wrong to a request and to what the server answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

__all__ = [
    "FAULTS",
    "Bandwidth",
    "Blackhole",
    "Fault",
    "Garbage",
    "HalfClose",
    "Latency",
    "Refusal",
    "Reset",
    "Truncated",
]


@dataclass(frozen=True)
class Latency:
    """Each piece of the answer comes so many seconds later."""

    seconds: float


@dataclass(frozen=True)
class Bandwidth:
    """The answer comes at so many bytes a second."""

    bytes_per_second: int


@dataclass(frozen=True)
class Blackhole:
    """Nothing more comes, and the connection stays open. The server still gets the request, unless it is lost, too."""

    loses_request: bool = False


@dataclass(frozen=True)
class HalfClose:
    """The server carries out the request; instead of the answer comes the end, and the client may go on sending."""


@dataclass(frozen=True)
class Reset:
    """The connection is reset after so many bytes of the answer's body."""

    after: int


@dataclass(frozen=True)
class Truncated:
    """The answer comes in chunks and ends, in an orderly way, in the midst of one after so many bytes of its body."""

    after: int


@dataclass(frozen=True)
class Garbage:
    """After so many bytes of the answer's body all others are different; with `None` from its first line on."""

    after: int | None = None


@dataclass(frozen=True)
class Refusal:
    """The proxy answers, and the server hears nothing of the request."""

    status: int
    retry_after: int | None = None

    @property
    def answer(self) -> bytes:
        """What the client gets."""
        wait = "" if self.retry_after is None else f"Retry-After: {self.retry_after}\r\n"
        return f"HTTP/1.1 {self.status} No\r\n{wait}Content-Length: 3\r\n\r\nno\n".encode()


Fault: TypeAlias = Latency | Bandwidth | Blackhole | HalfClose | Reset | Truncated | Garbage | Refusal

FAULTS: dict[str, tuple[Fault, int]] = {
    "latency": (Latency(0.02), 1),
    "bandwidth": (Bandwidth(50_000), 2),
    "blackhole": (Blackhole(), 4),
    "blackhole for requests": (Blackhole(loses_request=True), 4),
    "half-close": (HalfClose(), 3),
    "reset in a body": (Reset(after=20), 3),
    "truncated chunk": (Truncated(after=20), 3),
    "garbage": (Garbage(), 3),
    "garbage in a body": (Garbage(after=20), 3),
    "429": (Refusal(429), 2),
    "429 with Retry-After": (Refusal(429, retry_after=0), 2),
    "503": (Refusal(503), 2),
    "503 with Retry-After": (Refusal(503, retry_after=0), 2),
}
"""By name: a fault, and which of so many requests it meets."""
