from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.core.channels import (
    CHANNEL_PROTOCOLS,
    ChannelProtocol,
    ChannelProtocolTypes,
    Frame,
    check_protocols,
    negotiated,
)
from kubex.core.exceptions import InvalidArgument, InvalidResponse

V5, V4 = ChannelProtocol.V5, ChannelProtocol.V4
PROTOCOLS = st.sampled_from(CHANNEL_PROTOCOLS)
CHANNELS = st.integers(0, 254)


@pytest.mark.parametrize("protocol", CHANNEL_PROTOCOLS)
@pytest.mark.parametrize(
    ("message", "frame"),
    [
        (b"\x00abc", Frame(0, b"abc")),
        (b"\x01", Frame(1, b"")),
        (b"\x02\x00\xff", Frame(2, b"\x00\xff")),
        (b"\x04" + b'{"Width":1}', Frame(4, b'{"Width":1}')),
        (b"\xfe\x01", Frame(254, b"\x01")),
    ],
)
def test_what_a_message_is(protocol: ChannelProtocol, message: bytes, frame: Frame) -> None:
    assert protocol.unpack(message) == frame
    assert protocol.pack(frame.channel, frame.payload) == message


@pytest.mark.parametrize(
    ("message", "frame"), [(b"\xff\x00", Frame(0, b"", True)), (b"\xff\xfe", Frame(254, b"", True))]
)
def test_the_end_of_a_channel(message: bytes, frame: Frame) -> None:
    assert V5.unpack(message) == frame
    assert V5.pack_close(frame.channel) == message


@pytest.mark.parametrize(
    ("protocol", "message"),
    [
        (V5, b""),
        (V4, b""),
        (V5, b"\xff"),
        (V5, b"\xff\x00\x00"),
        (V5, b"\xff\xff"),
        (V4, b"\xff\x00"),
        (V4, b"\xff"),
    ],
)
def test_what_is_no_message(protocol: ChannelProtocol, message: bytes) -> None:
    with pytest.raises(InvalidResponse, match=protocol.value):
        protocol.unpack(message)


@given(PROTOCOLS, CHANNELS, st.binary())
def test_what_is_packed_is_unpacked(protocol: ChannelProtocol, channel: int, payload: bytes) -> None:
    for buffer in (payload, bytearray(payload), memoryview(payload)):
        assert protocol.unpack(protocol.pack(channel, buffer)) == (channel, payload, False)


@given(CHANNELS)
def test_a_packed_end_is_unpacked(channel: int) -> None:
    assert V5.unpack(V5.pack_close(channel)) == (channel, b"", True)


@given(PROTOCOLS, st.binary() | st.binary(max_size=4).map(lambda rest: b"\xff" + rest))
def test_any_bytes_are_a_frame_or_an_error(protocol: ChannelProtocol, message: bytes) -> None:
    try:
        frame = protocol.unpack(message)
    except InvalidResponse:
        return
    again = protocol.pack_close(frame.channel) if frame.is_close else protocol.pack(frame.channel, frame.payload)
    assert again == message


@pytest.mark.parametrize("channel", [-1, 255, 256])
def test_channels_that_are_none(channel: int) -> None:
    with pytest.raises(InvalidArgument, match=f"channel {channel}"):
        V4.pack(channel, b"")
    with pytest.raises(InvalidArgument, match=f"channel {channel}"):
        V5.pack_close(channel)


def test_v4_ends_no_channel() -> None:
    with pytest.raises(InvalidArgument, match=r"v4.channel.k8s.io can't end a channel"):
        V4.pack_close(0)


class TestNegotiation:
    def test_all_are_offered_the_newest_first(self) -> None:
        assert [protocol.value for protocol in CHANNEL_PROTOCOLS] == ["v5.channel.k8s.io", "v4.channel.k8s.io"]

    @pytest.mark.parametrize("protocol", CHANNEL_PROTOCOLS)
    def test_the_server_s_choice(self, protocol: ChannelProtocol) -> None:
        assert negotiated(protocol.value, CHANNEL_PROTOCOLS, "exec") is protocol

    @pytest.mark.parametrize("subprotocol", [None, "", "v3.channel.k8s.io", "V5.CHANNEL.K8S.IO", "v5.channel.k8s.io"])
    def test_a_choice_that_was_not_offered(self, subprotocol: str | None) -> None:
        with pytest.raises(InvalidResponse, match=r'^pods "a" \(exec\): .*none of the channel protocols v4.channel'):
            negotiated(subprotocol, [V4], 'pods "a" (exec)')

    @pytest.mark.parametrize(
        ("given_", "checked"),
        [
            (CHANNEL_PROTOCOLS, (V5, V4)),
            ([V4], (V4,)),
            (["v4.channel.k8s.io", V5], (V4, V5)),
        ],
    )
    def test_protocols_to_offer(self, given_: list[ChannelProtocolTypes], checked: tuple[ChannelProtocol, ...]) -> None:
        assert check_protocols(given_) == checked

    @pytest.mark.parametrize("given_", [[], ["v3.channel.k8s.io"], [V5, "v9"], "v5.channel.k8s.io"])
    def test_protocols_that_there_are_not(self, given_: list[ChannelProtocolTypes]) -> None:
        with pytest.raises(InvalidArgument, match=r"v5.channel.k8s.io, v4.channel.k8s.io is needed"):
            check_protocols(given_)
