"""An HTTP endpoint for probes and metrics: three paths, one answer for each connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final, NamedTuple

import anyio
from anyio.abc import SocketAttribute, SocketStream, TaskStatus

__all__ = ["Answer", "serve_health"]

_LONGEST_REQUEST: Final = 16 * 1024
_PATIENCE: Final = 10.0  # seconds that a client has to say what it wants


class Answer(NamedTuple):
    """What a path answers."""

    status: int
    text: str
    content_type: str = "text/plain; charset=utf-8"


async def serve_health(
    paths: Mapping[str, Callable[[], Answer]],
    *,
    host: str,
    port: int,
    task_status: TaskStatus[int] = anyio.TASK_STATUS_IGNORED,
) -> None:
    """Serve until cancelled.

    Args:
        paths: what is served.
        host: address to listen on.
        port: to listen on; 0 for a free one.
        task_status: is told the port.
    """

    async def answer(stream: SocketStream) -> None:
        async with stream:
            try:
                with anyio.move_on_after(_PATIENCE):
                    await stream.send(_response(paths, await _head(stream)))
            except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
                pass  # the client is gone

    async with await anyio.create_tcp_listener(local_host=host, local_port=port) as listener:
        task_status.started(listener.extra(SocketAttribute.local_port))  # noqa: S610 - no query
        await listener.serve(answer)


async def _head(stream: SocketStream) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received and len(received) < _LONGEST_REQUEST:
        try:
            received += await stream.receive()
        except anyio.EndOfStream:
            break
    return received


def _response(paths: Mapping[str, Callable[[], Answer]], request: bytes) -> bytes:
    line = request.partition(b"\r\n")[0].decode("latin-1").split(" ")
    if len(line) != 3 or not line[2].startswith("HTTP/1."):
        answer = Answer(400, "not an HTTP request\n")
    elif line[0] not in ("GET", "HEAD"):
        answer = Answer(405, "GET alone\n")
    else:
        path = line[1].partition("?")[0].rstrip("/")
        found = paths.get(path)
        answer = found() if found is not None else Answer(404, f"there is {', '.join(paths)}\n")
    body = answer.text.encode()
    head = (
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\nContent-Type: {answer.content_type}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    ).encode()
    return head if line[0] == "HEAD" else head + body
