from __future__ import annotations

from itertools import islice

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.api._port_connection import ReceiveBuffer

pytestmark = pytest.mark.anyio

CHUNKS = st.lists(st.binary(min_size=1, max_size=10), max_size=10)


def buffer_of(chunks: list[bytes]) -> ReceiveBuffer:
    buffer = ReceiveBuffer(lambda: None)
    for chunk in chunks:
        buffer.put(chunk)
    buffer.end()
    return buffer


@given(chunks=CHUNKS, reads=st.lists(st.integers(0, 15), min_size=1))
def test_whatever_is_read_at_a_time_gives_the_same_bytes(chunks: list[bytes], reads: list[int]) -> None:
    async def read() -> None:
        buffer = buffer_of(chunks)
        total = b"".join(chunks)
        got = b""
        for size in islice(reads * 200, 200):
            piece = await (buffer.receive(size) if size else buffer.receive_all())
            assert len(piece) <= size or not size
            assert piece or got == total
            got += piece
            assert buffer.size == len(total) - len(got)
        assert got == total[: len(got)]
        assert await buffer.receive_all() == total[len(got) :]
        assert await buffer.receive(1) == b""
        assert len(buffer) == buffer.size == 0

    anyio.run(read)


async def test_pieces_come_as_they_came_and_without_a_copy() -> None:
    buffer = buffer_of([b"ab", b"cd"])
    assert [await buffer.receive(5) for _ in range(2)] == [b"ab", b"cd"]
    whole = b"0123456789"
    buffer = buffer_of([whole])
    assert await buffer.receive(65536) is whole
    buffer = buffer_of([whole])
    assert await buffer.receive_all() is whole


async def test_a_failure_comes_after_what_there_was_and_the_first_word_counts() -> None:
    buffer = ReceiveBuffer(lambda: None)
    buffer.put(b"x")
    buffer.end(ZeroDivisionError("first"))
    buffer.end()
    assert await buffer.receive(10) == b"x"
    for _ in range(2):
        with pytest.raises(ZeroDivisionError, match="first"):
            await buffer.receive(10)


async def test_a_cancelled_reader_takes_nothing() -> None:
    buffer = buffer_of([b"x"])
    with anyio.CancelScope() as scope:
        scope.cancel()
        await buffer.receive(10)
    assert scope.cancelled_caught
    assert await buffer.receive(10) == b"x"


async def test_who_takes_is_noted() -> None:
    noted: list[int] = []
    buffer = ReceiveBuffer(lambda: noted.append(buffer.size))
    buffer.put(b"abc")
    await buffer.receive(2)
    await buffer.receive_all()
    assert noted == [1, 0]
    assert buffer.received == 3
