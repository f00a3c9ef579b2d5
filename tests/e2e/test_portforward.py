"""Port-forward to real servers in pods, by the tunnel and by the channel protocol."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import AsyncExitStack

import anyio
import pytest
from anyio.abc import ByteReceiveStream, ByteStream

from kubex.api import Api, _portforward_connector
from kubex.client.base import BaseClient
from kubex.core.exceptions import NotFound, PortForwardError
from kubex.k8s.v1_35.core.v1 import Pod
from tests.e2e.pods import PATIENCE, pod, shell, start

pytestmark = pytest.mark.anyio

ECHO, WEB, SLOW, COUNTER, NOBODY = 7000, 80, 7001, 7002, 9
SERVERS = f"""
mkdir /www; echo hello > /www/index.html; httpd -p {WEB} -h /www
nc -ll -p {ECHO} -e cat &
nc -ll -p {SLOW} -e sh -c 'read question; sleep 2; echo answer to $question; head -c 3000000 /dev/zero' &
nc -ll -p {COUNTER} -e sh -c 'head -c 3000000 | wc -c' &
until nc 127.0.0.1 {COUNTER} < /dev/null; do sleep 0.1; done
touch /ready
wait
"""

CONNECTIONS = 50
SIZE = 8 * 2**20


@pytest.fixture
async def pods(client: BaseClient, namespace: str) -> Api[Pod]:
    """The Api of a namespace with the pod `web`, in which servers listen."""
    pods = Api(Pod, client, namespace=namespace)
    await start(pods, pod("web", shell(SERVERS)))
    with anyio.fail_after(PATIENCE):
        while not await listens(pods, SLOW):  # noqa: ASYNC110 - the pod does not say
            await anyio.sleep(0.1)
    return pods


async def listens(pods: Api[Pod], port: int) -> bool:
    try:
        async with pods.portforward.open("web", port):
            return True
    except PortForwardError:
        return False


@pytest.fixture(params=["tunnel", "channels"])
def protocol(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The protocol of the test: it runs over each."""
    chosen: str = request.param
    if chosen == "channels":
        monkeypatch.setattr(_portforward_connector, "TUNNEL_PROTOCOL", "unknown.example.com")
    return chosen


async def to_the_end(stream: ByteReceiveStream) -> bytes:
    with anyio.fail_after(PATIENCE):
        return b"".join([chunk async for chunk in stream])


async def echo(stream: ByteStream, data: bytes) -> bytes:
    """Send data, and give the digest of as much that comes back."""
    digest = hashlib.sha256()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stream.send, data)
        size = 0
        while size < len(data):
            piece = await stream.receive()
            digest.update(piece)
            size += len(piece)
    return digest.digest()


async def test_fifty_connections_at_once(pods: Api[Pod]) -> None:
    data = os.urandom(SIZE)
    expected = hashlib.sha256(data).digest()
    digests: list[bytes] = []

    async def send_and_check(stream: ByteStream) -> None:
        digests.append(await echo(stream, data))

    async with pods.portforward.serve("web", ports=[ECHO]) as local, AsyncExitStack() as stack:
        with anyio.fail_after(2 * PATIENCE):
            async with anyio.create_task_group() as tasks:
                for _ in range(CONNECTIONS):
                    stream = await stack.enter_async_context(await anyio.connect_tcp("127.0.0.1", local[ECHO]))
                    await echo(stream, b"x")  # nc has room for two callers at a time
                    tasks.start_soon(send_and_check, stream)
    assert digests == [expected] * CONNECTIONS


async def test_a_conversation(pods: Api[Pod], protocol: str) -> None:
    data = os.urandom(300_000)
    async with pods.portforward.open("web", ECHO) as stream:
        assert await echo(stream, data) == hashlib.sha256(data).digest()
        await stream.send_eof()
        assert await to_the_end(stream) == b""
    async with pods.portforward.open("web", COUNTER) as stream:
        await stream.send(bytes(3_000_000))
        assert await to_the_end(stream) == b"3000000\n"


