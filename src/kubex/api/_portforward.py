"""`Api.portforward`: connections to ports of pods.

https://kubernetes.io/docs/tasks/access-application-cluster/port-forward-access-application-cluster/
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from weakref import WeakValueDictionary

from kubex.api._accessor import Accessor
from kubex.api._background_tasks import BackgroundTasks
from kubex.api._pod_watch import PodWatch
from kubex.api._portforward_connector import PortForwardConnector
from kubex.api._portforward_listener import listen_on
from kubex.api._portforward_streams import PortForwarder, PortForwardStream
from kubex.api._ports import check_port, check_port_map, check_ports
from kubex.client.base import BaseClient
from kubex.core.channels import CHANNEL_PROTOCOLS, ChannelProtocolTypes, check_protocols
from kubex.core.params import ApiNamespaceTypes, ApiRequestTimeoutTypes
from kubex.core.request import Request
from kubex.core.request_builder import RequestBuilder
from kubex_core.models.resource_config import Scope

__all__ = ["PortForwardStream", "PortForwarder", "PortforwardAccessor"]


class PortforwardAccessor(Accessor):
    """Connects to ports of pods, through the API server.

    With servers of Kubernetes 1.30 and later all connections of a call share one WebSocket, through which SPDY is
    tunnelled, as with kubectl; with older ones each has a WebSocket of its own, and the pod never learns that a
    program sends nothing more.

    A pod that is deleted ends its connections with a `PortForwardError`: a watch on it tells, from the second second
    on, if the user may watch pods. Else connections end then as if the pod had ended them.

    Args:
        client: sends the requests.
        request_builder: builds them.
        namespace: the Api's namespace.
        scope: whether the resource lives in namespaces.
        resource_type: class of the resource.
        channel_protocols: channel protocols to offer to servers without the tunnel, the preferred first.
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
        self._pod_watches: WeakValueDictionary[tuple[str, str | None], PodWatch] = WeakValueDictionary()

    def open(
        self,
        name: str,
        port: int,
        *,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> AbstractAsyncContextManager[PortForwardStream]:
        """Connect to a port of a pod, without a local port.

        Args:
            name: the pod's name.
            port: the pod's port.
            namespace: `...` the Api's own, or another one.
            request_timeout: seconds that the opening may take, and then all that follows again; of a `Timeout`, `total`
                is that, `read` bounds each wait for the pod's data and `write` each sending. With `...` the client's
                default bounds the opening, and nothing else.

        Returns:
            A context that gives the connection as a stream of bytes, and closes it.

        Raises:
            NotFound: no such pod.
            PortForwardError: the pod refused the connection.
            RequestTimeout: it took too long; on the stream that is a `PortForwardError`, too.
            InvalidArgument: no such port.

        Example:
            ```python
            async with pods.portforward.open("db-0", 6379) as stream:
                await stream.send(b"PING\\r\\n")
                print(await stream.receive())
            ```
        """
        check_port(port)
        requests = self._request_for(name, namespace, request_timeout)
        return self._opened(name, port, requests)

    def forward(
        self,
        name: str,
        *,
        ports: Sequence[int],
        block_on_full: bool = True,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> AbstractAsyncContextManager[PortForwarder]:
        """Connect to several ports of a pod, once each.

        Args:
            name: the pod's name.
            ports: the pod's ports, each once.
            block_on_full: `True` reads nothing more, of any port, while 4 MiB of one port wait to be received; `False`
                gives up that port's data instead, sets its `port_data_truncated`, and goes on with the others.
            namespace: `...` the Api's own, or another one.
            request_timeout: seconds that the opening may take, and then all that follows again; of a `Timeout`, `total`
                is that, `read` bounds each wait for the pod's data and `write` each sending. With `...` the client's
                default bounds the opening, and nothing else.

        Returns:
            A context that gives the streams and what the server says of each; it closes them. A port that the pod
            refused is an error of its stream.

        Raises:
            NotFound: no such pod.
            TypeError: a port is not an int.
            InvalidArgument: no ports, one twice, or one that does not exist.

        Example:
            ```python
            async with pods.portforward.forward("web-0", ports=[80, 9090]) as forwarder:
                await forwarder.streams[80].send(b"GET / HTTP/1.0\\r\\n\\r\\n")
                print(await forwarder.streams[80].receive())
            ```
        """
        checked = check_ports(ports)
        return self._forwarded(name, checked, self._request_for(name, namespace, request_timeout), block_on_full)

    def listen(
        self,
        name: str,
        *,
        port_map: Mapping[int, int],
        local_host: str = "127.0.0.1",
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> AbstractAsyncContextManager[None]:
        """Listen on local ports, and connect each connection to one of them to a port of the pod.

        What goes wrong with a connection resets that one, is logged as a warning by the logger `kubex.portforward`, and
        never ends the listening. A client that hangs up sends nothing more, and gets the pod's answer to its end. While
        a client leaves 4 MiB unread, the others that share its WebSocket have to wait; new ones get another.

        Args:
            name: the pod's name.
            port_map: the pod's ports, and the local port for each.
            local_host: local address or name to listen on, of IPv4 or IPv6.
            namespace: `...` the Api's own, or another one.
            request_timeout: seconds that each opening of a WebSocket may take, and then that WebSocket again: its
                connections are reset then; of a `Timeout`, `total` is that, `read` bounds each wait for the pod's data
                and `write` each sending. With `...` the client's default bounds the openings, and nothing else.

        Returns:
            A context; when it is entered the ports are open, and when it is left they and all connections are closed.

        Raises:
            NotFound: no such pod.
            PortForwardError: a local port can't be listened on.
            TypeError: a port is not an int.
            InvalidArgument: an empty map, a local port twice, or a port that does not exist.
        """
        requests = self._request_for(name, namespace, request_timeout)
        return self._listened(name, port_map, local_host, requests)

    def serve(
        self,
        name: str,
        *,
        ports: Sequence[int],
        local_host: str = "127.0.0.1",
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> AbstractAsyncContextManager[Mapping[int, int]]:
        """Listen on free local ports, as `listen` does on given ones.

        Args:
            name: the pod's name.
            ports: the pod's ports, each once.
            local_host: local address or name to listen on, of IPv4 or IPv6.
            namespace: `...` the Api's own, or another one.
            request_timeout: seconds that each opening of a WebSocket may take, and then that WebSocket again: its
                connections are reset then; of a `Timeout`, `total` is that, `read` bounds each wait for the pod's data
                and `write` each sending. With `...` the client's default bounds the openings, and nothing else.

        Returns:
            A context that gives the local port of each of the pod's.

        Raises:
            NotFound: no such pod.
            PortForwardError: the local host can't be listened on.
            TypeError: a port is not an int.
            InvalidArgument: no ports, one twice, or one that does not exist.

        Example:
            ```python
            async with pods.portforward.serve("db-0", ports=[5432]) as local:
                await connect(port=local[5432])
            ```
        """
        requests = self._request_for(name, namespace, request_timeout)
        return self._served(name, dict.fromkeys(check_ports(ports), 0), local_host, requests)

    @asynccontextmanager
    async def _opened(self, name: str, port: int, requests: _Requests) -> AsyncGenerator[PortForwardStream]:
        async with self._connector(name, requests) as connector:
            connection = (await connector.connect([port]))[port]
            if connection.is_over and connection.data.failure is not None:
                raise connection.data.failure
            yield PortForwardStream(connection)

    @asynccontextmanager
    async def _forwarded(
        self, name: str, ports: Sequence[int], requests: _Requests, block_on_full: bool
    ) -> AsyncGenerator[PortForwarder]:
        async with self._connector(name, requests, block_on_full=block_on_full) as connector:
            yield PortForwarder(await connector.connect(ports))

    @asynccontextmanager
    async def _listened(
        self, name: str, port_map: Mapping[int, int], local_host: str, requests: _Requests
    ) -> AsyncGenerator[None]:
        async with self._served(name, check_port_map(port_map), local_host, requests):
            yield

    @asynccontextmanager
    async def _served(
        self, name: str, port_map: Mapping[int, int], local_host: str, requests: _Requests
    ) -> AsyncGenerator[Mapping[int, int]]:
        async with self._connector(name, requests) as connector:
            await connector.prepare(list(port_map))
            local_ports = await listen_on(local_host, port_map, requests([]).described())
            async with BackgroundTasks() as tasks:
                for remote, local_port in local_ports.items():
                    tasks.start_soon(local_port.serve, connector.connector_to(remote))
                yield {remote: local_port.number for remote, local_port in local_ports.items()}

    @asynccontextmanager
    async def _connector(
        self, name: str, requests: _Requests, *, block_on_full: bool = True
    ) -> AsyncGenerator[PortForwardConnector]:
        """Give what connects to a pod, and close what it opened."""
        namespace = requests.namespace
        pod_watch = self._pod_watches.get((name, namespace))
        if pod_watch is None:
            pod_watch = PodWatch(self._client, self._requests, name, namespace)
            self._pod_watches[name, namespace] = pod_watch
        async with BackgroundTasks() as tasks:
            connector = PortForwardConnector(
                self._client, requests, self._protocols, tasks, pod_watch, block_on_full=block_on_full
            )
            yield connector
            await connector.close()

    def _request_for(
        self, name: str, namespace: ApiNamespaceTypes, request_timeout: ApiRequestTimeoutTypes
    ) -> _Requests:
        return _Requests(self._requests, name, self._required_namespace(namespace), request_timeout)


class _Requests:
    """Builds the requests that open WebSockets to a pod."""

    def __init__(
        self, builder: RequestBuilder, name: str, namespace: str | None, timeout: ApiRequestTimeoutTypes
    ) -> None:
        self.namespace = namespace
        self._builder = builder
        self._name = name
        self._timeout: ApiRequestTimeoutTypes = timeout

    def __call__(self, ports: Sequence[int]) -> Request:
        params = [("ports", str(port)) for port in ports]
        return self._builder.connect(self._name, self.namespace, "portforward", params=params, timeout=self._timeout)
