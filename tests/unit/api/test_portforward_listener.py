"""Local ports that lead to ports of a pod."""

from __future__ import annotations

import logging
import socket
from contextlib import AsyncExitStack
from typing import Any

import anyio
import pytest

from kubex.api import _portforward_listener, _spdy_tunnel, _tunnelled_connection
from kubex.core.exceptions import InvalidArgument, NotFound, PortForwardError
from tests.unit.api.spdy_peer import PATIENCE, SpdyPeer
from tests.unit.api.test_portforward import impatient, portforward

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

__all__ = ("impatient",)


async def to_the_end(stream: anyio.abc.ByteReceiveStream) -> bytes:
    with anyio.fail_after(PATIENCE):
        return b"".join([chunk async for chunk in stream])


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
async def test_many_connections_share_a_tunnel(host: str) -> None:
    peer = SpdyPeer(echoing=(7, 8))
    data = bytes(300_000)
    ended: list[int] = []

    async def echo(port: int) -> None:
        async with await anyio.connect_tcp(host, port) as stream, anyio.create_task_group() as tasks:
            tasks.start_soon(stream.send, data)
            size = 0
            while size < len(data):
                size += len(await stream.receive())
            ended.append(size)

    async with portforward(peer).serve("a", ports=[7, 8], local_host=host) as local:
        assert set(local) == {7, 8}
        with anyio.fail_after(30):
            async with anyio.create_task_group() as tasks:
                for number in range(20):
                    tasks.start_soon(echo, local[7 + number % 2])
    assert ended == [len(data)] * 20
    assert {connection.port for connection in peer.connections} == {7, 8}


async def test_a_given_local_port(free_port: int) -> None:
    peer = SpdyPeer(echoing=(7,))
    async with portforward(peer).listen("a", port_map={7: free_port}) as nothing:
        assert nothing is None
        async with await anyio.connect_tcp("127.0.0.1", free_port) as stream:
            await stream.send(b"x")
            assert await stream.receive() == b"x"
    with pytest.raises(OSError, match="onnect"):
        await anyio.connect_tcp("127.0.0.1", free_port)


async def test_a_client_that_hangs_up_its_side_gets_the_answer(impatient: None) -> None:
    peer = SpdyPeer()
    async with (
        portforward(peer).serve("a", ports=[80]) as local,
        await anyio.connect_tcp("127.0.0.1", local[80]) as stream,
    ):
        pod = await peer.opened()
        await stream.send(b"question")
        await stream.send_eof()
        await peer.until(lambda: pod.is_ended)
        assert pod.received == b"question"
        pod.send(b"answer" * 10_000)
        pod.end()
        assert await to_the_end(stream) == b"answer" * 10_000


async def test_a_client_with_more_to_say_gets_the_answer_too() -> None:
    """With data of its own unread on this side, closing would reset the connection."""
    peer = SpdyPeer()
    async with (
        portforward(peer).serve("a", ports=[80]) as local,
        await anyio.connect_tcp("127.0.0.1", local[80]) as stream,
    ):
        pod = await peer.opened()
        pod.send(b"no, thanks")
        pod.end()
        await anyio.wait_all_tasks_blocked()
        for _ in range(100):
            await stream.send(b"and another thing " * 100)
        assert await to_the_end(stream) == b"no, thanks"


async def test_a_refusal_resets_that_connection_alone(caplog: pytest.LogCaptureFixture) -> None:
    peer = SpdyPeer(refused=(9,), echoing=(7,))
    with caplog.at_level(logging.WARNING):
        async with (
            portforward(peer).serve("a", ports=[7, 9]) as local,
            await anyio.connect_tcp("127.0.0.1", local[7]) as other,
        ):
            for _ in range(2):
                async with await anyio.connect_tcp("127.0.0.1", local[9]) as stream:
                    with anyio.fail_after(PATIENCE), pytest.raises(anyio.BrokenResourceError):
                        await stream.receive()
            await other.send(b"x")
            assert await other.receive() == b"x"
    assert [record.name for record in caplog.records] == ["kubex.portforward"] * 2
    assert "port 9: error forwarding port 9: connection refused" in caplog.text


async def test_a_client_that_vanishes_resets_its_stream() -> None:
    peer = SpdyPeer()
    async with portforward(peer).serve("a", ports=[80]) as local:
        stream = await anyio.connect_tcp("127.0.0.1", local[80])
        pod = await peer.opened()
        stream.extra(anyio.abc.SocketAttribute.raw_socket).setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, _portforward_listener._RESET_ON_CLOSE
        )
        await anyio.aclose_forcefully(stream)
        await peer.until(lambda: pod.is_reset)


