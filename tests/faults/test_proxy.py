"""The proxy itself: what each fault does to the bytes of a request and its answer, and that it ends."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Generator

import pytest
import trustme

from tests.faults.faults import Bandwidth, Blackhole, Fault, Garbage, HalfClose, Latency, Refusal, Reset, Truncated
from tests.faults.proxy import FaultProxy
from tests.unit.client.servers import RawServer, read_request, serve_raw

BODY = b'{"kind":"ConfigMapList","items":[]}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
HEAD = ANSWER.removesuffix(BODY)
GET = b"GET /x HTTP/1.1\r\nHost: h\r\n\r\n"
POST = b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def anyio_backend() -> str:
    """That of the leak check: nothing here has a transport."""
    return "asyncio"


class Backend:
    """A server that answers each request of a connection alike."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.heard: list[bytes] = []

    def __call__(self, connection: socket.socket) -> None:
        while request := read_request(connection):
            self.heard.append(request)
            connection.sendall(self.answer)


class Peer:
    """A client of the proxy, as bytes."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection

    def receive(self, count: int) -> bytes:
        received = b""
        while len(received) < count and (piece := self.connection.recv(count - len(received))):
            received += piece
        return received

    def receive_all(self) -> bytes:
        return self.receive(2**20)

    def is_silent(self) -> bool:
        self.connection.settimeout(0.1)
        try:
            self.connection.recv(1)
        except TimeoutError:
            return True
        finally:
            self.connection.settimeout(20)
        return False


@contextlib.contextmanager
def connected(proxy: FaultProxy, tls: ssl.SSLContext | None = None) -> Generator[Peer]:
    with contextlib.ExitStack() as stack:
        connection = stack.enter_context(socket.create_connection(("127.0.0.1", proxy.port), timeout=20))
        if tls is not None:
            connection = stack.enter_context(tls.wrap_socket(connection, server_hostname="127.0.0.1"))
        yield Peer(connection)


@contextlib.contextmanager
def proxied(answer: bytes, *faults: Fault, every: int = 1) -> Generator[tuple[FaultProxy, Peer, Backend]]:
    backend = Backend(answer)
    with serve_raw(backend) as server, FaultProxy(("127.0.0.1", server.port)) as proxy, connected(proxy) as peer:
        proxy.inject(*faults, every=every)
        yield proxy, peer, backend


def contexts(authority: trustme.CA, host: str = "127.0.0.1") -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Give a context for a server, and one for clients that trust it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    return context, ssl.create_default_context(cadata=authority.cert_pem.bytes().decode())


def ask(peer: Peer, request: bytes = GET) -> None:
    peer.connection.sendall(request)


def test_without_a_fault_bytes_pass_both_ways() -> None:
    with proxied(ANSWER) as (proxy, peer, backend):
        for request in (GET, POST, GET):
            ask(peer, request)
            assert peer.receive(len(ANSWER)) == ANSWER
        assert backend.heard[0] == GET
        assert (proxy.requests, proxy.met, proxy.open_connections) == (3, 0, 1)


def test_what_is_no_http_any_more() -> None:
    def echo(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
        while piece := connection.recv(100):
            connection.sendall(piece)

    with serve_raw(echo) as server, FaultProxy(("127.0.0.1", server.port)) as proxy, connected(proxy) as peer:
        ask(peer, b"GET /x HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
        assert peer.receive(36) == b"HTTP/1.1 101 Switching Protocols\r\n\r\n"
        for word in (b"\x82\x01a", b"\x82\x01b"):
            peer.connection.sendall(word)
            assert peer.receive(3) == word


def test_the_end_of_the_server_is_the_clients() -> None:
    def once(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(ANSWER)

    with serve_raw(once) as server, FaultProxy(("127.0.0.1", server.port)) as proxy, connected(proxy) as peer:
        ask(peer)
        assert peer.receive_all() == ANSWER


def test_only_some_requests_are_met() -> None:
    with proxied(ANSWER, Refusal(429), Refusal(503), every=2) as (proxy, peer, backend):
        codes: list[bytes] = []
        for _ in range(6):
            ask(peer)
            head = peer.receive(12)
            codes.append(head[-3:])
            peer.receive(len(ANSWER if head[-3:] == b"200" else Refusal(429).answer) - 12)
        assert codes == [b"200", b"503", b"200", b"429", b"200", b"503"]
        proxy.heal()
        for _ in range(2):
            ask(peer)
            assert peer.receive(len(ANSWER)) == ANSWER
        assert (proxy.met, len(backend.heard)) == (3, 5)


@pytest.mark.parametrize(("status", "retry_after", "wait"), [(429, None, b""), (503, 7, b"Retry-After: 7\r\n")])
def test_refusals(status: int, retry_after: int | None, wait: bytes) -> None:
    with proxied(ANSWER, Refusal(status, retry_after)) as (_, peer, backend):
        for _ in range(2):
            ask(peer, POST)
            answer = b"HTTP/1.1 %d No\r\n%bContent-Length: 3\r\n\r\nno\n" % (status, wait)
            assert peer.receive(len(answer)) == answer
        assert backend.heard == []


def test_latency() -> None:
    with proxied(ANSWER, Latency(0.1)) as (_, peer, _):
        begun = time.monotonic()
        ask(peer)
        assert peer.receive(len(ANSWER)) == ANSWER
        assert time.monotonic() - begun >= 0.1


def test_bandwidth() -> None:
    with proxied(ANSWER, Bandwidth(300)) as (_, peer, _):
        begun = time.monotonic()
        ask(peer)
        assert peer.receive(len(ANSWER)) == ANSWER
        assert time.monotonic() - begun >= len(ANSWER) / 300 * 0.9


@pytest.mark.parametrize(("loses_request", "heard"), [(True, 0), (False, 1)])
def test_a_blackhole(loses_request: bool, heard: int) -> None:
    with proxied(ANSWER, Blackhole(loses_request)) as (_, peer, backend):
        ask(peer)
        assert peer.is_silent()
        assert len(backend.heard) == heard


def test_a_half_close() -> None:
    with proxied(ANSWER, HalfClose()) as (_, peer, backend):
        ask(peer)
        assert peer.receive_all() == b""
        for _ in range(20):
            peer.connection.sendall(b"x" * 10)
        assert len(backend.heard) == 1


def test_a_reset() -> None:
    with proxied(ANSWER, Reset(after=5)) as (_, peer, backend):
        ask(peer)
        received = b""
        with pytest.raises(ConnectionResetError):
            while True:
                received += peer.connection.recv(1)
                assert len(received) <= len(HEAD) + 5
        assert (HEAD + BODY[:5]).startswith(received)
        assert len(backend.heard) == 1


def test_a_chunk_that_is_cut() -> None:
    with proxied(ANSWER, Truncated(after=5)) as (_, peer, _):
        ask(peer)
        head, _, body = peer.receive_all().partition(b"\r\n\r\n")
        assert head == b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked"
        size, _, content = body.partition(b"\r\n")
        assert content == BODY[:5]
        assert int(size, 16) > len(content)


def test_a_chunk_of_the_servers_that_is_cut() -> None:
    chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n23\r\n" + BODY + b"\r\n"
    with proxied(chunked, Truncated(after=9)) as (_, peer, _):
        ask(peer)
        assert peer.receive_all() == chunked.removesuffix(BODY + b"\r\n") + BODY[:5]


@pytest.mark.parametrize(("after", "whole"), [(None, 0), (0, len(HEAD)), (5, len(HEAD) + 5)])
def test_garbage(after: int | None, whole: int) -> None:
    with proxied(ANSWER, Garbage(after)) as (_, peer, _):
        ask(peer)
        received = peer.receive(len(ANSWER))
    assert received[:whole] == ANSWER[:whole]
    assert not set(received[whole:]) & set(ANSWER)


@pytest.mark.parametrize("fault", [HalfClose(), Reset(after=5), Truncated(after=5), Latency(0.01)])
def test_over_tls(fault: Fault, authority: trustme.CA) -> None:
    context, trusting = contexts(authority)
    backend = Backend(ANSWER)
    with (
        serve_raw(backend, context) as server,
        FaultProxy(("127.0.0.1", server.port), tls=context, server_tls=trusting) as proxy,
        connected(proxy, trusting) as peer,
    ):
        ask(peer)
        assert peer.receive(len(ANSWER)) == ANSWER
        proxy.inject(fault)
        ask(peer)
        received = b""
        with contextlib.suppress(OSError):
            received = peer.receive(len(ANSWER))
        assert (received == ANSWER) is isinstance(fault, Latency)
        assert len(backend.heard) == 2


def test_a_certificate_of_another_host(authority: trustme.CA) -> None:
    context, trusting = contexts(authority, "elsewhere.example")
    with FaultProxy(("127.0.0.1", 1), tls=context) as proxy:
        with pytest.raises(ssl.SSLCertVerificationError, match="IP address mismatch"), connected(proxy, trusting):
            pass
        assert proxy.requests == 0


def test_a_blind_one_lets_tls_through(authority: trustme.CA) -> None:
    context, trusting = contexts(authority)
    with (
        serve_raw(Backend(ANSWER), context) as server,
        FaultProxy(("127.0.0.1", server.port), is_blind=True) as proxy,
        connected(proxy, trusting) as peer,
    ):
        for _ in range(2):
            ask(peer)
            assert peer.receive(len(ANSWER)) == ANSWER
        assert (proxy.url, proxy.requests) == (f"https://127.0.0.1:{proxy.port}", 0)
        proxy.cut()
        with contextlib.suppress(ConnectionResetError):  # which ssl takes for an end at times
            assert peer.receive(1) == b""


@pytest.mark.parametrize("is_blind", [False, True])
def test_connections_that_are_cut(is_blind: bool) -> None:
    with serve_raw(Backend(ANSWER)) as server, FaultProxy(("127.0.0.1", server.port), is_blind=is_blind) as proxy:
        with connected(proxy) as peer:
            ask(peer)
            assert peer.receive(len(ANSWER)) == ANSWER
            proxy.cut(share=0)
            ask(peer)
            assert peer.receive(len(ANSWER)) == ANSWER
            proxy.cut()
            with pytest.raises(ConnectionResetError):
                peer.receive(1)
        with connected(proxy) as peer:
            ask(peer)
            assert peer.receive(len(ANSWER)) == ANSWER


@pytest.mark.parametrize("is_blind", [False, True])
def test_what_is_held_up(is_blind: bool) -> None:
    backend = Backend(ANSWER)
    with (
        serve_raw(backend) as server,
        FaultProxy(("127.0.0.1", server.port), is_blind=is_blind) as proxy,
        connected(proxy) as peer,
    ):
        proxy.hold()
        ask(peer)
        assert peer.is_silent()
        assert backend.heard == []
        proxy.release()
        assert peer.receive(len(ANSWER)) == ANSWER
        proxy.hold()
        ask(peer)
        assert peer.is_silent()
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            peer.receive(1)
    assert backend.heard == [GET]


def test_a_server_that_is_away() -> None:
    with FaultProxy(("127.0.0.1", 1)) as proxy, connected(proxy) as peer:
        ask(peer)
        with contextlib.suppress(ConnectionResetError):
            assert peer.receive_all() == b""


def test_it_ends_by_itself() -> None:
    with (
        serve_raw(Backend(ANSWER)) as server,
        FaultProxy(("127.0.0.1", server.port), seconds=0.5) as proxy,
        connected(proxy) as peer,
    ):
        ask(peer)
        assert peer.receive(len(ANSWER)) == ANSWER
        with contextlib.suppress(ConnectionResetError):
            assert peer.receive_all() == b""
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", proxy.port), timeout=5)


def test_its_end_leaves_nothing_open(raw_server: RawServer) -> None:
    with FaultProxy(("127.0.0.1", raw_server.port)) as proxy:
        peers = [socket.create_connection(("127.0.0.1", proxy.port), timeout=20) for _ in range(10)]
        for peer in peers:
            peer.sendall(GET)
        for peer in peers[:5]:
            assert peer.recv(10)
    for peer in peers:
        with contextlib.suppress(ConnectionResetError):
            while peer.recv(2**16):
                pass
        peer.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", proxy.port), timeout=5)


@pytest.fixture
def raw_server() -> Generator[RawServer]:
    with serve_raw(Backend(ANSWER)) as server:
        yield server
