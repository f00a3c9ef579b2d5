"""Port-forward over the channel protocol."""

from __future__ import annotations

import anyio
import pytest

from kubex.api import Api, _port_connection
from kubex.api._portforward_session import PortForwardSession
from kubex.core.exceptions import ConnectionFailed, InvalidArgument, PortForwardError
from tests.unit.api.spdy_peer import PATIENCE
from tests.unit.api.test_portforward import Box, received
from tests.unit.api.websocket_stub import END, ScriptedConnection, WebSocketClient

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

V4, V5 = "v4.channel.k8s.io", "v5.channel.k8s.io"


def opening(*ports: int) -> list[bytes]:
    """What a server sends first: each port's number on both of its channels."""
    return [
        bytes([2 * number + kind]) + port.to_bytes(2, "little") for number, port in enumerate(ports) for kind in (0, 1)
    ]


async def test_data_both_ways() -> None:
    connection = ScriptedConnection(*opening(80, 81), b"\x02from 81", b"\x00from 80", subprotocol=V4)
    async with PortForwardSession(connection, V4, [80, 81]) as session:
        assert await session.streams[80].receive() == b"from 80"
        assert await session.streams[81].receive() == b"from 81"
        await session.streams[81].send(b"to 81")
        await session.streams[80].send(b"")
        await session.streams[80].send(b"x" * 100_000)
    assert connection.sent == [b"\x02to 81", b"\x00" + b"x" * 2**16, b"\x00" + b"x" * (100_000 - 2**16)]
    assert connection.closed


async def test_a_port_that_is_refused_leaves_the_others_alone() -> None:
    connection = ScriptedConnection(*opening(80, 81), b"\x01connection\nrefused", subprotocol=V4)
    async with PortForwardSession(connection, V4, [80, 81]) as session:
        assert [text async for text in session.errors[80]] == ["connection refused"]
        with pytest.raises(PortForwardError, match="port-forward: port 80: connection refused") as raised:
            await session.streams[80].receive()
        assert isinstance(raised.value, anyio.BrokenResourceError)
        with pytest.raises(PortForwardError, match="refused"):
            await session.streams[80].send(b"x")
        connection.feed(b"\x02hi")
        assert await session.streams[81].receive() == b"hi"


@pytest.mark.parametrize(
    ("last", "text"),
    [
        (ConnectionFailed("the network is gone"), "the network is gone"),
        (b"", "without a channel"),
        (b"\x07x", "channel 7, which belongs to no port"),
        (b"\xff\x00", "ends no channel"),
    ],
)
async def test_a_connection_that_breaks(last: bytes | Exception, text: str) -> None:
    connection = ScriptedConnection(*opening(80), b"\x00the last", last, subprotocol=V4)
    async with PortForwardSession(connection, V4, [80]) as session:
        assert await session.streams[80].receive() == b"the last"
        with pytest.raises(PortForwardError, match=text):
            await session.streams[80].receive()


async def test_a_server_with_another_port_in_mind() -> None:
    connection = ScriptedConnection(*opening(8080), subprotocol=V4)
    async with PortForwardSession(connection, V4, [80]) as session:
        with pytest.raises(PortForwardError, match="has opened port 8080 where 80 was asked for"):
            await session.streams[80].receive()


async def test_the_opening_may_come_in_pieces() -> None:
    connection = ScriptedConnection(b"\x00\x50", b"\x00", b"\x00\x00data", subprotocol=V4)
    async with PortForwardSession(connection, V4, [80]) as session:
        assert await session.streams[80].receive() == b"data"


async def test_the_end_of_the_connection_is_the_end_of_the_data() -> None:
    connection = ScriptedConnection(*opening(80), b"\x00bye", END, subprotocol=V4)
    async with PortForwardSession(connection, V4, [80]) as session:
        assert await received(session.streams[80]) == b"bye"
        with pytest.raises(PortForwardError, match="the pod has closed the connection"):
            await session.streams[80].send(b"x")


@pytest.mark.parametrize("protocol", [V4, V5])
async def test_a_half_close(monkeypatch: pytest.MonkeyPatch, protocol: str) -> None:
    monkeypatch.setattr(_port_connection, "_SILENCE_AFTER_ANSWER", 0.01)
    monkeypatch.setattr(_port_connection, "_SILENCE_BEFORE_ANSWER", 0.02)
    connection = ScriptedConnection(*opening(80), subprotocol=protocol)
    async with PortForwardSession(connection, protocol, [80]) as session:
        await session.streams[80].send(b"question")
        await session.streams[80].send_eof()
        connection.feed(b"\x00answer")
        if protocol == V5:
            connection.feed(b"\xff\x00")
        assert await received(session.streams[80]) == b"answer"
        with anyio.fail_after(PATIENCE):
            while len(connection.sent) < 2 and not connection.closed:  # noqa: ASYNC110 - it has no event for it
                await anyio.sleep(0.01)
    # v4 has no word for it: there the connection is closed, when the pod has had its say.
    assert connection.sent[1:] == ([b"\xff\x00"] if protocol == V5 else [])


