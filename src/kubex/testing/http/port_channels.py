"""The channels of port-forward: two for each port that the request names, one connection to each."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Final

import anyio

from kubex.core.channels import ChannelProtocol
from kubex.testing.http.channel_wire import BASE64_V4, ChannelWire
from kubex.testing.http.port_connections import serve_port
from kubex.testing.http.websockets import WebSocket
from kubex.testing.pods.byte_buffer import ByteBuffer
from kubex.testing.pods.handlers import Handlers
from kubex.testing.storage import JsonObject

__all__ = ["PROTOCOLS", "serve_channels"]

PROTOCOLS: Final = (ChannelProtocol.V4.value, BASE64_V4, "")


async def serve_channels(socket: WebSocket, handlers: Handlers, pod: JsonObject, ports: Sequence[int]) -> None:
    """Serve a connection to each port, until the client hangs up, or the last of them is over."""
    wire = ChannelWire(socket.protocol)
    incoming = [ByteBuffer() for _ in ports]

    async def serve(number: int, port: int) -> None:
        async def send(data: bytes, channel: int = 2 * number) -> None:
            await socket.send(wire.pack(channel, data))

        async def send_end() -> None:
            pass  # before v5 a channel ends with its connection

        with contextlib.suppress(anyio.BrokenResourceError):
            explanation = await serve_port(handlers, pod, port, incoming[number], send, send_end)
            if explanation:
                await send(explanation.encode(), 2 * number + 1)

    async def receive(scope: anyio.CancelScope) -> None:
        while (message := await socket.receive()) is not None:
            frame = wire.unpack(message)
            if frame is None:
                continue
            number, is_error = divmod(frame.channel, 2)
            if number < len(ports) and not is_error:
                await incoming[number].put(frame.payload)
        for buffer in incoming:
            buffer.end(broken=True)
        scope.cancel()

    async with anyio.create_task_group() as tasks:
        try:
            for number, port in enumerate(ports):
                # A sign that both have the same port in mind.
                for channel in (2 * number, 2 * number + 1):
                    await socket.send(wire.pack(channel, port.to_bytes(2, "little")))
        except anyio.BrokenResourceError:
            return
        tasks.start_soon(receive, tasks.cancel_scope)
        async with anyio.create_task_group() as connections:
            for number, port in enumerate(ports):
                connections.start_soon(serve, number, port)
        tasks.cancel_scope.cancel()