async def test_a_broken_tunnel_is_opened_anew(caplog: pytest.LogCaptureFixture) -> None:
    peers = SpdyPeer(echoing=(7,)), SpdyPeer(echoing=(7,))
    async with portforward(peers[0], NotFound("gone"), peers[1]).serve("a", ports=[7]) as local:
        async with await anyio.connect_tcp("127.0.0.1", local[7]) as stream:
            await peers[0].opened()
            await peers[0].close()
            with anyio.fail_after(PATIENCE), pytest.raises(anyio.BrokenResourceError):
                await stream.receive()
        async with await anyio.connect_tcp("127.0.0.1", local[7]) as stream:
            with anyio.fail_after(PATIENCE), pytest.raises(anyio.BrokenResourceError):
                await stream.receive()
        async with await anyio.connect_tcp("127.0.0.1", local[7]) as stream:
            await stream.send(b"x")
            assert await stream.receive() == b"x"
    assert "gone" in caplog.text


async def test_a_server_that_goes_away_finishes_what_it_has(impatient: None) -> None:
    peers = SpdyPeer(echoing=(7,)), SpdyPeer(echoing=(7,))
    async with portforward(*peers).serve("a", ports=[7]) as local, AsyncExitStack() as stack:
        first = await stack.enter_async_context(await anyio.connect_tcp("127.0.0.1", local[7]))
        await peers[0].opened()
        peers[0].go_away()
        await anyio.wait_all_tasks_blocked()
        second = await stack.enter_async_context(await anyio.connect_tcp("127.0.0.1", local[7]))
        await peers[1].opened()
        for stream in (first, second):
            await stream.send(b"x")
            assert await stream.receive() == b"x"
        assert not peers[0].closed
        await first.aclose()
        with anyio.fail_after(PATIENCE):
            while not peers[0].closed:  # noqa: ASYNC110 - the peer has no event for it
                await anyio.sleep(0.01)


async def test_a_slow_client_holds_up_only_those_it_shares_a_tunnel_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_tunnelled_connection, "_BUFFER_SIZE", 1000)
    monkeypatch.setattr(_spdy_tunnel, "_HELD_UP_AFTER", 0.0)
    peers = SpdyPeer(), SpdyPeer(echoing=(7,))
    async with portforward(*peers).serve("a", ports=[7]) as local, AsyncExitStack() as stack:
        await stack.enter_async_context(await anyio.connect_tcp("127.0.0.1", local[7]))
        pod = await peers[0].opened()
        for _ in range(200):  # more than the sockets between take
            pod.send(bytes(2**17))
        await anyio.sleep(0.1)
        other = await stack.enter_async_context(await anyio.connect_tcp("127.0.0.1", local[7]))
        with anyio.fail_after(PATIENCE):
            await other.send(b"x")
            assert await other.receive() == b"x"


async def test_a_tunnel_that_lost_a_worker_takes_no_new_connections(impatient: None) -> None:
    """A kubelet's worker waits for ever on data of a stream that nobody reads any more."""
    peers = SpdyPeer(), SpdyPeer(echoing=(7,))
    async with portforward(*peers).serve("a", ports=[7]) as local:
        async with await anyio.connect_tcp("127.0.0.1", local[7]) as stream:
            pod = await peers[0].opened()
            await stream.send(b"unread")
            await peers[0].until(lambda: bool(pod.received))
            peers[0].lost_workers = {pod.data_id % 5}
            pod.end("broken pipe")
            with anyio.fail_after(PATIENCE), pytest.raises(anyio.BrokenResourceError):
                await stream.receive()
        async with await anyio.connect_tcp("127.0.0.1", local[7]) as stream:
            await stream.send(b"x")
            assert await stream.receive() == b"x"
    assert len(peers[1].connections) == 1


async def test_a_local_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortForwardError, match=f"cannot listen on 127.0.0.1, port {port}: address already in use"):
            async with portforward(SpdyPeer()).listen("a", port_map={80: port}):
                pass


async def test_a_pod_that_is_not_there() -> None:
    with pytest.raises(NotFound):
        async with portforward(NotFound("gone")).serve("a", ports=[80]):
            pass


@pytest.mark.parametrize("port_map", [{}, {80: 8080, 81: 8080}, {0: 8080}, {80: 0}, {80: 65536}])
async def test_maps_that_cannot_be(port_map: dict[int, int]) -> None:
    with pytest.raises(InvalidArgument):
        async with portforward().listen("a", port_map=port_map):
            pass


@pytest.mark.parametrize("port_map", [{True: 8080}, {80: True}, {"80": 8080}, {80: "8080"}, {80: None}, [80]])
async def test_what_is_no_map_of_ports(port_map: Any) -> None:
    with pytest.raises(TypeError):
        async with portforward().listen("a", port_map=port_map):
            pass


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


async def test_leaving_closes_what_is_open(impatient: None) -> None:
    peer = SpdyPeer()
    async with portforward(peer).serve("a", ports=[80]) as local:
        stream = await anyio.connect_tcp("127.0.0.1", local[80])
        await peer.opened()
    async with stream:
        with anyio.fail_after(PATIENCE):
            with pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)):
                await stream.receive()
