from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from kubex.core.exceptions import InvalidArgument, InvalidResponse, KubexClientException
from kubex.core.spdy import (
    DataReceived,
    GoneAway,
    PongReceived,
    SendBytes,
    SpdyConnection,
    SpdyEvent,
    StreamEnded,
    StreamReplied,
    StreamReset,
    StreamStatus,
)
from kubex.core.spdy.events import StreamState
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
)
from tests.unit.core.spdy.strategies import FRAMES, in_pieces

OPEN, CLOSED = StreamState.OPEN, StreamState.CLOSED
HALF_LOCAL, HALF_REMOTE = StreamState.HALF_CLOSED_LOCAL, StreamState.HALF_CLOSED_REMOTE


def sent(data: bytes) -> list[Frame]:
    return FrameDecoder().feed(data)


def rst(stream_id: int, status: StreamStatus) -> SendBytes:
    return SendBytes(FrameEncoder().encode(RstStream(stream_id, status)))


# A stream's state, the peer's frame on it, what that means, and the state after it.
TABLE: list[tuple[StreamState, Frame, list[SpdyEvent], StreamState]] = [
    (OPEN, SynReply(1, {"a": "b"}), [StreamReplied(1, {"a": "b"})], OPEN),
    (OPEN, SynReply(1, {}, fin=True), [StreamReplied(1, {}), StreamEnded(1)], HALF_REMOTE),
    (OPEN, Data(1, b"x"), [DataReceived(1, b"x")], OPEN),
    (OPEN, Data(1, b"x", fin=True), [DataReceived(1, b"x"), StreamEnded(1)], HALF_REMOTE),
    (OPEN, Data(1, b"", fin=True), [StreamEnded(1)], HALF_REMOTE),
    (OPEN, Headers(1, {}), [], OPEN),
    (OPEN, Headers(1, {}, fin=True), [StreamEnded(1)], HALF_REMOTE),
    (OPEN, RstStream(1, 5), [StreamReset(1, 5)], CLOSED),
    (OPEN, WindowUpdate(1, 5), [], OPEN),
    (OPEN, Settings((Setting(7, 1),)), [], OPEN),
    (OPEN, GoAway(1, 0), [GoneAway(0)], OPEN),
    (OPEN, GoAway(0, 1), [StreamReset(1, StreamStatus.REFUSED_STREAM), GoneAway(1)], CLOSED),
    (HALF_LOCAL, SynReply(1, {}), [StreamReplied(1, {})], HALF_LOCAL),
    (HALF_LOCAL, Data(1, b"x"), [DataReceived(1, b"x")], HALF_LOCAL),
    (HALF_LOCAL, Data(1, b"x", fin=True), [DataReceived(1, b"x"), StreamEnded(1)], CLOSED),
    (HALF_LOCAL, RstStream(1, 3), [StreamReset(1, 3)], CLOSED),
    (HALF_REMOTE, RstStream(1, 3), [StreamReset(1, 3)], CLOSED),
    (HALF_REMOTE, Data(1, b"x"), [rst(1, StreamStatus(9)), StreamReset(1, 9)], CLOSED),
    (HALF_REMOTE, SynReply(1, {}), [rst(1, StreamStatus(9)), StreamReset(1, 9)], CLOSED),
    (CLOSED, Data(1, b"x"), [], CLOSED),
    (CLOSED, Data(1, b"x", fin=True), [], CLOSED),
    (CLOSED, SynReply(1, {}), [], CLOSED),
    (CLOSED, Headers(1, {}, fin=True), [], CLOSED),
    (CLOSED, RstStream(1, 3), [], CLOSED),
]


def stream_in(state: StreamState) -> tuple[SpdyConnection, FrameEncoder]:
    spdy, peer = SpdyConnection(), FrameEncoder()
    stream_id, _ = spdy.open_stream({}, fin=state is HALF_LOCAL)
    if state is HALF_REMOTE:
        spdy.receive(peer.encode(Data(stream_id, b"", fin=True)))
    if state is CLOSED:
        spdy.reset(stream_id)
    assert spdy.state(stream_id) is state
    return spdy, peer


@pytest.mark.parametrize(("before", "frame", "events", "after"), TABLE)
def test_what_the_peer_may_do(before: StreamState, frame: Frame, events: list[SpdyEvent], after: StreamState) -> None:
    spdy, peer = stream_in(before)
    assert spdy.receive(peer.encode(frame)) == events
    assert spdy.state(1) is after


@pytest.mark.parametrize(
    "frame", [SynReply(3, {}), Data(3, b"x"), Headers(3, {}), RstStream(3, 1), SynStream(1, {}), SynStream(0, {})]
)
def test_what_the_peer_may_not_do(frame: Frame) -> None:
    spdy, peer = stream_in(OPEN)
    with pytest.raises(InvalidResponse, match="SPDY: "):
        spdy.receive(peer.encode(frame))


