from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from kubex.core.line_framer import LineFramer

# Few letters, so that line ends, carriage returns and empty lines are frequent.
BYTES = st.lists(st.sampled_from([b"\n", b"\r", b"\r\n", b"a", b"{}", b"\xc3", b"\xa9", b"\0"])).map(b"".join)


def framed(chunks: list[bytes]) -> list[bytes]:
    framer = LineFramer()
    lines = [line for chunk in chunks for line in framer.feed(chunk)]
    last = framer.end()
    return lines if last is None else [*lines, last]


@given(st.data(), BYTES | st.binary())
def test_any_split_gives_the_same_lines(data: st.DataObject, stream: bytes) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)))))
    chunks = [stream[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert b"".join(chunks) == stream
    expected = stream.split(b"\n")
    if not expected[-1]:
        expected.pop()
    assert framed(chunks) == expected


@given(BYTES)
def test_lines_come_as_soon_as_they_end(stream: bytes) -> None:
    framer = LineFramer()
    given_so_far = 0
    for position in range(len(stream)):
        given_so_far += len(framer.feed(stream[position : position + 1]))
        assert given_so_far == stream.count(b"\n", 0, position + 1)


def test_only_a_line_feed_ends_a_line() -> None:
    assert framed([b"a\r\nb\rc\x0bd\x0c\xc2\x85e\xe2\x80\xa8\n"]) == [b"a\r", b"b\rc\x0bd\x0c\xc2\x85e\xe2\x80\xa8"]


def test_an_ended_stream_leaves_nothing_for_the_next() -> None:
    framer = LineFramer()
    assert framer.feed(b"a\nb") == [b"a"]
    assert framer.end() == b"b"
    assert framer.end() is None
    assert framer.feed(b"c\n") == [b"c"]
    assert framer.end() is None


def test_lines_do_not_keep_their_chunks() -> None:
    framer = LineFramer()
    tracemalloc.start()
    try:
        kept = [framer.feed(b"x" * 10 + b"\n" + b"y" * 1_000_000 + b"\nz")[0] for _ in range(10)]
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept == [b"x" * 10] + [b"z" + b"x" * 10] * 9
    assert size < 100_000


def test_a_long_line_in_small_chunks_is_kept_in_little_more_than_its_length() -> None:
    framer = LineFramer()
    tracemalloc.start()
    try:
        for _ in range(100_000):
            assert framer.feed(b"ab") == []
        size, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert framer.feed(b"\n") == [b"ab" * 100_000]
    # A list of the chunks, or a copy of the whole line for each chunk, would be many times that.
    assert size < 2 * 200_000
    assert peak < 4 * 200_000
