"""Port-forward as its bytes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncGenerator

import anyio
import pytest
from anyio.abc import ByteStream
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubex.core.exceptions import InvalidArgument
from kubex.core.spdy.frames import Data, Frame, FrameDecoder, FrameEncoder, GoAway, Ping, RstStream, SynReply, SynStream
from kubex.testing import ApiServer
from tests.unit.core.spdy.strategies import FRAMES
from tests.unit.testing.http.conftest import RawClient
from tests.unit.testing.http.pods import PODS, RawSocket, connected, make_pod, open_streams, tasks_of

pytestmark = pytest.mark.anyio

TUNNEL, V4 = "SPDY/3.1+portforward.k8s.io", "v4.channel.k8s.io"
ECHO, GREETER, FAILING = 7000, 7001, 7002


@pytest.fixture
def anyio_backend() -> str:
    """The event loop of the raw client."""
    return "asyncio"


async def echo(stream: ByteStream) -> None:
    async for piece in stream:
        await stream.send(piece)


async def greet(stream: ByteStream) -> None:
    await stream.send(b"hello")


async def fail(stream: ByteStream) -> None:
    raise ValueError("not today")


@pytest.fixture
def pod_server(server: ApiServer) -> ApiServer:
    """A server with a pod `web-0`, and something at three of its ports."""
    make_pod(server)
    server.pods.on_port(ECHO, echo)
    server.pods.on_port(GREETER, greet)
    server.pods.on_port(FAILING, fail)
    return server


class Tunnel:
    """The client's side of a tunnel."""

    def __init__(self, socket: RawSocket) -> None:
        self.socket = socket
        self._encoder, self._decoder = FrameEncoder(), FrameDecoder()

    async def send(self, *frames: Frame) -> None:
        await self.socket.send(b"".join(self._encoder.encode(frame) for frame in frames))

    async def open(self, number: int, port: int | str, request: str | None = None) -> None:
        """Open the two streams of a connection: `number` for errors, `number + 2` for data."""
        headers = {"port": str(port), **({"requestid": request} if request is not None else {})}
        await self.send(
            SynStream(number, {"streamtype": "error", **headers}, fin=True),
            SynStream(number + 2, {"streamtype": "data", **headers}),
        )

    async def until(self, *expected: Frame) -> list[Frame]:
        """Receive until all expected frames have come, data put together; gives all."""
        frames: list[Frame] = []
        while not all(frame in frames for frame in expected):
            message = await self.socket.receive()
            assert isinstance(message, bytes), f"{frames} have come, and no {expected}"
            frames += self._decoder.feed(message)
        return frames


async def test_connections_in_a_tunnel(pod_server: ApiServer) -> None:
    async with connected(pod_server, "web-0/portforward", [TUNNEL, V4]) as socket:
        assert socket.protocol == TUNNEL
        tunnel = Tunnel(socket)
        await tunnel.open(1, ECHO, "0")
        await tunnel.until(SynReply(1, {}), SynReply(3, {}))
        await tunnel.send(Data(3, b"hi"), Ping(1))
        await tunnel.until(Data(3, b"hi"), Ping(1))
        await tunnel.open(5, GREETER, "1")
        await tunnel.until(Data(7, b"hello"), Data(7, b"", fin=True), Data(5, b"", fin=True))
        await tunnel.send(Data(7, b"late"), Data(7, b"", fin=True))
        await tunnel.send(Data(3, b"", fin=True), Ping(3))
        await tunnel.until(Data(3, b"", fin=True), Data(1, b"", fin=True))
        await tunnel.open(9, ECHO)  # as older clients do, without a number
        await tunnel.send(Data(11, b"old"))
        await tunnel.until(Data(11, b"old"))
        await tunnel.send(GoAway(0, 0))
    assert open_streams(pod_server) in (0, 1)