@pytest.mark.parametrize("state", [OPEN, HALF_REMOTE])
def test_sending_and_ending(state: StreamState) -> None:
    spdy, _ = stream_in(state)
    assert sent(spdy.send_data(1, b"abc")) == [Data(1, b"abc")]
    assert spdy.state(1) is state
    assert sent(spdy.send_data(1, memoryview(b"abc"), fin=True)) == [Data(1, b"abc", fin=True)]
    assert spdy.state(1) is {OPEN: HALF_LOCAL, HALF_REMOTE: CLOSED}[state]
    with pytest.raises(InvalidArgument, match="stream 1"):
        spdy.send_data(1, b"x")


@pytest.mark.parametrize("state", [HALF_LOCAL, CLOSED])
def test_nothing_is_sent_after_the_end(state: StreamState) -> None:
    spdy, _ = stream_in(state)
    with pytest.raises(InvalidArgument, match="stream 1"):
        spdy.send_data(1, b"x")


@pytest.mark.parametrize("state", [OPEN, HALF_LOCAL, HALF_REMOTE])
def test_a_reset(state: StreamState) -> None:
    spdy, _ = stream_in(state)
    assert sent(spdy.reset(1)) == [RstStream(1, StreamStatus.CANCEL)]
    assert spdy.state(1) is CLOSED
    assert spdy.reset(1) == b""


def test_streams_are_numbered_and_their_headers_share_one_compression() -> None:
    spdy, peer = SpdyConnection(), FrameDecoder()
    ids: list[int] = []
    for number in range(3):
        stream_id, opening = spdy.open_stream({"streamType": "error", "port": "80", "n": str(number)}, fin=number == 1)
        ids.append(stream_id)
        headers = {"streamtype": "error", "port": "80", "n": str(number)}
        assert peer.feed(opening) == [SynStream(stream_id, headers, fin=number == 1)]
    assert ids == [1, 3, 5]


def test_pings_of_both_sides() -> None:
    spdy, peer = SpdyConnection(), FrameEncoder()
    number, ping = spdy.ping()
    assert sent(ping) == [Ping(number)]
    assert spdy.receive(ping) == [PongReceived(number)]
    of_peer = peer.encode(Ping(4))
    assert spdy.receive(of_peer) == [SendBytes(of_peer)]
    assert spdy.ping()[0] != number


def test_a_peer_that_goes_away_takes_no_more_streams_and_finishes_those_it_has() -> None:
    spdy, peer = SpdyConnection(), FrameEncoder()
    for _ in range(2):
        spdy.open_stream({})
    assert spdy.can_open
    assert spdy.receive(peer.encode(GoAway(1, 0))) == [StreamReset(3, StreamStatus.REFUSED_STREAM), GoneAway(0)]
    assert not spdy.can_open
    with pytest.raises(KubexClientException, match="no further streams"):
        spdy.open_stream({})
    assert spdy.receive(peer.encode(Data(1, b"x"))) == [DataReceived(1, b"x")]
    assert sent(spdy.go_away()) == [GoAway(0, 0)]


def test_a_stream_that_the_peer_opens_is_refused() -> None:
    spdy, peer = SpdyConnection(), FrameEncoder()
    refusal = [rst(2, StreamStatus.REFUSED_STREAM)]
    assert spdy.receive(peer.encode(SynStream(2, {"a": "b"}))) == refusal
    assert spdy.receive(peer.encode(Data(2, b"x"))) == []
    stream_id, _ = spdy.open_stream({})
    # Its headers were read all the same: the compression goes on from there.
    assert spdy.receive(peer.encode(SynReply(stream_id, {"a": "c"}))) == [StreamReplied(stream_id, {"a": "c"})]


@given(st.data(), st.integers(0, 3), st.lists(FRAMES) | st.binary())
def test_any_bytes_are_events_or_an_error(data: st.DataObject, opened: int, stream: list[Frame] | bytes) -> None:
    spdy = SpdyConnection()
    for _ in range(opened):
        spdy.open_stream({})
    if not isinstance(stream, bytes):
        encoder = FrameEncoder()
        stream = b"".join(map(encoder.encode, stream))
    try:
        for piece in in_pieces(data, stream):
            spdy.receive(piece)
    except InvalidResponse as error:
        assert str(error).startswith("SPDY: ")  # noqa: PT017 - either is right


