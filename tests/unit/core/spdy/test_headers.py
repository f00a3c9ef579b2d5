from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.core.exceptions import InvalidResponse
from kubex.core.spdy.headers import DICTIONARY, HeaderCompressor, HeaderDecompressor
from tests.unit.core.spdy.strategies import HEADERS


def compressed(block: bytes) -> bytes:
    compressor = zlib.compressobj(zdict=DICTIONARY)
    return compressor.compress(block) + compressor.flush(zlib.Z_SYNC_FLUSH)


def field(text: bytes) -> bytes:
    return len(text).to_bytes(4, "big") + text


def test_the_dictionary_is_the_specifications() -> None:
    assert len(DICTIONARY) == 1423
    assert zlib.adler32(DICTIONARY) == 0xE3C6A7C2


def test_the_form_of_a_block() -> None:
    decompressor = zlib.decompressobj(zdict=DICTIONARY)
    written = HeaderCompressor().compress({"Port": "80", "x": ""})
    expected = b"\0\0\0\2" + b"\0\0\0\4port" + b"\0\0\0\x0280" + b"\0\0\0\1x" + b"\0\0\0\0"
    assert decompressor.decompress(written) == expected


@given(st.lists(HEADERS))
def test_blocks_are_read_as_they_were_written(blocks: list[dict[str, str]]) -> None:
    compressor, decompressor = HeaderCompressor(), HeaderDecompressor()
    assert [decompressor.decompress(compressor.compress(headers)) for headers in blocks] == blocks


@given(st.binary())
def test_any_bytes_are_a_block_or_an_error(data: bytes) -> None:
    try:
        HeaderDecompressor().decompress(data)
    except InvalidResponse as error:
        assert str(error).startswith("SPDY: ")  # noqa: PT017 - either is right


@given(st.binary())
def test_any_compressed_bytes_are_headers_or_an_error(block: bytes) -> None:
    try:
        HeaderDecompressor().decompress(compressed(block))
    except InvalidResponse as error:
        assert str(error).startswith("SPDY: ")  # noqa: PT017 - either is right


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xff\xff\xff", "not compressed"),
        (zlib.compress(b"\0\0\0\0"), "ends the compression"),
        (compressed(b"\0\0\0\1"), "breaks off"),
        (compressed(b""), "breaks off"),
        (compressed(b"\0\0\0\1" + field(b"a") + b"\0\0\0\x09b"), "breaks off"),
        (compressed(b"\0\0\0\1" + field(b"a") + field(b"b") + b"c"), "longer than"),
        (compressed(b"\0\0\0\1" + field(b"") + field(b"b")), "empty"),
        (compressed(b"\0\0\0\2" + (field(b"a") + field(b"b")) * 2), "twice"),
        (compressed(b"\0\0\0\1" + field(b"a") + field(b"b" * 2**20)), "more than"),
        (compressed(b"\xff\xff\xff\xff" + bytes(2**30 // 2**10)), "more than"),
    ],
)
def test_what_is_no_block(data: bytes, text: str) -> None:
    with pytest.raises(InvalidResponse, match=text):
        HeaderDecompressor().decompress(data)
