"""What servers say about commands, and sessions of scripted connections that say it."""

from __future__ import annotations

from typing import Any

from kubex.api._stream_session import OutputStream, StreamSession
from kubex.core.channels import ChannelProtocol
from kubex.core.exceptions import ConnectionFailed
from kubex.core.request import RequestAction
from tests.unit.api.websocket_stub import ScriptedConnection

V5, V4 = ChannelProtocol.V5, ChannelProtocol.V4
SUCCESS = b'\x03{"metadata":{},"status":"Success"}'
FAILURE = (
    b'\x03{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}'
)
ACTION = RequestAction("exec", "pods", "web-0", "shop")
BROKEN = ConnectionFailed("it broke")


def session_of(connection: ScriptedConnection, protocol: ChannelProtocol = V5, **options: Any) -> StreamSession:
    return StreamSession(connection, protocol, action=ACTION, **options)


async def all_of(stream: OutputStream) -> list[bytes]:
    return [chunk async for chunk in stream]
