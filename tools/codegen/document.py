"""Reads an OpenAPI v2 document from a file or a server, and keeps the project's copies of them."""

from __future__ import annotations

import gzip
import json
import ssl
import urllib.request
import zlib
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

__all__ = ["Document", "DocumentError", "ServerAccess", "read_document", "store_document"]

Document = dict[str, Any]
"""An OpenAPI v2 document as JSON has it."""

_GZIP_MAGIC = b"\x1f\x8b"
_TIMEOUT_SECONDS = 60


class DocumentError(Exception):
    """The document can't be read, or is none."""


@dataclass(frozen=True)
class ServerAccess:
    """How to be let in by a server: each part may be left out."""

    ca_file: Path | None = None
    client_cert_file: Path | None = None
    client_key_file: Path | None = None
    token_file: Path | None = None


def read_document(source: str, access: ServerAccess | None = None) -> Document:
    """Read a document, gzipped or not.

    Args:
        source: path of a file, or URL of a server (`/openapi/v2` is added to one without a path).
        access: certificates and token for a server.

    Raises:
        DocumentError: it can't be read or is not an OpenAPI v2 document.
    """
    try:
        data = _fetch(source, access or ServerAccess()) if "://" in source else Path(source).read_bytes()
        if data.startswith(_GZIP_MAGIC):
            data = gzip.decompress(data)
        value: object = json.loads(data)
    except (OSError, EOFError, zlib.error, HTTPException, ValueError) as error:
        raise DocumentError(f"{source} can't be read as an OpenAPI document: {error}") from error
    document = cast("Document", value) if isinstance(value, dict) else {}
    if document.get("swagger") != "2.0" or not {"definitions", "paths"} <= document.keys():
        raise DocumentError(f"{source} is no OpenAPI v2 document: it lacks `swagger: '2.0'`, `definitions` or `paths`")
    return document


def _fetch(url: str, access: ServerAccess) -> bytes:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise DocumentError(f"{url} is neither a file nor an http(s) address")
    if parts.path in ("", "/"):
        parts = parts._replace(path="/openapi/v2")
    request = urllib.request.Request(parts.geturl(), headers={"Accept": "application/json"})  # noqa: S310
    if access.token_file is not None:
        request.add_header("Authorization", f"Bearer {access.token_file.read_text().strip()}")
    context = None
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=access.ca_file)
        if access.client_cert_file is not None:
            context.load_cert_chain(access.client_cert_file, access.client_key_file)
    with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS, context=context) as response:  # noqa: S310
        body: bytes = response.read()
        return body


def store_document(document: Document, path: Path, kubernetes_version: str) -> None:
    """Keep a document of a release: gzipped, without its descriptions, the same bytes for the same document.

    The order of properties is kept: it is that in which servers write them. Everything else is sorted.

    Args:
        document: as `read_document` gives it.
        path: where it goes, `.../v1_35.json.gz`: the name is the package's.
        kubernetes_version: release it belongs to, `1.35.4`; published documents don't say it themselves.
    """
    kept = _without_descriptions(document)
    kept["info"] = {"title": "Kubernetes", "version": f"v{kubernetes_version}"}
    text = json.dumps(_in_order(kept), separators=(",", ":"), ensure_ascii=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


def _in_order(value: object, *, keys_stay: bool = False) -> Any:
    if isinstance(value, list):
        return [_in_order(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    items = cast("dict[str, object]", value).items()
    return {
        key: _in_order(item, keys_stay=key == "properties") for key, item in (items if keys_stay else sorted(items))
    }


def _without_descriptions(value: object) -> Any:
    if isinstance(value, list):
        return [_without_descriptions(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    # A property may itself be called `description`: its value is a schema and no text.
    return {
        key: _without_descriptions(item)
        for key, item in cast("dict[str, object]", value).items()
        if not (key == "description" and isinstance(item, str))
    }
