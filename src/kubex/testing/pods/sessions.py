"""`CommandSession`: what runs in a container for one exec or attach, as its handler sees it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import NamedTuple

import anyio
from anyio.abc import ByteSendStream

from kubex.core.remote_command import STDERR, STDOUT
from kubex.testing.pods.byte_buffer import ByteBuffer
from kubex.testing.storage import JsonObject

__all__ = ["CommandSession", "InputStream", "OutputStream", "TerminalSize"]


class TerminalSize(NamedTuple):
    """Size of a terminal, in characters."""

    width: int
    height: int


class InputStream(ByteBuffer):
    """Standard input of a command: an anyio `ByteReceiveStream` that is read in lines, too."""

    def __init__(self) -> None:
        super().__init__()
        self._line = bytearray()

    async def read(self) -> bytes:
        """Read to the end; over the protocol v4, which has no end of an input, that is the connection's."""
        parts = [bytes(self._line)]
        self._line.clear()
        while True:
            try:
                parts.append(await self.receive())
            except anyio.EndOfStream:
                return b"".join(parts)

    async def read_line(self) -> bytes:
        r"""Read to the next `\n` (of a terminal, `\r` as well), which is a part of it; `b""` at the end."""
        while not (size := _line_size(self._line)):
            try:
                self._line += await self.receive()
            except anyio.EndOfStream:
                size = len(self._line)
                break
        line = bytes(self._line[:size])
        del self._line[:size]
        return line


def _line_size(text: bytearray) -> int:
    """Give how long the first line is; 0 where it is not whole."""
    found = [place for place in (text.find(b"\n"), text.find(b"\r")) if place >= 0]
    return min(found) + 1 if found else 0


class OutputStream(ByteSendStream):
    """Standard output or error of a command: an anyio `ByteSendStream` that takes text, too."""

    def __init__(self, send: Callable[[bytes], Awaitable[None]] | None) -> None:
        self._send = send

    async def write(self, data: str | bytes) -> None:
        """Send something, once the client takes it; nothing where the client did not ask for this output."""
        await self.send(data.encode() if isinstance(data, str) else data)

    async def send(self, item: bytes) -> None:
        """Send bytes: `write`, in anyio's words."""
        if self._send is not None and item:
            await self._send(item)

    async def aclose(self) -> None:
        """Do nothing: an output ends with its command."""


class CommandSession:
    """One exec or attach.

    Args:
        command: program and arguments; empty for attach.
        pod: the pod's object, as JSON.
        container: name of the container.
        has_stdin: whether the client sends an input.
        tty: whether there is a terminal.
        outputs: channels that the client asked for.
        send: sends a piece of a channel's output.
    """

    def __init__(
        self,
        command: Sequence[str],
        pod: JsonObject,
        container: str,
        *,
        has_stdin: bool,
        tty: bool,
        outputs: Sequence[int],
        send: Callable[[int, bytes], Awaitable[None]],
    ) -> None:
        self.command: tuple[str, ...] = tuple(command)
        """Program and arguments; empty for attach."""
        self.pod = pod
        """The pod's object, as JSON."""
        self.container = container
        """Name of the container."""
        self.tty = tty
        """Whether there is a terminal; it has one output, which is `stdout`, and `stderr` goes there as well."""
        self.has_stdin = has_stdin
        """Whether the client sends an input."""
        self.size: TerminalSize | None = None
        """Size of the terminal, as the client last told it."""
        self.stdin: InputStream = InputStream()
        """Standard input; it is at its end where there is none."""
        self.stdout: OutputStream = self._output(STDOUT, outputs, send)
        """Standard output."""
        self.stderr: OutputStream = self.stdout if tty else self._output(STDERR, outputs, send)
        """Standard error."""
        self._resized = anyio.Event()
        if not has_stdin:
            self.stdin.end()

    @staticmethod
    def _output(channel: int, outputs: Sequence[int], send: Callable[[int, bytes], Awaitable[None]]) -> OutputStream:
        if channel not in outputs:
            return OutputStream(None)

        async def send_on_channel(data: bytes) -> None:
            await send(channel, data)

        return OutputStream(send_on_channel)

    def resize(self, size: TerminalSize) -> None:
        """Take it in that the terminal has another size."""
        self.size = size
        self._resized.set()
        self._resized = anyio.Event()

    async def sizes(self) -> AsyncGenerator[TerminalSize, None]:
        """Give the terminal's size, and each new one; it never ends by itself."""
        told: TerminalSize | None = None
        while True:
            resized = self._resized
            if self.size is not None and self.size != told:
                told = self.size
                yield told
            else:
                await resized.wait()
