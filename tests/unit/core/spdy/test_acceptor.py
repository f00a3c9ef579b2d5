from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.core.exceptions import InvalidArgument, InvalidResponse
from kubex.core.spdy import (
    DataReceived,
    GoneAway,
    PongReceived,
    SendBytes,
    SpdyAcceptor,
    SpdyConnection,
    SpdyEvent,
    StreamEnded,
    StreamOpened,
    StreamReplied,
    StreamReset,
    StreamStatus,
)
from kubex.core.spdy.events import StreamState
from kubex.core.spdy.frames import (
    Data,
    Frame,
    FrameEncoder,
    GoAway,
    Headers,
    RstStream,
    SynReply,
    SynStream,
    data_frame,
)
from tests.unit.core.spdy.strategies import FRAMES, in_pieces


def received(*frames: Frame) -> list[SpdyEvent]:
    encoder, spdy = FrameEncoder(), SpdyAcceptor()
    return [event for frame in frames for event in spdy.receive(encoder.encode(frame))]


def test_a_conversation() -> None:
    client, server = SpdyConnection(), SpdyAcceptor()
    stream_id, opening = client.open_stream({"port": "80"})
    assert server.receive(opening) == [StreamOpened(1, {"port": "80"})]
    assert client.receive(server.accept(stream_id, {"a": "b"})) == [StreamReplied(1, {"a": "b"})]
    assert server.receive(client.send_data(1, b"hi", fin=True)) == [DataReceived(1, b"hi"), StreamEnded(1)]
    assert server.state(1) is StreamState.HALF_CLOSED_REMOTE
    assert client.receive(server.send_data(1, b"there", fin=True)) == [DataReceived(1, b"there"), StreamEnded(1)]
    assert server.state(1) is client.state(1) is StreamState.CLOSED
    _, opening = client.open_stream({}, fin=True)
    assert server.receive(opening) == [StreamOpened(3, {}), StreamEnded(3)]
    assert client.receive(server.reset(3, StreamStatus.REFUSED_STREAM)) == [StreamReset(3, 3)]


def test_pings_go_both_ways() -> None:
    client, server = SpdyConnection(), SpdyAcceptor()
    for one, other in ((client, server), (server, client)):
        ping_id, ping = one.ping()
        (answer,) = other.receive(ping)
        assert isinstance(answer, SendBytes)
        assert one.receive(answer.data) == [PongReceived(ping_id)]


def test_a_client_that_goes_away_ends_no_stream() -> None:
    assert received(SynStream(1, {}), GoAway(0, 0), Data(1, b"x")) == [
        StreamOpened(1, {}),
        GoneAway(0),
        DataReceived(1, b"x"),
    ]


def test_a_stream_that_was_reset_is_forgotten() -> None:
    assert received(SynStream(1, {}), RstStream(1, 5), Data(1, b"x"), RstStream(1, 5)) == [
        StreamOpened(1, {}),
        StreamReset(1, 5),
    ]


@pytest.mark.parametrize(
    "frame",
    [Data(1, b"x"), Data(0, b"x"), Data(2, b"x", fin=True), SynReply(1, {}), Headers(1, {}), RstStream(1, 1)],
)
def test_frames_on_streams_that_were_never_opened_are_passed_over(frame: Frame) -> None:
    assert received(frame) == []


@pytest.mark.parametrize("number", [0, 2, 1, 3])
def test_a_stream_with_a_number_that_it_can_not_have_is_refused(number: int) -> None:
    opened, *refused = received(SynStream(3, {}), SynStream(number, {}))
    assert opened == StreamOpened(3, {})
    assert refused == [SendBytes(FrameEncoder().encode(RstStream(number, 1))), StreamReset(number, 1)]


def test_what_breaks_the_protocol() -> None:
    with pytest.raises(InvalidResponse, match="SPDY"):
        SpdyAcceptor().receive(b"\x80\x02\x00\x01\x00\x00\x00\x00")


def test_what_can_not_be_sent() -> None:
    spdy = SpdyAcceptor()
    with pytest.raises(InvalidArgument, match="stream 1"):
        spdy.accept(1)
    with pytest.raises(InvalidArgument, match="stream 1"):
        spdy.send_data(1, b"x")


@given(st.data(), st.lists(FRAMES, max_size=8), st.binary(max_size=40))
def test_whatever_comes_is_an_event_or_breaks_the_protocol(
    data: st.DataObject, frames: list[Frame], garbage: bytes
) -> None:
    encoder, spdy = FrameEncoder(), SpdyAcceptor()
    stream = b"".join(encoder.encode(frame) for frame in frames) + garbage
    opened: set[int] = set()
    try:
        for piece in in_pieces(data, stream):
            for event in spdy.receive(piece):
                if isinstance(event, StreamOpened):
                    assert event.stream_id % 2 == 1
                    assert event.stream_id not in opened
                    opened.add(event.stream_id)
                elif isinstance(event, DataReceived | StreamEnded):
                    assert event.stream_id in opened
    except InvalidResponse:
        pass


@given(st.data(), st.lists(st.tuples(st.integers(0, 4), st.binary(max_size=30), st.booleans()), max_size=20))
def test_both_sides_agree_on_the_states_of_streams(data: st.DataObject, steps: list[tuple[int, bytes, bool]]) -> None:
    client, server = SpdyConnection(), SpdyAcceptor()
    ids = [client.open_stream({"number": str(number)}) for number in range(5)]
    for _, opening in ids:
        server.receive(opening)
    sent: dict[int, bytes] = {}
    came: dict[int, bytes] = {}
    ended: set[int] = set()
    stream = b""
    for number, payload, fin in steps:
        stream_id = ids[number][0]
        if stream_id not in ended:
            stream += client.send_data(stream_id, payload, fin=fin)
            sent[stream_id] = sent.get(stream_id, b"") + payload
            ended |= {stream_id} if fin else set()
    for piece in in_pieces(data, stream):
        for event in server.receive(piece):
            if isinstance(event, DataReceived):
                came[event.stream_id] = came.get(event.stream_id, b"") + event.data
            else:
                assert isinstance(event, StreamEnded)
                ended.remove(event.stream_id)
    assert ended == set()
    assert {key: value for key, value in came.items() if value} == {key: value for key, value in sent.items() if value}


def test_data_after_an_end_is_refused() -> None:
    client, server = SpdyConnection(), SpdyAcceptor()
    stream_id, opening = client.open_stream({}, fin=True)
    server.receive(opening)
    events = server.receive(data_frame(stream_id, b"late"))
    assert [type(event) for event in events] == [SendBytes, StreamReset]
