"""Port-forward and the server's workers: what is not sent, lest one be lost, and what becomes of others when one is."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import pytest

from kubex.api import _spdy_tunnel, _tunnel_workers
from kubex.api._portforward import PortForwarder
from kubex.core.exceptions import ConnectionFailed, PortForwardError
from tests.unit.api.spdy_peer import PATIENCE, SpdyPeer
from tests.unit.api.test_portforward import portforward

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


class TestBeforeAnythingIsSent:
    """Data for a port that refuses would cost the tunnel a worker of the server's."""

    @pytest.fixture(autouse=True)
    def patience(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_spdy_tunnel, "_REFUSAL_PATIENCE", 2 * PATIENCE)
        monkeypatch.setattr(_spdy_tunnel, "_REFUSAL_GRACE", 2 * PATIENCE)

    async def test_a_refusal_that_comes_after_the_answer_to_the_ping_is_waited_for(self) -> None:
        peer = SpdyPeer()
        with anyio.fail_after(PATIENCE):
            async with anyio.create_task_group() as tasks:

                async def refuse() -> None:
                    pod = await peer.opened()
                    await peer.until(lambda: bool(peer.pings))
                    await anyio.wait_all_tasks_blocked()
                    pod.end("connection refused")

                tasks.start_soon(refuse)
                with pytest.raises(PortForwardError, match="port 80: connection refused"):
                    async with portforward(peer).open("a", 80):
                        pass

    async def test_a_port_that_speaks_first_is_not_waited_for_nor_one_that_has_answered(self) -> None:
        peer = SpdyPeer()
        with anyio.fail_after(PATIENCE):
            async with anyio.create_task_group() as tasks:

                async def greet() -> None:
                    (await peer.opened()).send(b"220 ready")

                tasks.start_soon(greet)
                async with portforward(peer).serve("a", ports=[80]) as local:
                    async with await anyio.connect_tcp("127.0.0.1", local[80]) as stream:
                        assert await stream.receive() == b"220 ready"
                    async with await anyio.connect_tcp("127.0.0.1", local[80]) as stream:
                        await stream.send(b"hello")
                        pod = await peer.opened(2)
                        await peer.until(lambda: bytes(pod.received) == b"hello")


class TestAStreamThatEndedUnderItsSender:
    """Its worker at the server may wait for ever, or only be slow to say that it does not."""

    @pytest.fixture(autouse=True)
    def no_patience(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_tunnel_workers, "_PATIENCE", 0)

    @asynccontextmanager
    async def forwarded(self, peer: SpdyPeer) -> AsyncGenerator[PortForwarder]:
        """Give ports of which 80 has ended so, while the server answers no pings, and 7 has the same worker."""
        async with portforward(peer).forward("a", ports=[7, 81, 82, 83, 84, 80]) as forwarder:
            other, ended = peer.connections[0], peer.connections[5]
            assert other.data_id % 5 == ended.data_id % 5
            await forwarder.streams[80].send(b"unread")
            await peer.until(lambda: bool(ended.received))
            peer.answers = False
            ended.end("broken pipe")
            with pytest.raises(PortForwardError, match="port 80: broken pipe"):
                await forwarder.streams[80].receive()
            await anyio.wait_all_tasks_blocked()
            yield forwarder

    async def test_a_server_that_is_slow_to_answer_keeps_the_others(self) -> None:
        peer = SpdyPeer(echoing=(7,))
        async with self.forwarded(peer) as forwarder, anyio.create_task_group() as tasks:
            tasks.start_soon(forwarder.streams[7].send, b"x")
            await anyio.wait_all_tasks_blocked()
            assert not peer.connections[0].received
            peer.answer_late()
            with anyio.fail_after(PATIENCE):
                assert await forwarder.streams[7].receive() == b"x"

    async def test_a_worker_that_is_lost_takes_no_data(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_tunnel_workers, "_LOST_AFTER", 0.01)
        peer = SpdyPeer(echoing=(7,))
        async with self.forwarded(peer) as forwarder:
            with anyio.fail_after(PATIENCE), pytest.raises(PortForwardError, match=r"port 7: .* stopped to take data"):
                await forwarder.streams[7].send(b"x")

    async def test_the_connection_breaks_meanwhile(self) -> None:
        peer = SpdyPeer(echoing=(7,))
        async with self.forwarded(peer) as forwarder:
            peer.feed(ConnectionFailed("cable cut"))
            with anyio.fail_after(PATIENCE), pytest.raises(PortForwardError, match="port 7: cable cut"):
                await forwarder.streams[7].send(b"x")
