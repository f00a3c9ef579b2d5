"""Commands that end before they are done, and those that wait: nothing is left of them, and nothing grows."""

from __future__ import annotations

import asyncio
import threading
import time
import urllib.parse
from pathlib import Path
from typing import Any

import pytest

from kubex.testing import ApiServer
from kubex.testing.pods import CommandSession
from kubex.testing.pods.programs import CommandHandler, SessionHandler
from tests.unit.testing.http.pods import connected, make_pod, open_streams, shout, tasks_of, until

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """The event loop of the raw client."""
    return "asyncio"


@pytest.fixture
def pod_server(server: ApiServer) -> ApiServer:
    """A server with a pod `web-0`."""
    make_pod(server)
    return server


def _handlers(begun: threading.Event, ended: threading.Event) -> tuple[SessionHandler, CommandHandler, SessionHandler]:
    """Give what waits for input as a session and as a function, and what writes without end."""

    async def wait(session: CommandSession) -> int:
        begun.set()
        try:
            return await shout(session)
        finally:
            ended.set()

    def read(command: list[str], stdin: Any) -> bytes:
        begun.set()
        try:
            data: bytes = stdin.read()
        except ConnectionAbortedError:
            ended.set()
            raise
        return data

    async def write(session: CommandSession) -> int:
        begun.set()
        try:
            while True:
                await session.stdout.write(bytes(100_000))
        finally:
            ended.set()

    return wait, read, write


class TestAClientThatGoesAway:
    @pytest.mark.parametrize("how", ["closes", "breaks off"])
    @pytest.mark.parametrize("what", ["session", "function", "process", "terminal", "writer"])
    async def test_leaves_nothing(self, pod_server: ApiServer, tmp_path: Path, how: str, what: str) -> None:
        pods = pod_server.pods
        begun, ended = threading.Event(), threading.Event()
        waiting, reading, writing = _handlers(begun, ended)
        if what == "session":
            pods.on_exec_session(waiting)
        elif what == "writer":
            pods.on_exec_session(writing)
        elif what == "function":
            pods.on_exec(reading)
        else:
            pods.run_locally(folder=tmp_path)
        before = tasks_of(pod_server)
        threads = threading.active_count()
        script = "sleep 1000 & echo $! > pid; mv pid child; wait"
        command = urllib.parse.urlencode([("command", "sh"), ("command", "-c"), ("command", script)])
        tty = "&tty=1" if what == "terminal" else ""
        async with connected(pod_server, f"web-0/exec?{command}&stdin=1&stdout=1{tty}") as socket:
            assert await socket.receive() == b"\x01"
            if what in ("process", "terminal"):
                await until((tmp_path / "child").exists)
            else:
                await until(begun.is_set)
            if how == "breaks off":
                socket.break_off()
        await until(lambda: open_streams(pod_server) == 0 and tasks_of(pod_server) <= before)
        if what in ("process", "terminal"):
            await until(lambda: not _is_alive(int((tmp_path / "child").read_text())))
        else:
            await until(ended.is_set)
        await until(lambda: threading.active_count() <= threads)


def _is_alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


async def test_a_client_that_does_not_read_holds_its_command_back(pod_server: ApiServer) -> None:
    written = 0

    async def write(session: CommandSession) -> int:
        nonlocal written
        while True:
            await session.stdout.write(bytes(1_000_000))
            written += 1_000_000

    pod_server.pods.on_exec_session(write)
    async with connected(pod_server, "web-0/exec?command=x&stdout=1") as socket:
        assert await socket.receive() == b"\x01"
        seen = -1
        while seen != written:  # until it stands still
            seen = written
            await asyncio.sleep(0.3)
        assert written < 100_000_000
        for _ in range(100):
            await socket.receive()
        await until(lambda: written > seen)


async def test_a_command_that_does_not_read_holds_its_client_back(pod_server: ApiServer) -> None:
    go_on = threading.Event()

    async def wait(session: CommandSession) -> int:
        while not go_on.is_set():  # noqa: ASYNC110 - another thread's
            await asyncio.sleep(0.01)
        await session.stdout.write(str(len(await session.stdin.read())))
        return 0

    pod_server.pods.on_exec_session(wait)
    sent = 0
    async with connected(pod_server, "web-0/exec?command=x&stdin=1&stdout=1") as socket:

        async def send() -> None:
            nonlocal sent
            for _ in range(30):
                await socket.send(bytes(1_000_000))
                sent += 1_000_000 - 1
            await socket.send(b"\xff\x00")

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(send())
            seen = -1
            while seen != sent:
                seen = sent
                await asyncio.sleep(0.3)
            assert sent < 30 * 999_999
            go_on.set()
        assert (await socket.rest())[1] == b"\x01%d" % sent


@pytest.mark.parametrize("end", ["stop", "reset"])
async def test_the_server_ends_at_once(end: str, tmp_path: Path) -> None:
    with ApiServer() as server:
        make_pod(server)
        server.pods.on_exec_session(shout)
        server.pods.run_locally(program="sh", folder=tmp_path)
        server.pods.on_exec(lambda command, stdin: stdin.read(), program="read")
        async with (
            connected(server, "web-0/exec?command=x&stdin=1&stdout=1") as one,
            connected(server, "web-0/exec?command=read&stdin=1&stdout=1") as two,
            connected(server, "web-0/exec?command=sh&stdin=1&stdout=1&tty=1") as three,
        ):
            for socket in (one, two, three):
                assert await socket.receive() == b"\x01"
            before = time.monotonic()
            await asyncio.to_thread(server.stop if end == "stop" else server.reset)
            for socket in (one, two, three):
                await socket.rest()
            assert time.monotonic() - before < 5
            assert {one.close_code, two.close_code, three.close_code} <= {1001, 1006}
        if end == "reset":
            await until(lambda: open_streams(server) == 0)
