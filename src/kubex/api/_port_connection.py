"""`PortConnection`: one connection to a port of a pod, the same over either protocol; what came on it waits here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable

import anyio
import anyio.lowlevel
from anyio.abc import TaskGroup

from kubex.core.exceptions import PortForwardError, RequestTimeout
from kubex.core.params import Timeout

__all__ = ["BrokenPort", "PortConnection", "PortTimedOut", "ReceiveBuffer"]

# Container runtimes take the end of what a client sends as a wish to hang up: a second later they cut the connection,
# whatever the pod was still going to say, and its program never sees the end. So the end is told only when the pod has
# been silent for so many seconds: since its last words, or since it was last spoken to.
_SILENCE_AFTER_ANSWER = 1.0
_SILENCE_BEFORE_ANSWER = 4.0


class BrokenPort(PortForwardError, anyio.BrokenResourceError):
    """A `PortForwardError` as anyio's streams raise it."""


class PortTimedOut(BrokenPort, RequestTimeout):
    """A bound that the caller gave has passed."""


class ReceiveBuffer:
    """What came and was not taken yet, then the end.

    Args:
        on_taken: called when something was taken.
    """

    __slots__ = (
        "_chunks",
        "_failure",
        "_guard",
        "_is_ended",
        "_news",
        "_on_taken",
        "_skipped",
        "on_silence",
        "patience",
        "received",
        "size",
    )

    def __init__(self, on_taken: Callable[[], None]) -> None:
        self._chunks: deque[bytes] = deque()
        self._skipped = 0  # bytes of the first chunk that were taken
        self._news: anyio.Event | None = None
        self._is_ended = False
        self._failure: Exception | None = None
        self._guard = anyio.ResourceGuard("receiving from")
        self._on_taken = on_taken
        self.size = 0
        self.received = 0
        self.patience: float | None = None
        """Seconds that are waited for something."""
        self.on_silence: Callable[[], Exception] = TimeoutError
        """Gives what is raised when they have passed."""

    def __len__(self) -> int:
        return len(self._chunks)

    @property
    def is_ended(self) -> bool:
        """Whether nothing more comes."""
        return self._is_ended

    @property
    def failure(self) -> Exception | None:
        """What is raised when all there was has been taken."""
        return self._failure

    def put(self, chunk: bytes) -> None:
        """Add what came."""
        self._chunks.append(chunk)
        self.size += len(chunk)
        self.received += len(chunk)
        if self._news is not None:
            self._news.set()

    def end(self, failure: Exception | None = None) -> None:
        """Say that nothing more comes, and why if that is no ordinary end; the first word counts."""
        if self._is_ended:
            return
        self._is_ended = True
        self._failure = failure
        if self._news is not None:
            self._news.set()

    def clear(self) -> None:
        """Throw away what was not taken."""
        self._chunks.clear()
        self.size = self._skipped = 0

    async def receive(self, max_bytes: int) -> bytes:
        """Wait for something and take up to so many bytes of it; `b""` at the end."""
        with self._guard:
            if not await self._wait():
                return b""
            chunk, start = self._chunks[0], self._skipped
            if len(chunk) - start > max_bytes:
                self._skipped += max_bytes
                taken = chunk[start : start + max_bytes]
            else:
                self._chunks.popleft()
                self._skipped = 0
                taken = chunk[start:] if start else chunk
            self.size -= len(taken)
        self._on_taken()
        return taken

    async def receive_all(self) -> bytes:
        """Wait for something and take all there is; `b""` at the end."""
        with self._guard:
            if not await self._wait():
                return b""
            chunks = self._chunks
            taken = chunks[0][self._skipped :] if len(chunks) == 1 else b"".join(chunks)[self._skipped :]
            self.clear()
        self._on_taken()
        return taken

    async def _wait(self) -> bool:
        """Wait until there is something, or the end."""
        if self._chunks:
            await anyio.lowlevel.checkpoint_if_cancelled()
            return True
        while not self._chunks:
            if self._is_ended:
                await anyio.lowlevel.checkpoint_if_cancelled()
                if self._failure is not None:
                    raise self._failure.with_traceback(None)
                return False
            self._news = anyio.Event()
            try:
                with anyio.move_on_after(self.patience) as scope:
                    await self._news.wait()
            finally:
                self._news = None
            if scope.cancelled_caught and not self._chunks and not self._is_ended:
                raise self.on_silence()
        return True


class PortConnection(ABC):
    """One connection to a port of a pod.

    Args:
        port: the pod's port.
        subject: what is being done, for the text of errors.
    """

    def __init__(self, port: int, subject: str) -> None:
        self.port = port
        self.subject = f"{subject}: port {port}"
        self.data = ReceiveBuffer(self._take_note)
        """What the pod sent."""
        self.errors = ReceiveBuffer(lambda: None)
        """What the server says of it."""
        self.is_truncated = False
        """Whether data was lost because nobody took it."""
        self.is_over = False
        """Whether nothing more goes either way."""
        self.is_ended_here = False
        """Whether nothing more will be sent."""
        self._is_answered = False
        self._write_patience: float | None = None

    def bound(self, timeout: Timeout) -> None:
        """Bound each wait for the pod's data (`read`) and each sending (`write`), in seconds."""
        read, self._write_patience = timeout.read, timeout.write
        if read is not None:
            self.data.patience = read
            self.data.on_silence = lambda: self.timed_out(f"the pod sent nothing for {read:g} s")

    async def send(self, data: bytes) -> None:
        """Send to the pod.

        Raises:
            PortForwardError: the connection is gone.
        """
        if self._write_patience is None:
            await self._deliver(data)
            return
        with anyio.move_on_after(self._write_patience) as scope:
            await self._deliver(data)
        if scope.cancelled_caught:
            raise self.timed_out(f"the server took no data for {self._write_patience:g} s")

    @abstractmethod
    async def _deliver(self, data: bytes) -> None:
        """Send to the pod, however long that takes."""

    @abstractmethod
    def close(self) -> None:
        """Hang up. Closing twice is closing once."""

    @abstractmethod
    def _tell_end(self) -> None:
        """Tell the server that nothing more will be sent."""

    @property
    @abstractmethod
    def _tasks(self) -> TaskGroup:
        """Where tasks of the connection run."""

    def end(self) -> None:
        """Say that nothing more will be sent; the pod's answer can be read to its end."""
        if not self.is_ended_here and not self.is_over:
            self.is_ended_here = True
            self._tasks.start_soon(self._tell_end_when_silent)

    def broken(self, reason: str) -> BrokenPort:
        """Give the error of this connection."""
        return BrokenPort(f"{self.subject}: {reason}")

    def timed_out(self, reason: str) -> PortTimedOut:
        """Give the error of this connection when a bound has passed."""
        return PortTimedOut(f"{self.subject}: {reason}")

    def finish(self, failure: Exception | None) -> None:
        """Say that it is over."""
        self.is_over = True
        self.data.end(failure)
        self.errors.end()

    @abstractmethod
    def _take_note(self) -> None:
        """Note that data was taken."""

    async def _tell_end_when_silent(self) -> None:
        while True:
            received = self.data.received
            await anyio.sleep(_SILENCE_AFTER_ANSWER if self._is_answered else _SILENCE_BEFORE_ANSWER)
            if self.is_over:
                return
            if received == self.data.received and not self.data.size:
                break
        self._tell_end()