class TwoSides(RuleBasedStateMachine):
    """A connection and a peer that keeps the rules, with bytes on their way between them.

    What each side has sent on a stream arrives on the other, whole and in order, up to a reset; and so do the ends.
    """

    streams: Bundle[int] = Bundle("streams")

    def __init__(self) -> None:
        super().__init__()
        self.spdy, self.encoder, self.decoder = SpdyConnection(), FrameEncoder(), FrameDecoder()
        self.to_peer, self.to_client = bytearray(), bytearray()
        self.sent: defaultdict[tuple[str, int], bytes] = defaultdict(bytes)
        self.received: defaultdict[tuple[str, int], bytes] = defaultdict(bytes)
        self.ended: set[tuple[str, int]] = set()
        self.seen_end: set[tuple[str, int]] = set()
        self.reset: set[int] = set()
        self.known_to_peer: set[int] = set()

    @rule(target=streams, fin=st.booleans())
    def open(self, fin: bool) -> int:
        stream_id, opening = self.spdy.open_stream({"n": str(len(self.sent))}, fin=fin)
        self.to_peer += opening
        if fin:
            self.ended.add(("client", stream_id))
        return stream_id

    @rule(stream_id=streams, data=st.binary(max_size=20), fin=st.booleans())
    def send(self, stream_id: int, data: bytes, fin: bool) -> None:
        if self.spdy.state(stream_id) not in {OPEN, HALF_REMOTE}:
            with pytest.raises(InvalidArgument):
                self.spdy.send_data(stream_id, data, fin=fin)
            return
        self.to_peer += self.spdy.send_data(stream_id, data, fin=fin)
        self.sent["client", stream_id] += data
        if fin:
            self.ended.add(("client", stream_id))

    @rule(stream_id=streams, data=st.binary(max_size=20), fin=st.booleans())
    def answer(self, stream_id: int, data: bytes, fin: bool) -> None:
        is_open = stream_id in self.known_to_peer and ("peer", stream_id) not in self.ended
        if is_open and stream_id not in self.reset:
            self.to_client += self.encoder.encode(Data(stream_id, data, fin))
            self.sent["peer", stream_id] += data
            if fin:
                self.ended.add(("peer", stream_id))

    @rule(stream_id=consumes(streams))
    def reset_here(self, stream_id: int) -> None:
        self.to_peer += self.spdy.reset(stream_id)
        self.reset.add(stream_id)

    @rule(stream_id=consumes(streams))
    def reset_there(self, stream_id: int) -> None:
        if stream_id in self.known_to_peer:
            self.to_client += self.encoder.encode(RstStream(stream_id, 5))
            self.reset.add(stream_id)

    @precondition(lambda self: self.to_peer)
    @rule(data=st.data())
    def arrive_there(self, data: st.DataObject) -> None:
        size = data.draw(st.integers(1, len(self.to_peer)))
        piece = bytes(self.to_peer[:size])
        del self.to_peer[:size]
        for frame in self.decoder.feed(piece):
            if isinstance(frame, SynStream):
                self.known_to_peer.add(frame.stream_id)
                self.to_client += self.encoder.encode(SynReply(frame.stream_id, {}))
            elif isinstance(frame, Data):
                self.received["client", frame.stream_id] += frame.data
            if getattr(frame, "fin", False):
                self.seen_end.add(("client", getattr(frame, "stream_id", 0)))

    @precondition(lambda self: self.to_client)
    @rule(data=st.data())
    def arrive_here(self, data: st.DataObject) -> None:
        size = data.draw(st.integers(1, len(self.to_client)))
        piece = bytes(self.to_client[:size])
        del self.to_client[:size]
        for event in self.spdy.receive(piece):
            if isinstance(event, DataReceived):
                self.received["peer", event.stream_id] += event.data
            elif isinstance(event, StreamEnded):
                self.seen_end.add(("peer", event.stream_id))
            elif isinstance(event, StreamReset):
                assert event.stream_id in self.reset

    @invariant()
    def nothing_is_made_up(self) -> None:
        for key, data in self.received.items():
            assert self.sent[key].startswith(data)
        assert self.seen_end <= self.ended

    def teardown(self) -> None:
        while self.to_peer or self.to_client:
            for frame in self.decoder.feed(bytes(self.to_peer)):
                if isinstance(frame, Data):
                    self.received["client", frame.stream_id] += frame.data
                if getattr(frame, "fin", False):
                    self.seen_end.add(("client", getattr(frame, "stream_id", 0)))
            self.to_peer.clear()
            for event in self.spdy.receive(bytes(self.to_client)):
                if isinstance(event, DataReceived):
                    self.received["peer", event.stream_id] += event.data
                elif isinstance(event, StreamEnded):
                    self.seen_end.add(("peer", event.stream_id))
            self.to_client.clear()
        for (side, stream_id), data in self.sent.items():
            if stream_id not in self.reset:
                assert self.received[side, stream_id] == data
        assert {end for end in self.ended if end[1] not in self.reset} <= self.seen_end


TestTwoSides = TwoSides.TestCase
