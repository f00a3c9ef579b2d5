"""Port-forward over the tunnel, against a small SPDY peer."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import anyio
import anyio.lowlevel
import pytest

from kubex.api import Api, _port_connection, _spdy_tunnel, _tunnel_workers, _tunnelled_connection
from kubex.api._portforward import PortforwardAccessor, PortForwarder, PortForwardStream
from kubex.client.websocket import WebSocketConnection
from kubex.core.exceptions import (
    ConnectionFailed,
    Forbidden,
    InvalidArgument,
    InvalidResponse,
    NotFound,
    PortForwardError,
)
from kubex_core.models.interfaces import HasPortForward, NamespaceScopedEntity
from kubex_core.models.resource_config import ResourceConfig, Scope
from kubex_core.models.struct_entity import StructEntity
from tests.unit.api.spdy_peer import PATIENCE, SpdyPeer
from tests.unit.api.websocket_stub import WebSocketClient

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


class Box(StructEntity, NamespaceScopedEntity, HasPortForward):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(version="v1", kind="Box", plural="boxes")


class Plain(StructEntity, NamespaceScopedEntity):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(version="v1", kind="Plain", plural="plains")


def portforward(*connections: WebSocketConnection | Exception) -> PortforwardAccessor:
    return boxes(*connections).portforward


def boxes(*connections: WebSocketConnection | Exception) -> Api[Box]:
    return Api(Box, WebSocketClient(*connections), namespace="shop")


async def received(stream: PortForwardStream) -> bytes:
    with anyio.fail_after(PATIENCE):
        return b"".join([chunk async for chunk in stream])


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing longer than for a moment."""
    monkeypatch.setattr(_port_connection, "_SILENCE_AFTER_ANSWER", 0.01)
    monkeypatch.setattr(_port_connection, "_SILENCE_BEFORE_ANSWER", 0.02)
    monkeypatch.setattr(_spdy_tunnel, "_REPLY_PATIENCE", 0.05)
    monkeypatch.setattr(_spdy_tunnel, "_REFUSAL_PATIENCE", 0.01)
    monkeypatch.setattr(_spdy_tunnel, "_REFUSAL_GRACE", 0.01)
    monkeypatch.setattr(_tunnel_workers, "_PATIENCE", 0.02)
    monkeypatch.setattr(_tunnel_workers, "_LOST_AFTER", 0.02)
    monkeypatch.setattr(_tunnelled_connection, "_EXPLANATION_PATIENCE", 0.02)


async def test_what_is_asked_of_the_server() -> None:
    peer = SpdyPeer()
    client = WebSocketClient(peer)
    async with Api(Box, client, namespace="shop").portforward.open("a", 80, request_timeout=7):
        connection = await peer.opened()
        assert connection.port == 80
    (request,) = client.requests
    assert request.url == "/api/v1/namespaces/shop/boxes/a/portforward"
    assert request.query == [("ports", "80")]
    assert request.timeout is not None
    assert client.offered == [["SPDY/3.1+portforward.k8s.io", "v5.channel.k8s.io", "v4.channel.k8s.io"]]
    assert peer.closed


async def test_data_both_ways_and_a_half_close(impatient: None) -> None:
    peer = SpdyPeer()
    async with portforward(peer).open("a", 80) as stream:
        pod = await peer.opened()
        await stream.send(b"question")
        await stream.send_eof()
        await peer.until(lambda: pod.is_ended)
        assert pod.received == b"question"
        pod.send(b"ans")
        pod.send(b"wer")
        pod.end()
        assert await received(stream) == b"answer"
        with pytest.raises(anyio.EndOfStream):
            await stream.receive()
        with pytest.raises(anyio.ClosedResourceError):
            await stream.send(b"more")


