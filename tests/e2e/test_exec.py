"""Commands in running containers, by the real kubelet."""

from __future__ import annotations

import hashlib
import os

import anyio
import pytest

from kubex.api._exec import ExecAccessor
from kubex.api._stream_session import OutputStream
from kubex.client.base import BaseClient
from kubex.core.exceptions import BadRequest, ExecError, Forbidden, NotFound, RequestTimeout
from kubex.core.request import Request
from kubex.k8s.v1_35.core.v1 import Pod
from kubex_core.models.resource_config import Scope
from tests.e2e.pods import PATIENCE, pod, shell, start
from tests.e2e.workbench import WAIT, Workbench, shell_with_stdin

pytestmark = pytest.mark.anyio

MIB = 2**20


async def text_until(stream: OutputStream, end: bytes) -> bytes:
    """Read until something was written."""
    seen = b""
    with anyio.fail_after(PATIENCE):
        while end not in seen:
            seen += await stream.receive()
    return seen


@pytest.mark.parametrize(
    ("script", "code"), [("exit 0", 0), ("exit 1", 1), ("kill -9 $$", 137), ("exit 255", 255), ("exit 3", 3)]
)
async def test_exit_codes(client: BaseClient, workbench: Workbench, script: str, code: int) -> None:
    result = await workbench.pods(client).exec.run(
        workbench.name, command=["sh", "-c", f"echo out; echo err >&2; {script}"], container="main"
    )
    assert (result.stdout, result.stderr, result.exit_code) == (b"out\n", b"err\n", code)
    if code:
        with pytest.raises(ExecError, match=f"the command ended with exit code {code}: err"):
            result.check()
    else:
        result.check()


async def test_what_is_not_there(client: BaseClient, workbench: Workbench) -> None:
    run = workbench.pods(client).exec.run
    result = await run(workbench.name, command=["nope"], container="main")
    assert result.exit_code is None
    assert result.status is not None
    assert 'exec: "nope": executable file not found' in (result.status.message or "")
    with pytest.raises(ExecError, match=r"the command did not run: .*executable file not found"):
        result.check()
    with pytest.raises(BadRequest, match="container nobody is not valid for pod"):
        await run(workbench.name, command=["true"], container="nobody")
    with pytest.raises(NotFound):
        await run("nobody", command=["true"])


async def test_the_older_protocol(client: BaseClient, workbench: Workbench) -> None:
    pods = workbench.pods(client)
    accessor = ExecAccessor(
        client, pods.request_builder, pods.namespace, Scope.NAMESPACE, Pod, channel_protocols=["v4.channel.k8s.io"]
    )
    command = ["sh", "-c", "read line; echo $line; exit 4"]
    with pytest.warns(UserWarning, match="has no end of stdin"):
        result = await accessor.run(workbench.name, command=command, container="main", stdin=b"hello\n")
    assert (result.stdout, result.exit_code) == (b"hello\n", 4)


async def test_how_a_server_refuses_protocols_that_it_does_not_know(client: BaseClient, workbench: Workbench) -> None:
    path = f"/api/v1/namespaces/{workbench.namespace}/pods/{workbench.name}/exec"
    request = Request("GET", path, query_params={"command": "true", "stdout": "true", "container": "main"})
    with pytest.raises(Forbidden) as caught:
        await client.connect_websocket(request, ["v9.channel.k8s.io"])
    assert caught.value.content == ""


async def test_64_mib_in_and_out(client: BaseClient, workbench: Workbench) -> None:
    run = workbench.pods(client).exec.run
    data = os.urandom(64 * MIB)
    script = "tee /tmp/data | sha256sum"
    result = await run(workbench.name, command=["sh", "-c", script], container="main", stdin=data)
    assert result.stdout.split() == [hashlib.sha256(data).hexdigest().encode(), b"-"]
    for _ in range(3):
        result = await run(workbench.name, command=["cat", "/tmp/data"], container="main")
        assert result.exit_code == 0
        assert data.startswith(result.stdout)
        if len(result.stdout) == len(data):
            break
    # The server loses the end of an output whose reader is slow, as this one is on a machine with much to do, and says
    # that all went well: see docs/exec.md. A bare socket and kubectl (`kubectl exec … | (sleep 12; wc -c)`) get as
    # little.
    assert len(result.stdout) == len(data)


async def test_64_mib_from_a_command_that_waits_to_be_told_that_all_has_come(
    client: BaseClient, workbench: Workbench
) -> None:
    script = f"head -c {64 * MIB} /dev/urandom | tee /tmp/data2 | sha256sum >&2; cat /tmp/data2; read received"
    digest = hashlib.sha256()
    size = 0
    async with workbench.pods(client).exec.stream(
        workbench.name, command=["sh", "-c", script], container="main", stdin=True, block_on_full=True
    ) as session:
        expected = (await text_until(session.stderr, b"\n")).split()[0]
        while size < 64 * MIB:
            piece = await session.stdout.receive()
            digest.update(piece)
            size += len(piece)
        assert digest.hexdigest().encode() == expected
        await session.stdin.write(b"\n")
        await session.wait_for_status()
        assert session.exit_code == 0


async def test_in_and_out_at_once(client: BaseClient, workbench: Workbench) -> None:
    piece, count = os.urandom(100_000), 80
    came = hashlib.sha256()
    async with workbench.pods(client).exec.stream(
        workbench.name, command=["cat"], container="main", stdin=True
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


async def test_both_outputs_in_order(client: BaseClient, workbench: Workbench) -> None:
    script = "for i in $(seq 300); do echo o$i; echo e$i >&2; done"
    lines: dict[str, list[str]] = {}
    async with workbench.pods(client).exec.stream(
        workbench.name, command=["sh", "-c", script], container="main"
    ) as session:

        async def read(name: str, stream: OutputStream) -> None:
            lines[name] = b"".join([chunk async for chunk in stream]).decode().split()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read, "o", session.stdout)
            tasks.start_soon(read, "e", session.stderr)
        assert session.exit_code == 0
    assert lines == {name: [f"{name}{number}" for number in range(1, 301)] for name in "oe"}


