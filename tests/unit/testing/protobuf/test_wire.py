"""The wire format; the refusals are kube-apiserver's own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.testing.protobuf.wire import EIGHT_BYTES, LENGTH, VARINT, KnownField, Malformed, key, scan, varint, varints

FIELDS = {
    1: KnownField("Name", LENGTH),
    2: KnownField("Count", VARINT),
    3: KnownField("Factor", EIGHT_BYTES),
    4: KnownField("Ports", VARINT, is_packable=True),
}


def read(data: bytes) -> list[tuple[int, int | bytes]]:
    return list(scan(data, "Thing", FIELDS))


@given(st.integers(-(2**63), 2**64 - 1))
def test_numbers_come_back_modulo_64_bits(number: int) -> None:
    assert varints(varint(number)) == [number % 2**64]
    assert len(varint(number)) == max(1, -(-(number % 2**64).bit_length() // 7))


@given(st.binary())
def test_whatever_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        found = read(data)
    except Malformed:
        return
    assert {number for number, _ in found} <= set(FIELDS)


def test_fields_in_the_order_of_the_bytes() -> None:
    data = b"\x10\x80\x01" + b"\x0a\x01a" + b"\x19" + bytes(8) + b"\x22\x02\x01\x02" + b"\x20\x03"
    assert read(data) == [(2, 128), (1, b"a"), (3, bytes(8)), (4, b"\x01\x02"), (4, 3)]


@pytest.mark.parametrize(
    "unknown",
    [
        b"\x78\x01",
        b"\x79" + bytes(8),
        b"\x7a\x02ab",
        b"\x7d" + bytes(4),
        b"\x7b\x7b\x08\x01\x7c\x7c",
    ],
    ids=["number", "eight bytes", "bytes", "four bytes", "group in a group"],
)
def test_fields_that_no_one_knows_are_passed_over(unknown: bytes) -> None:
    assert read(unknown + b"\x10\x05" + unknown) == [(2, 5)]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x0a", "unexpected EOF"),
        (b"\x0a\x02a", "unexpected EOF"),
        (b"\x0a\xff", "unexpected EOF"),
        (b"\x10", "unexpected EOF"),
        (b"\x19\x00", "unexpected EOF"),
        (b"\x7a\x02a", "unexpected EOF"),
        (b"\x7b\x08\x01", "unexpected EOF"),
        (b"\x08\x01", "proto: wrong wireType = 0 for field Name"),
        (b"\x0f", "proto: wrong wireType = 7 for field Name"),
        (b"\x12\x01\x01", "proto: wrong wireType = 2 for field Count"),
        (b"\x0c", "proto: Thing: wiretype end group for non-group"),
        (b"\x00\x01", "proto: Thing: illegal tag 0 (wire type 0)"),
        (b"\x7e\x01", "proto: illegal wireType 6"),
        (b"\x0a" + b"\xff" * 10 + b"\x01", "proto: integer overflow"),
        (b"\x0a" + b"\xff" * 9 + b"\x01", "proto: negative length found during unmarshaling"),
        (b"\x7a" + b"\xff" * 9 + b"\x01", "proto: negative length found during unmarshaling"),
    ],
)
def test_what_is_no_message(data: bytes, why: str) -> None:
    with pytest.raises(Malformed) as caught:
        read(data)
    assert str(caught.value) == why


def test_keys() -> None:
    assert (key(1, LENGTH), key(30, LENGTH), key(16, VARINT)) == (b"\x0a", b"\xf2\x01", b"\x80\x01")
