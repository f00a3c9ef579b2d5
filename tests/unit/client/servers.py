"""Real servers on loopback, in threads of their own, so that a client under trio meets the same ones."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass, field

from aiohttp import web
from anyio.from_thread import start_blocking_portal
from multidict import CIMultiDict

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Seen:
    """A request as the server saw it."""

    method: str
    path_qs: str
    headers: CIMultiDict[str]
    body: bytes
    connection: int


@dataclass
class HttpServer:
    """An aiohttp server; `answer` decides what every request is told."""

    scheme: str
    host: str
    port: int
    seen: list[Seen] = field(default_factory=list[Seen])
    answer: Handler | None = None
    open_connections: set[int] = field(default_factory=set[int])

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def connections(self) -> int:
        """How many connections the requests came by."""
        return len({seen.connection for seen in self.seen})

    @property
    def only(self) -> Seen:
        (seen,) = self.seen
        return seen

    async def handle(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        peer = request.transport.get_extra_info("peername")[1]
        self.open_connections.add(peer)
        body = await request.read()
        self.seen.append(Seen(request.method, request.raw_path, CIMultiDict(request.headers), body, connection=peer))
        if self.answer is None:
            return web.json_response({"kind": "Anything"})
        try:
            return await self.answer(request)
        finally:
            self.open_connections.discard(peer)


@contextlib.contextmanager
def serve_http(host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Generator[HttpServer]:
    listener = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    server = HttpServer("http" if tls is None else "https", host, listener.getsockname()[1])

    async def start() -> web.AppRunner:
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{path:.*}", server.handle)
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=0.1)
        await runner.setup()
        await web.SockSite(runner, listener, ssl_context=tls).start()
        return runner

    async def stop(runner: web.AppRunner) -> None:
        # asyncio forgets a connection that it is accepting while its server is closed (CPython 3.11).
        asyncio.get_running_loop().remove_reader(listener)
        accepting = [task for task in asyncio.all_tasks() if "_accept_connection2" in repr(task.get_coro())]
        if accepting:
            await asyncio.wait(accepting)
        assert runner.server is not None
        transports = [connection.transport for connection in runner.server.connections]
        await runner.cleanup()
        for transport in transports:
            if transport is not None:
                transport.abort()  # TLS waits until the peer takes leave, too: the socket would outlive its server
        await asyncio.sleep(0)

    with start_blocking_portal("asyncio") as portal:
        runner = portal.call(start)
        try:
            yield server
        finally:
            portal.call(stop, runner)


Script = Callable[[socket.socket], None]


class RawServer:
    """Runs a script for each connection; the means for everything that no proper server does."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self.script = script
        self.connections = 0
        self.errors: list[BaseException] = []
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._open: list[socket.socket] = []
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._run, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self, connection: socket.socket) -> None:
        connection.settimeout(20)
        self._open.append(connection)
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            self.script(connection)
        except OSError:
            pass  # the client has gone, which is often what is tested
        except BaseException as error:
            self.errors.append(error)
        finally:
            with contextlib.suppress(OSError):
                connection.close()

    def close(self) -> None:
        # close() alone does not wake a thread that waits in accept().
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        deadline = time.monotonic() + 20
        for thread in self._threads:
            while thread.is_alive() and time.monotonic() < deadline:
                self._hang_up()  # again and again: a thread may have its connection only now
                thread.join(0.05)
            assert not thread.is_alive()
        self._hang_up()
        assert self.errors == []

    def _hang_up(self) -> None:
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()


@contextlib.contextmanager
def serve_raw(script: Script, tls: ssl.SSLContext | None = None) -> Generator[RawServer]:
    server = RawServer(script, tls)
    try:
        yield server
    finally:
        server.close()


def read_request(connection: socket.socket) -> bytes:
    """Read a request's head."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError("the client has gone")
        data += piece
    return data


def wait_until_closed(connection: socket.socket) -> None:
    """Return when the client has closed the connection; the socket's time-out is the test's failure."""
    while connection.recv(65536):
        pass


def reset(connection: socket.socket) -> None:
    """Close with a RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    connection.close()


def answering(*answers: bytes) -> Script:
    """Give a script that sends these in turn, one for each request of a connection, and closes."""

    def script(connection: socket.socket) -> None:
        for answer in answers:
            read_request(connection)
            connection.sendall(answer)

    return script


def json_answer(body: str, status: int = 200, headers: dict[str, str] | None = None) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(text=body, status=status, headers=headers, content_type="application/json")

    return answer
