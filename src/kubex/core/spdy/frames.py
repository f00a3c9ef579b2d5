"""Frames of SPDY/3.1: from bytes and to bytes.

https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/#TOC-2.2-Framing
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Final

import msgspec

from kubex.core.exceptions import InvalidResponse
from kubex.core.spdy.headers import HeaderCompressor, HeaderDecompressor

__all__ = [
    "LARGEST_DATA",
    "Data",
    "Frame",
    "FrameDecoder",
    "FrameEncoder",
    "GoAway",
    "Headers",
    "Ping",
    "RstStream",
    "Setting",
    "Settings",
    "StreamStatus",
    "SynReply",
    "SynStream",
    "WindowUpdate",
    "data_frame",
]

LARGEST_DATA: Final = 2**24 - 1
"""Bytes that one DATA frame can carry."""


class StreamStatus(IntEnum):
    """Why a stream was reset."""

    PROTOCOL_ERROR = 1
    INVALID_STREAM = 2
    REFUSED_STREAM = 3
    UNSUPPORTED_VERSION = 4
    CANCEL = 5
    INTERNAL_ERROR = 6
    FLOW_CONTROL_ERROR = 7
    STREAM_IN_USE = 8
    STREAM_ALREADY_CLOSED = 9
    FRAME_TOO_LARGE = 11


class SynStream(msgspec.Struct, frozen=True, gc=False):
    """Opens a stream; with `fin` the sender will send nothing more on it."""

    stream_id: int
    headers: dict[str, str]
    fin: bool = False
    unidirectional: bool = False
    associated_to: int = 0
    priority: int = 0


class SynReply(msgspec.Struct, frozen=True, gc=False):
    """Accepts a stream."""

    stream_id: int
    headers: dict[str, str]
    fin: bool = False


class RstStream(msgspec.Struct, frozen=True, gc=False):
    """Ends a stream at once, in both directions."""

    stream_id: int
    status: int


class Setting(msgspec.Struct, frozen=True, gc=False):
    """One value of a SETTINGS frame."""

    id: int
    value: int
    flags: int = 0


class Settings(msgspec.Struct, frozen=True, gc=False):
    """Tells how the sender would like to be talked to."""

    settings: tuple[Setting, ...]
    clear: bool = False


class Ping(msgspec.Struct, frozen=True, gc=False):
    """Asks for the same frame in return."""

    ping_id: int


class GoAway(msgspec.Struct, frozen=True, gc=False):
    """Says that no further stream is taken, and which was the last that was."""

    last_stream_id: int
    status: int


class Headers(msgspec.Struct, frozen=True, gc=False):
    """Adds headers to a stream."""

    stream_id: int
    headers: dict[str, str]
    fin: bool = False


class WindowUpdate(msgspec.Struct, frozen=True, gc=False):
    """Allows so many further bytes on a stream, or on the connection (0)."""

    stream_id: int
    delta: int


class Data(msgspec.Struct, frozen=True, gc=False):
    """Carries bytes of a stream: a DATA frame, or a part of one."""

    stream_id: int
    data: bytes
    fin: bool = False


Frame = SynStream | SynReply | RstStream | Settings | Ping | GoAway | Headers | WindowUpdate | Data
"""One frame, of any kind."""

_VERSION = 3
_CONTROL = 0x8000
_FIN = 0x01
_UNIDIRECTIONAL = 0x02
_CLEAR = 0x01
_ID = 0x7FFFFFFF  # the first bit of a number is reserved

_HEADER_SIZE = 8
_DATA_HEADER = struct.Struct("!II")
_CONTROL_HEADER = struct.Struct("!HHI")
_NUMBER = struct.Struct("!I")
_TWO_NUMBERS = struct.Struct("!II")

_SYN_STREAM, _SYN_REPLY, _RST_STREAM, _SETTINGS = 1, 2, 3, 4
_PING, _GOAWAY, _HEADERS, _WINDOW_UPDATE = 6, 7, 8, 9

# No control frame that an answer can consist of comes near it.
_LARGEST_CONTROL_FRAME = 2**16


def data_frame(stream_id: int, data: bytes | memoryview, *, fin: bool = False) -> bytes:
    """Write a DATA frame."""
    return b"".join((_DATA_HEADER.pack(stream_id, len(data) | fin << 24), data))


class FrameEncoder:
    """Writes the frames of one direction of a connection; they must be sent in the order they are written in."""

    def __init__(self) -> None:
        self._compressor = HeaderCompressor()

    def encode(self, frame: Frame) -> bytes:
        """Write a frame."""
        match frame:
            case Data():
                return data_frame(frame.stream_id, frame.data, fin=frame.fin)
            case SynStream():
                flags = _FIN * frame.fin | _UNIDIRECTIONAL * frame.unidirectional
                opening = _TWO_NUMBERS.pack(frame.stream_id, frame.associated_to) + bytes((frame.priority << 5, 0))
                return _control(_SYN_STREAM, opening + self._block(frame.headers), flags)
            case SynReply():
                return _control(_SYN_REPLY, _NUMBER.pack(frame.stream_id) + self._block(frame.headers), frame.fin)
            case Headers():
                return _control(_HEADERS, _NUMBER.pack(frame.stream_id) + self._block(frame.headers), frame.fin)
            case RstStream():
                return _control(_RST_STREAM, _TWO_NUMBERS.pack(frame.stream_id, frame.status))
            case Ping():
                return _control(_PING, _NUMBER.pack(frame.ping_id))
            case GoAway():
                return _control(_GOAWAY, _TWO_NUMBERS.pack(frame.last_stream_id, frame.status))
            case WindowUpdate():
                return _control(_WINDOW_UPDATE, _TWO_NUMBERS.pack(frame.stream_id, frame.delta))
            case Settings():
                entries = (_TWO_NUMBERS.pack(entry.flags << 24 | entry.id, entry.value) for entry in frame.settings)
                return _control(_SETTINGS, _NUMBER.pack(len(frame.settings)) + b"".join(entries), frame.clear)

    def _block(self, headers: Mapping[str, str]) -> bytes:
        return self._compressor.compress(headers)


def _control(kind: int, body: bytes, flags: int = 0) -> bytes:
    return _CONTROL_HEADER.pack(_CONTROL | _VERSION, kind, flags << 24 | len(body)) + body


class FrameDecoder:
    """Reads the frames of one direction of a connection, from bytes in pieces of any size.

    What a DATA frame carries is not gathered: each piece of it is given as it arrives, the last with the frame's `fin`.
    """

    def __init__(self) -> None:
        self._decompressor = HeaderDecompressor()
        self._begun = bytearray()  # a header, or a control frame, that is not whole
        self._data_stream = 0
        self._data_left = 0
        self._data_fin = False
        self._failure: str | None = None

    def feed(self, chunk: bytes) -> list[Frame]:
        """Give the frames that a chunk brings.

        Raises:
            InvalidResponse: the chunk breaks the protocol; so does all that follows.
        """
        if self._failure is not None:
            raise InvalidResponse(self._failure)
        try:
            return self._frames(chunk)
        except InvalidResponse as error:
            self._failure = str(error)
            raise

    def _frames(self, chunk: bytes) -> list[Frame]:
        frames: list[Frame] = []
        position, size = 0, len(chunk)
        while position < size:
            if self._data_left:
                taken = min(self._data_left, size - position)
                self._data_left -= taken
                # A chunk that is nothing but data, as most are, is given as it is.
                piece = chunk[position : position + taken] if taken != size else chunk
                frames.append(Data(self._data_stream, piece, self._data_fin and not self._data_left))
                position += taken
                continue
            if self._begun or size - position < _HEADER_SIZE:
                taken = min(self._missing(), size - position)
                self._begun += chunk[position : position + taken]
                position += taken
                if self._missing():
                    continue
                header, rest = bytes(self._begun[:_HEADER_SIZE]), bytes(self._begun[_HEADER_SIZE:])
            else:
                header, rest = chunk[position : position + _HEADER_SIZE], b""
                position += _HEADER_SIZE
            self._take(header, rest, frames)
        return frames

    def _missing(self) -> int:
        """Count the bytes that are missing: of the header, or, once that is there, of the control frame."""
        if len(self._begun) < _HEADER_SIZE:
            return _HEADER_SIZE - len(self._begun)
        if not self._begun[0] & 0x80:
            return 0
        return _HEADER_SIZE + _control_size(self._begun) - len(self._begun)

    def _take(self, header: bytes, body: bytes, frames: list[Frame]) -> None:
        """Take a frame's header, and its body where that is there already."""
        if not header[0] & 0x80:
            self._begun.clear()
            stream_id, flags_and_size = _DATA_HEADER.unpack(header)
            fin, size = bool(flags_and_size >> 24 & _FIN), flags_and_size & LARGEST_DATA
            if size:
                self._data_stream, self._data_left, self._data_fin = stream_id, size, fin
            elif fin:
                frames.append(Data(stream_id, b"", fin))
            return
        if len(body) < _control_size(header):
            self._begun[:] = header
            return
        self._begun.clear()
        version, kind, flags_and_size = _CONTROL_HEADER.unpack(header)
        if version != _CONTROL | _VERSION:
            raise InvalidResponse(f"SPDY: a frame of version {version & ~_CONTROL}, not {_VERSION}")
        reader = self._READERS.get(kind)
        if reader is None:
            return  # a kind of frame that is not known is passed over
        try:
            frames.append(reader(self, body, flags_and_size >> 24))
        except struct.error:
            raise InvalidResponse(f"SPDY: a frame of type {kind} breaks off") from None

    def _syn_stream(self, body: bytes, flags: int) -> Frame:
        stream_id, associated_to, priority = struct.unpack_from("!IIB", body)
        headers = self._decompressor.decompress(body[10:])
        return SynStream(
            stream_id & _ID,
            headers,
            fin=bool(flags & _FIN),
            unidirectional=bool(flags & _UNIDIRECTIONAL),
            associated_to=associated_to & _ID,
            priority=priority >> 5,
        )

    def _syn_reply(self, body: bytes, flags: int) -> Frame:
        (stream_id,) = _NUMBER.unpack_from(body)
        return SynReply(stream_id & _ID, self._decompressor.decompress(body[4:]), bool(flags & _FIN))

    def _headers(self, body: bytes, flags: int) -> Frame:
        (stream_id,) = _NUMBER.unpack_from(body)
        return Headers(stream_id & _ID, self._decompressor.decompress(body[4:]), bool(flags & _FIN))

    def _rst_stream(self, body: bytes, flags: int) -> Frame:
        stream_id, status = _TWO_NUMBERS.unpack(body)
        return RstStream(stream_id & _ID, status)

    def _settings(self, body: bytes, flags: int) -> Frame:
        (count,) = _NUMBER.unpack_from(body)
        if len(body) != 4 + 8 * count:
            raise InvalidResponse("SPDY: a SETTINGS frame is not as long as its settings")
        entries = (
            Setting(flags_and_id & LARGEST_DATA, value, flags_and_id >> 24)
            for flags_and_id, value in _TWO_NUMBERS.iter_unpack(body[4:])
        )
        return Settings(tuple(entries), bool(flags & _CLEAR))

    def _ping(self, body: bytes, flags: int) -> Frame:
        return Ping(*_NUMBER.unpack(body))

    def _go_away(self, body: bytes, flags: int) -> Frame:
        last_stream_id, status = _TWO_NUMBERS.unpack(body)
        return GoAway(last_stream_id & _ID, status)

    def _window_update(self, body: bytes, flags: int) -> Frame:
        stream_id, delta = _TWO_NUMBERS.unpack(body)
        return WindowUpdate(stream_id & _ID, delta & _ID)

    _READERS: Final[dict[int, Callable[[FrameDecoder, bytes, int], Frame]]] = {
        _SYN_STREAM: _syn_stream,
        _SYN_REPLY: _syn_reply,
        _RST_STREAM: _rst_stream,
        _SETTINGS: _settings,
        _PING: _ping,
        _GOAWAY: _go_away,
        _HEADERS: _headers,
        _WINDOW_UPDATE: _window_update,
    }


def _control_size(header: bytes | bytearray) -> int:
    """Give the size of a control frame's body, as its header states it."""
    size = int.from_bytes(header[5:_HEADER_SIZE], "big")
    if size > _LARGEST_CONTROL_FRAME:
        raise InvalidResponse(f"SPDY: a control frame of {size} bytes")
    return size
