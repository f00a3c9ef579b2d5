from __future__ import annotations

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.testing.pods import byte_buffer
from kubex.testing.pods.byte_buffer import ByteBuffer
from kubex.testing.pods.sessions import CommandSession, InputStream, TerminalSize

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


async def test_what_was_put_in_comes_out_in_order() -> None:
    buffer = ByteBuffer()
    await buffer.put(b"abc")
    await buffer.put(b"")
    await buffer.put(b"defg")
    buffer.end()
    assert await buffer.receive(2) == b"ab"
    assert [piece async for piece in buffer] == [b"c", b"defg"]
    with pytest.raises(anyio.EndOfStream):
        await buffer.receive()


async def test_a_full_buffer_holds_back_who_fills_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(byte_buffer, "_MOST", 4)
    buffer = ByteBuffer()
    done: list[str] = []

    async def fill() -> None:
        await buffer.put(b"12345")
        done.append("first")
        await buffer.put(b"6")
        done.append("second")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(fill)
        await anyio.wait_all_tasks_blocked()
        assert done == ["first"]
        assert await buffer.receive(1) == b"1"
        await anyio.wait_all_tasks_blocked()
        assert done == ["first"]
        assert await buffer.receive(1) == b"2"
        await anyio.wait_all_tasks_blocked()
        assert done == ["first", "second"]


async def test_nobody_waits_to_fill_what_nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(byte_buffer, "_MOST", 1)
    buffer = ByteBuffer()
    await buffer.put(b"1")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(buffer.put, b"2")
        await anyio.wait_all_tasks_blocked()
        await buffer.aclose()
    await buffer.put(b"3")
    with pytest.raises(anyio.ClosedResourceError):
        await buffer.receive()


async def test_who_waits_hears_of_the_end() -> None:
    for broken, expected in ((False, anyio.EndOfStream), (True, anyio.BrokenResourceError)):
        buffer = ByteBuffer()

        async def wait(buffer: ByteBuffer = buffer, expected: type[Exception] = expected) -> None:
            with pytest.raises(expected):
                await buffer.receive()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wait)
            await anyio.wait_all_tasks_blocked()
            buffer.end(broken=broken)


@given(pieces=st.lists(st.binary(max_size=12), max_size=12))
async def test_lines(pieces: list[bytes]) -> None:
    stdin = InputStream()
    for piece in pieces:
        await stdin.put(piece)
    stdin.end()
    whole = b"".join(pieces)
    lines: list[bytes] = []
    while line := await stdin.read_line():
        lines.append(line)
    assert b"".join(lines) == whole
    assert all(line.endswith((b"\n", b"\r")) for line in lines[:-1])
    assert all(not {10, 13} & set(line[:-1]) for line in lines)
    assert await stdin.read() == b""


async def test_reading_on_after_a_line() -> None:
    stdin = InputStream()
    await stdin.put(b"one\ntwo\nthree")
    stdin.end()
    assert await stdin.read_line() == b"one\n"
    assert await stdin.read() == b"two\nthree"


async def test_a_session_writes_where_its_client_listens() -> None:
    sent: list[tuple[int, bytes]] = []

    async def send(channel: int, data: bytes) -> None:
        sent.append((channel, data))

    def session(*, tty: bool, outputs: list[int]) -> CommandSession:
        return CommandSession(["sh"], {}, "main", has_stdin=False, tty=tty, outputs=outputs, send=send)

    for tty, outputs in ((False, [1, 2]), (False, [2]), (True, [1])):
        each = session(tty=tty, outputs=outputs)
        await each.stdout.write("out")
        await each.stderr.write(b"err")
        await each.stderr.write("")
    assert sent == [(1, b"out"), (2, b"err"), (2, b"err"), (1, b"out"), (1, b"err")]
    with pytest.raises(anyio.EndOfStream):
        await session(tty=False, outputs=[1]).stdin.receive()


async def test_each_size_of_a_terminal_is_told() -> None:
    async def send(channel: int, data: bytes) -> None:
        raise AssertionError

    session = CommandSession(["sh"], {}, "main", has_stdin=True, tty=True, outputs=[1], send=send)
    seen: list[TerminalSize] = []

    async def follow() -> None:
        async for size in session.sizes():
            seen.append(size)

    async with anyio.create_task_group() as tasks:
        session.resize(TerminalSize(80, 24))
        tasks.start_soon(follow)
        for width in (80, 90, 100):
            await anyio.wait_all_tasks_blocked()
            session.resize(TerminalSize(width, 24))
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    assert [size.width for size in seen] == [80, 90, 100]
    assert session.size == TerminalSize(100, 24)
