"""Tokens in the form of service accounts' that prove nothing: of servers that ask nobody who they are."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from typing import Final

from kubex.testing.storage import JsonObject

__all__ = ["unproven_token"]

_KEY: Final = secrets.token_bytes(32)


def unproven_token(claims: JsonObject) -> str:
    """Give a JSON Web Token of these claims, signed by a key that is thrown away."""
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    return f"{signed}.{_base64(hmac.digest(_KEY, signed.encode(), hashlib.sha256))}"


def _part(document: JsonObject) -> str:
    return _base64(json.dumps(document, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
