"""The plain values of messages and what they are in JSON: numbers, strings, bytes."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from kubex.testing.protobuf.wire import EIGHT_BYTES, LENGTH, VARINT, varint

__all__ = ["SCALARS", "Scalar"]

_LONGEST: Final = 1e21  # from here on, Go writes an exponent


@dataclass(frozen=True, slots=True)
class Scalar:
    """How values of one type are read and written."""

    wire_type: int
    zero: Any
    """In JSON, where nothing is said."""
    read: Callable[[Any], Any]
    """Gives the JSON of what `scan` gives."""
    write: Callable[[Any], bytes]
    """Gives the bytes of a JSON value, without a length in front."""


def _signed(bits: int) -> Callable[[int], int]:
    def read(value: int) -> int:
        value &= (1 << bits) - 1
        return value - (1 << bits) if value >> (bits - 1) else value

    return read


def _read_double(value: bytes) -> float:
    number: float = struct.unpack("<d", value)[0]
    # As Go writes it: without a point where there is nothing behind it.
    return int(number) if abs(number) < _LONGEST and number.is_integer() else number


SCALARS: Final = {
    # Go takes what is no UTF-8 as it is, and writes it to JSON so.
    "string": Scalar(LENGTH, "", lambda value: value.decode(errors="replace"), str.encode),
    "bytes": Scalar(LENGTH, "", lambda value: base64.b64encode(value).decode(), base64.b64decode),
    "raw": Scalar(LENGTH, b"", bytes, bytes),
    "bool": Scalar(VARINT, False, bool, varint),
    "int32": Scalar(VARINT, 0, _signed(32), varint),
    "int64": Scalar(VARINT, 0, _signed(64), varint),
    "double": Scalar(EIGHT_BYTES, 0.0, _read_double, lambda value: struct.pack("<d", value)),
}
"""By their names; `raw` are bytes that are no base64 in JSON either."""
