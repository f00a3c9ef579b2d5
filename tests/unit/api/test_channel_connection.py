from __future__ import annotations

import pytest

from kubex.api._channel_connection import connect_channels
from kubex.core.channels import CHANNEL_PROTOCOLS, ChannelProtocol
from kubex.core.exceptions import Forbidden, InvalidResponse
from kubex.core.request import Request, RequestAction
from kubex_core.models.status import Status
from tests.unit.api.websocket_stub import ScriptedConnection, WebSocketClient

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

EXEC = Request("GET", "/exec", action=RequestAction("exec", "pods", "web-0", "shop"))


@pytest.mark.parametrize("protocol", CHANNEL_PROTOCOLS)
async def test_the_newest_is_offered_first_and_the_server_chooses(protocol: ChannelProtocol) -> None:
    connection = ScriptedConnection(subprotocol=protocol.value)
    client = WebSocketClient(connection)
    assert await connect_channels(client, EXEC, CHANNEL_PROTOCOLS) == (connection, protocol)
    assert client.offered == [["v5.channel.k8s.io", "v4.channel.k8s.io"]]
    assert connection.closed == 0


@pytest.mark.parametrize("subprotocol", [None, "chat"])
async def test_a_server_that_chooses_none_of_them(subprotocol: str | None) -> None:
    connection = ScriptedConnection(subprotocol=subprotocol)
    with pytest.raises(InvalidResponse, match=r'^pods "web-0" in namespace "shop" \(exec\): the server speaks none'):
        await connect_channels(WebSocketClient(connection), EXEC, CHANNEL_PROTOCOLS)
    assert connection.closed == 1


async def test_a_server_that_refuses_them_all() -> None:
    refusal = Forbidden("", action=EXEC.action)
    with pytest.raises(InvalidResponse, match="refused the handshake without a reason"):
        await connect_channels(WebSocketClient(refusal), EXEC, CHANNEL_PROTOCOLS)


@pytest.mark.parametrize("content", [Status(message="no", reason="Forbidden", code=403), "blocked by a proxy"])
async def test_a_user_who_may_not(content: Status | str) -> None:
    with pytest.raises(Forbidden):
        await connect_channels(WebSocketClient(Forbidden(content)), EXEC, CHANNEL_PROTOCOLS)
