"""Pods that answer: logs, commands, files and ports."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from contextlib import aclosing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import anyio
import pytest
from anyio.abc import ByteReceiveStream

from kubex.api import _portforward_connector
from kubex.api._exec import ExecAccessor
from kubex.api._stream_session import OutputStream
from kubex.client.base import BaseClient
from kubex.core.exceptions import (
    BadRequest,
    CopyError,
    ExecError,
    Forbidden,
    NotFound,
    PortForwardError,
    UnprocessableEntity,
)
from kubex.core.request import Request
from kubex.k8s.v1_35.core.v1 import Container, Pod, PodSpec
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import Scope
from tests.talker import ECHO, NOBODY, Talker

pytestmark = pytest.mark.anyio

PATIENCE = 60


async def text_until(stream: OutputStream, end: bytes) -> bytes:
    """Read until something was written."""
    seen = b""
    with anyio.fail_after(PATIENCE):
        while end not in seen:
            seen += await stream.receive()
    return seen


class TestLogs:
    async def test_what_there_is(self, client: BaseClient, talker: Talker) -> None:
        get = talker.pods(client).logs.get
        whole = await get(talker.name, container="main")
        assert whole.startswith("first\nsecond\n")
        last = whole.splitlines()[-1]
        assert await get(talker.name, container="main", limit_bytes=8) == "first\nse"
        assert await get(talker.name, container="main", tail_lines=1) == f"{last}\n"
        assert await get(talker.name, container="main", tail_lines=0) == ""
        assert await get(talker.name, container="main", since_seconds=36_000) == whole
        since = datetime.now(timezone(timedelta(hours=5))) - timedelta(hours=10)
        assert await get(talker.name, container="main", since_time=since) == whole
        assert await get(talker.name, container="shell") == ""
        stamped = await get(talker.name, container="main", tail_lines=1, timestamps=True)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z " + last + "\n", stamped)
        moment = datetime.fromisoformat(stamped.split()[0])
        assert (await get(talker.name, container="main", since_time=moment)).endswith(f"{last}\n")
        assert await get(talker.name, container="main", since_time=moment + timedelta(seconds=1)) == ""
        lines = [line async for line in talker.pods(client).logs.stream(talker.name, container="main", follow=False)]
        assert lines == whole.splitlines()

    async def test_each_line_comes_when_it_is_written(self, client: BaseClient, talker: Talker) -> None:
        lines = [f"{number} {uuid.uuid4()}" for number in range(3)]
        with anyio.fail_after(PATIENCE):
            async with aclosing(talker.pods(client).logs.stream(talker.name, container="main", tail_lines=1)) as stream:
                assert await anext(stream)
                for line in lines:
                    await talker.say(client, line)
                    assert await anext(stream) == line

    async def test_a_part_of_what_is_written_while_it_is_followed(self, client: BaseClient, talker: Talker) -> None:
        with anyio.fail_after(PATIENCE):
            lines = talker.pods(client).logs.stream(talker.name, container="main", tail_lines=0, limit_bytes=3)
            async with anyio.create_task_group() as tasks:

                async def say() -> None:
                    while True:  # it may be opened later
                        await talker.say(client, "sesame")
                        await anyio.sleep(0.2)

                tasks.start_soon(say)
                assert [line async for line in lines] == ["ses"]
                tasks.cancel_scope.cancel()

    async def test_what_there_is_not(self, client: BaseClient, talker: Talker) -> None:
        get = talker.pods(client).logs.get
        with pytest.raises(BadRequest, match="container nobody is not valid for pod talker"):
            await get(talker.name, container="nobody")
        with pytest.raises(
            BadRequest,
            match=r"a container name must be specified for pod talker, choose one of: \[main shell terminal\]",
        ):
            await get(talker.name)
        with pytest.raises(BadRequest, match='previous terminated container "main" in pod "talker" not found'):
            await get(talker.name, container="main", previous=True)
        with pytest.raises(NotFound):
            await get("nobody")

    async def test_of_a_pod_that_has_not_begun(self, client: BaseClient, namespace: str, talker: Talker) -> None:
        pods = talker.pods(client)
        name = f"never-{os.urandom(4).hex()}"
        spec = PodSpec(containers=[Container(name="main", image="none")], scheduler_name="nobody")
        await pods.create(Pod(metadata=ObjectMetadata(name=name), spec=spec))
        assert await pods.logs.get(name) == ""
        assert [line async for line in pods.logs.stream(name)] == []
        with pytest.raises(BadRequest, match=f"pod {name} does not have a host assigned"):
            await pods.exec.run(name, command=["true"])
        await pods.delete(name)

    @pytest.mark.parametrize(
        ("query", "message"),
        [
            ("tailLines=-1", "tailLines: Invalid value: -1: must be greater than or equal to 0"),
            ("limitBytes=0", "limitBytes: Invalid value: 0: must be greater than 0"),
            ("sinceSeconds=0", "sinceSeconds: Invalid value: 0: must be greater than 0"),
            (
                "sinceSeconds=5&sinceTime=2026-01-01T00:00:00Z",
                "[]: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified",
            ),
            ("stream=Stderr", "stream: Forbidden: may not be specified"),
        ],
    )
    async def test_values_that_can_not_be(self, client: BaseClient, talker: Talker, query: str, message: str) -> None:
        path = f"/api/v1/namespaces/{talker.namespace}/pods/{talker.name}/log?container=main&{query}"
        with pytest.raises(UnprocessableEntity) as caught:
            await client.request(Request("GET", path))
        assert message in str(caught.value)


class TestExec:
    @pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 1", 1), ("kill -9 $$", 137), ("exit 255", 255)])
    async def test_exit_codes(self, client: BaseClient, talker: Talker, script: str, code: int) -> None:
        result = await talker.pods(client).exec.run(
            talker.name, command=["sh", "-c", f"echo out; echo err >&2; {script}"], container="main"
        )
        assert (result.stdout, result.stderr, result.exit_code) == (b"out\n", b"err\n", code)
        assert result.status is not None
        if code:
            ended = f"command terminated with exit code {code}"
            assert result.status.message == f"command terminated with non-zero exit code: {ended}"

    async def test_what_is_not_there(self, client: BaseClient, talker: Talker) -> None:
        run = talker.pods(client).exec.run
        result = await run(talker.name, command=["nope"], container="main")
        assert result.exit_code is None
        assert result.status is not None
        assert (result.status.reason, result.status.code) == ("InternalError", 500)
        assert re.fullmatch(
            "Internal error occurred: Internal error occurred: error executing command in container: failed to exec in"
            ' container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start'
            r' container process: exec: "nope": executable file not found in \$PATH: unknown',
            result.status.message or "",
        )
        with pytest.raises(ExecError, match=r"the command did not run: .*executable file not found"):
            result.check()
        with pytest.raises(BadRequest, match="container nobody is not valid for pod talker"):
            await run(talker.name, command=["true"], container="nobody")
        with pytest.raises(BadRequest, match=r"choose one of: \[main shell terminal\]"):
            await run(talker.name, command=["true"])
        with pytest.raises(NotFound):
            await run("nobody", command=["true"])

    async def test_input_and_its_end(self, client: BaseClient, talker: Talker) -> None:
        data = os.urandom(3_000_000)
        result = await talker.pods(client).exec.run(talker.name, command=["sha256sum"], container="main", stdin=data)
        assert result.stdout.split()[0] == hashlib.sha256(data).hexdigest().encode()

    async def test_in_and_out_at_once(self, client: BaseClient, talker: Talker) -> None:
        piece, count = os.urandom(50_000), 20
        came = hashlib.sha256()
        async with talker.pods(client).exec.stream(
            talker.name, command=["cat"], container="main", stdin=True
        ) as session:

            async def write() -> None:
                for _ in range(count):
                    await session.stdin.write(piece)
                await session.close_stdin()

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(write)
                async for chunk in session.stdout:
                    came.update(chunk)
            assert session.exit_code == 0
        assert came.digest() == hashlib.sha256(piece * count).digest()

    async def test_the_older_protocol(self, client: BaseClient, talker: Talker) -> None:
        pods = talker.pods(client)
        accessor = ExecAccessor(
            client, pods.request_builder, pods.namespace, Scope.NAMESPACE, Pod, channel_protocols=["v4.channel.k8s.io"]
        )
        command = ["sh", "-c", "read line; echo $line; exit 4"]
        with pytest.warns(UserWarning, match="has no end of stdin"):
            result = await accessor.run(talker.name, command=command, container="main", stdin=b"hello\n")
        assert (result.stdout, result.exit_code) == (b"hello\n", 4)
        assert result.status is not None
        ended = f"error executing command [sh -c {command[2]}], exit code 4"
        assert result.status.message == f"command terminated with non-zero exit code: {ended}"

    async def test_protocols_that_are_not_known(self, client: BaseClient, talker: Talker) -> None:
        path = f"/api/v1/namespaces/{talker.namespace}/pods/{talker.name}/exec"
        request = Request("GET", path, query_params={"command": "true", "stdout": "true", "container": "main"})
        with pytest.raises(Forbidden) as caught:
            await client.connect_websocket(request, ["v9.channel.k8s.io"])
        assert caught.value.content == ""

    async def test_what_is_no_websocket(self, client: BaseClient, talker: Talker) -> None:
        path = f"/api/v1/namespaces/{talker.namespace}/pods/{talker.name}/exec"
        for method in ("GET", "POST"):
            request = Request(method, path, query_params={"command": "true", "stdout": "true", "container": "main"})
            with pytest.raises(BadRequest, match="Upgrade request required"):
                await client.request(request)

    async def test_a_terminal_and_its_size(self, client: BaseClient, talker: Talker) -> None:
        async with talker.pods(client).exec.stream(
            talker.name, command=["sh"], container="main", stdin=True, tty=True
        ) as session:
            for width, height in [(101, 31), (77, 17)]:
                await session.resize(width=width, height=height)
                with anyio.fail_after(PATIENCE):
                    seen = b""
                    while f"{height} {width}\r\n".encode() not in seen:  # the new size takes a moment to get there
                        await session.stdin.write(b"stty size; echo do''ne\n")
                        seen = await text_until(session.stdout, b"done\r\n")
            await session.stdin.write(b"exit 5\n")
            assert await session.wait_for_status() is not None
            assert session.exit_code == 5

    async def test_leaving_early(self, client: BaseClient, talker: Talker) -> None:
        command = ["sh", "-c", "while true; do echo line; done"]
        with anyio.fail_after(PATIENCE):
            async with talker.pods(client).exec.stream(talker.name, command=command, container="main") as session:
                assert await session.stdout.receive()


class TestAttach:
    async def test_to_a_shell(self, client: BaseClient, talker: Talker) -> None:
        async with talker.pods(client).attach.stream(talker.name, container="shell", stdin=True) as session:
            await session.stdin.write(b"echo $((6 * 7)); echo oops >&2\n")
            assert await text_until(session.stdout, b"\n") == b"42\n"
            assert await text_until(session.stderr, b"\n") == b"oops\n"

    async def test_to_a_terminal(self, client: BaseClient, talker: Talker) -> None:
        async with talker.pods(client).attach.stream(
            talker.name, container="terminal", stdin=True, tty=True
        ) as session:
            await session.resize(width=90, height=20)
            with anyio.fail_after(PATIENCE):
                seen = b""
                while b"20 90\r\n" not in seen:
                    await session.stdin.write(b"stty size; echo do''ne\n")
                    seen = await text_until(session.stdout, b"done\r\n")

    async def test_to_what_is_not_there(self, client: BaseClient, talker: Talker) -> None:
        pods = talker.pods(client)
        with pytest.raises(BadRequest, match="container nobody is not valid for pod"):
            async with pods.attach.stream(talker.name, container="nobody"):
                pass
        with pytest.raises(NotFound):
            async with pods.attach.stream("nobody"):
                pass


class TestCopy:
    async def test_there_and_back(self, client: BaseClient, talker: Talker, tmp_path: Path) -> None:
        copy = talker.pods(client).copy
        remote = f"{talker.folder}/{uuid.uuid4().hex}"
        tree = tmp_path / "tree"
        (tree / "sub").mkdir(parents=True)
        (tree / "a file").write_bytes(os.urandom(300_000))
        (tree / "sub" / "link").symlink_to("../a file")
        await copy.to_pod(talker.name, tree, remote, container="main")
        await copy.from_pod(talker.name, remote, tmp_path / "back", container="main")
        assert (tmp_path / "back" / "a file").read_bytes() == (tree / "a file").read_bytes()
        assert os.readlink(tmp_path / "back" / "sub" / "link") == "../a file"

    async def test_what_is_not_there(self, client: BaseClient, talker: Talker, tmp_path: Path) -> None:
        with pytest.raises(CopyError, match="No such file or directory"):
            await talker.pods(client).copy.from_pod(talker.name, "/nothing", tmp_path / "copy", container="main")


@pytest.fixture(params=["tunnel", "channels"])
def protocol(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The protocol of the test: it runs over each."""
    chosen: str = request.param
    if chosen == "channels":
        monkeypatch.setattr(_portforward_connector, "TUNNEL_PROTOCOL", "unknown.example.com")
    return chosen


