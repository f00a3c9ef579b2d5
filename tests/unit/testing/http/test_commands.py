"""Exec and attach as their bytes."""

from __future__ import annotations

import base64
import contextlib
import json
import logging
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubex.testing import ApiServer
from kubex.testing.pods import CommandResult
from tests.unit.testing.http.conftest import RawClient
from tests.unit.testing.http.pods import PODS, connected, make_pod, open_streams, set_status, shout, until

pytestmark = pytest.mark.anyio

V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"


@pytest.fixture
def anyio_backend() -> str:
    """The event loop of the raw client."""
    return "asyncio"


@pytest.fixture
def pod_server(server: ApiServer) -> ApiServer:
    """A server with a pod `web-0`."""
    make_pod(server)
    return server


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ([V5, V4], V5),
        ([V4, V5], V5),
        ([V4], V4),
        (["none", V4], V4),
        (["channel.k8s.io"], "channel.k8s.io"),
        ([], None),
    ],
)
async def test_protocols(pod_server: ApiServer, offered: list[str], chosen: str | None) -> None:
    pod_server.pods.on_exec(lambda command, stdin: CommandResult("out", "err", 3))
    async with connected(pod_server, "web-0/exec?command=x&stdout=1&stderr=1", offered) as socket:
        assert socket.protocol == chosen
        messages = await socket.rest()
    assert messages[:3] == [b"\x01", b"\x01out", b"\x02err"]
    (status,) = messages[3:]
    assert isinstance(status, bytes)
    assert status[0] == 3
    if chosen in (V5, V4):
        assert json.loads(status[1:])["details"] == {"causes": [{"reason": "ExitCode", "message": "3"}]}
    else:
        assert status[1:].startswith(b"command terminated")
    assert socket.close_code == 1000


@pytest.mark.parametrize("protocol", ["base64.channel.k8s.io", "v4.base64.channel.k8s.io"])
async def test_channels_as_text(pod_server: ApiServer, protocol: str) -> None:
    pod_server.pods.on_exec_session(shout)
    async with connected(pod_server, "web-0/exec?command=x&stdin=1&stdout=1", [protocol]) as socket:
        await socket.send("0" + base64.b64encode(b"hi\n").decode(), "0!", "", "09")
        assert await socket.receive() == "1"
        assert await socket.receive() == "1" + base64.b64encode(b"HI\n").decode()
        await socket.send("0" + base64.b64encode(b"0\n").decode())
        messages = await socket.rest()
    if protocol.startswith("v4"):
        (status,) = messages
        assert isinstance(status, str)
        assert json.loads(base64.b64decode(status[1:]))["status"] == "Success"
    else:
        assert messages == []


async def test_stdin_its_end_and_what_makes_no_sense(pod_server: ApiServer) -> None:
    pod_server.pods.on_exec_session(shout)
    async with connected(pod_server, "web-0/exec?command=x&stdin=1&stdout=1&stderr=1") as socket:
        await socket.send(b"", b"\xff\x09", b"\x07x", b"\x03x", b"\x04", b"\x04[", b"\x04{}")
        await socket.send(
            b'\x04{"Width":-1,"Height":1}', b"\x04null", b"\xff\x04", "\x00text\n", b"\x00last", b"\xff\x00"
        )
        assert await socket.rest() == [
            b"\x01",
            b"\x01TEXT\n",
            b"\x01LAST",
            b"\x02end\n",
            b'\x03{"metadata":{},"status":"Success"}',
        ]


@pytest.mark.parametrize("message", [b"\xff", b"\xff\xff", b"\xff\x00x"])
async def test_an_end_that_is_none_breaks_the_connection(pod_server: ApiServer, message: bytes) -> None:
    pod_server.pods.on_exec_session(shout)
    async with connected(pod_server, "web-0/exec?command=x&stdin=1&stdout=1") as socket:
        await socket.send(message)
        assert await socket.rest() == [b"\x01"]
    assert socket.close_code == 1002


