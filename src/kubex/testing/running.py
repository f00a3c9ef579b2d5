"""`RunningServer`: the thread, the event loop and the connections of a server that has been started."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from functools import cached_property, partial
from importlib.util import find_spec
from pathlib import Path
from ssl import SSLContext
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from kubex.configuration import ClientConfiguration
from kubex.core.exceptions import ConfigurationError
from kubex.testing.faults import Faults
from kubex.testing.kubeconfig import kubeconfig_of
from kubex.testing.pods.handlers import Handlers
from kubex.testing.serving import ServedCluster
from kubex.testing.webhooks.addresses import WebhookAddresses

if TYPE_CHECKING:
    from kubex.testing.http.app import Application

    _Ready: TypeAlias = tuple[asyncio.AbstractEventLoop, asyncio.Event, Application]

__all__ = ["RunningServer"]

T = TypeVar("T")

_NEEDED: Final = {"aiohttp": "aiohttp", "cronsim": "cronsim", "re2": "google-re2", "jsonschema": "jsonschema"}
"""Packages of the extra `testing`, and what brings them."""
_EXPIRY_SECONDS: Final = 1.0
_CLOSING_SECONDS: Final = 1.0


class RunningServer:
    """A server between its start and its end.

    Args:
        listener: socket that it listens on; it is closed with the server.
        context: of TLS; `None` for plain HTTP.
        new_cluster: makes what is served, in the server's thread.
        faults: what is to go wrong.
        handlers: what answers for pods.
        webhooks: where the Services of webhooks listen.
        url: its address.
        configuration: of its clients.

    Raises:
        ConfigurationError: what it needs is not installed.
    """

    def __init__(
        self,
        listener: socket.socket,
        context: SSLContext | None,
        new_cluster: Callable[[], ServedCluster],
        faults: Faults,
        handlers: Handlers,
        webhooks: WebhookAddresses,
        url: str,
        configuration: ClientConfiguration,
    ) -> None:
        _check_installed()
        self.url = url
        self.configuration = configuration
        self._folder: Path | None = None
        self._files = 0
        self._folder_lock = threading.Lock()
        self._ready: Future[_Ready] = Future()
        self.application: Application
        serve = partial(self._serve, listener, context, new_cluster, faults, handlers, webhooks)
        self._thread = threading.Thread(target=self._run, args=(serve,), name="kubex-api-server", daemon=True)
        self._thread.start()
        try:
            self._loop, self._stopping, self.application = self._ready.result()
        except BaseException:
            self._ready.add_done_callback(_stop_at_once)  # after a Ctrl-C it would serve for ever
            self._thread.join()
            raise

    @cached_property
    def kubeconfig(self) -> Path:
        """A file that leads clients here, gone with the server."""
        return self.write_kubeconfig(self.configuration)

    def write_kubeconfig(self, configuration: ClientConfiguration) -> Path:
        """Write the kubeconfig file of a client, which is gone with the server."""
        with self._folder_lock:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="kubex-"))
            path = self._folder / ("kubeconfig" if not self._files else f"kubeconfig-{self._files}")
            self._files += 1
            path.touch(mode=0o600)
            path.write_bytes(kubeconfig_of(configuration))
        return path

    def call(self, work: Callable[[], T]) -> T:
        """Do something in the server's thread, and give what comes of it."""
        result: Future[T] = Future()

        def run() -> None:
            try:
                result.set_result(work())
            except BaseException as error:
                result.set_exception(error)

        self._loop.call_soon_threadsafe(run)
        return result.result()

    def wait(self, work: Coroutine[Any, Any, None]) -> None:
        """Wait for something that is done in the server's event loop."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def stop(self) -> None:
        """End the server, and wait for its end."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, serve: Callable[[], Any]) -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            if self._ready.done():
                raise
            self._ready.set_exception(error)

    async def _serve(
        self,
        listener: socket.socket,
        context: SSLContext | None,
        new_cluster: Callable[[], ServedCluster],
        faults: Faults,
        handlers: Handlers,
        webhooks: WebhookAddresses,
    ) -> None:
        from kubex.testing.http.app import Application
        from kubex.testing.http.connections import HttpServer

        loop, stopping = asyncio.get_running_loop(), asyncio.Event()
        application = Application(new_cluster(), faults, handlers, self.url.partition("://")[2], webhooks)
        http = HttpServer(application.answer)
        server = await loop.create_server(http.connection, sock=listener, ssl=context, backlog=1024)
        expiry = asyncio.create_task(_expire(application))
        self._ready.set_result((loop, stopping, application))
        await stopping.wait()
        expiry.cancel()
        application.cluster.close()
        server.close()
        application.end_streams()
        await http.close(_CLOSING_SECONDS)
        with contextlib.suppress(asyncio.CancelledError):
            await expiry


def _check_installed() -> None:
    """Refuse to start what would fail later, with the first definition that has a pattern or the first CronJob.

    Raises:
        ConfigurationError: a library is not installed.
    """
    missing = [library for package, library in _NEEDED.items() if find_spec(package) is None]
    if missing:
        raise ConfigurationError(f"the server in memory needs {', '.join(missing)}: install kubex[testing]")


def _stop_at_once(ready: Future[_Ready]) -> None:
    """End a server that no one waits for any more, unless it has failed to start."""
    if ready.exception() is None:
        loop, stopping, _ = ready.result()
        loop.call_soon_threadsafe(stopping.set)


async def _expire(application: Application) -> None:
    """Do what comes with time: pods go once their grace period is over."""
    while True:
        await asyncio.sleep(_EXPIRY_SECONDS)
        application.cluster.tick()
