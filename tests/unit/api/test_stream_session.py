"""Sessions over scripted connections, on both event loops."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from kubex.api._stream_session import OutputStream
from kubex.core.exceptions import (
    ConnectionFailed,
    InvalidArgument,
    KubexClientException,
)
from tests.unit.api.command_scripts import FAILURE, SUCCESS, V4, all_of, session_of
from tests.unit.api.websocket_stub import END, ScriptedConnection

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


class TestReading:
    async def test_outputs_come_apart_and_in_order(self) -> None:
        connection = ScriptedConnection(b"\x01", b"\x01a", b"\x02x", b"\x01b", b"\x02y", FAILURE, b"\x01c", END)
        async with session_of(connection) as session:
            assert await all_of(session.stdout) == [b"a", b"b", b"c"]
            assert await all_of(session.stderr) == [b"x", b"y"]
            status = await session.wait_for_status()
            assert status is not None
            assert status.reason == "NonZeroExitCode"
            assert session.exit_code == 3
            assert not session.stdout_truncated
            assert not session.stderr_truncated
        assert connection.closed == 1

    async def test_both_at_once(self) -> None:
        script = [b"%c%d" % (1 + number % 3 // 2, number) for number in range(300)]
        got: dict[str, list[bytes]] = {}
        async with session_of(ScriptedConnection(*script, SUCCESS, END), buffer_size=5) as session:

            async def read(name: str, stream: OutputStream) -> None:
                got[name] = await all_of(stream)

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(read, "stdout", session.stdout)
                tasks.start_soon(read, "stderr", session.stderr)
                tasks.start_soon(session.wait_for_status)
        assert got["stdout"] == [message[1:] for message in script if message[0] == 1]
        assert got["stderr"] == [message[1:] for message in script if message[0] == 2]

    async def test_by_several_tasks_nothing_is_lost_and_nothing_comes_twice(self) -> None:
        got: list[bytes] = []
        async with session_of(ScriptedConnection(*[b"\x01%d" % n for n in range(100)], END)) as session:

            async def read() -> None:
                async for chunk in session.stdout:
                    got.append(chunk)
                    await anyio.lowlevel.checkpoint()

            async with anyio.create_task_group() as tasks:
                for _ in range(3):
                    tasks.start_soon(read)
        assert sorted(got, key=int) == [b"%d" % n for n in range(100)]

    async def test_a_reader_reads_the_connection_itself(self) -> None:
        """Nothing is read ahead of a program that reads: the server is held back instead."""
        connection = ScriptedConnection(*[b"\x01%d" % n for n in range(10)], SUCCESS, END)
        async with session_of(connection, buffer_size=1) as session:
            chunks: list[bytes] = []
            async for chunk in session.stdout:
                chunks.append(chunk)
                await anyio.wait_all_tasks_blocked()
                assert connection.received == len(chunks)
                if len(chunks) == 10:
                    break
            assert await session.wait_for_status() is not None
            assert not session.stdout_truncated

    async def test_what_nobody_reads_is_kept_up_to_the_buffer_s_size(self) -> None:
        connection = ScriptedConnection(*[b"\x01%d" % n for n in range(10)], b"\x02err", SUCCESS, END)
        async with session_of(connection, buffer_size=3) as session:
            await anyio.wait_all_tasks_blocked()
            assert session.stdout_truncated
            assert not session.stderr_truncated
            assert await session.wait_for_status() is not None
            assert await all_of(session.stderr) == [b"err"]
            assert await all_of(session.stdout) == [b"0", b"1", b"2"]

    async def test_waiting_for_the_status_does_not_wait_for_readers(self) -> None:
        connection = ScriptedConnection(b"\x01a", b"\x02b", b"\x02c", FAILURE)
        async with session_of(connection, buffer_size=1) as session:
            await session.wait_for_status()
            assert session.exit_code == 3
            assert session.stderr_truncated
            connection.feed(b"\x01d", END)
            assert await all_of(session.stdout) == [b"a", b"d"]

    async def test_a_full_buffer_may_hold_the_server_back(self) -> None:
        script = [b"\x01%d" % n for n in range(10)]
        connection = ScriptedConnection(*script, SUCCESS, END)
        async with session_of(connection, buffer_size=2, block_on_full=True) as session:
            await anyio.wait_all_tasks_blocked()
            assert connection.received == 3
            with anyio.move_on_after(0.01):
                await session.wait_for_status()
            assert connection.received == 3
            assert await all_of(session.stdout) == [message[1:] for message in script]
            assert await session.wait_for_status() is not None
            assert not session.stdout_truncated

    async def test_a_reader_that_gives_up_loses_nothing(self) -> None:
        connection = ScriptedConnection(b"\x02x", b"\x02y")
        async with session_of(connection, buffer_size=1, block_on_full=True) as session:
            with anyio.move_on_after(0.01):
                await session.stdout.receive()  # holds "y" for stderr, which is full
            connection.feed(b"\x01a", END)
            assert await all_of(session.stderr) == [b"x", b"y"]
            assert await all_of(session.stdout) == [b"a"]

    async def test_when_a_reader_gives_up_another_reads_on(self) -> None:
        connection = ScriptedConnection()
        async with session_of(connection) as session, anyio.create_task_group() as tasks:
            scopes = [anyio.CancelScope() for _ in range(2)]
            got: list[bytes] = []

            async def read(stream: OutputStream, scope: anyio.CancelScope) -> None:
                with scope:
                    got.append(await stream.receive())

            tasks.start_soon(read, session.stdout, scopes[0])
            await anyio.wait_all_tasks_blocked()
            tasks.start_soon(read, session.stderr, scopes[1])
            await anyio.wait_all_tasks_blocked()
            scopes[0].cancel()
            await anyio.wait_all_tasks_blocked()
            connection.feed(b"\x02late")
            await anyio.wait_all_tasks_blocked()
            assert got == [b"late"]

    async def test_an_output_that_is_closed_holds_nobody_up(self) -> None:
        connection = ScriptedConnection(b"\x01a", b"\x01b", b"\x01c", SUCCESS, END)
        async with session_of(connection, buffer_size=1, block_on_full=True) as session:
            await anyio.wait_all_tasks_blocked()
            await session.stdout.aclose()
            assert await session.wait_for_status() is not None
            assert await all_of(session.stdout) == []

    async def test_an_output_that_ends_before_the_others(self) -> None:
        connection = ScriptedConnection(b"\x01a", b"\xff\x01")
        async with session_of(connection) as session:
            assert await all_of(session.stdout) == [b"a"]
            connection.feed(b"\x02x", b"\x01after its end", SUCCESS, END)
            assert await all_of(session.stderr) == [b"x"]
            assert await all_of(session.stdout) == []

    @pytest.mark.parametrize("options", [{"stderr": False}, {"tty": True}])
    async def test_an_output_that_is_not_there(self, options: dict[str, Any]) -> None:
        async with session_of(ScriptedConnection(), **options) as session:
            assert await all_of(session.stderr) == []
            with pytest.raises(anyio.EndOfStream):
                await session.stderr.receive()

    async def test_channels_of_newer_servers_are_passed_over(self) -> None:
        async with session_of(
            ScriptedConnection(b"\x07?", b"\xff\x00", b"\xff\x03", b"\x01a", SUCCESS, END)
        ) as session:
            assert await all_of(session.stdout) == [b"a"]
            assert session.exit_code == 0


class TestWriting:
    async def test_stdin_goes_in_pieces_and_in_order(self) -> None:
        connection = ScriptedConnection()
        data = bytes(range(256)) * 1000
        async with session_of(connection, stdin=True) as session:
            for piece in (b"", b"hello", data, bytearray(data), memoryview(data)):
                await session.stdin.write(piece)
            await session.stdin.send(b"bye")
            await session.close_stdin()
            await session.close_stdin()
        assert connection.sent.pop() == b"\xff\x00"
        assert all(message[0] == 0 and len(message) <= 2**17 + 1 for message in connection.sent)
        assert b"".join(message[1:] for message in connection.sent) == b"hello" + data * 3 + b"bye"

    async def test_two_writers_do_not_mix(self) -> None:
        connection = ScriptedConnection()
        async with session_of(connection, stdin=True) as session, anyio.create_task_group() as tasks:
            connection.takes_data = anyio.Event()
            for letter in (b"a", b"b"):
                tasks.start_soon(session.stdin.write, letter * 200_000)
            await anyio.wait_all_tasks_blocked()
            connection.takes_data.set()
        sent = b"".join(message[1:] for message in connection.sent)
        assert sent in (b"a" * 200_000 + b"b" * 200_000, b"b" * 200_000 + b"a" * 200_000)

    async def test_writing_does_not_wait_for_a_reader(self) -> None:
        """A command that writes as it reads would wait for the program, and the program for it."""

        class Echo(ScriptedConnection):
            read: anyio.Event

            async def send_bytes(self, data: bytes) -> None:
                while len(self.sent) - self.received > 3:  # its pipes are full
                    self.read = anyio.Event()
                    await self.read.wait()
                await super().send_bytes(data)
                self.feed(b"\x01" + data[1:])

            async def receive_bytes(self) -> bytes:
                message = await super().receive_bytes()
                self.read.set()
                return message

        connection = Echo()
        connection.read = anyio.Event()
        async with session_of(connection, stdin=True, buffer_size=5) as session:
            with anyio.fail_after(5):
                await session.stdin.write(b"x")
                assert await session.stdout.receive() == b"x"
                for _ in range(50):
                    await session.stdin.write(b"x")
            assert session.stdout_truncated

    async def test_without_stdin(self) -> None:
        async with session_of(ScriptedConnection()) as session:
            with pytest.raises(KubexClientException, match="has no stdin: open it with stdin=True"):
                await session.stdin.write(b"x")
            await session.close_stdin()

    async def test_after_its_end(self) -> None:
        async with session_of(ScriptedConnection(), stdin=True) as session:
            await session.stdin.aclose()
            with pytest.raises(KubexClientException, match=r"\(exec\): stdin is closed"):
                await session.stdin.write(b"x")

    async def test_after_the_command_s_end(self) -> None:
        connection = ScriptedConnection(SUCCESS, END)
        async with session_of(connection, stdin=True, tty=True) as session:
            assert await all_of(session.stdout) == []
            with pytest.raises(ConnectionFailed, match=r"\(exec\): the command has ended"):
                await session.stdin.write(b"x")
            with pytest.raises(ConnectionFailed, match="the command has ended"):
                await session.resize(width=80, height=24)
            await session.close_stdin()
        assert connection.sent == []

    async def test_v4_has_no_end_of_stdin(self) -> None:
        connection = ScriptedConnection()
        async with session_of(connection, V4, stdin=True) as session:
            await session.stdin.write(b"x")
            with pytest.warns(UserWarning, match=r"v4.channel.k8s.io, which has no end of stdin"):
                await session.close_stdin()
        assert connection.sent == [b"\x00x"]

    async def test_a_terminal_s_size(self) -> None:
        connection = ScriptedConnection()
        async with session_of(connection, stdin=True, tty=True) as session:
            await session.resize(width=120, height=40)
            with pytest.raises(InvalidArgument, match="width=0"):
                await session.resize(width=0, height=40)
        assert connection.sent == [b'\x04{"Width":120,"Height":40}']

    async def test_only_a_terminal_has_a_size(self) -> None:
        async with session_of(ScriptedConnection()) as session:
            with pytest.raises(InvalidArgument, match="open it with tty=True"):
                await session.resize(width=120, height=40)