async def test_a_client_that_half_closes_gets_the_answer(pods: Api[Pod], protocol: str) -> None:
    """The container runtime hangs up a second after it hears of the end: kubectl's clients lose such an answer."""
    host = {"tunnel": "::1", "channels": "127.0.0.1"}[protocol]
    async with pods.portforward.serve("web", ports=[SLOW, WEB], local_host=host) as local:
        async with await anyio.connect_tcp(host, local[SLOW]) as stream:
            await stream.send(b"question\n")
            await stream.send_eof()
            assert await to_the_end(stream) == b"answer to question\n" + bytes(3_000_000)
        async with await anyio.connect_tcp(host, local[WEB]) as stream:
            await stream.send(b"GET / HTTP/1.0\r\n\r\n")
            await stream.send_eof()
            answer = await to_the_end(stream)
            assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
            assert answer.endswith(b"\r\n\r\nhello\n")


async def test_a_port_that_nobody_listens_on(pods: Api[Pod], protocol: str) -> None:
    with pytest.raises(PortForwardError, match=rf'pods "web" .* port {NOBODY}: .*connection refused'):
        async with pods.portforward.open("web", NOBODY) as stream:
            await stream.receive()
    async with pods.portforward.forward("web", ports=[NOBODY, ECHO]) as forwarder:
        (text,) = [text async for text in forwarder.errors[NOBODY]]
        assert "connection refused" in text
        with pytest.raises(PortForwardError):
            await forwarder.streams[NOBODY].receive()
        assert await echo(forwarder.streams[ECHO], b"other") == hashlib.sha256(b"other").digest()


async def test_refusals_between_others(pods: Api[Pod]) -> None:
    """Enough of them that a server's worker lost to any would show."""
    async with (
        pods.portforward.serve("web", ports=[NOBODY, ECHO]) as local,
        await anyio.connect_tcp("127.0.0.1", local[ECHO]) as through,
    ):
        for number in range(12):
            async with await anyio.connect_tcp("127.0.0.1", local[NOBODY]) as stream:
                with anyio.fail_after(PATIENCE), pytest.raises(anyio.BrokenResourceError):
                    await stream.send(b"into the void")  # the refusal may be there already
                    await stream.receive()
            with anyio.fail_after(PATIENCE):
                async with await anyio.connect_tcp("127.0.0.1", local[ECHO]) as stream:
                    data = b"%d" % number
                    assert await echo(stream, data) == hashlib.sha256(data).digest()
                    assert await echo(through, data) == hashlib.sha256(data).digest()


async def test_the_pod_is_deleted(pods: Api[Pod], protocol: str) -> None:
    async with (
        pods.portforward.open("web", ECHO) as silent,
        pods.portforward.forward("web", ports=[ECHO]) as busy,
        pods.portforward.serve("web", ports=[ECHO]) as local,
        await anyio.connect_tcp("127.0.0.1", local[ECHO]) as client_of_local_port,
    ):
        for stream in (silent, busy.streams[ECHO], client_of_local_port):
            await echo(stream, b"x")
        ended: list[float] = []
        deleted = time.monotonic()

        async def converse() -> None:
            with pytest.raises(PortForwardError):
                while True:
                    await busy.streams[ECHO].send(bytes(1000))
                    await busy.streams[ECHO].receive()
            ended.append(time.monotonic() - deleted)

        async def wait() -> None:
            with pytest.raises(PortForwardError):
                await silent.receive()
            ended.append(time.monotonic() - deleted)

        async def wait_at_local_port() -> None:
            with pytest.raises(anyio.BrokenResourceError):
                await client_of_local_port.receive()
            ended.append(time.monotonic() - deleted)

        async with anyio.create_task_group() as tasks:
            for job in (converse, wait, wait_at_local_port):
                tasks.start_soon(job)
            await pods.delete("web", grace_period_seconds=0)
        assert max(ended) < 2
        async with await anyio.connect_tcp("127.0.0.1", local[ECHO]) as late:
            with anyio.fail_after(PATIENCE), pytest.raises(anyio.BrokenResourceError):
                await late.receive()


async def test_a_pod_that_is_not_there(client: BaseClient, namespace: str) -> None:
    with pytest.raises(NotFound, match="nobody"):
        async with Api(Pod, client, namespace=namespace).portforward.open("nobody", 80):
            pass


async def test_leaving_in_the_middle(pods: Api[Pod]) -> None:
    async with pods.portforward.serve("web", ports=[ECHO]) as local:
        stream = await anyio.connect_tcp("127.0.0.1", local[ECHO])
        await echo(stream, b"x")
        left = time.monotonic()
    assert time.monotonic() - left < 2
    async with stream:
        with anyio.fail_after(PATIENCE), pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)):
            await stream.receive()