async def test_a_message_that_is_too_large(pod_server: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubex.testing.http.websockets._LARGEST_MESSAGE", 1000)
    pod_server.pods.on_exec_session(shout)
    async with connected(pod_server, "web-0/exec?command=x&stdin=1&stdout=1") as socket:
        await socket.send(bytes(2000))
        await socket.rest()
    assert socket.close_code == 1009
    await until(lambda: open_streams(pod_server) == 0)


@pytest.mark.parametrize(
    ("query", "headers", "code", "message"),
    [
        ("command=x&stdout=1", {}, 400, "Upgrade request required"),
        ("command=x&stdout=1", {"Connection": "Upgrade", "Upgrade": "SPDY/3.1"}, 400, "Upgrade request required"),
        ("command=x&stdout=1", {"Connection": "Upgrade", "Upgrade": "websocket"}, 400, "Upgrade request required"),
        ("command=x&stdout=1&container=y", {}, 400, "container y is not valid for pod web-0"),
    ],
)
def test_what_is_no_handshake(
    pod_server: ApiServer, raw: RawClient, query: str, headers: dict[str, str], code: int, message: str
) -> None:
    pod_server.pods.on_exec(lambda command, stdin: "")
    for method in ("GET", "POST"):
        answer = raw.ask(method, f"{PODS}/web-0/exec?{query}", **headers)
        assert (answer.code, answer.json["message"]) == (code, message)


async def test_a_pod_without_handlers_says_so(server: ApiServer, raw: RawClient) -> None:
    make_pod(server)
    make_pod(server, "bound", nodeName="nowhere")
    make_pod(server, "placed", nodeName="node-1")
    raw.ask("POST", "/api/v1/nodes", {"metadata": {"name": "node-1"}})
    for what, method in (("exec", "on_exec"), ("attach", "on_attach"), ("portforward", "on_port")):
        path = f"{what}?command=x&stdout=1&ports=80"
        answer = raw.get(f"{PODS}/web-0/{path}")
        assert (answer.code, answer.json["message"]) == (400, "pod web-0 does not have a host assigned")
        answer = raw.get(f"{PODS}/bound/{path}")
        assert (answer.code, answer.json["message"]) == (404, 'pods "nowhere" not found')
        answer = raw.get(f"{PODS}/placed/{path}")
        assert answer.code == 500
        assert f"server.pods.{method}" in answer.json["message"]
        assert "no handler" in answer.json["message"]


async def test_the_handler_given_last_of_those_that_fit(pod_server: ApiServer) -> None:
    pods = pod_server.pods
    pods.on_exec(lambda command, stdin: "any")
    pods.on_exec(lambda command, stdin: "other pod", pod="db-*")
    pods.on_exec(lambda command, stdin: "other container", container="side*")
    pods.on_exec(lambda command, stdin: "other namespace", namespace="shop")
    pods.on_exec(lambda command, stdin: "ls", program="ls", pod="web-?", namespace="default", container="main")

    async def output(command: str) -> bytes | str | None:
        async with connected(pod_server, f"web-0/exec?command={command}&command=-l&stdout=1") as socket:
            return (await socket.rest())[1]

    assert await output("ls") == await output("/bin/ls") == b"\x01ls"
    assert await output("lsof") == b"\x01any"
    pod_server.reset()
    make_pod(pod_server)
    pod_server.pods.on_exec(lambda command, stdin: "ls", program="ls")
    missing = await output("cat")
    assert isinstance(missing, bytes)
    assert b'exec: \\"cat\\": executable file not found in $PATH' in missing


@pytest.mark.parametrize("state", [{"waiting": {"reason": "ContainerCreating"}}, {"terminated": {"exitCode": 0}}])
@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("exec?command=x&stdout=1", 'container not found ("main")'),
        ("attach?stdout=1", "container main not found in pod web-0_default"),
        ("exec?command=x", "you must specify at least 1 of stdin, stdout, stderr"),
    ],
)
async def test_what_a_kubelet_refuses(pod_server: ApiServer, state: dict[str, Any], query: str, why: str) -> None:
    pod_server.pods.play("$ x")
    set_status(pod_server, state)
    async with connected(pod_server, f"web-0/{query}") as socket:
        *_, status = await socket.rest()
    assert isinstance(status, bytes)
    told = json.loads(status[1:])
    assert (told["reason"], told["code"]) == ("InternalError", 500)
    assert told["message"] == f"Internal error occurred: unable to upgrade connection: {why}"
    async with aiohttp.ClientSession() as session:
        headers = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
            "Sec-WebSocket-Protocol": V4,
        }
        async with session.get(f"{pod_server.url}{PODS}/web-0/{query}", headers=headers) as answer:
            assert answer.status == (400 if "specify" in why else 500)
            assert await answer.text() == why


