from __future__ import annotations

import zlib
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.core.exceptions import InvalidResponse
from kubex.core.spdy.frames import (
    Data,
    Frame,
    FrameDecoder,
    FrameEncoder,
    GoAway,
    Headers,
    Ping,
    RstStream,
    Setting,
    Settings,
    SynReply,
    SynStream,
    WindowUpdate,
    data_frame,
)
from kubex.core.spdy.headers import HeaderCompressor
from tests.unit.core.spdy.strategies import FRAMES, in_pieces

NONE = HeaderCompressor().compress({})
SIZE = len(NONE)

# As the specification draws them.
TABLE: list[tuple[Frame, bytes]] = [
    (Data(1, b"abc"), b"\0\0\0\1\0\0\0\3abc"),
    (Data(1, b"abc", fin=True), b"\0\0\0\1\1\0\0\3abc"),
    (Data(0x7FFFFFFF, b"", fin=True), b"\x7f\xff\xff\xff\1\0\0\0"),
    (
        SynStream(1, {}),
        b"\x80\3\0\1\0" + (10 + SIZE).to_bytes(3, "big") + b"\0\0\0\1\0\0\0\0\0\0" + NONE,
    ),
    (
        SynStream(3, {}, fin=True, unidirectional=True, associated_to=2, priority=7),
        b"\x80\3\0\1\3" + (10 + SIZE).to_bytes(3, "big") + b"\0\0\0\3\0\0\0\2\xe0\0" + NONE,
    ),
    (SynReply(1, {}, fin=True), b"\x80\3\0\2\1" + (4 + SIZE).to_bytes(3, "big") + b"\0\0\0\1" + NONE),
    (RstStream(1, 5), b"\x80\3\0\3\0\0\0\x08\0\0\0\1\0\0\0\5"),
    (
        Settings((Setting(4, 100, 1), Setting(7, 0x10000)), clear=True),
        b"\x80\3\0\4\1\0\0\x14\0\0\0\2\1\0\0\4\0\0\0\x64\0\0\0\7\0\1\0\0",
    ),
    (Ping(3), b"\x80\3\0\6\0\0\0\4\0\0\0\3"),
    (GoAway(7, 2), b"\x80\3\0\7\0\0\0\x08\0\0\0\7\0\0\0\2"),
    (Headers(1, {}), b"\x80\3\0\x08\0" + (4 + SIZE).to_bytes(3, "big") + b"\0\0\0\1" + NONE),
    (WindowUpdate(1, 0x10000), b"\x80\3\0\x09\0\0\0\x08\0\0\0\1\0\1\0\0"),
]


def whole(frames: Iterable[Frame]) -> list[Frame]:
    """Put the pieces of data together, up to each end."""
    joined: list[Frame] = []
    for frame in frames:
        last = joined[-1] if joined else None
        if isinstance(frame, Data) and isinstance(last, Data) and last.stream_id == frame.stream_id and not last.fin:
            joined[-1] = Data(frame.stream_id, last.data + frame.data, frame.fin)
        elif frame != Data(getattr(frame, "stream_id", 0), b""):  # which says nothing
            joined.append(frame)
    return joined


@pytest.mark.parametrize(("frame", "data"), TABLE)
def test_a_frame_and_its_bytes(frame: Frame, data: bytes) -> None:
    assert FrameEncoder().encode(frame) == data
    assert FrameDecoder().feed(data) == [frame]


@given(st.data(), st.lists(FRAMES))
def test_any_split_gives_the_same_frames(data: st.DataObject, frames: list[Frame]) -> None:
    encoder, decoder = FrameEncoder(), FrameDecoder()
    stream = b"".join(map(encoder.encode, frames))
    assert whole(frame for piece in in_pieces(data, stream) for frame in decoder.feed(piece)) == whole(frames)


def test_frames_come_as_soon_as_they_are_whole() -> None:
    for frame, data in TABLE:
        decoder = FrameDecoder()
        begun = [frame for piece in range(len(data) - 1) for frame in decoder.feed(data[piece : piece + 1])]
        assert all(isinstance(piece, Data) for piece in begun)
        assert whole([*begun, *decoder.feed(data[-1:])]) == whole([frame])


def test_data_is_given_in_the_pieces_it_comes_in_without_a_copy() -> None:
    decoder = FrameDecoder()
    assert decoder.feed(data_frame(1, bytes(10), fin=True)[:8]) == []
    piece = b"0123"
    (frame,) = decoder.feed(piece)
    assert isinstance(frame, Data)
    assert frame.data is piece
    assert not frame.fin
    assert decoder.feed(b"456789" + data_frame(3, b"x")) == [Data(1, b"456789", fin=True), Data(3, b"x")]


def test_a_frame_of_an_unknown_kind_is_passed_over() -> None:
    unknown = b"\x80\3\0\x0a\0\0\0\3abc"
    assert FrameDecoder().feed(unknown + data_frame(1, b"x")) == [Data(1, b"x")]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x80\2\0\6\0\0\0\4\0\0\0\3", "version 2"),
        (b"\x80\3\0\6\0\0\0\3\0\0\0", "type 6 breaks off"),
        (b"\x80\3\0\6\0\0\0\0", "type 6 breaks off"),
        (b"\x80\3\0\3\0\0\0\x09\0\0\0\1\0\0\0\1x", "type 3 breaks off"),
        (b"\x80\3\0\1\0\0\0\4\0\0\0\3", "type 1 breaks off"),
        (b"\x80\3\0\4\0\0\0\5\0\0\0\1x", "SETTINGS"),
        (b"\x80\3\0\4\0\0\0\4\xff\xff\xff\xff", "SETTINGS"),
        (b"\x80\3\0\6\0\xff\xff\xff", "control frame of 16777215 bytes"),
        (b"\x80\3\0\2\0\0\0\x08\0\0\0\1abcd", "not compressed"),
    ],
)
def test_what_breaks_the_protocol(data: bytes, text: str) -> None:
    for pieces in ([data], [data[position : position + 1] for position in range(len(data))]):
        decoder = FrameDecoder()
        with pytest.raises(InvalidResponse, match=text):
            [decoder.feed(piece) for piece in pieces]
        with pytest.raises(InvalidResponse, match=text):
            decoder.feed(data_frame(1, b"x"))


@given(st.data(), st.binary() | st.binary().map(lambda data: b"\x80\3\0" + data))
def test_any_bytes_are_frames_or_an_error(data: st.DataObject, stream: bytes) -> None:
    decoder = FrameDecoder()
    try:
        for piece in in_pieces(data, stream):
            decoder.feed(piece)
    except InvalidResponse as error:
        assert str(error).startswith("SPDY: ")  # noqa: PT017 - either is right


@given(st.data(), st.lists(FRAMES, min_size=1))
def test_frames_with_changed_bytes_are_frames_or_an_error(data: st.DataObject, frames: list[Frame]) -> None:
    encoder, decoder = FrameEncoder(), FrameDecoder()
    stream = bytearray(b"".join(map(encoder.encode, frames)))
    for position in data.draw(st.lists(st.integers(0, len(stream) - 1), max_size=3)) if stream else ():
        stream[position] = data.draw(st.integers(0, 255))
    try:
        for piece in in_pieces(data, bytes(stream)):
            decoder.feed(piece)
    except (InvalidResponse, zlib.error) as error:
        assert type(error) is InvalidResponse  # noqa: PT017 - either is right
