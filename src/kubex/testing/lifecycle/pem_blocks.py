"""The blocks of a text in PEM, as certificates and keys come.

https://www.rfc-editor.org/rfc/rfc7468
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

__all__ = ["pem_content", "pem_types"]

_DASHES: Final = b"-----"
_BEGIN: Final = b"-----BEGIN "
_BLOCK: Final = re.compile(rb"^-----BEGIN ([^\n:-]*)-----\r?\n([^:-]+)\n-----END \1-----[ \t\r]*$", re.MULTILINE)


def pem_types(text: bytes) -> list[str] | None:
    """Name the types of the blocks in their order, but for those that can't be read.

    Returns:
        `None` where it can't be told: blocks have headers, or begin and don't end.
    """
    if _BEGIN not in text:
        return []
    if _DASHES in _BLOCK.sub(b"", text):
        return None
    return [match[1].decode(errors="replace") for match in _BLOCK.finditer(text) if _decoded(match[2]) is not None]


def pem_content(text: bytes, type_: str) -> bytes:
    """Give the content of the first block of a type; nothing where there is none."""
    found = (_decoded(match[2]) for match in _BLOCK.finditer(text) if match[1] == type_.encode())
    return next(found, None) or b""


def _decoded(text: bytes) -> bytes | None:
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error:
        return None
