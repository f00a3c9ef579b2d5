"""In what certificates differ from those of a real server: a row of the table in docs/testing-server.md."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.unit.testing.http.conftest import RawClient, _running, raw, server

__all__ = ("_running", "raw", "server")

REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests"


def block(type_: str) -> str:
    """Nothing that is of this type, in PEM."""
    return base64.b64encode(f"-----BEGIN {type_}-----\nMAA=\n-----END {type_}-----\n".encode()).decode()


@pytest.mark.differs("certificates-not-parsed")
def test_blocks_of_the_right_type_may_hold_anything(raw: RawClient) -> None:
    certificate, key = block("CERTIFICATE"), block("PRIVATE KEY")
    asked: dict[str, Any] = {"request": block("CERTIFICATE REQUEST"), "signerName": "a.b/c", "usages": ["any"]}
    assert raw.ask("POST", REQUESTS, {"metadata": {"name": "a"}, "spec": asked}).code == 201
    given = {"status": {"certificate": certificate}}
    merge = "application/merge-patch+json"
    assert raw.ask("PATCH", f"{REQUESTS}/a/status", given, Content_Type=merge).code == 200
    body = {"metadata": {"name": "a"}, "type": "kubernetes.io/tls", "data": {"tls.crt": certificate, "tls.key": key}}
    made = raw.ask("POST", "/api/v1/namespaces/default/secrets", body)
    assert (made.code, made.headers.get("Warning")) == (201, None)
