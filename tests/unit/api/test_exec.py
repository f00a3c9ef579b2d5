"""`exec.run`, and how exec and attach open their connections, over scripted ones."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.api import Api
from kubex.api._attach import AttachAccessor
from kubex.api._exec import ExecAccessor
from kubex.core.exceptions import (
    ConnectionFailed,
    InvalidArgument,
    InvalidResponse,
    InvalidType,
    KubexClientException,
    NotFound,
    RequestTimeout,
)
from kubex.core.params import Timeout
from kubex.k8s.v1_35.core.v1 import Pod
from kubex_core.models.resource_config import Scope
from tests.unit.api.command_scripts import BROKEN, FAILURE, SUCCESS
from tests.unit.api.websocket_stub import END, ScriptedConnection, WebSocketClient

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

NOT_FOUND = (
    b'\x03{"status":"Failure","reason":"InternalError","message":"executable file not found in $PATH","code":500}'
)


def pods_of(*connections: ScriptedConnection | Exception) -> Api[Pod]:
    return Api(Pod, WebSocketClient(*connections), namespace="shop")


def client_of(pods: Api[Pod]) -> WebSocketClient:
    assert isinstance(pods.client, WebSocketClient)
    return pods.client


class TestRun:
    @pytest.mark.parametrize(
        ("stdin", "problem"),
        [("text", r"stdin: bytes are needed, and not a str: give what its encode\(\) gives"), (5, "and not an int$")],
    )
    async def test_stdin_is_bytes(self, stdin: Any, problem: str) -> None:
        pods = pods_of()
        with pytest.raises(InvalidType, match=problem):
            await pods.exec.run("web-0", command=["cat"], stdin=stdin)
        assert client_of(pods).requests == []
        connection = ScriptedConnection()
        async with pods_of(connection).exec.stream("web-0", command=["cat"], stdin=True) as session:
            with pytest.raises(InvalidType, match=r"web-0.*: bytes are needed"):
                await session.stdin.write(stdin)

    @pytest.mark.parametrize(
        ("script", "stdout", "stderr", "exit_code"),
        [
            ([b"\x01", b"\x01a\n", b"\x02x", b"\x01b\n", SUCCESS, END], b"a\nb\n", b"x", 0),
            ([b"\x01a", FAILURE, b"\x01b", END], b"ab", b"", 3),
            ([NOT_FOUND, END], b"", b"", None),
            ([b"\x01a", END], b"a", b"", None),
            ([b"\x01a", SUCCESS, BROKEN], b"a", b"", 0),
        ],
    )
    async def test_the_result(self, script: list[Any], stdout: bytes, stderr: bytes, exit_code: int | None) -> None:
        connection = ScriptedConnection(*script)
        result = await pods_of(connection).exec.run("web-0", command=["ls"])
        assert (result.stdout, result.stderr, result.exit_code) == (stdout, stderr, exit_code)
        assert connection.closed == 1
        assert connection.sent == []

    async def test_a_command_that_never_started_tells_why(self) -> None:
        result = await pods_of(ScriptedConnection(NOT_FOUND, END)).exec.run("web-0", command=["nope"])
        assert result.status is not None
        assert result.status.message == "executable file not found in $PATH"

    async def test_stdin_goes_to_its_end(self) -> None:
        data = bytes(range(256)) * 1000

        class Digest(ScriptedConnection):
            async def send_bytes(self, data: bytes) -> None:
                await super().send_bytes(data)
                if data == b"\xff\x00":
                    self.feed(b"\x01%d" % sum(len(message) - 1 for message in self.sent[:-1]), SUCCESS, END)

        connection = Digest()
        result = await pods_of(connection).exec.run("web-0", command=["wc", "-c"], stdin=data)
        assert result.stdout == b"256000"
        assert b"".join(message[1:] for message in connection.sent[:-1]) == data

    async def test_a_command_may_end_before_it_has_read_all(self) -> None:
        connection = ScriptedConnection()
        connection.takes_data = anyio.Event()
        pods = pods_of(connection)
        async with anyio.create_task_group() as tasks:

            async def run() -> None:
                result = await pods.exec.run("web-0", command=["head", "-c1"], stdin=b"x" * 1_000_000)
                assert (result.stdout, result.exit_code) == (b"x", 0)

            tasks.start_soon(run)
            await anyio.wait_all_tasks_blocked()
            connection.feed(b"\x01x", SUCCESS, END)
        assert connection.closed == 1

    @pytest.mark.parametrize("stdin", [None, b"", b"x"])
    @pytest.mark.parametrize(
        ("script", "kind"),
        [([BROKEN], ConnectionFailed), ([b""], InvalidResponse), ([ZeroDivisionError()], ZeroDivisionError)],
    )
    async def test_a_failure_comes_as_itself(
        self, stdin: bytes | None, script: list[Any], kind: type[Exception]
    ) -> None:
        connection = ScriptedConnection(*script)
        with pytest.raises(kind):
            await pods_of(connection).exec.run("web-0", command=["ls"], stdin=stdin)
        assert connection.closed == 1

    @pytest.mark.parametrize("stdin", [None, b"x"])
    @pytest.mark.parametrize("bound", [0.01, Timeout(read=0.01), Timeout(total=0.01, read=60)])
    async def test_its_bound(self, stdin: bytes | None, bound: Timeout | float) -> None:
        connection = ScriptedConnection(b"\x01a")
        with pytest.raises(RequestTimeout, match=r"\(exec\): the command did not end within 0.01 s"):
            await pods_of(connection).exec.run("web-0", command=["ls"], stdin=stdin, request_timeout=bound)
        assert connection.closed == 1

    @pytest.mark.parametrize("stdin", [None, b"x"])
    async def test_cancelling_closes_the_connection(self, stdin: bytes | None) -> None:
        connection = ScriptedConnection(b"\x01a")
        pods = pods_of(connection)
        async with anyio.create_task_group() as tasks:

            async def run() -> None:
                await pods.exec.run("web-0", command=["ls"], stdin=stdin)

            tasks.start_soon(run)
            await anyio.wait_all_tasks_blocked()
            tasks.cancel_scope.cancel()
        assert connection.closed == 1

    async def test_many_at_once(self) -> None:
        connections = [ScriptedConnection(b"\x01%d" % number, SUCCESS, END) for number in range(100)]
        pods = pods_of(*connections)
        outputs: list[bytes] = []

        async def run() -> None:
            outputs.append((await pods.exec.run("web-0", command=["ls"], stdin=b"x")).stdout)

        async with anyio.create_task_group() as tasks:
            for _ in connections:
                tasks.start_soon(run)
        assert sorted(outputs, key=int) == [b"%d" % number for number in range(100)]
        assert all(connection.closed == 1 for connection in connections)


@given(st.lists(st.binary() | st.binary().map(lambda rest: b"\x03" + rest) | st.sampled_from([SUCCESS, b"\xff\x01"])))
async def test_any_messages_are_a_result_or_an_error(messages: list[bytes]) -> None:
    connection = ScriptedConnection(*messages, END)
    try:
        result = await pods_of(connection).exec.run("web-0", command=["ls"])
    except KubexClientException:
        pass
    else:
        stdout = [message[1:] for message in messages if message[:1] == b"\x01"]
        assert b"\xff\x01" in messages or result.stdout == b"".join(stdout)
    assert connection.closed == 1


class TestOpening:
    async def test_what_is_asked_for(self) -> None:
        pods = pods_of(*[ScriptedConnection(SUCCESS, END) for _ in range(4)])
        await pods.exec.run("web-0", command=["ls", "-l"])
        await pods.exec.run("web-0", command=["cat"], stdin=b"", container="main", namespace="other", request_timeout=5)
        async with pods.exec.stream("web-0", command=["sh"], stdin=True, tty=True):
            pass
        async with pods.attach.stream("web-0", container="main", stderr=False, request_timeout=None):
            pass
        requests = client_of(pods).requests
        assert [(request.method, request.url) for request in requests] == [
            ("GET", "/api/v1/namespaces/shop/pods/web-0/exec"),
            ("GET", "/api/v1/namespaces/other/pods/web-0/exec"),
            ("GET", "/api/v1/namespaces/shop/pods/web-0/exec"),
            ("GET", "/api/v1/namespaces/shop/pods/web-0/attach"),
        ]
        flags = [("stdin", "false"), ("stdout", "true"), ("stderr", "true"), ("tty", "false")]
        assert requests[0].query == [("command", "ls"), ("command", "-l"), *flags]
        assert requests[1].query[:3] == [("command", "cat"), ("container", "main"), ("stdin", "true")]
        assert requests[2].query[1:] == [("stdin", "true"), ("stdout", "true"), ("stderr", "false"), ("tty", "true")]
        assert requests[3].query == [("container", "main"), flags[0], flags[1], ("stderr", "false"), flags[3]]
        assert [request.timeout for request in requests] == [..., Timeout(total=5), ..., None]
        assert client_of(pods).offered == [["v5.channel.k8s.io", "v4.channel.k8s.io"]] * 4

    @pytest.mark.parametrize("accessor", [ExecAccessor, AttachAccessor])
    async def test_other_protocols(self, accessor: type[ExecAccessor | AttachAccessor]) -> None:
        api = pods_of()
        parts = (api.client, api.request_builder, "shop", Scope.NAMESPACE, Pod)
        client = WebSocketClient(ScriptedConnection(SUCCESS, END, subprotocol="v4.channel.k8s.io"))
        only_v4 = accessor(client, *parts[1:], channel_protocols=["v4.channel.k8s.io"])
        if isinstance(only_v4, ExecAccessor):
            assert (await only_v4.run("web-0", command=["ls"])).exit_code == 0
        else:
            async with only_v4.stream("web-0") as session:
                assert await session.wait_for_status() is not None
                assert session.exit_code is None  # of the process nothing is said
        assert client.offered == [["v4.channel.k8s.io"]]
        with pytest.raises(InvalidArgument, match="channel_protocols="):
            accessor(*parts, channel_protocols=["v1.channel.k8s.io"])

    async def test_a_refusal_comes_as_itself(self) -> None:
        refusal = NotFound('pods "web-0" not found')
        pods = pods_of(refusal, refusal, refusal)
        with pytest.raises(NotFound):
            await pods.exec.run("web-0", command=["ls"])
        with pytest.raises(NotFound):
            async with pods.exec.stream("web-0", command=["ls"]):
                pass
        with pytest.raises(NotFound):
            async with pods.attach.stream("web-0"):
                pass

    @pytest.mark.parametrize(
        "arguments",
        [{"command": "ls -l"}, {"command": []}, {"command": ["ls"], "stdout": False, "stderr": False}],
    )
    async def test_what_no_request_can_be_made_of(self, arguments: dict[str, Any]) -> None:
        pods = pods_of()
        with pytest.raises(InvalidArgument):
            await pods.exec.run("web-0", **arguments)
        with pytest.raises(InvalidArgument):
            pods.exec.stream("web-0", **arguments)

    async def test_a_bound_of_the_session(self) -> None:
        connection = ScriptedConnection(b"\x01a")
        async with pods_of(connection).exec.stream("web-0", command=["ls"], request_timeout=0.01) as session:
            with pytest.raises(RequestTimeout):
                await session.wait_for_status()

    async def test_options_of_the_session(self) -> None:
        connection = ScriptedConnection(*[b"\x01%d" % number for number in range(5)], SUCCESS, END)
        async with pods_of(connection).exec.stream("web-0", command=["ls"], buffer_size=2) as session:
            await session.wait_for_status()
            assert session.stdout_truncated
        connection = ScriptedConnection(*[b"\x01%d" % number for number in range(5)], SUCCESS, END)
        async with pods_of(connection).attach.stream("web-0", buffer_size=2, block_on_full=True) as session:
            await anyio.wait_all_tasks_blocked()
            assert len([chunk async for chunk in session.stdout]) == 5
