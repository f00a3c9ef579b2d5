"""Watches that nobody reads."""

from __future__ import annotations

import socket
from itertools import count
from time import monotonic

import pytest

from kubex.testing import ApiServer
from tests.unit.testing.http.conftest import RawClient

CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"
LARGE = 1_000_000 * "x"


def open_watches(server: ApiServer) -> int:
    running = server._running
    assert running is not None
    return running.call(lambda: len(running.application.streams))


@pytest.mark.parametrize(("bound", "value"), [("_MOST_EVENTS", 3), ("_MOST_BYTES", 3_000_000)])
def test_a_watch_that_nobody_reads_is_ended(
    server: ApiServer, raw: RawClient, monkeypatch: pytest.MonkeyPatch, bound: str, value: int
) -> None:
    """Its connection holds what the kernel takes, and nothing grows behind it."""
    monkeypatch.setattr(f"kubex.testing.watching.{bound}", value)
    monkeypatch.setattr("kubex.testing.http.streams._PATIENCE_SECONDS", 0.05)
    assert raw.ask("POST", CONFIG_MAPS, {"metadata": {"name": "a"}}).code == 201
    with socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(("127.0.0.1", int(server.url.rpartition(":")[2])))
        reader.sendall(f"GET {CONFIG_MAPS}?watch=true HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert reader.recv(100).startswith(b"HTTP/1.1 200")
        end = monotonic() + 20
        for number in count():
            assert monotonic() < end
            body = {"metadata": {"name": "a"}, "data": {"text": LARGE, "number": str(number)}}
            assert raw.ask("PUT", f"{CONFIG_MAPS}/a", body).code == 200
            if not open_watches(server):
                break
        reader.settimeout(5)
        told = b""
        while piece := reader.recv(1_000_000):
            told = (told + piece)[-10:]
    assert not told.endswith(b"0\r\n\r\n")


def test_a_watch_that_is_read_may_have_much_to_tell(
    server: ApiServer, raw: RawClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one request brings about comes at once, and is no sign of a client that doesn't read."""
    monkeypatch.setattr("kubex.testing.watching._MOST_EVENTS", 3)
    monkeypatch.setattr("kubex.testing.http.streams._PATIENCE_SECONDS", 0.05)
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), 5) as reader:
        reader.sendall(f"GET {CONFIG_MAPS}?watch=true HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert reader.recv(100).startswith(b"HTTP/1.1 200")
        for name in "abcdefgh":
            assert raw.ask("POST", CONFIG_MAPS, {"metadata": {"name": name}}).code == 201
        assert raw.ask("DELETE", CONFIG_MAPS).code == 200
        told = b""
        while told.count(b'"DELETED"') < 8:
            piece = reader.recv(100_000)
            assert piece
            told += piece
