"""`create_client` and `Client`: a connection to an API server for programs without `await`."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from kubex.client import BaseClient, ClientChoice, ClientOptions
from kubex.client import create_client as create_asynchronous_client
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.request import Request
from kubex.core.response import Response
from kubex.sync._event_loop import EventLoopThread
from kubex.sync._face import Face

__all__ = ["Client", "create_client"]


class Client(Face[BaseClient]):
    """A client whose calls wait for their answers; a context manager, and usable from several threads.

    The asynchronous client that does the work runs in an event loop in a thread of its own, which ends with `close`.
    """

    @property
    def configuration(self) -> ClientConfiguration:
        """Server and credentials."""
        return self._asynchronous.configuration

    @property
    def options(self) -> ClientOptions:
        """Time-outs, pool sizes, proxies."""
        return self._asynchronous.options

    def request(self, request: Request) -> Response:
        """Send a request and give its whole answer.

        Raises:
            KubexApiError: the server refuses.
            KubexClientException: there is no answer.
        """
        return self._thread.run(lambda: self._asynchronous.request(request))

    def close(self) -> None:
        """Close every connection, and end the thread; may be called again."""
        if self._thread.is_closed:
            return
        try:
            self._thread.run(self._asynchronous.close)
        finally:
            self._thread.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def create_client(
    configuration: ClientConfiguration | None = None,
    client_class: ClientChoice = ClientChoice.AUTO,
    options: ClientOptions | None = None,
) -> Client:
    """Make a client of an API server; parameters and errors as `kubex.create_client`.

    Example:
        ```python
        with create_client() as client:
            pods = Api(Pod, client, namespace="shop")
        ```
    """
    thread = EventLoopThread()
    try:
        return Client(thread, thread.run(lambda: create_asynchronous_client(configuration, client_class, options)))
    except BaseException:
        thread.close()
        raise
