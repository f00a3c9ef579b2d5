"""What exec, attach and copy share: the protocols they offer, and opening a connection to a container."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from kubex.api._accessor import Accessor
from kubex.api._channel_connection import connect_channels
from kubex.api._stream_session import StreamSession
from kubex.client.base import BaseClient
from kubex.client.websocket import WebSocketConnection
from kubex.core.channels import CHANNEL_PROTOCOLS, ChannelProtocol, ChannelProtocolTypes, check_protocols
from kubex.core.params import ApiNamespaceTypes, ApiRequestTimeoutTypes
from kubex.core.remote_command import command_query
from kubex.core.request import Request
from kubex.core.request_builder import RequestBuilder
from kubex_core.models.resource_config import Scope

__all__ = ["CommandAccessor"]


class CommandAccessor(Accessor):
    """Base of the accessors that talk to containers; made by `Api`.

    Args:
        client: opens the connections.
        request_builder: builds the requests.
        namespace: the Api's namespace.
        scope: whether the resource lives in namespaces.
        resource_type: class of the resource.
        channel_protocols: protocols offered to the server, the preferred first.

    Raises:
        InvalidArgument: a protocol that is unknown, or none at all.
    """

    def __init__(
        self,
        client: BaseClient,
        request_builder: RequestBuilder,
        namespace: str | None,
        scope: Scope,
        resource_type: type[Any],
        *,
        channel_protocols: Sequence[ChannelProtocolTypes] = CHANNEL_PROTOCOLS,
    ) -> None:
        super().__init__(client, request_builder, namespace, scope, resource_type)
        self._protocols = check_protocols(channel_protocols)

    def _exec_request(
        self,
        name: str,
        command: Sequence[str],
        *,
        container: str | None,
        stdin: bool,
        stdout: bool,
        stderr: bool,
        tty: bool = False,
        namespace: ApiNamespaceTypes,
        request_timeout: ApiRequestTimeoutTypes,
    ) -> Request:
        return self._requests.connect(
            name,
            self._required_namespace(namespace),
            "exec",
            params=command_query(
                command=command, container=container, stdin=stdin, stdout=stdout, stderr=stderr, tty=tty
            ),
            timeout=request_timeout,
        )

    async def _connect(self, request: Request) -> tuple[WebSocketConnection, ChannelProtocol]:
        return await connect_channels(self._client, request, self._protocols)

    @asynccontextmanager
    async def _session(
        self,
        request: Request,
        *,
        stdin: bool,
        stdout: bool,
        stderr: bool,
        tty: bool,
        buffer_size: int,
        block_on_full: bool,
        kind: type[StreamSession] = StreamSession,
    ) -> AsyncGenerator[StreamSession, None]:
        connection, protocol = await self._connect(request)
        session = kind(
            connection,
            protocol,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            tty=tty,
            buffer_size=buffer_size,
            block_on_full=block_on_full,
            # A time-out of the client's is for requests: a command may be quiet for as long as it likes.
            timeout=None if request.timeout is ... else request.timeout,
            action=request.action,
        )
        async with session:
            yield session