async def test_what_goes_wrong_at_a_port_of_a_tunnel(pod_server: ApiServer) -> None:
    async with connected(pod_server, "web-0/portforward", [TUNNEL]) as socket:
        tunnel = Tunnel(socket)
        for number, (port, why) in enumerate(((9, b"connection refused"), (FAILING, b"not today"))):
            first = 1 + 4 * number
            await tunnel.open(first, port, str(number))
            frames = await tunnel.until(Data(first + 2, b"", fin=True), Data(first, b"", fin=True))
            (text,) = [frame.data for frame in frames if isinstance(frame, Data) and frame.data]
            assert text.startswith(b"error forwarding port %d to pod " % port)
            assert why in text


async def test_streams_that_can_not_be(pod_server: ApiServer) -> None:
    async with connected(pod_server, "web-0/portforward", [TUNNEL]) as socket:
        tunnel = Tunnel(socket)
        number = 1
        for headers in (
            {},
            {"streamtype": "error"},
            {"port": "80"},
            {"streamtype": "other", "port": "80"},
            {"streamtype": "error", "port": "0"},
            {"streamtype": "error", "port": "65536"},
            {"streamtype": "error", "port": "x"},
        ):
            await tunnel.send(SynStream(number, headers))
            await tunnel.until(RstStream(number, 5))
            number += 2
        await tunnel.open(number, ECHO, "0")
        await tunnel.send(SynStream(number + 4, {"streamtype": "data", "port": str(ECHO), "requestid": "0"}))
        await tunnel.until(RstStream(number + 4, 5))


async def test_a_connection_that_is_reset_is_over(pod_server: ApiServer) -> None:
    ended = anyio.Event()

    async def wait(stream: ByteStream) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            ended.set()

    pod_server.pods.on_port(80, wait)
    async with connected(pod_server, "web-0/portforward", [TUNNEL]) as socket:
        tunnel = Tunnel(socket)
        await tunnel.open(1, 80, "0")
        await tunnel.until(SynReply(3, {}))
        await tunnel.send(RstStream(3, 5))
        await tunnel.until(RstStream(1, 5))
        assert ended.is_set()


async def test_streams_without_number_are_refused(pod_server: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubex.testing.http.port_tunnel._MOST_STREAMS", 2)
    async with connected(pod_server, "web-0/portforward", [TUNNEL]) as socket:
        tunnel = Tunnel(socket)
        await tunnel.open(1, ECHO, "0")
        await tunnel.send(SynStream(5, {"streamtype": "error", "port": "80", "requestid": "1"}))
        await tunnel.until(RstStream(5, 3))


@pytest.mark.parametrize(
    "message", [bytes([128, 2, 0, 1, 0, 0, 0, 0]), 8 * "\x80", bytes([128, 3, 0, 1, 0, 255, 255, 255])]
)
async def test_what_breaks_the_protocol_of_the_tunnel(pod_server: ApiServer, message: bytes | str) -> None:
    async with connected(pod_server, "web-0/portforward", [TUNNEL]) as socket:
        await socket.send(message)
        await socket.rest()
    assert socket.close_code == 1002


async def test_channels(pod_server: ApiServer) -> None:
    async with connected(pod_server, f"web-0/portforward?ports={ECHO},9&ports={GREETER}", [V4]) as socket:
        seen = {await socket.receive() for _ in range(6)}
        assert seen == {
            bytes([2 * n + k]) + port.to_bytes(2, "little") for n, port in enumerate((ECHO, 9, GREETER)) for k in (0, 1)
        }
        await socket.send(b"\x00hi", b"", b"\x09x", b"\xff\x00")
        seen = {await socket.receive() for _ in range(3)}
        assert {b"\x00hi", b"\x04hello"} < seen
        (text,) = seen - {b"\x00hi", b"\x04hello"}
        assert isinstance(text, bytes)
        assert text.startswith(b"\x03error forwarding port 9 to pod ")


async def test_channels_end_with_the_last_of_their_ports(pod_server: ApiServer) -> None:
    async with connected(pod_server, f"web-0/portforward?ports={GREETER}", [V4]) as socket:
        assert (await socket.rest())[2:] == [b"\x00hello"]
    assert socket.close_code == 1000


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("ports=", 'cannot convert to []int32: strconv.ParseUint: parsing "": invalid syntax'),
        ("ports=x", 'cannot convert to []int32: strconv.ParseUint: parsing "x": invalid syntax'),
        ("ports=80,70000", 'cannot convert to []int32: strconv.ParseUint: parsing "70000": value out of range'),
        ("ports=80", "Upgrade request required"),
        ("", "Upgrade request required"),
    ],
)
def test_what_is_no_handshake(pod_server: ApiServer, raw: RawClient, query: str, message: str) -> None:
    answer = raw.get(f"{PODS}/web-0/portforward?{query}")
    assert (answer.code, answer.json["message"]) == (400, message)