async def test_the_first_message_is_an_empty_one_on_the_first_output(pod_server: ApiServer) -> None:
    pod_server.pods.on_exec(lambda command, stdin: "")
    for query, first in (("stdout=1&stderr=1", 1), ("stderr=1", 2), ("stdin=1", 3), ("stdin=1&stderr=1&tty=1", 3)):
        async with connected(pod_server, f"web-0/exec?command=x&{query}") as socket:
            assert await socket.receive() == bytes([first])


async def test_no_command(pod_server: ApiServer) -> None:
    pod_server.pods.run_locally()
    async with connected(pod_server, "web-0/exec?stdout=1") as socket:
        *_, status = await socket.rest()
    assert isinstance(status, bytes)
    assert "OCI runtime exec failed: exec failed: args must not be empty: unknown" in json.loads(status[1:])["message"]


@pytest.mark.parametrize("how", ["deleted", "ended"])
async def test_a_command_ends_with_its_container(pod_server: ApiServer, raw: RawClient, how: str) -> None:
    pod_server.pods.on_exec_session(shout)
    async with connected(pod_server, "web-0/exec?command=x&stdin=1&stdout=1") as socket:
        assert await socket.receive() == b"\x01"
        if how == "deleted":
            raw.ask("DELETE", f"{PODS}/web-0")
        else:
            set_status(pod_server, {"terminated": {"exitCode": 1}})
        (status,) = await socket.rest()
    assert isinstance(status, bytes)
    assert json.loads(status[1:])["details"]["causes"] == [{"reason": "ExitCode", "message": "137"}]


async def test_a_handler_that_fails(pod_server: ApiServer, caplog: pytest.LogCaptureFixture) -> None:
    def fail(command: list[str], stdin: object) -> str:
        raise ValueError("not today")

    pod_server.pods.on_exec(fail)
    with caplog.at_level(logging.ERROR, "kubex.testing"):
        async with connected(pod_server, "web-0/exec?command=x&stdout=1") as socket:
            *_, status = await socket.rest()
    assert isinstance(status, bytes)
    assert "the handler of the test failed: ValueError('not today')" in json.loads(status[1:])["message"]
    assert "not today" in caplog.text


def message_of(channel: int, data: bytes) -> bytes:
    return bytes([channel]) + data


MESSAGES = st.lists(
    st.binary(max_size=30)
    | st.text(max_size=10)
    | st.builds(message_of, st.sampled_from([0, 3, 4, 255]), st.binary(max_size=20)),
    max_size=12,
)


@given(
    messages=MESSAGES,
    protocol=st.sampled_from([V5, V4, "v4.base64.channel.k8s.io", "base64.channel.k8s.io", "channel.k8s.io", ""]),
    tty=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_messages_come_to_an_end(
    pod_server: ApiServer, caplog: pytest.LogCaptureFixture, messages: list[bytes | str], protocol: str, tty: bool
) -> None:
    pod_server.pods.on_exec_session(shout)
    query = f"command=x&stdin=1&stdout=1&tty={str(tty).lower()}"
    async with connected(pod_server, f"web-0/exec?{query}", [protocol] if protocol else []) as socket:
        ending = "0" + base64.b64encode(b"\n0\n").decode() if "base64" in protocol else b"\x00\n0\n"
        with contextlib.suppress(ConnectionError):  # once the protocol is broken
            await socket.send(*messages)
            await socket.send(ending, b"\xff\x00")
        await socket.rest()
    assert socket.close_code in (1000, 1002)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
