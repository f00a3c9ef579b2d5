"""The channel protocols: several streams of bytes in the messages of one WebSocket.

Each message begins with a byte that names its channel; the rest is a piece of that channel's stream. Protocol v5 adds a
message that says that a channel has ended.

https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from kubex.core.exceptions import InvalidArgument, InvalidResponse

__all__ = [
    "CHANNEL_PROTOCOLS",
    "ChannelProtocol",
    "ChannelProtocolTypes",
    "Frame",
    "check_protocols",
    "negotiated",
    "none_spoken",
]

_CLOSE = 255
_LARGEST_CHANNEL = 254

# One byte for each channel, ready to stand before a payload.
_PREFIXES = tuple(bytes([channel]) for channel in range(256))


class Frame(NamedTuple):
    """One message, taken apart."""

    channel: int
    payload: bytes
    is_close: bool = False
    """The peer ended the channel: nothing more comes on it, and there is no payload."""


class ChannelProtocol(StrEnum):
    """A version of the protocol; its value is the WebSocket subprotocol.

    Example:
        ```python
        protocol = ChannelProtocol("v5.channel.k8s.io")
        await connection.send_bytes(protocol.pack(0, b"hello"))
        frame = protocol.unpack(await connection.receive_bytes())
        ```
    """

    V5 = "v5.channel.k8s.io"
    """Kubernetes 1.30 and later: either side can end a channel."""
    V4 = "v4.channel.k8s.io"
    """All servers: channels end with their connection."""

    @property
    def can_close(self) -> bool:
        """Whether a channel can be ended while the others go on."""
        return self is ChannelProtocol.V5

    def pack(self, channel: int, payload: bytes | bytearray | memoryview) -> bytes:
        """Give the message that carries a piece of a channel's stream.

        Args:
            channel: number of the channel, 0 to 254.
            payload: what it carries; it is copied, once.

        Raises:
            InvalidArgument: no such channel.
        """
        if not 0 <= channel <= _LARGEST_CHANNEL:
            raise InvalidArgument(f"channel {channel}: a number from 0 to {_LARGEST_CHANNEL} is needed")
        return _PREFIXES[channel] + payload

    def pack_close(self, channel: int) -> bytes:
        """Give the message that ends a channel.

        Raises:
            InvalidArgument: no such channel, or the protocol can't end one.
        """
        if not self.can_close:
            raise InvalidArgument(f"{self.value} can't end a channel")
        if not 0 <= channel <= _LARGEST_CHANNEL:
            raise InvalidArgument(f"channel {channel}: a number from 0 to {_LARGEST_CHANNEL} is needed")
        return bytes((_CLOSE, channel))

    def unpack(self, message: bytes) -> Frame:
        """Take a message apart.

        An empty payload is no end: servers send one to say that they are ready.

        Raises:
            InvalidResponse: the message names no channel, or ends one in a way that the protocol does not have.
        """
        if not message:
            raise InvalidResponse(f"{self.value}: a message without a channel")
        channel = message[0]
        if channel != _CLOSE:
            return Frame(channel, message[1:])
        if not self.can_close or len(message) != 2 or message[1] == _CLOSE:
            raise InvalidResponse(f"{self.value}: a message on channel {_CLOSE} that ends no channel")
        return Frame(message[1], b"", True)


CHANNEL_PROTOCOLS: tuple[ChannelProtocol, ...] = (ChannelProtocol.V5, ChannelProtocol.V4)
"""All there are, the newest first."""

ChannelProtocolTypes: TypeAlias = ChannelProtocol | str
"""A protocol, or its subprotocol's name."""


def check_protocols(protocols: Sequence[ChannelProtocolTypes]) -> tuple[ChannelProtocol, ...]:
    """Give the protocols to offer a server, in the order in which they are preferred.

    Raises:
        InvalidArgument: there is none, or one that is unknown.
    """
    known = {protocol.value: protocol for protocol in CHANNEL_PROTOCOLS}
    unknown = [str(protocol) for protocol in protocols if protocol not in known]
    if isinstance(protocols, str) or not protocols or unknown:
        raise InvalidArgument(f"channel_protocols={protocols!r}: a sequence of {', '.join(known)} is needed")
    return tuple(known[protocol] for protocol in protocols)


def negotiated(subprotocol: str | None, offered: Sequence[ChannelProtocol], subject: str) -> ChannelProtocol:
    """Give the protocol that a server chose in the handshake.

    Args:
        subprotocol: the server's choice; `None` where it made none.
        offered: what it could choose from.
        subject: what was being done, for the error's text.

    Raises:
        InvalidResponse: the server speaks none of those offered.
    """
    for protocol in offered:
        if protocol.value == subprotocol:
            return protocol
    raise none_spoken(offered, subject, f"it chose {subprotocol!r}" if subprotocol else "it chose none")


def none_spoken(offered: Sequence[ChannelProtocol], subject: str, answer: str) -> InvalidResponse:
    """Say that a server speaks none of the protocols offered.

    Args:
        offered: what it could choose from.
        subject: what was being done.
        answer: what the server did instead.
    """
    return InvalidResponse(
        f"{subject}: the server speaks none of the channel protocols {', '.join(offered)} ({answer}):"
        " is it a Kubernetes API server, and does every proxy before it pass WebSocket subprotocols on?"
    )