async def test_the_end_is_not_told_while_the_pod_talks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A runtime hangs up soon after it hears of the end, whatever the pod was still going to say."""
    peer = SpdyPeer()
    naps: list[float] = []
    pod = None

    async def sleep(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) < 5:
            assert pod is not None
            assert not pod.is_ended
            pod.send(b"x")
        await anyio.lowlevel.checkpoint()
        await anyio.wait_all_tasks_blocked()

    async with portforward(peer).open("a", 80) as stream:
        pod = await peer.opened()
        await stream.send(b"question")
        monkeypatch.setattr(anyio, "sleep", sleep)
        await stream.send_eof()
        while not pod.is_ended:
            with anyio.move_on_after(0.05):
                await stream.receive()
    monkeypatch.undo()
    assert naps[:2] == [4.0, 1.0]  # before the first word of an answer, and after it
    assert len(naps) >= 5


async def test_large_data_is_cut_and_small_reads_give_all_of_it() -> None:
    peer = SpdyPeer(echoing=(7,))
    data = bytes(range(256)) * 2000
    async with portforward(peer).open("a", 7) as stream:
        await stream.send(data)
        got = b""
        while len(got) < len(data):
            piece = await stream.receive(1000)
            assert 0 < len(piece) <= 1000
            got += piece
        assert got == data


async def test_nothing_is_sent_before_the_port_had_time_to_refuse(impatient: None) -> None:
    peer = SpdyPeer(refused=(9,))
    with pytest.raises(
        PortForwardError, match=r'^boxes "a" in namespace "shop" \(portforward\): port 9: error forw.*refused'
    ):
        async with portforward(peer).open("a", 9):
            pass
    assert peer.connections[0].received == b""
    assert peer.closed


async def test_a_refused_port_is_an_error_of_its_stream_alone() -> None:
    peer = SpdyPeer(refused=(9,), echoing=(7,))
    async with portforward(peer).forward("a", ports=[9, 7]) as forwarder:
        assert [text async for text in forwarder.errors[9]] == ["error forwarding port 9: connection refused"]
        for _ in range(2):
            with pytest.raises(PortForwardError, match="refused") as raised:
                await forwarder.streams[9].receive()
            assert isinstance(raised.value, anyio.BrokenResourceError | ConnectionFailed)
            with pytest.raises(anyio.BrokenResourceError, match="refused"):
                await forwarder.streams[9].send(b"x")
        await forwarder.streams[7].send(b"x")
        assert await forwarder.streams[7].receive() == b"x"
        assert forwarder.port_data_truncated == {9: False, 7: False}


async def test_a_reset_of_the_pod(impatient: None) -> None:
    peer = SpdyPeer()
    async with portforward(peer).open("a", 80) as stream:
        pod = await peer.opened()
        pod.send(b"the last")
        pod.reset()
        assert await stream.receive() == b"the last"
        with pytest.raises(PortForwardError, match="has reset the connection"):
            await stream.receive()


async def test_hanging_up_resets_the_stream() -> None:
    peer = SpdyPeer()
    async with portforward(peer).forward("a", ports=[80, 81]) as forwarder:
        first, second = await peer.opened(1), await peer.opened(2)
        first.send(b"never taken")
        await forwarder.streams[80].aclose()
        await forwarder.streams[80].aclose()
        await peer.until(lambda: first.is_reset)
        assert not second.is_reset
        with pytest.raises(anyio.ClosedResourceError):
            await forwarder.streams[80].receive()
        with pytest.raises(anyio.ClosedResourceError):
            await forwarder.streams[80].send(b"x")
        with pytest.raises(anyio.ClosedResourceError):
            await forwarder.streams[80].send_eof()


async def test_two_tasks_that_receive_are_refused() -> None:
    peer = SpdyPeer()
    async with portforward(peer).open("a", 80) as stream, anyio.create_task_group() as tasks:
        tasks.start_soon(stream.receive)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(anyio.BusyResourceError):
            await stream.receive()
        (await peer.opened()).send(b"x")


@pytest.mark.parametrize(
    ("last", "text"),
    [
        (None, "the server closed the connection"),
        (ConnectionFailed("the network is gone"), "the network is gone"),
        (b"\x80\x01\0\0\0\0\0\0", "SPDY: a frame of version 1"),
    ],
)
async def test_a_connection_that_breaks(last: Exception | bytes | None, text: str) -> None:
    peer = SpdyPeer()
    async with portforward(peer).forward("a", ports=[80, 81]) as forwarder:
        (await peer.opened(2)).send(b"the last")
        if last is None:
            await peer.close()
        else:
            peer.feed(last)
        for port in (80, 81):
            stream = forwarder.streams[port]
            if port == 81:
                assert await stream.receive() == b"the last"
            with pytest.raises(PortForwardError, match=text) as raised:
                await stream.receive()
            assert isinstance(raised.value, anyio.BrokenResourceError)
            with pytest.raises(PortForwardError, match=text):
                await stream.send(b"x")


async def test_an_error_of_the_program_comes_as_itself() -> None:
    with pytest.raises(ZeroDivisionError):
        async with portforward(SpdyPeer()).open("a", 80):
            raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError):
        async with portforward(SpdyPeer()).serve("a", ports=[80]):
            raise ZeroDivisionError


async def test_cancelling_is_immediate_even_while_the_server_takes_nothing() -> None:
    peer = SpdyPeer()
    with anyio.fail_after(PATIENCE), anyio.CancelScope() as scope:
        async with portforward(peer).open("a", 80) as stream:
            peer.takes_data = anyio.Event()

            async def cancel() -> None:
                await anyio.wait_all_tasks_blocked()
                scope.cancel()

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(cancel)
                await stream.send(b"x")
    assert scope.cancelled_caught
    assert peer.closed


async def test_a_sender_that_is_cancelled_harms_nobody() -> None:
    peer = SpdyPeer(echoing=(7,))
    async with portforward(peer).forward("a", ports=[80, 7]) as forwarder:
        peer.takes_data = anyio.Event()
        with anyio.move_on_after(0.01):
            await forwarder.streams[80].send(b"x" * 10)
        peer.takes_data.set()
        await forwarder.streams[7].send(b"echo")
        assert await forwarder.streams[7].receive() == b"echo"


async def test_a_server_that_does_not_answer(impatient: None) -> None:
    peer = SpdyPeer()
    peer.answers = False
    with pytest.raises(PortForwardError, match=r"port 80: the server did not answer within"):
        async with portforward(peer).open("a", 80):
            pass


async def test_a_server_that_goes_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_spdy_tunnel, "_PING_INTERVAL", 0.01)
    monkeypatch.setattr(_spdy_tunnel, "_DEAD_AFTER", 0.05)
    peer = SpdyPeer()
    async with portforward(peer).open("a", 80) as stream:
        await anyio.sleep(0.1)
        peer.answers = False
        with anyio.fail_after(PATIENCE), pytest.raises(PortForwardError, match=r"the server was silent for 0.05 s"):
            await stream.receive()
    assert peer.pings > 5


@pytest.mark.parametrize("blocks", [True, False])
async def test_a_full_buffer(monkeypatch: pytest.MonkeyPatch, blocks: bool) -> None:
    monkeypatch.setattr(_tunnelled_connection, "_BUFFER_SIZE", 100)
    peer = SpdyPeer()
    async with portforward(peer).forward("a", ports=[80, 81], block_on_full=blocks) as forwarder:
        slow, other = await peer.opened(1), await peer.opened(2)
        for _ in range(3):
            slow.send(b"x" * 60)
        slow.end()
        other.send(b"y")
        stream = forwarder.streams[81]
        if blocks:
            with anyio.move_on_after(0.02):
                raise AssertionError(await stream.receive())
            assert len(await received(forwarder.streams[80])) == 180
            assert await stream.receive() == b"y"
        else:
            with anyio.fail_after(PATIENCE):
                assert await stream.receive() == b"y"
            assert len(await received(forwarder.streams[80])) == 120
            await peer.until(lambda: slow.is_reset)
        assert forwarder.port_data_truncated == {80: not blocks, 81: False}


async def test_errors_of_the_handshake_come_as_themselves() -> None:
    with pytest.raises(NotFound):
        async with portforward(NotFound("gone")).open("a", 80):
            pass
    with pytest.raises(Forbidden, match="not for you"):
        async with portforward(Forbidden("not for you")).forward("a", ports=[80]):
            pass
    with pytest.raises(InvalidResponse, match="speaks none"):
        async with portforward(Forbidden("")).serve("a", ports=[80]):
            pass


def test_it_is_there_where_the_resource_has_it() -> None:
    with pytest.raises(NotImplementedError, match="HasPortForward"):
        Api(Plain, WebSocketClient(), namespace="shop").portforward  # noqa: B018


@pytest.mark.parametrize("ports", [[], [80, 80], [0], [65536], [-1]])
def test_ports_that_there_are_not(ports: list[int]) -> None:
    with pytest.raises(InvalidArgument):
        portforward().forward("a", ports=ports)


@pytest.mark.parametrize("ports", [[True], ["80"], [80.0], "80", 80])
def test_what_is_no_port(ports: Any) -> None:
    with pytest.raises(TypeError):
        portforward().forward("a", ports=ports)


def test_channel_protocols_are_those_there_are() -> None:
    api = boxes()
    with pytest.raises(InvalidArgument, match="channel_protocols"):
        PortforwardAccessor(
            api.client, api.request_builder, "shop", Scope.NAMESPACE, Box, channel_protocols=["v1.channel.k8s.io"]
        )


def test_the_names_of_the_contract() -> None:
    from kubex.api._portforward import PortForwardStream
    from kubex.api._portforward_session import PortForwardSession

    assert all(isinstance(name, type) for name in (PortForwarder, PortForwardStream, PortForwardSession))
