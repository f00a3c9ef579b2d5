"""One connection of a client to a `FaultProxy`, and the one to the server that belongs to it."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from typing import TYPE_CHECKING

from tests.faults.faults import Bandwidth, Blackhole, Fault, Garbage, HalfClose, Latency, Refusal, Reset, Truncated

if TYPE_CHECKING:
    from tests.faults.proxy import FaultProxy

__all__ = ["LARGEST_HEAD", "ProxiedConnection"]

LARGEST_HEAD = 2**20
"""Bytes of a request's first lines."""

_PIECE = 2**16
_TICK = 0.01  # seconds between the pieces of a narrow connection
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_FRAMING = re.compile(rb"\r\n(content-length|transfer-encoding):[^\r]*", re.IGNORECASE)
_RST = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # linger for 0 seconds


class ProxiedConnection:
    """Reads the client's requests one by one, and carries what the server answers as the last request's fault has it.

    Args:
        proxy: decides on faults.
        reader: what the client sends.
        writer: what it gets.
    """

    def __init__(self, proxy: FaultProxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._reader = reader
        self._writer = writer
        self._server_writer: asyncio.StreamWriter | None = None
        self._answers: asyncio.Task[None] | None = None
        self._fault: Fault | None = None
        self._answer = b""
        self._has_struck = False

    async def run(self) -> None:
        """Serve the client until it, the server or a fault ends the connection."""
        try:
            if self._proxy.is_blind:
                await self._pass_on_the_rest()
                return
            while (request := await self._next_request()) is not None:
                self._fault, self._answer, self._has_struck = self._proxy.next_fault(), b"", False
                if isinstance(self._fault, Refusal):
                    await self._tell(self._fault.answer)
                elif self._fault == Blackhole(loses_request=True):
                    await self._read_to_the_end()
                else:
                    await self._pass_on(request)
        finally:
            await self._close()

    async def _next_request(self) -> bytes | None:
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            return head + await self._reader.readexactly(int(length[1]) if length else 0)
        except asyncio.IncompleteReadError:
            return None

    def drop(self) -> None:
        """Close the client's connection at once, unless that is under way."""
        if not self._writer.is_closing():
            self._writer.transport.abort()

    def reset(self) -> None:
        """Reset the client's connection."""
        with contextlib.suppress(OSError):  # it has gone already
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST)
        self._writer.transport.abort()

    async def _pass_on(self, request: bytes) -> None:
        await self._send(request)
        if b"\r\nupgrade:" in request.lower():
            await self._pass_on_the_rest()

    async def _pass_on_the_rest(self) -> None:
        """Pass on what the client sends, whatever it is."""
        while piece := await self._reader.read(_PIECE):
            await self._send(piece)

    async def _send(self, content: bytes) -> None:
        await self._proxy.until_it_passes()
        if self._server_writer is None:
            reader, self._server_writer = await self._proxy.connect()
            self._answers = asyncio.create_task(self._carry(reader))
        self._server_writer.write(content)
        await self._server_writer.drain()

    async def _carry(self, reader: asyncio.StreamReader) -> None:
        try:
            while piece := await reader.read(_PIECE):
                await self._proxy.until_it_passes()
                if not self._has_struck:
                    await self._bring(piece)
            if not isinstance(self._fault, Blackhole | HalfClose):
                self._writer.close()
        except OSError:
            self._writer.close()

    async def _bring(self, piece: bytes) -> None:
        """Give the client a piece of an answer."""
        match self._fault:
            case Latency(seconds):
                await asyncio.sleep(seconds)
                await self._tell(piece)
            case Bandwidth(bytes_per_second):
                size = max(1, int(bytes_per_second * _TICK))
                for start in range(0, len(piece), size):
                    await asyncio.sleep(_TICK)
                    await self._tell(piece[start : start + size])
            case Blackhole():
                self._has_struck = True
            case HalfClose():
                self._has_struck = True
                self._socket.shutdown(socket.SHUT_WR)
            case Garbage(None):
                await self._tell(_spoiled(piece))
            case Reset(after) | Truncated(after) | Garbage(int(after)):
                await self._bring_until(self._fault, after, piece)
            case _:
                await self._tell(piece)

    async def _bring_until(self, fault: Reset | Truncated | Garbage, after: int, piece: bytes) -> None:
        """Give the client an answer up to a place in its body, where the fault strikes."""
        self._answer += piece
        head, end, body = self._answer.partition(b"\r\n\r\n")
        if not end or len(body) < after:
            return
        match fault:
            case Reset():
                self._has_struck = True
                await self._tell(head + end + body[:after])
                self.reset()
            case Truncated():
                self._has_struck = True
                if b"chunked" not in head.lower():  # else a part of it is the beginning of a chunk
                    head = _FRAMING.sub(b"", head) + b"\r\nTransfer-Encoding: chunked"
                    body = b"%x\r\n%b" % (len(body) + 1, body)
                    after += body.index(b"\n") + 1
                await self._tell(head + end + body[:after])
                self._writer.close()
            case Garbage():
                self._fault = Garbage(None)
                await self._tell(head + end + body[:after] + _spoiled(body[after:]))

    async def _tell(self, content: bytes) -> None:
        self._writer.write(content)
        await self._writer.drain()

    async def _read_to_the_end(self) -> None:
        while await self._reader.read(_PIECE):
            pass

    @property
    def _socket(self) -> socket.socket:
        connection: socket.socket | None = self._writer.get_extra_info("socket")
        if connection is None:
            raise ConnectionResetError("the client has gone")
        return connection

    async def _close(self) -> None:
        writers = [writer for writer in (self._writer, self._server_writer) if writer is not None]
        for writer in writers:  # before anything is waited for: the proxy's end may cancel that
            writer.transport.abort()  # TLS would wait for the other side's goodbye
        if self._answers is not None:
            self._answers.cancel()
        for writer in writers:
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        if self._answers is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._answers


def _spoiled(content: bytes) -> bytes:
    return bytes(byte ^ 0x80 for byte in content)
