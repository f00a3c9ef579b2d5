"""Port-forward: from a handshake to connections, in a tunnel of many or in channels for a few."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import anyio
from aiohttp import web

from kubex.core._go_text import go_quoted
from kubex.testing.failures import ApiFailure, bad_request
from kubex.testing.http.objects import ObjectRequest
from kubex.testing.http.open_streams import OpenStreams
from kubex.testing.http.parameters import Query
from kubex.testing.http.port_channels import PROTOCOLS, serve_channels
from kubex.testing.http.port_tunnel import TUNNEL_PROTOCOL, serve_tunnel
from kubex.testing.http.websockets import WebSocket, check_upgrade, chosen_protocol, serve_websocket
from kubex.testing.pods.containers import has_ended
from kubex.testing.pods.handlers import Handlers
from kubex.testing.pods.refusals import KubeletRefusal, no_pod
from kubex.testing.storage import JsonObject

__all__ = ["answer_port_forward"]

_KNOWN: Final = (TUNNEL_PROTOCOL, *PROTOCOLS)
_DIGITS: Final = 20  # of a number that it makes sense to read


async def answer_port_forward(
    asked: ObjectRequest, handlers: Handlers, pod: JsonObject, open_streams: OpenStreams
) -> web.StreamResponse:
    """Forward ports of a pod, as long as the client and the pod are there.

    Raises:
        ApiFailure: the client asks for no WebSocket, or for ports that are none (400).
        KubeletRefusal: the pod has ended, or over channels no port is asked for.
    """
    ports = _asked_ports(asked.query)
    check_upgrade(asked.request)
    if chosen_protocol(asked.request, _KNOWN) != TUNNEL_PROTOCOL:
        if not ports:
            raise KubeletRefusal(400, 'query parameter "port" is required')
        if 0 in ports:
            raise KubeletRefusal(400, 'port "0" must be > 0')
    if has_ended(pod, ""):
        raise no_pod(pod)

    async def serve(socket: WebSocket) -> None:
        async with anyio.create_task_group() as tasks:
            forget = asked.cluster.containers.on_pod_end(pod, tasks.cancel_scope.cancel)
            try:
                if socket.protocol == TUNNEL_PROTOCOL:
                    await serve_tunnel(socket, handlers, pod)
                else:
                    await serve_channels(socket, handlers, pod, ports)
            finally:
                forget()
        await socket.close()

    return await serve_websocket(asked.request, _KNOWN, open_streams, serve)


def _asked_ports(query: Query) -> Sequence[int]:
    ports: list[int] = []
    for text in (each for value in query.all("ports") for each in value.split(",")):
        if not (text.isascii() and text.isdigit()):
            raise _no_number(text, "invalid syntax")
        if len(text) > _DIGITS or int(text) >= 2**16:
            raise _no_number(text, "value out of range")
        ports.append(int(text))
    return ports


def _no_number(text: str, why: str) -> ApiFailure:
    return bad_request(f"cannot convert to []int32: strconv.ParseUint: parsing {go_quoted(text)}: {why}")
