"""HTTP over bare sockets: requests that were written before, answers of which only the length is looked at.

What loads a server must not be what is measured. A request by this module takes its process some 15 µs of CPU without
TLS and 25 µs with it, most of it in the system's calls; a client made of Python objects takes ten times that. The
figures say what it was beside what the server took.
"""

from __future__ import annotations

import selectors
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

__all__ = ["Address", "Connection", "Connections", "UnexpectedAnswer", "Watches", "request_bytes"]

_PIECE = 2**18
_HEAD = 1000
_TIMEOUT = 60.0
_LINE_FEED, _BRACE = b"\n}"
_LAST_CHUNK = b"0\r\n\r\n"


class UnexpectedAnswer(Exception):
    """A server answered something else than the load asks for; its speed means nothing."""


class Address(NamedTuple):
    """Where a server listens, and what it takes to be let in."""

    url: str
    ca_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None

    def connect(self) -> socket.socket:
        """Open a connection, past the handshake."""
        parts = urlsplit(self.url)
        assert parts.hostname is not None
        assert parts.port is not None
        connection = socket.create_connection((parts.hostname, parts.port), timeout=_TIMEOUT)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=self.ca_file)
            if self.certificate_file is not None:
                context.load_cert_chain(self.certificate_file, self.key_file)
            context.set_alpn_protocols(["http/1.1"])
            connection = context.wrap_socket(connection, server_hostname=parts.hostname)
        connection.setblocking(False)
        return connection


