"""Header blocks of SPDY/3.1: names and values, compressed by one zlib stream per direction of a connection.

https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/#TOC-2.6.10-Name-Value-Header-Block
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Final

from kubex.core.exceptions import InvalidResponse

__all__ = ["DICTIONARY", "HeaderCompressor", "HeaderDecompressor"]


_WORDS = """
options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow
authorization cache-control connection content-base content-encoding content-language content-length content-location
content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match
if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range
referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get
status
"""
_LINES = ("200 OK", "version", "HTTP/1.1", "url", "public", "set-cookie", "keep-alive", "origin")

DICTIONARY: Final = (
    b"".join(len(word).to_bytes(4, "big") + word.encode() for word in (*_WORDS.split(), *_LINES))
    + b"100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
    b"203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized"
    b"403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable"
    b"Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
    b"chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,"
    b"text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0."
)
"""What both sides take as already sent.

The specification gives it as bytes: words with their lengths, then plain text.
"""

# A block of more than this is no answer to anything that is sent here, but an attack by compression.
_LARGEST_BLOCK = 2**16


class HeaderCompressor:
    """Writes the header blocks of one direction of a connection; they must be sent in the order they are written in."""

    def __init__(self) -> None:
        self._zlib = zlib.compressobj(zdict=DICTIONARY)

    def compress(self, headers: Mapping[str, str]) -> bytes:
        """Write a block; names become lower case, as SPDY has them."""
        fields = [part for name, value in headers.items() for part in (name.lower(), value)]
        block = len(headers).to_bytes(4, "big") + b"".join(
            len(encoded).to_bytes(4, "big") + encoded for encoded in (field.encode("latin-1") for field in fields)
        )
        return self._zlib.compress(block) + self._zlib.flush(zlib.Z_SYNC_FLUSH)


class HeaderDecompressor:
    """Reads the header blocks of one direction of a connection, each of them in its turn."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(zdict=DICTIONARY)

    def decompress(self, data: bytes) -> dict[str, str]:
        """Read a block.

        Raises:
            InvalidResponse: it is none, or too large. Later blocks can't be read, either.
        """
        try:
            block = self._zlib.decompress(data, _LARGEST_BLOCK)
        except zlib.error:
            raise InvalidResponse("SPDY: a header block is not compressed as it must be") from None
        if self._zlib.eof:
            raise InvalidResponse("SPDY: a header block ends the compression")
        if self._zlib.unconsumed_tail or len(block) == _LARGEST_BLOCK:
            raise InvalidResponse(f"SPDY: a header block of more than {_LARGEST_BLOCK} bytes")
        return _parsed(block)


def _parsed(block: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    reader = _Reader(block)
    for _ in range(reader.number()):
        name = reader.text()
        if not name or name in headers:
            raise InvalidResponse("SPDY: a header block has a name that is empty, or one name twice")
        headers[name] = reader.text()
    if reader.position != len(block):
        raise InvalidResponse("SPDY: a header block is longer than its headers")
    return headers


class _Reader:
    """Takes one field after the other from a block."""

    def __init__(self, block: bytes) -> None:
        self._block = block
        self.position = 0

    def number(self) -> int:
        return int.from_bytes(self._take(4), "big")

    def text(self) -> str:
        return self._take(self.number()).decode("latin-1")

    def _take(self, size: int) -> bytes:
        taken = self._block[self.position : self.position + size]
        if len(taken) != size:
            raise InvalidResponse("SPDY: a header block breaks off")
        self.position += size
        return taken
