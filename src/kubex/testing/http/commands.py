"""Exec and attach: from a handshake to the channels of a command, until it ends."""

from __future__ import annotations

import contextlib
import logging
from typing import Any, Final

import anyio
import msgspec
from aiohttp import web

from kubex.core.channels import ChannelProtocol
from kubex.core.exceptions import InvalidResponse
from kubex.core.remote_command import RESIZE, STATUS, STDERR, STDIN, STDOUT
from kubex.testing.http.channel_wire import BASE64, BASE64_V4, BINARY, ChannelWire
from kubex.testing.http.objects import ObjectRequest
from kubex.testing.http.open_streams import OpenStreams
from kubex.testing.http.websockets import WebSocket, check_upgrade, chosen_protocol, serve_websocket
from kubex.testing.pods.command_status import failed, missing_program, succeeded, with_exit_code
from kubex.testing.pods.containers import has_ended, waits
from kubex.testing.pods.hang_ups import is_hang_up
from kubex.testing.pods.programs import CommandNotFound, Program
from kubex.testing.pods.refusals import KubeletRefusal, no_container, no_streams
from kubex.testing.pods.sessions import CommandSession, TerminalSize
from kubex.testing.storage import JsonObject

__all__ = ["PROTOCOLS", "answer_command"]

_log = logging.getLogger("kubex.testing")

PROTOCOLS: Final = (ChannelProtocol.V5.value, ChannelProtocol.V4.value, BASE64_V4, BINARY, BASE64, "")
_PIECE: Final = 32 * 1024  # bytes of an output in one message
_KILLED: Final = 137


async def answer_command(
    asked: ObjectRequest, program: Program, pod: JsonObject, container: str, open_streams: OpenStreams
) -> web.StreamResponse:
    """Run a program for a client.

    Raises:
        ApiFailure: the client asks for no WebSocket (400).
        KubeletRefusal: the client asks for no stream, or the container does not run, and the client does not speak the
            newest protocol: with that one it is told on the channel of the status.
    """
    query, is_exec = asked.query, asked.address.subresource == "exec"
    tty = query.flag("tty")
    wanted = {STDIN: query.flag("stdin"), STDOUT: query.flag("stdout"), STDERR: query.flag("stderr") and not tty}
    refusal: KubeletRefusal | None = None
    if not any(wanted.values()):
        refusal = no_streams()
    elif has_ended(pod, container) or waits(pod, container):
        refusal = no_container(pod, container, attached=not is_exec)
    check_upgrade(asked.request)
    if refusal is not None and chosen_protocol(asked.request, PROTOCOLS) != ChannelProtocol.V5:
        raise refusal

    async def serve(socket: WebSocket) -> None:
        session = CommandSession(
            query.all("command") if is_exec else (),
            pod,
            container,
            has_stdin=wanted[STDIN],
            tty=tty,
            outputs=[channel for channel in (STDOUT, STDERR) if wanted[channel]],
            send=lambda channel, data: connection.send(channel, data),
        )
        connection = _CommandConnection(socket, session)
        try:
            # A sign of life on the first channel that there is, for clients that wait for a message.
            await connection.greet(next(channel for channel in (STDOUT, STDERR, STATUS) if wanted.get(channel, True)))
            if refusal is not None:
                await connection.finish(failed(f"unable to upgrade connection: {refusal}"))
            else:
                await connection.run(program, asked)
        finally:
            session.stdin.end(broken=True)

    return await serve_websocket(asked.request, PROTOCOLS, open_streams, serve)


class _CommandConnection:
    """The connection to the client of one command."""

    def __init__(self, socket: WebSocket, session: CommandSession) -> None:
        self._socket = socket
        self._session = session
        self._wire = ChannelWire(socket.protocol)

    async def greet(self, channel: int) -> None:
        """Send an empty piece on a channel."""
        with contextlib.suppress(anyio.BrokenResourceError):
            await self._socket.send(self._wire.pack(channel, b""))

    async def send(self, channel: int, data: bytes) -> None:
        """Send a piece of an output."""
        view = memoryview(data)
        for start in range(0, len(view), _PIECE):
            await self._socket.send(self._wire.pack(channel, bytes(view[start : start + _PIECE])))

    async def run(self, program: Program, asked: ObjectRequest) -> None:
        """Run a program to its end, or the client's, or the container's."""
        session = self._session
        status: JsonObject | None = None
        async with anyio.create_task_group() as tasks:

            def kill() -> None:
                nonlocal status
                status = self._ended(_KILLED)
                tasks.cancel_scope.cancel()

            forget = asked.cluster.containers.on_end(session.pod, session.container, kill)
            try:
                tasks.start_soon(self._receive, tasks.cancel_scope)
                status = await self._outcome(program, asked)
            finally:
                forget()
                tasks.cancel_scope.cancel()
        await self.finish(status)

    async def _outcome(self, program: Program, asked: ObjectRequest) -> JsonObject | None:
        try:
            code = await program(self._session)
        except CommandNotFound:
            return missing_program(self._session.command, is_told_by_api_server=self._is_newest)
        except Exception as error:
            if is_hang_up(error):
                return None
            _log.exception("a handler failed for %s %s", asked.request.method, asked.request.raw_path)
            return failed(f"the handler of the test failed: {error!r}")
        return self._ended(code)

    @property
    def _is_newest(self) -> bool:
        return self._socket.protocol == ChannelProtocol.V5

    def _ended(self, code: int) -> JsonObject:
        command = self._session.command
        # Of an attached session nobody is told how its process ends.
        return with_exit_code(code, command, is_told_by_api_server=self._is_newest) if command else succeeded()

    async def finish(self, status: JsonObject | None) -> None:
        """Tell how it ended, as far as somebody knows, and say goodbye."""
        payload = b"" if status is None else self._told(status)
        try:
            if payload:
                await self._socket.send(self._wire.pack(STATUS, payload))
        except anyio.BrokenResourceError:
            return
        await self._socket.close()

    def _told(self, status: JsonObject) -> bytes:
        if self._wire.has_status:
            return msgspec.json.encode(status)
        return str(status.get("message", "")).encode()

    async def _receive(self, scope: anyio.CancelScope) -> None:
        session = self._session
        try:
            while (message := await self._socket.receive()) is not None:
                frame = self._wire.unpack(message)
                if frame is None:
                    continue
                if frame.channel == STDIN and frame.is_close:
                    session.stdin.end()
                elif frame.channel == STDIN:
                    await session.stdin.put(frame.payload)
                elif frame.channel == RESIZE and not frame.is_close:
                    _resize(session, frame.payload)
        except InvalidResponse:
            await self._socket.close(1002)
        scope.cancel()


def _resize(session: CommandSession, payload: bytes) -> None:
    try:
        size: Any = msgspec.json.decode(payload)
        width, height = size["Width"], size["Height"]
    except (msgspec.DecodeError, UnicodeDecodeError, LookupError, TypeError, RecursionError):
        return
    if all(isinstance(side, int) and 0 < side < 2**16 for side in (width, height)):
        session.resize(TerminalSize(width, height))
