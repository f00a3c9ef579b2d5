"""Local ports: each connection to one becomes a connection to a port of a pod."""

from __future__ import annotations

import contextlib
import logging
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping

import anyio
from anyio.abc import SocketAttribute, SocketListener, SocketStream, TaskGroup
from anyio.streams.stapled import MultiListener

from kubex.api._port_connection import PortConnection
from kubex.core.exceptions import KubexException, PortForwardError

__all__ = ["LocalPort", "listen_on"]

_logger = logging.getLogger("kubex.portforward")

# As much as asyncio reads at once: anyio would copy what is more than asked for.
_READ_SIZE = 2**18

# Seconds that a client has to hang up after the pod did; with data of its on the way it would not get all of the pod's.
_LAST_WORDS = 1.0

# Closing then resets the connection: the client sees an error, and no early end.
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


async def listen_on(local_host: str, ports: Mapping[int, int], subject: str) -> dict[int, LocalPort]:
    """Listen on a local port for each port of a pod; 0 is any that is free.

    Args:
        local_host: address or name to listen on; a name may have several addresses.
        ports: the pod's ports, and the local ones.
        subject: what is being done, for the text of errors.

    Raises:
        PortForwardError: a local port is taken, or not for this user, or the host is not of this machine.
    """
    local_ports: dict[int, LocalPort] = {}
    try:
        for remote, local in ports.items():
            try:
                listener = await anyio.create_tcp_listener(local_host=local_host, local_port=local)
            except OSError as error:
                where = f"{local_host}, port {local}" if local else f"{local_host}, any port"
                reason = (error.strerror or str(error)).lower()
                raise PortForwardError(f"{subject}: cannot listen on {where}: {reason}") from error
            local_ports[remote] = LocalPort(listener)
    except BaseException:
        with anyio.CancelScope(shield=True):
            for local_port in local_ports.values():
                await local_port.close()
        raise
    return local_ports


class LocalPort:
    """A local port that is listened on.

    Args:
        listener: listens on it.
    """

    def __init__(self, listener: MultiListener[SocketStream] | SocketListener) -> None:
        self._listener = listener

    @property
    def number(self) -> int:
        """The port's number."""
        number: int = self._listener.extra(SocketAttribute.local_port)  # noqa: S610 - not Django's
        return number

    async def close(self) -> None:
        """Stop to listen."""
        await self._listener.aclose()

    async def serve(self, connect: Callable[[], Awaitable[PortConnection]]) -> None:
        """Relay each connection to one that `connect` opens; what goes wrong with one is that one's."""

        async def relay(local: SocketStream) -> None:
            await _Relay(local).run(connect)

        async with self._listener:
            await self._listener.serve(relay)


class _Relay:
    """A local connection and the pod's."""

    def __init__(self, local: SocketStream) -> None:
        self._local = local
        self._failure: Exception | None = None

    async def run(self, connect: Callable[[], Awaitable[PortConnection]]) -> None:
        try:
            pod = await connect()
        except KubexException as error:
            await self._reset(error)
            return
        except BaseException:
            await anyio.aclose_forcefully(self._local)
            raise
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._upload, pod, tasks)
                await self._download(pod, tasks)
            if self._failure is None:
                await self._local.aclose()
            else:
                await self._reset(self._failure)
        finally:
            pod.close()
            with anyio.CancelScope(shield=True):
                await anyio.aclose_forcefully(self._local)

    async def _download(self, pod: PortConnection, tasks: TaskGroup) -> None:
        local, receive = self._local, pod.data.receive_all
        try:
            while data := await receive():
                await local.send(data)
            await local.send_eof()
        except (KubexException, anyio.BrokenResourceError, anyio.ClosedResourceError, OSError) as error:
            self._fail(error, tasks)
            return
        if pod.is_over:
            # Let the client read to the end: with data of its own unread here, closing would reset the connection.
            tasks.cancel_scope.deadline = anyio.current_time() + _LAST_WORDS

    async def _upload(self, pod: PortConnection, tasks: TaskGroup) -> None:
        local = self._local
        try:
            while True:
                data = await local.receive(_READ_SIZE)
                try:
                    if not pod.is_over:
                        await pod.send(data)
                except PortForwardError:
                    if not pod.is_over:
                        raise
                    # The download says so, too, after what the pod had to say.
        except anyio.EndOfStream:
            pod.end()
        except (KubexException, anyio.BrokenResourceError, anyio.ClosedResourceError, OSError) as error:
            self._fail(error, tasks)

    def _fail(self, error: Exception, tasks: TaskGroup) -> None:
        self._failure = self._failure or error
        tasks.cancel_scope.cancel()

    async def _reset(self, error: Exception) -> None:
        if isinstance(error, KubexException):
            _logger.warning("%s", error)
        with contextlib.suppress(OSError):  # the client has gone already
            self._local.extra(SocketAttribute.raw_socket).setsockopt(  # noqa: S610 - not Django's
                socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE
            )
        await anyio.aclose_forcefully(self._local)
