"""Port-forward within a time-out that the caller gave."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from kubex.client.websocket import WebSocketConnection
from kubex.core.exceptions import PortForwardError, RequestTimeout
from kubex.core.params import Timeout
from tests.unit.api.spdy_peer import PATIENCE, SpdyPeer
from tests.unit.api.test_portforward import impatient, portforward
from tests.unit.api.websocket_stub import ScriptedConnection

__all__ = ("impatient",)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


@pytest.fixture(params=["tunnel", "channels"])
def silent_peer(request: pytest.FixtureRequest) -> WebSocketConnection:
    """A peer that takes all and says nothing, over either protocol."""
    if request.param == "tunnel":
        return SpdyPeer()
    return ScriptedConnection(b"\x00\x50\x00", b"\x01\x50\x00", subprotocol="v4.channel.k8s.io")


class TestABound:
    async def test_of_all(self, silent_peer: WebSocketConnection) -> None:
        with anyio.fail_after(PATIENCE), pytest.raises(RequestTimeout, match=r"not done within 0\.1 s") as caught:
            async with portforward(silent_peer).open("a", 80, request_timeout=0.1) as stream:
                await stream.receive()
        assert isinstance(caught.value, PortForwardError)
        assert isinstance(caught.value, anyio.BrokenResourceError)

    async def test_of_each_wait(self, silent_peer: WebSocketConnection) -> None:
        with anyio.fail_after(PATIENCE):
            async with portforward(silent_peer).open("a", 80, request_timeout=Timeout(read=0.02)) as stream:
                for _ in range(2):
                    with pytest.raises(RequestTimeout, match=r"port 80: the pod sent nothing for 0\.02 s"):
                        await stream.receive()
                await stream.send(b"x")

    async def test_of_each_sending(self) -> None:
        peer = SpdyPeer()
        with anyio.fail_after(PATIENCE):
            async with portforward(peer).open("a", 80, request_timeout=Timeout(write=0.02)) as stream:
                peer.takes_data = anyio.Event()
                with pytest.raises(RequestTimeout, match=r"port 80: the server took no data for 0\.02 s"):
                    await stream.send(b"x")
                peer.takes_data.set()

    async def test_of_a_local_port_ends_its_connections_and_not_the_listening(self, impatient: None) -> None:
        peers = SpdyPeer(echoing=(80,)), SpdyPeer(echoing=(80,))
        with anyio.fail_after(PATIENCE):
            async with portforward(*peers).serve("a", ports=[80], request_timeout=0.5) as local:
                async with await anyio.connect_tcp("127.0.0.1", local[80]) as stream:
                    with pytest.raises(anyio.BrokenResourceError):
                        await stream.receive()
                async with await anyio.connect_tcp("127.0.0.1", local[80]) as stream:
                    await stream.send(b"x")
                    assert await stream.receive() == b"x"
        assert len(peers[1].connections) == 1

    @pytest.mark.parametrize("given", [..., None])
    async def test_none(self, silent_peer: WebSocketConnection, given: Any) -> None:
        async with portforward(silent_peer).open("a", 80, request_timeout=given) as stream:
            with anyio.move_on_after(0.02) as scope:
                await stream.receive()
            assert scope.cancelled_caught