class TestPorts:
    async def echo(self, stream: anyio.abc.ByteStream, data: bytes) -> bytes:
        came = b""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(stream.send, data)
            while len(came) < len(data):
                came += await stream.receive()
        return came

    async def to_the_end(self, stream: ByteReceiveStream) -> bytes:
        with anyio.fail_after(PATIENCE):
            return b"".join([chunk async for chunk in stream])

    async def test_a_conversation(self, client: BaseClient, talker: Talker, protocol: str) -> None:
        data = os.urandom(300_000)
        async with talker.pods(client).portforward.open(talker.name, ECHO) as stream:
            assert await self.echo(stream, data) == data
            await stream.send_eof()
            assert await self.to_the_end(stream) == b""

    async def test_a_port_that_nobody_listens_on(self, client: BaseClient, talker: Talker, protocol: str) -> None:
        pods = talker.pods(client)
        with pytest.raises(PortForwardError, match=rf'pods "talker" .* port {NOBODY}: .*connection refused'):
            async with pods.portforward.open(talker.name, NOBODY) as stream:
                await stream.receive()
        async with pods.portforward.forward(talker.name, ports=[NOBODY, ECHO]) as forwarder:
            (text,) = [text async for text in forwarder.errors[NOBODY]]
            assert f"error forwarding port {NOBODY} to pod" in text
            assert "connection refused" in text
            assert await self.echo(forwarder.streams[ECHO], b"other") == b"other"

    async def test_local_ports(self, client: BaseClient, talker: Talker, protocol: str) -> None:
        async with talker.pods(client).portforward.serve(talker.name, ports=[ECHO, NOBODY]) as local:
            for size in (1, 1000, 200_000):
                async with await anyio.connect_tcp("127.0.0.1", local[ECHO]) as stream:
                    data = os.urandom(size)
                    assert await self.echo(stream, data) == data
            async with await anyio.connect_tcp("127.0.0.1", local[NOBODY]) as stream:
                with anyio.fail_after(PATIENCE), pytest.raises(anyio.BrokenResourceError):
                    await stream.receive()

    async def test_given_local_ports(self, client: BaseClient, talker: Talker) -> None:
        async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener:
            free: int = listener.extra(anyio.abc.SocketAttribute.local_port)
        async with (
            talker.pods(client).portforward.listen(talker.name, port_map={ECHO: free}),
            await anyio.connect_tcp("127.0.0.1", free) as stream,
        ):
            assert await self.echo(stream, b"hello") == b"hello"

    async def test_a_pod_that_is_not_there(self, client: BaseClient, talker: Talker, protocol: str) -> None:
        with pytest.raises(NotFound, match="nobody"):
            async with talker.pods(client).portforward.open("nobody", 80):
                pass