async def test_a_terminal_and_its_size(client: BaseClient, workbench: Workbench) -> None:
    async with workbench.pods(client).exec.stream(
        workbench.name, command=["sh"], container="main", stdin=True, tty=True
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


async def test_a_command_that_is_quiet_for_longer_than_the_libraries_wait(
    client: BaseClient, workbench: Workbench
) -> None:
    result = await workbench.pods(client).exec.run(
        workbench.name, command=["sh", "-c", "sleep 6; echo done"], container="main"
    )
    assert result.stdout == b"done\n"


async def test_a_bound(client: BaseClient, workbench: Workbench) -> None:
    run = workbench.pods(client).exec.run
    with pytest.raises(RequestTimeout, match=r"the command did not end within 0.5 s"):
        await run(workbench.name, command=["sleep", "3"], container="main", request_timeout=0.5)
    assert (await run(workbench.name, command=["true"], container="main", request_timeout=30)).exit_code == 0


async def test_leaving_early(client: BaseClient, workbench: Workbench) -> None:
    pods = workbench.pods(client)
    command = ["sh", "-c", "while true; do echo line; done"]
    with anyio.fail_after(5):
        async with pods.exec.stream(workbench.name, command=command, container="main") as session:
            assert await session.stdout.receive()
        with anyio.move_on_after(0.3) as scope:
            await pods.exec.run(workbench.name, command=command, container="main")
        assert scope.cancelled_caught


async def test_a_hundred_at_once(client: BaseClient, workbench: Workbench) -> None:
    """All of them run before the first ends: containerd hangs on many that start and end at the same time."""
    pods = workbench.pods(client)
    codes: list[int | None] = []
    running = 0
    all_run = anyio.Event()

    async def echo(number: int) -> None:
        nonlocal running
        async with pods.exec.stream(workbench.name, command=["cat"], container="main", stdin=True) as session:
            await session.stdin.write(b"%d" % number)
            assert await session.stdout.receive() == b"%d" % number
            running += 1
            if running == 100:
                all_run.set()
            await all_run.wait()
            await session.close_stdin()
            await session.wait_for_status()
            codes.append(session.exit_code)

    async with anyio.create_task_group() as tasks:
        for number in range(100):
            tasks.start_soon(echo, number)
    assert codes == [0] * 100


class TestAttach:
    async def test_to_a_shell(self, client: BaseClient, workbench: Workbench) -> None:
        async with workbench.pods(client).attach.stream(workbench.name, container="shell", stdin=True) as session:
            await session.stdin.write(b"echo $((6 * 7)); echo oops >&2\n")
            assert await text_until(session.stdout, b"\n") == b"42\n"
            assert await text_until(session.stderr, b"\n") == b"oops\n"

    async def test_to_a_terminal(self, client: BaseClient, workbench: Workbench) -> None:
        async with workbench.pods(client).attach.stream(
            workbench.name, container="terminal", stdin=True, tty=True
        ) as session:
            await session.resize(width=90, height=20)
            with anyio.fail_after(PATIENCE):
                seen = b""
                while b"20 90\r\n" not in seen:
                    await session.stdin.write(b"stty size; echo do''ne\n")
                    seen = await text_until(session.stdout, b"done\r\n")

    async def test_to_what_is_not_there(self, client: BaseClient, workbench: Workbench) -> None:
        pods = workbench.pods(client)
        with pytest.raises(BadRequest, match="container nobody is not valid for pod"):
            async with pods.attach.stream(workbench.name, container="nobody"):
                pass
        with pytest.raises(NotFound):
            async with pods.attach.stream("nobody"):
                pass

    async def test_until_the_process_ends(self, client: BaseClient, workbench: Workbench) -> None:
        pods = workbench.pods(client)
        name = f"ending-{os.urandom(4).hex()}"
        await start(pods, pod(name, shell_with_stdin("main")))
        async with pods.attach.stream(name, stdin=True) as session:
            await session.stdin.write(b"echo bye; exit 0\n")
            assert b"".join([chunk async for chunk in session.stdout]) == b"bye\n"
            status = await session.wait_for_status()
            assert status is not None
            assert status.status == "Success"


async def test_a_pod_that_is_deleted_in_the_middle(client: BaseClient, workbench: Workbench) -> None:
    pods = workbench.pods(client)
    name = f"doomed-{os.urandom(4).hex()}"
    await start(pods, pod(name, shell(WAIT)))  # it ends at once when it is told to; others get two seconds
    codes: list[int | None] = []

    async def run() -> None:
        codes.append((await pods.exec.run(name, command=["sleep", "60"])).exit_code)

    with anyio.CancelScope() as bound:
        async with (
            anyio.create_task_group() as tasks,
            pods.exec.stream(name, command=["cat"], stdin=True) as session,
            pods.attach.stream(name) as attached,
        ):
            tasks.start_soon(run)
            await session.stdin.write(b"hello")
            assert await session.stdout.receive() == b"hello"
            await anyio.sleep(0.3)  # until the other command runs, too: it says nothing when it does
            await pods.delete(name, grace_period_seconds=0)
            bound.deadline = anyio.current_time() + 2
            await session.wait_for_status()
            await attached.wait_for_status()
            codes += [session.exit_code, attached.exit_code]
    assert not bound.cancelled_caught
    assert len(codes) == 3
    assert set(codes) <= {137, None}
