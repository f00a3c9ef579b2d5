"""WebSockets of exec, attach and port-forward: the handshake, and messages until one side has enough."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

import anyio
from aiohttp import WSMsgType, web

from kubex.testing.failures import bad_request
from kubex.testing.http.open_streams import OpenStreams

__all__ = ["WebSocket", "check_upgrade", "chosen_protocol", "serve_websocket"]

_LARGEST_MESSAGE: Final = 32 * 1024 * 1024
_CLOSING_SECONDS: Final = 5.0  # that the client has to say goodbye
_LEAVING_SECONDS: Final = 0.5  # when the server ends


class WebSocket:
    """An open WebSocket.

    Args:
        response: aiohttp's side of it.
    """

    def __init__(self, response: web.WebSocketResponse) -> None:
        self.response = response
        self.protocol: str = response.ws_protocol or ""
        """The subprotocol; `""` if the client offered none."""

    async def receive(self) -> bytes | str | None:
        """Wait for a message; `None` is the end, in order or not."""
        message = await self.response.receive()
        if message.type is WSMsgType.BINARY or message.type is WSMsgType.TEXT:
            data: bytes | str = message.data
            return data
        return None

    async def send(self, message: bytes | str) -> None:
        """Send a message, once the client has room for it.

        Raises:
            anyio.BrokenResourceError: the client is gone.
        """
        try:
            if isinstance(message, str):
                await self.response.send_str(message)
            else:
                await self.response.send_bytes(message)
        except ConnectionError:
            raise anyio.BrokenResourceError from None

    async def close(self, code: int = 1000, *, patience: float = _CLOSING_SECONDS) -> None:
        """Say goodbye, and wait a little for the client's."""
        with anyio.move_on_after(patience, shield=True):
            await self.response.close(code=code)


async def serve_websocket(
    request: web.BaseRequest,
    known: Sequence[str],
    open_streams: OpenStreams,
    serve: Callable[[WebSocket], Awaitable[None]],
) -> web.StreamResponse:
    """Answer a handshake, and serve the WebSocket that comes of it, unless the server ends.

    Args:
        request: of the client.
        known: subprotocols that this server speaks; `""` among them if it does without one.
        open_streams: those that end with the server.
        serve: talks to the client.

    Raises:
        ApiFailure: the request is no handshake (400).
    """
    opened = await _open(request, known)
    if not isinstance(opened, WebSocket):
        return opened
    with open_streams.opened() as scope:
        await serve(opened)
    if scope.cancelled_caught:
        await opened.close(1001, patience=_LEAVING_SECONDS)
    return opened.response


def chosen_protocol(request: web.BaseRequest, known: Sequence[str]) -> str | None:
    """Give the subprotocol that is spoken with a client.

    Args:
        request: of the client.
        known: subprotocols that this server speaks. The first is chosen wherever it is offered; of the others, the one
            that the client names first.

    Returns:
        The protocol; `""` where the client offers none, and `None` where it offers only others.
    """
    offered = _offered(request)
    if not offered:
        return ""
    return known[0] if known[0] in offered else next((each for each in offered if each in known), None)


def _offered(request: web.BaseRequest) -> list[str]:
    headers = request.headers.getall("Sec-WebSocket-Protocol", [])
    return [each.strip() for header in headers for each in header.split(",")]


def check_upgrade(request: web.BaseRequest) -> None:
    """Check that a request asks for a WebSocket.

    Raises:
        ApiFailure: it does not (400).
    """
    connection = request.headers.get("Connection", "").lower()
    asks = request.headers.get("Upgrade", "").lower() == "websocket" and "upgrade" in connection
    if not asks or not web.WebSocketResponse(protocols=_offered(request)).can_prepare(request):
        raise bad_request("Upgrade request required")


def _is_of_a_web_page(request: web.BaseRequest) -> bool:
    """Whether a browser asks for a page that is not of this server.

    Browsers let every page open WebSockets to this machine, and commands may be run on it. A page's own name may be
    made to lead here, so only an address, or `localhost`, is this server.
    """
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    try:
        page = urlsplit(origin)
        if page.hostname != "localhost":
            ipaddress.ip_address(page.hostname or "")
    except ValueError:
        return True
    return page.netloc != request.headers.get("Host")


async def _open(request: web.BaseRequest, known: Sequence[str]) -> WebSocket | web.StreamResponse:
    check_upgrade(request)
    protocol = chosen_protocol(request, known)
    if protocol is None or protocol not in known or _is_of_a_web_page(request):
        return web.Response(status=403)  # without a body, as the API server's WebSockets refuse what they don't speak
    response = web.WebSocketResponse(
        timeout=_CLOSING_SECONDS,
        compress=False,
        max_msg_size=_LARGEST_MESSAGE,
        protocols=[protocol] if protocol else [],
    )
    await response.prepare(request)
    return WebSocket(response)
