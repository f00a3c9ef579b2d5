"""The HTTP server of aiohttp, set up as this server needs it; the one module that knows its inner parts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
from aiohttp import web

from kubex.testing.failures import ApiFailure, method_not_allowed
from kubex.testing.http.answers import answer_malformed
from kubex.testing.http.bodies import LARGEST_BODY

__all__ = ["HttpServer"]

_LONGEST_LINE: Final = 1024 * 1024  # of the request line and of a header; Go's bound of all headers together

# What clients do wrong is told to them and not logged.
_silent = logging.Logger("kubex.testing.http", logging.CRITICAL + 1)


class _Connection(web.RequestHandler):
    """A connection: what is no HTTP is answered in words of this server."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what could not be read."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun")
        first = (message or "").strip().partition("\n")[0].removesuffix(":")
        if first.startswith("Got more than"):
            return answer_malformed(431)
        if status < 500 and not first.startswith("Invalid method"):
            return answer_malformed(400, first)
        failure = method_not_allowed()
        if status >= 500:
            failure = ApiFailure(status, "InternalError", "Internal error occurred")
        body = msgspec.json.encode(failure.status)
        response = web.Response(body=body, status=failure.code, content_type="application/json")
        response.force_close()
        return response


class HttpServer:
    """Connections and their requests; to be made in the event loop that serves them.

    Args:
        answer: answers a request.
    """

    def __init__(self, answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]) -> None:
        self._loop = asyncio.get_running_loop()
        self._server = web.Server(answer, request_factory=self._request, handler_cancellation=True)

    def connection(self) -> asyncio.Protocol:
        """Make what serves one connection."""
        return _Connection(
            self._server,
            loop=self._loop,
            logger=_silent,
            access_log=None,  # type: ignore[arg-type]  # aiohttp's own way of saying that there is none
            auto_decompress=False,  # as the API server, which reads no compressed bodies
            max_line_size=_LONGEST_LINE,
            max_field_size=_LONGEST_LINE,
            lingering_time=1.0,
        )

    async def close(self, seconds: float) -> None:
        """Close all connections, those that still answer after so many seconds."""
        transports = [connection.transport for connection in self._server.connections]
        await self._server.shutdown(seconds)
        for transport in transports:
            if transport is not None:
                transport.abort()  # TLS waits until the peer takes leave, too: the socket would outlive its server
        await asyncio.sleep(0)  # in which sockets are closed

    def _request(self, message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        return web.BaseRequest(message, payload, protocol, writer, task, self._loop, client_max_size=LARGEST_BODY + 1)