async def test_a_full_buffer_gives_up_its_port() -> None:
    script = [*opening(80, 81), *[b"\x00x"] * 3, b"\x02y"]
    connection = ScriptedConnection(*script, subprotocol=V4)
    async with PortForwardSession(connection, V4, [80, 81], buffer_size=2) as session:
        assert await session.streams[81].receive() == b"y"
        assert session.port_data_truncated == {80: True, 81: False}
        assert await received(session.streams[80]) == b"xx"


async def test_a_full_buffer_holds_the_socket_back() -> None:
    script = [*opening(80, 81), *[b"\x00x"] * 3, b"\x02y"]
    connection = ScriptedConnection(*script, subprotocol=V4)
    async with PortForwardSession(connection, V4, [80, 81], buffer_size=2, block_on_full=True) as session:
        await anyio.wait_all_tasks_blocked()
        assert connection.received == len(script) - 1
        assert await session.streams[80].receive() == b"x"
        assert await session.streams[81].receive() == b"y"
        assert session.port_data_truncated == {80: False, 81: False}
        assert [await session.streams[80].receive() for _ in range(2)] == [b"x", b"x"]


async def test_closing_a_port_twice_is_once() -> None:
    connection = ScriptedConnection(*opening(80, 81), b"\x00lost", subprotocol=V5)
    async with PortForwardSession(connection, V5, [80, 81]) as session:
        session.close_port_data(80)
        session.close_port_data(80)
        connection.feed(b"\x00lost, too", b"\x02kept")
        assert await session.streams[81].receive() == b"kept"
        assert await received(session.streams[80]) == b""
        for unknown in (82, 0):
            with pytest.raises(ValueError, match=f"port {unknown} is not one of the session's: 80, 81"):
                session.close_port_data(unknown)
        await anyio.wait_all_tasks_blocked()  # what is to be sent is sent by a task of its own
    assert connection.sent == [b"\xff\x00"]


@pytest.mark.parametrize("ports", [[], [80, 80], [0]])
def test_ports_that_there_are_not(ports: list[int]) -> None:
    with pytest.raises(InvalidArgument):
        PortForwardSession(ScriptedConnection(), V4, ports)


@pytest.mark.parametrize("buffer_size", [0, -1, True, 1.5])
def test_buffers_of_no_size(buffer_size: int) -> None:
    with pytest.raises(InvalidArgument, match="buffer_size"):
        PortForwardSession(ScriptedConnection(), V4, [80], buffer_size=buffer_size)


async def test_the_accessor_falls_back_to_it() -> None:
    connection = ScriptedConnection(*opening(80), b"\x00hi", subprotocol=V4)
    pods = Api(Box, WebSocketClient(connection), namespace="shop")
    async with pods.portforward.open("a", 80) as stream:
        assert await stream.receive() == b"hi"
        connection.feed(b"\x01connection reset")
        with pytest.raises(
            PortForwardError, match=r'boxes "a" in namespace "shop" \(portforward\): port 80: connection'
        ):
            await stream.receive()
    assert connection.closed


async def test_each_local_connection_has_its_own() -> None:
    probe, first, second = (ScriptedConnection(*opening(80), subprotocol=V4) for _ in range(3))
    client = WebSocketClient(probe, first, second)
    async with Api(Box, client, namespace="shop").portforward.serve("a", ports=[80]) as local:
        assert probe.closed
        for connection in (first, second):
            async with await anyio.connect_tcp("127.0.0.1", local[80]) as stream:
                connection.feed(b"\x00hello")
                assert await stream.receive() == b"hello"
                connection.feed(END)
                with pytest.raises(anyio.EndOfStream):
                    await stream.receive()
    assert [request.query for request in client.requests] == [[("ports", "80")]] * 3
    assert first.closed
    assert second.closed


async def test_an_error_of_the_program_comes_as_itself() -> None:
    connection = ScriptedConnection(*opening(80), subprotocol=V4)
    with pytest.raises(ZeroDivisionError):
        async with PortForwardSession(connection, V4, [80]):
            raise ZeroDivisionError
    assert connection.closed
