from __future__ import annotations

import anyio
import pytest

from kubex.api._frame_writer import FrameWriter
from kubex.core.exceptions import ConnectionFailed
from tests.unit.api.websocket_stub import ScriptedConnection

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

LARGE = 2**17


async def test_frames_go_out_in_order_and_small_ones_together() -> None:
    connection = ScriptedConnection()
    writer = FrameWriter(connection)
    connection.takes_data = anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(writer.run)
        for frame in (b"a", b"b" * 2**14, b"c", b"d", b"e" * LARGE, b"f"):
            writer.post(frame)
        writer.post(b"")
        assert not writer.is_idle
        await anyio.wait_all_tasks_blocked()
        connection.takes_data.set()
        await anyio.wait_all_tasks_blocked()
        assert writer.is_idle
        tasks.cancel_scope.cancel()
    assert connection.sent == [b"a", b"b" * 2**14, b"cd", b"e" * LARGE, b"f"]


async def test_a_sender_waits_for_its_frame_and_a_cancelled_one_does_not_break_it_off() -> None:
    connection = ScriptedConnection()
    writer = FrameWriter(connection)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(writer.run)
        await writer.send(b"first")
        assert connection.sent == [b"first"]
        connection.takes_data = anyio.Event()
        with anyio.move_on_after(0.01) as scope:
            await writer.send(b"last" * LARGE)
        assert scope.cancelled_caught
        connection.takes_data.set()
        await writer.send(b"more")
        tasks.cancel_scope.cancel()
    assert connection.sent == [b"first", b"last" * LARGE, b"more"]


async def test_a_connection_that_broke_fails_all_senders() -> None:
    connection = ScriptedConnection()
    connection.takes_data = anyio.Event()
    writer = FrameWriter(connection)
    failed: list[str] = []

    async def send() -> None:
        try:
            await writer.send(b"x")
        except ConnectionFailed as error:
            failed.append(str(error))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(writer.run)
        for _ in range(3):  # the first is under way already
            tasks.start_soon(send)
            await anyio.wait_all_tasks_blocked()
        writer.fail(ConnectionFailed("gone"))
        await anyio.wait_all_tasks_blocked()
        assert failed == ["gone"] * 3
        tasks.cancel_scope.cancel()
    assert failed == ["gone"] * 3
    with pytest.raises(ConnectionFailed, match="gone"):
        await writer.send(b"x")
    writer.post(b"x")
    assert writer.is_idle
