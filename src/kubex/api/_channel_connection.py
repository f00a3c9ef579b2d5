"""Opens the WebSockets that carry channels: exec, attach, and port-forward to older servers."""

from __future__ import annotations

from collections.abc import Sequence

import anyio

from kubex.client.base import BaseClient
from kubex.client.websocket import WebSocketConnection
from kubex.core.channels import ChannelProtocol, negotiated, none_spoken
from kubex.core.exceptions import Forbidden, InvalidResponse
from kubex.core.request import Request

__all__ = ["connect_channels"]


async def connect_channels(
    client: BaseClient, request: Request, protocols: Sequence[ChannelProtocol]
) -> tuple[WebSocketConnection, ChannelProtocol]:
    """Open a WebSocket, and give it with the protocol that the server chose.

    Args:
        client: opens it.
        request: what to open; its time-out covers the handshake.
        protocols: protocols offered, the preferred first.

    Raises:
        InvalidResponse: the server speaks none of them.
        KubexApiError: the server refused.
        KubexClientException: no connection.
    """
    unknown: InvalidResponse
    try:
        connection = await client.connect_websocket(request, [protocol.value for protocol in protocols])
    except Forbidden as error:
        # What the API server says to unknown protocols; a user that may not do this is told so in a Status.
        if error.content:
            raise
        unknown = none_spoken(protocols, request.described(), "it refused the handshake without a reason")
    else:
        try:
            return connection, negotiated(connection.subprotocol, protocols, request.described())
        except InvalidResponse as error:
            unknown = error.with_traceback(None)
        with anyio.CancelScope(shield=True):
            await connection.close()
    raise unknown