@pytest.mark.parametrize(
    ("query", "protocol", "code", "text"),
    [
        ("", V4, 400, 'query parameter "port" is required'),
        ("ports=80,0", V4, 400, 'port "0" must be > 0'),
        ("", "none", 400, 'query parameter "port" is required'),
        ("ports=80", "none", 403, ""),
        ("ports=80", "v5.channel.k8s.io", 403, ""),
    ],
)
def test_what_a_kubelet_refuses(
    pod_server: ApiServer, raw: RawClient, query: str, protocol: str, code: int, text: str
) -> None:
    assert handshake(raw, query, protocol) == (code, text.encode())


def handshake(raw: RawClient, query: str, protocol: str) -> tuple[int, bytes]:
    """Ask for a WebSocket that is refused."""
    answer = raw.get(
        f"{PODS}/web-0/portforward?{query}",
        Connection="Upgrade",
        Upgrade="websocket",
        Sec_WebSocket_Version="13",
        Sec_WebSocket_Key="AAAAAAAAAAAAAAAAAAAAAA==",
        Sec_WebSocket_Protocol=protocol,
    )
    return answer.code, answer.content


def test_a_pod_that_has_ended(pod_server: ApiServer, raw: RawClient) -> None:
    raw.ask(
        "PATCH", f"{PODS}/web-0/status", {"status": {"phase": "Failed"}}, Content_Type="application/merge-patch+json"
    )
    for protocol in (TUNNEL, V4):
        assert handshake(raw, "ports=80", protocol) == (500, b'pod not found ("web-0_default")')


