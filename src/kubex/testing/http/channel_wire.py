"""How a WebSocket carries channels: in bytes, or as text in base64, as older clients and browsers have it."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from kubex.core.channels import ChannelProtocol, Frame

__all__ = ["BASE64", "BASE64_V4", "BINARY", "ChannelWire"]

BINARY: Final = "channel.k8s.io"
BASE64: Final = "base64.channel.k8s.io"
BASE64_V4: Final = "v4.base64.channel.k8s.io"


class ChannelWire:
    """Messages of one subprotocol.

    Args:
        protocol: the subprotocol; `""` is `channel.k8s.io`.
    """

    def __init__(self, protocol: str) -> None:
        self.has_status: bool = protocol not in ("", BINARY, BASE64)
        """Whether a command's end is told as a Status; before v4 it was a text, and nothing of an end that was well."""
        self._is_text = protocol in (BASE64, BASE64_V4)
        # Before v5 they all have the frames of v4.
        self._frames = ChannelProtocol.V5 if protocol == ChannelProtocol.V5 else ChannelProtocol.V4

    def pack(self, channel: int, payload: bytes) -> bytes | str:
        """Give the message that carries a piece of a channel."""
        if self._is_text:
            return f"{channel}{base64.b64encode(payload).decode()}"
        return self._frames.pack(channel, payload)

    def unpack(self, message: bytes | str) -> Frame | None:
        """Take a message apart; `None` where it says nothing that anybody could make sense of.

        Raises:
            InvalidResponse: it would end a channel, in a way that the protocol does not have.
        """
        data = message.encode() if isinstance(message, str) else message
        if not data:
            return None
        if not self._is_text:
            return self._frames.unpack(data) if self._frames.can_close else Frame(data[0], data[1:])
        try:
            return Frame(data[0] - ord("0"), base64.b64decode(data[1:], validate=True))
        except (binascii.Error, ValueError):
            return None
