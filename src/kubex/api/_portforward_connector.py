"""`PortForwardConnector`: connections to ports of one pod, over the best protocol that the server speaks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import anyio
from anyio.abc import TaskGroup, TaskStatus

from kubex.api._background_tasks import BackgroundTasks
from kubex.api._pod_watch import PodWatch
from kubex.api._port_connection import PortConnection
from kubex.api._portforward_session import PortForwardSession
from kubex.api._spdy_tunnel import SpdyTunnel
from kubex.client.base import BaseClient
from kubex.client.websocket import WebSocketConnection
from kubex.core.channels import ChannelProtocol, negotiated, none_spoken
from kubex.core.exceptions import Forbidden, InvalidResponse
from kubex.core.params import Timeout
from kubex.core.request import Request

__all__ = ["TUNNEL_PROTOCOL", "PortForwardConnector"]

TUNNEL_PROTOCOL = "SPDY/3.1+portforward.k8s.io"


class PortForwardConnector:
    """Opens connections to ports of a pod, and the WebSockets that they need.

    With the tunnel all connections share one WebSocket, as long as that takes more; with the channel protocol each
    call of `connect` opens one of its own.

    Args:
        client: opens the WebSockets.
        request_for: gives the request for some ports.
        protocols: channel protocols to offer beside the tunnel, the preferred first.
        tasks: where the WebSockets are served.
        pod_watch: tells when the pod is gone.
        block_on_full: hold a WebSocket back while nobody takes what came, rather than cut the connection it came for.
    """

    def __init__(
        self,
        client: BaseClient,
        request_for: Callable[[Sequence[int]], Request],
        protocols: Sequence[ChannelProtocol],
        tasks: TaskGroup,
        pod_watch: PodWatch,
        *,
        block_on_full: bool = True,
    ) -> None:
        self._client = client
        self._request_for = request_for
        self._protocols = protocols
        self._tasks = tasks
        self._pod_watch = pod_watch
        self._block_on_full = block_on_full
        self._dialling = anyio.Lock()
        self._tunnel: SpdyTunnel | None = None
        self._open: set[SpdyTunnel | PortForwardSession] = set()

    async def prepare(self, ports: Sequence[int]) -> None:
        """Find out whether ports of the pod can be forwarded, without a connection to any where that is possible.

        Raises:
            KubexClientException: they can't.
        """
        session = await self._dial(ports)
        if isinstance(session, PortForwardSession):
            await session.close()

    async def connect(self, ports: Sequence[int]) -> dict[int, PortConnection]:
        """Open a connection to each port; whether the pod refused it shows on the connection.

        Raises:
            KubexClientException: there is no way to the pod.
        """
        session = await self._session_for(ports)
        connections: dict[int, PortConnection] = {}
        if isinstance(session, PortForwardSession):
            connections |= session.connections
        else:
            for port in ports:
                connections[port] = await session.open(port)
        timeout = _given_bound(self._request_for(ports))
        if timeout is not None:
            for connection in connections.values():
                connection.bound(timeout)
        return connections

    def connector_to(self, port: int) -> Callable[[], Awaitable[PortConnection]]:
        """Give what opens a connection to one port."""

        async def connect() -> PortConnection:
            return (await self.connect([port]))[port]

        return connect

    async def close(self) -> None:
        """Close the WebSockets in good order."""
        async with anyio.create_task_group() as closing:
            for session in self._open:
                closing.start_soon(session.close)

    async def _session_for(self, ports: Sequence[int]) -> SpdyTunnel | PortForwardSession:
        async with self._dialling:
            if self._tunnel is not None:
                await self._tunnel.settle()
                if self._tunnel.takes_more:
                    return self._tunnel
            return await self._dial(ports)

    async def _dial(self, ports: Sequence[int]) -> SpdyTunnel | PortForwardSession:
        request = self._request_for(ports)
        connection, protocol = await self._open_websocket(request)
        session: SpdyTunnel | PortForwardSession
        if protocol is None:
            session = SpdyTunnel(connection, request.described(), block_on_full=self._block_on_full)
            if self._tunnel is not None:
                self._tunnel.retire()
            self._tunnel = session
        else:
            session = PortForwardSession(
                connection, protocol, ports, block_on_full=self._block_on_full, subject=request.described()
            )
        await self._tasks.start(self._serve, session, _given_bound(request))
        return session

    async def _serve(
        self,
        session: SpdyTunnel | PortForwardSession,
        bounds: Timeout | None,
        *,
        task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED,
    ) -> None:
        self._open.add(session)
        try:
            async with BackgroundTasks() as tasks:
                tasks.start_soon(self._watch_pod, session)
                if bounds is not None and bounds.total is not None:
                    tasks.start_soon(_end_after, session, bounds.total)
                await session.run(task_status=task_status)
        finally:
            self._open.discard(session)

    async def _watch_pod(self, session: SpdyTunnel | PortForwardSession) -> None:
        if await self._pod_watch.wait_for_deletion():
            session.fail("the pod was deleted")

    async def _open_websocket(self, request: Request) -> tuple[WebSocketConnection, ChannelProtocol | None]:
        """Open a WebSocket, and give it with its channel protocol; `None` is the tunnel."""
        offered = [TUNNEL_PROTOCOL, *(protocol.value for protocol in self._protocols)]
        unknown: InvalidResponse
        try:
            connection = await self._client.connect_websocket(request, offered)
        except Forbidden as error:
            # What the API server says to unknown protocols; a user that may not do this is told so in a Status.
            if error.content:
                raise
            unknown = none_spoken(self._protocols, request.described(), "it refused the handshake without a reason")
        else:
            if connection.subprotocol == TUNNEL_PROTOCOL:
                return connection, None
            try:
                return connection, negotiated(connection.subprotocol, self._protocols, request.described())
            except InvalidResponse as error:
                unknown = error.with_traceback(None)
            with anyio.CancelScope(shield=True):
                await connection.close()
        raise unknown


def _given_bound(request: Request) -> Timeout | None:
    """Give the time-out that was asked for; the client's own is for requests."""
    return None if request.timeout is ... else request.timeout


async def _end_after(session: SpdyTunnel | PortForwardSession, seconds: float) -> None:
    await anyio.sleep(seconds)
    session.fail(f"it was not done within {seconds:g} s", is_timeout=True)