def request_bytes(
    method: str, path: str, body: bytes = b"", *, content_type: str = "application/json", user_agent: str = "load"
) -> bytes:
    """Write a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"User-Agent: {user_agent}", "Accept: application/json"]
    if body:
        lines += [f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Connection:
    """One connection: a request at a time, and the answer as bytes that are counted and not looked at.

    Args:
        address: whom to.
        keep: keep what is received of an answer, instead of overwriting it.
    """

    def __init__(self, address: Address, *, keep: bool = False) -> None:
        self.socket = address.connect()
        self._keep = keep
        self._buffer = bytearray(_PIECE)
        self._view = memoryview(self._buffer)
        self._kept: list[bytes] = []
        self._left = 0  # bytes of the answer to come; below zero: not known, it comes in chunks
        self._tail = b""
        self._begun = False

    def send(self, request: bytes) -> None:
        """Send a request; all answers to those before have been received."""
        self._begun = False
        self._kept.clear()
        sent = self.socket.send(request)
        if sent != len(request):  # larger than what the system takes at once
            self.socket.settimeout(_TIMEOUT)
            self.socket.sendall(request[sent:])
            self.socket.setblocking(False)

    def receive(self) -> bool:
        """Receive what is there; whether the answer is complete."""
        while True:
            try:
                count = self.socket.recv_into(self._buffer)
            except (BlockingIOError, ssl.SSLWantReadError):
                return False
            if count == 0:
                raise UnexpectedAnswer("the server closed the connection before its answer's end")
            if self._keep:
                self._kept.append(bytes(self._view[:count]))
            if not self._begun:
                self._begin(count)
            elif self._left >= 0:
                self._left -= count
            if self._left < 0:
                self._tail = (self._tail + bytes(self._view[max(0, count - 5) : count]))[-5:]
                if self._tail == _LAST_CHUNK:
                    return True
            elif self._left == 0:
                return True

    def answer(self) -> tuple[bytes, bytes]:
        """Give head and body of the last answer, where it was kept."""
        head, _, body = b"".join(self._kept).partition(b"\r\n\r\n")
        return head, _unchunked(body) if b"chunked" in head.lower() else body

    def close(self) -> None:
        """Close the connection."""
        self.socket.close()

    def _begin(self, count: int) -> None:
        """Read the head of an answer. Both servers send it in one piece, with all of it or none of the body."""
        end = self._buffer.find(b"\r\n\r\n", 0, count)
        head = bytes(self._view[: end + 2])
        if end < 0 or not head.startswith(b"HTTP/1.1 2"):
            raise UnexpectedAnswer(bytes(self._view[:count]).decode(errors="replace")[:1000])
        self._begun, self._tail = True, b""
        at = head.find(b"Content-Length: ")
        if at < 0:
            self._left = -1
        else:
            length = int(head[at + 16 : head.index(b"\r\n", at)])
            self._left = length - (count - end - 4)


class Connections:
    """Several connections to one server, all of them used at once.

    Args:
        address: whom to.
        count: how many.
        keep: keep the answers, for `each`.
    """

    def __init__(self, address: Address, count: int, *, keep: bool = False) -> None:
        self._all = [Connection(address, keep=keep) for _ in range(count)]
        self._selector = selectors.DefaultSelector()
        for each in self._all:
            self._selector.register(each.socket, selectors.EVENT_READ, each)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def exchange(self, requests: Iterable[bytes], each: Callable[[bytes, bytes], None] | None = None) -> None:
        """Send requests, the next one wherever an answer is complete, and wait for all answers.

        Args:
            requests: to be sent.
            each: gets head and body of every answer.

        Raises:
            UnexpectedAnswer: one is no success, or none comes.
        """
        left = iter(requests)
        waiting = sum(_send_next(connection, left) for connection in self._all)
        while waiting:
            for connection in _ready(self._selector):
                if connection.receive():
                    if each is not None:
                        each(*connection.answer())
                    waiting -= not _send_next(connection, left)

    def close(self) -> None:
        """Close all of them."""
        self._selector.close()
        for each in self._all:
            each.close()


class Watches:
    """Watches without TLS, whose events are counted and not looked at, and a connection that makes changes.

    Args:
        address: whom to.
        request: what opens one.
        count: how many.
    """

    def __init__(self, address: Address, request: bytes, count: int) -> None:
        self._selector = selectors.DefaultSelector()
        self._changes = Connection(address)
        self._watches = [_Watch(address, request) for _ in range(count)]
        self._all: list[Connection | _Watch] = [self._changes, *self._watches]
        for each in self._all:
            self._selector.register(each.socket, selectors.EVENT_READ, each)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def read(self, events: int, changes: Iterable[bytes] = ()) -> None:
        """Read so many events of each watch while changes are made, one after the other.

        Raises:
            UnexpectedAnswer: a change fails, or the events don't come.
        """
        requests = iter(changes)
        is_changing = _send_next(self._changes, requests)
        left = events * len(self._watches)
        while left > 0 or is_changing:
            for each in _ready(self._selector):
                if isinstance(each, _Watch):
                    left -= each.receive()
                elif each.receive():
                    is_changing = _send_next(each, requests)

    def close(self) -> None:
        """Close all connections."""
        self._selector.close()
        for each in self._all:
            each.close()


class _Watch:
    """One watch, open: what changes from now on is told."""

    def __init__(self, address: Address, request: bytes) -> None:
        self.socket = address.connect()
        self.socket.send(request)
        self.socket.settimeout(_TIMEOUT)
        head = self.socket.recv(_HEAD, socket.MSG_PEEK)  # it may have events behind it
        if not head.startswith(b"HTTP/1.1 200"):
            raise UnexpectedAnswer(head.decode(errors="replace"))
        self.socket.setblocking(False)
        self._buffer = bytearray(_PIECE)
        self._is_cut = False  # between the last bytes of an event

    def receive(self) -> int:
        """Receive what is there, and give the number of events that end in it."""
        count = self.socket.recv_into(self._buffer)
        if count == 0:
            raise UnexpectedAnswer("the server ended a watch")
        # No string of JSON has a line feed in it.
        events = self._buffer.count(b"}\n", 0, count) + (self._is_cut and self._buffer[0] == _LINE_FEED)
        self._is_cut = self._buffer[count - 1] == _BRACE
        return events

    def close(self) -> None:
        self.socket.close()


def _ready(selector: selectors.BaseSelector) -> list[Any]:
    """Wait, and give what has something to be received."""
    ready = [key.data for key, _ in selector.select(_TIMEOUT)]
    if not ready:
        raise UnexpectedAnswer(f"the server has not answered for {_TIMEOUT:g} s")
    return ready


def _send_next(connection: Connection, requests: Iterator[bytes]) -> bool:
    request = next(requests, None)
    if request is not None:
        connection.send(request)
    return request is not None


def _unchunked(body: bytes) -> bytes:
    parts: list[bytes] = []
    at = 0
    while (end := body.find(b"\r\n", at)) >= 0 and (size := int(body[at:end], 16)):
        parts.append(body[end + 2 : end + 2 + size])
        at = end + size + 4
    return b"".join(parts)