@pytest.fixture
async def target() -> AsyncGenerator[int, None]:
    """A local port that says how many bytes it was sent."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"%d" % len(await reader.read()))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_local_port(pod_server: ApiServer, target: int) -> None:
    pod_server.pods.on_port(80, to=f"127.0.0.1:{target}")
    async with connected(pod_server, "web-0/portforward", [TUNNEL]) as socket:
        tunnel = Tunnel(socket)
        await tunnel.open(1, 80, "0")
        await tunnel.send(Data(3, bytes(300_000)), Data(3, b"", fin=True))
        await tunnel.until(Data(3, b"300000"), Data(3, b"", fin=True), Data(1, b"", fin=True))


async def test_a_local_port_that_nobody_listens_on(pod_server: ApiServer) -> None:
    pod_server.pods.on_port(None, to="127.0.0.1:1")
    async with connected(pod_server, "web-0/portforward?ports=80", [V4]) as socket:
        *_, text = await socket.rest()
    assert isinstance(text, bytes)
    assert text.startswith(b"\x01error forwarding port 80 to pod ")
    assert b"connection refused" in text


@pytest.mark.parametrize(
    "options", [{}, {"to": "x"}, {"to": "x:"}, {"to": "x:0"}, {"to": ":80"}, {"handler": echo, "to": "x:1"}]
)
def test_what_is_no_answer_of_a_port(server: ApiServer, options: dict[str, object]) -> None:
    with pytest.raises(InvalidArgument):
        server.pods.on_port(80, **options)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="port=0"):
        server.pods.on_port(0, echo)


@pytest.mark.parametrize("protocol", [TUNNEL, V4])
@pytest.mark.parametrize("how", ["closes", "breaks off", "pod is deleted"])
async def test_what_ends_leaves_nothing(pod_server: ApiServer, raw: RawClient, protocol: str, how: str) -> None:
    begun, ended = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    async def wait(stream: ByteStream) -> None:
        loop.call_soon_threadsafe(begun.set)
        try:
            await echo(stream)
        finally:
            ended.set()

    pod_server.pods.on_port(80, wait)
    before = tasks_of(pod_server)
    async with connected(pod_server, "web-0/portforward?ports=80", [protocol]) as socket:
        if protocol == TUNNEL:
            await Tunnel(socket).open(1, 80, "0")
        async with asyncio.timeout(20):
            await begun.wait()
        if how == "breaks off":
            socket.break_off()
        elif how == "pod is deleted":
            raw.ask("DELETE", f"{PODS}/web-0")
            await socket.rest()
            assert socket.close_code == 1000
    async with asyncio.timeout(20):
        while not (open_streams(pod_server) == 0 and tasks_of(pod_server) <= before and ended.is_set()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("protocol", [TUNNEL, V4])
async def test_a_port_that_does_not_read_holds_its_client_back(pod_server: ApiServer, protocol: str) -> None:
    release = False
    total = 0

    async def wait(stream: ByteStream) -> None:
        nonlocal total
        while not release:  # noqa: ASYNC110 - another thread's
            await asyncio.sleep(0.01)
        async for piece in stream:
            total += len(piece)

    pod_server.pods.on_port(80, wait)
    sent = 0
    async with connected(pod_server, "web-0/portforward?ports=80", [protocol]) as socket:
        tunnel = Tunnel(socket)
        if protocol == TUNNEL:
            await tunnel.open(1, 80, "0")

        async def send() -> None:
            nonlocal sent
            for _ in range(30):
                await (tunnel.send(Data(3, bytes(1_000_000))) if protocol == TUNNEL else socket.send(bytes(1_000_001)))
                sent += 1_000_000

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(send())
            seen = -1
            while seen != sent:
                seen = sent
                await asyncio.sleep(0.3)
            assert sent < 30_000_000
            release = True
        async with asyncio.timeout(20):
            while total < 30_000_000:  # noqa: ASYNC110 - another thread's
                await asyncio.sleep(0.01)


STREAMS = st.builds(
    SynStream,
    st.integers(1, 9),
    st.dictionaries(
        st.sampled_from(["port", "streamtype", "requestid"]), st.sampled_from(["7000", "7001", "0", "error", "data"])
    ),
)


@given(frames=st.lists(FRAMES | STREAMS, max_size=12), garbage=st.binary(max_size=20), valid=st.integers(0, 3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_frames_come_to_an_end(
    pod_server: ApiServer, caplog: pytest.LogCaptureFixture, frames: list[Frame], garbage: bytes, valid: int
) -> None:
    async with connected(pod_server, "web-0/portforward", [TUNNEL]) as socket:
        tunnel = Tunnel(socket)
        with contextlib.suppress(ConnectionError):  # once the protocol is broken
            for number in range(valid):
                await tunnel.open(1 + 4 * number, ECHO, str(number))
            for frame in frames:
                await tunnel.send(frame)
            await socket.send(garbage)
    async with asyncio.timeout(20):
        while open_streams(pod_server):  # noqa: ASYNC110 - another thread's
            await asyncio.sleep(0.001)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@given(messages=st.lists(st.binary(max_size=20) | st.text(max_size=10), max_size=10))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_messages_of_channels_come_to_an_end(
    pod_server: ApiServer, caplog: pytest.LogCaptureFixture, messages: list[bytes | str]
) -> None:
    async with connected(pod_server, f"web-0/portforward?ports={ECHO}", [V4]) as socket:
        await socket.send(*messages, b"\x00the end")
        came = b""
        while not came.endswith(b"the end"):
            message = await socket.receive()
            assert isinstance(message, bytes)
            came += message[1:] if message[:1] == b"\x00" else b""
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
