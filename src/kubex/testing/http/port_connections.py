"""One connection to a port of a pod: its handler, and what its client is told of the end."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable

import anyio

from kubex.testing.pods.byte_buffer import ByteBuffer
from kubex.testing.pods.handlers import Handlers
from kubex.testing.pods.hang_ups import is_hang_up
from kubex.testing.pods.ports import PortStream
from kubex.testing.storage import JsonObject

__all__ = ["serve_port"]

_log = logging.getLogger("kubex.testing")


async def serve_port(
    handlers: Handlers,
    pod: JsonObject,
    port: int,
    incoming: ByteBuffer,
    send: Callable[[bytes], Awaitable[None]],
    send_end: Callable[[], Awaitable[None]],
) -> str:
    """Let the handler of a port talk to a client; gives what went wrong, in the kubelet's words.

    Args:
        handlers: what the test has given.
        pod: the pod's object.
        port: the port.
        incoming: what the client sends.
        send: sends bytes to the client.
        send_end: tells the client that nothing more comes.
    """
    handler = handlers.port(pod, port)
    explanation = ""
    stream = PortStream(incoming, send, send_end)
    try:
        if handler is None:
            raise ConnectionRefusedError  # as by a port that no program listens on
        await handler(stream)
    except Exception as error:
        if isinstance(error, OSError) and not is_hang_up(error):
            explanation = _explanation(pod, port, error)
        elif not is_hang_up(error):
            _log.exception("the handler of port %d failed", port)
            explanation = f"error forwarding port {port} to pod {pod['metadata']['uid']}, uid : {error!r}"
    incoming.close()
    with contextlib.suppress(anyio.BrokenResourceError):
        await stream.send_eof()
    return explanation


def _explanation(pod: JsonObject, port: int, error: OSError) -> str:
    uid = pod["metadata"]["uid"]
    why = "connect: connection refused" if isinstance(error, ConnectionRefusedError) else str(error)
    return (
        f"error forwarding port {port} to pod {uid}, uid : failed to execute portforward in network namespace "
        f'"/var/run/netns/cni-{uid}": failed to connect to localhost:{port} inside namespace "{uid}", '
        f"IPv4: dial tcp4 127.0.0.1:{port}: {why} IPv6 dial tcp6: address localhost: no suitable address found "
    )
