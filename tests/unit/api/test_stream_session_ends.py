"""How sessions end, over scripted connections, on both event loops."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from kubex.api import _command_reader
from kubex.api._stream_session import StreamSession
from kubex.core.exceptions import (
    ConnectionFailed,
    InvalidArgument,
    InvalidResponse,
    RequestTimeout,
)
from kubex.core.params import Timeout
from tests.unit.api.command_scripts import BROKEN, SUCCESS, all_of, session_of
from tests.unit.api.websocket_stub import END, ScriptedConnection

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


class TestTheEnd:
    async def test_without_a_word(self) -> None:
        async with session_of(ScriptedConnection(b"\x01a", END)) as session:
            assert await session.wait_for_status() is None
            assert session.exit_code is None
            assert await all_of(session.stdout) == [b"a"]

    async def test_a_failure_comes_to_everyone_as_itself(self) -> None:
        async with session_of(ScriptedConnection(b"\x01a", BROKEN), stdin=True) as session:
            await anyio.wait_all_tasks_blocked()
            assert await session.stdout.receive() == b"a"
            for wait in (session.stdout.receive, session.stderr.receive, session.wait_for_status):
                with pytest.raises(ConnectionFailed, match="it broke"):
                    await wait()
            with pytest.raises(ConnectionFailed, match="it broke"):
                await session.stdin.write(b"x")

    async def test_a_connection_that_breaks_when_all_is_said(self) -> None:
        async with session_of(ScriptedConnection(b"\x01a", SUCCESS, BROKEN)) as session:
            assert await all_of(session.stdout) == [b"a"]
            assert session.exit_code == 0

    async def test_a_server_that_stays_when_all_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_command_reader, "_LAST_SILENCE", 0.01)
        async with session_of(ScriptedConnection(b"\x01a", SUCCESS)) as session:
            assert await all_of(session.stdout) == [b"a"]

    @pytest.mark.parametrize("message", [b"", b"\xff", b"\xff\x01\x02", b"\x03" + b" " * 2**20 + b"x"])
    async def test_messages_that_are_none(self, message: bytes) -> None:
        async with session_of(ScriptedConnection(b"\x01a", message)) as session:
            assert await session.stdout.receive() == b"a"
            with pytest.raises(InvalidResponse, match=r'^pods "web-0" in namespace "shop" \(exec\): '):
                await session.stdout.receive()

    async def test_a_status_that_is_none(self) -> None:
        async with session_of(ScriptedConnection(b"\x03oops", END)) as session:
            with pytest.raises(InvalidResponse, match=r"\(exec\): the status of a command is no Status: b'oops'"):
                await session.wait_for_status()

    async def test_an_exception_in_the_program_comes_as_itself(self) -> None:
        connection = ScriptedConnection()
        with pytest.raises(ZeroDivisionError):
            async with session_of(connection):
                await anyio.wait_all_tasks_blocked()
                raise ZeroDivisionError
        assert connection.closed == 1

    async def test_a_stub_s_own_exception_comes_as_itself(self) -> None:
        connection = ScriptedConnection(ZeroDivisionError())
        with pytest.raises(ZeroDivisionError):
            async with session_of(connection) as session:
                await anyio.wait_all_tasks_blocked()
                await session.wait_for_status()
        assert connection.closed == 1

    async def test_cancelling_closes_the_connection_at_once(self) -> None:
        connection = ScriptedConnection()
        with anyio.CancelScope() as scope:
            async with session_of(connection, stdin=True) as session, anyio.create_task_group() as tasks:
                tasks.start_soon(session.stdout.receive)
                tasks.start_soon(session.stderr.receive)
                tasks.start_soon(session.wait_for_status)
                await anyio.wait_all_tasks_blocked()
                scope.cancel()
        assert scope.cancelled_caught
        assert connection.closed == 1

    async def test_after_the_context_it_is_at_its_end(self) -> None:
        async with session_of(ScriptedConnection(b"\x01a"), stdin=True) as session:
            await anyio.wait_all_tasks_blocked()
        assert await all_of(session.stdout) == [b"a"]
        assert await session.wait_for_status() is None
        with pytest.raises(ConnectionFailed):
            await session.stdin.write(b"x")


class TestBounds:
    @pytest.mark.parametrize(
        ("bound", "text"),
        [
            (Timeout(total=0.01), r"\(exec\): it was not done within 0.01 s"),
            (Timeout(read=0.01), r"\(exec\): the server sent nothing for 0.01 s"),
            (Timeout(total=60, read=0.01), r"\(exec\): the server sent nothing for 0.01 s"),
        ],
    )
    async def test_of_reading(self, bound: Timeout, text: str) -> None:
        async with session_of(ScriptedConnection(), timeout=bound) as session:
            with pytest.raises(RequestTimeout, match=text):
                await session.wait_for_status()

    @pytest.mark.parametrize("bound", [Timeout(total=0.01), Timeout(write=0.01)])
    async def test_of_writing(self, bound: Timeout) -> None:
        connection = ScriptedConnection()
        connection.takes_data = anyio.Event()
        async with session_of(connection, timeout=bound, stdin=True) as session:
            with pytest.raises(RequestTimeout):
                await session.stdin.write(b"x")

    async def test_nothing_that_comes_in_time_is_cut(self) -> None:
        connection = ScriptedConnection(b"\x01a", SUCCESS, END)
        async with session_of(connection, timeout=Timeout(total=60, read=60, write=60), stdin=True) as session:
            await session.stdin.write(b"x")
            assert await all_of(session.stdout) == [b"a"]
            assert session.exit_code == 0
        assert connection.sent == [b"\x00x"]


@pytest.mark.parametrize("size", [0, -1, True, 1.5, None])
async def test_buffer_sizes_that_are_none(size: Any) -> None:
    with pytest.raises(InvalidArgument, match="buffer_size="):
        session_of(ScriptedConnection(), buffer_size=size)


async def test_the_protocol_by_its_name() -> None:
    session = StreamSession(ScriptedConnection(), "v4.channel.k8s.io")
    async with session:
        pass
    with pytest.raises(InvalidArgument, match="channel_protocols="):
        StreamSession(ScriptedConnection(), "v3.channel.k8s.io")
