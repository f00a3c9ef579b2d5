"""Reading documents from files and servers, and keeping them."""

from __future__ import annotations

import gzip
import json
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import trustme

from tools.codegen.document import DocumentError, ServerAccess, read_document, store_document

DOCUMENT: dict[str, Any] = {"swagger": "2.0", "definitions": {}, "paths": {}}


def test_reads_a_file(tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(DOCUMENT))
    assert read_document(str(path)) == DOCUMENT


def test_reads_a_gzipped_file_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "openapi"
    path.write_bytes(gzip.compress(json.dumps(DOCUMENT).encode()))
    assert read_document(str(path)) == DOCUMENT


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no json",
        b"[]",
        b'{"openapi": "3.0.0", "paths": {}}',
        b'{"swagger": "2.0"}',
        gzip.compress(b"{}" * 99, mtime=0)[:20],
        b"\x1f\x8b\x00\x00",
        b"\xff\xfe",
    ],
)
def test_refuses_what_is_no_document(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=r"openapi\.json"):
        read_document(str(path))


def test_refuses_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="nowhere"):
        read_document(str(tmp_path / "nowhere"))


@pytest.mark.parametrize("source", ["ftp://example.com/openapi", "file:///etc/hostname"])
def test_refuses_other_schemes(source: str) -> None:
    with pytest.raises(DocumentError, match="http"):
        read_document(source)


@contextmanager
def _server(context: ssl.SSLContext | None, seen: list[tuple[str, str | None]]) -> Generator[str]:
    """Serve the document on loopback, and note the path and credentials of each request."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append((self.path, self.headers["Authorization"]))
            self.send_response(200 if self.path.startswith("/openapi/v2") else 404)
            self.end_headers()
            self.wfile.write(json.dumps(DOCUMENT).encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_asks_a_server_for_its_document() -> None:
    seen: list[tuple[str, str | None]] = []
    with _server(None, seen) as url:
        assert read_document(url) == DOCUMENT
        assert read_document(f"{url}/openapi/v2?timeout=32s") == DOCUMENT
        with pytest.raises(DocumentError, match="404"):
            read_document(f"{url}/elsewhere")
    assert seen[:2] == [("/openapi/v2", None), ("/openapi/v2?timeout=32s", None)]


def test_uses_certificates_and_token(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    for name in ("client", "127.0.0.1"):
        certificate = authority.issue_cert(name)
        certificate.private_key_pem.write_to_path(tmp_path / f"{name}.key")
        certificate.cert_chain_pems[0].write_to_path(tmp_path / f"{name}.pem")
    (tmp_path / "token").write_text("a-token\n")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=tmp_path / "ca.pem")
    context.load_cert_chain(tmp_path / "127.0.0.1.pem", tmp_path / "127.0.0.1.key")
    context.verify_mode = ssl.CERT_REQUIRED

    seen: list[tuple[str, str | None]] = []
    with _server(context, seen) as url:
        access = ServerAccess(tmp_path / "ca.pem", tmp_path / "client.pem", tmp_path / "client.key", tmp_path / "token")
        assert read_document(url, access) == DOCUMENT
        with pytest.raises(DocumentError, match="certificate"):
            read_document(url)
    assert seen == [("/openapi/v2", "Bearer a-token")]


def test_kept_documents_have_no_descriptions_and_say_their_version(tmp_path: Path) -> None:
    document = {
        **DOCUMENT,
        "info": {"title": "Kubernetes", "version": "unversioned"},
        "definitions": {
            "Pod": {"description": "A pod.", "properties": {"description": {"type": "string", "description": "Text."}}}
        },
        "parameters": [{"description": "A parameter."}],
    }
    path = tmp_path / "specs" / "v1_99.json.gz"
    store_document(document, path, "1.99.1")
    kept = path.read_bytes()
    assert read_document(str(path)) == {
        **DOCUMENT,
        "info": {"title": "Kubernetes", "version": "v1.99.1"},
        "definitions": {"Pod": {"properties": {"description": {"type": "string"}}}},
        "parameters": [{}],
    }
    store_document(document, path, "1.99.1")
    assert path.read_bytes() == kept


def test_keeps_the_order_of_properties_and_of_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "v1_99.json.gz"
    properties: dict[str, Any] = {"volumes": {"type": "array", "items": {}}, "containers": {}}
    store_document(
        {**DOCUMENT, "definitions": {"PodSpec": {"type": "object", "properties": properties}}}, path, "1.99.1"
    )
    spec = read_document(str(path))["definitions"]["PodSpec"]
    assert list(spec) == ["properties", "type"]
    assert list(spec["properties"]) == ["volumes", "containers"]
    assert list(spec["properties"]["volumes"]) == ["items", "type"]
