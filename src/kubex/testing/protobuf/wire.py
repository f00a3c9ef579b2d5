"""The wire format of protobuf: numbered fields as bytes, with the refusals of the API server.

https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

__all__ = ["EIGHT_BYTES", "LENGTH", "VARINT", "KnownField", "Malformed", "key", "scan", "varint", "varints"]

VARINT: Final = 0
"""Wire type of integers and booleans."""
EIGHT_BYTES: Final = 1
"""Wire type of floating-point numbers."""
LENGTH: Final = 2
"""Wire type of strings, bytes and messages: their length stands in front."""

_START_GROUP: Final = 3
_END_GROUP: Final = 4
_FOUR_BYTES: Final = 5
_64_BITS: Final = (1 << 64) - 1
_NEGATIVE: Final = 1 << 63


class Malformed(Exception):
    """These bytes are no message; the text says why, in Go's words."""


class KnownField(NamedTuple):
    """What `scan` expects of a field."""

    name: str
    """For errors: in Go."""
    wire_type: int
    is_packable: bool = False
    """Whether it may hold many values one after another, with a length in front."""


def scan(data: bytes, message: str, fields: Mapping[int, KnownField]) -> Iterator[tuple[int, int | bytes]]:
    """Give number and value of each field in the order of the bytes; those that no one knows are passed over.

    Args:
        data: of one message.
        message: its name, for errors.
        fields: what is known, by the number.

    Raises:
        Malformed: it is no message with these fields.
    """
    at, end = 0, len(data)
    while at < end:
        start = at
        tag, at = (data[at], at + 1) if data[at] < 0x80 else _read_varint(data, at)
        field = fields.get(tag >> 3)
        if field is None or tag & 7 != field.wire_type:
            field = _expected(tag, message, fields)
            if field is None:
                at = _after(data, start)
                continue
        if tag & 7 == VARINT:
            value, at = (data[at], at + 1) if at < end and data[at] < 0x80 else _read_varint(data, at)
            yield _int32(tag >> 3), value
            continue
        length = 8
        if tag & 7 == LENGTH:
            length, at = (data[at], at + 1) if at < end and data[at] < 0x80 else _read_length(data, at)
        if at + length > end:
            raise _cut_off()
        yield _int32(tag >> 3), data[at : at + length]
        at += length


def _expected(tag: int, message: str, fields: Mapping[int, KnownField]) -> KnownField | None:
    """Give the field of a tag that is not the usual one; `None` if no one knows it."""
    number, wire_type = _int32(tag >> 3), tag & 7
    if wire_type == _END_GROUP:
        raise Malformed(f"proto: {message}: wiretype end group for non-group")
    if number <= 0:
        raise Malformed(f"proto: {message}: illegal tag {number} (wire type {tag})")
    field = fields.get(number)
    if field is not None and wire_type != field.wire_type and not (field.is_packable and wire_type == LENGTH):
        raise Malformed(f"proto: wrong wireType = {wire_type} for field {field.name}")
    return field


def varints(data: bytes) -> list[int]:
    """Read numbers that stand one after another.

    Raises:
        Malformed: the last one is cut off.
    """
    found: list[int] = []
    at = 0
    while at < len(data):
        number, at = _read_varint(data, at)
        found.append(number)
    return found


def varint(number: int) -> bytes:
    """Write a number; a negative one takes ten bytes."""
    if 0 <= number < 0x80:
        return _SMALL[number]
    number &= _64_BITS
    written = bytearray()
    while number >= 0x80:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def key(number: int, wire_type: int) -> bytes:
    """Write what stands in front of a field's value."""
    return varint(number << 3 | wire_type)


_SMALL: Final = [bytes([number]) for number in range(0x80)]


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    for byte in data[at : at + 10]:
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & _64_BITS, at
        shift += 7
    raise Malformed("proto: integer overflow") if shift >= 70 else _cut_off()


def _read_length(data: bytes, at: int) -> tuple[int, int]:
    length, at = _read_varint(data, at)
    if length >= _NEGATIVE:
        raise Malformed("proto: negative length found during unmarshaling")
    return length, at


def _after(data: bytes, at: int) -> int:
    """Pass over a field, or over a group with all that is in it."""
    depth = 0
    while at < len(data):
        tag, at = _read_varint(data, at)
        wire_type = tag & 7
        if wire_type == VARINT:
            _, at = _read_varint(data, at)
        elif wire_type == EIGHT_BYTES:
            at += 8
        elif wire_type == LENGTH:
            length, at = _read_length(data, at)
            at += length
        elif wire_type == _START_GROUP:
            depth += 1
        elif wire_type == _END_GROUP:
            depth -= 1
        elif wire_type == _FOUR_BYTES:
            at += 4
        else:
            raise Malformed(f"proto: illegal wireType {wire_type}")
        if at > len(data):
            break
        if depth == 0:
            return at
    raise _cut_off()


def _cut_off() -> Malformed:
    return Malformed("unexpected EOF")


def _int32(number: int) -> int:
    if number < 1 << 31:
        return number
    number &= 0xFFFFFFFF
    return number - (1 << 32) if number >= 1 << 31 else number
