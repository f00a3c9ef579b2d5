"""Makes HTTP responses of what the server answers."""

from __future__ import annotations

import gzip
import html
import http.client
import uuid
from collections.abc import Iterable
from typing import Any, Final

import msgspec
import yaml
from aiohttp import web
from multidict import CIMultiDict

from kubex.core._go_text import go_quoted
from kubex.testing.failures import ApiFailure
from kubex.testing.http.parameters import Query
from kubex.testing.negotiation import PROTOBUF, YAML, negotiate_failure
from kubex.testing.protobuf.codec import ProtobufCodec

__all__ = [
    "answer",
    "answer_failure",
    "answer_malformed",
    "answer_nothing",
    "answer_of_nothing",
    "answer_text",
    "answer_timeout",
    "base_headers",
]

_JSON: Final = "application/json"
_COMPRESSED_FROM: Final = 128 * 1024
_PRETTY_AGENTS: Final = ("curl", "Wget", "Mozilla/5.0")
_PHRASES: Final = {413: "Request Entity Too Large", 422: "Unprocessable Entity"}  # Go's, where newer Pythons differ
_TRUE: Final = ("1", "t", "T", "TRUE", "true", "True")
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # the same in C, where PyYAML was built with it


def base_headers(content_type: str, warnings: Iterable[str] = ()) -> CIMultiDict[str]:
    """Give the headers that every answer has, and those of warnings."""
    headers = CIMultiDict(
        {"Audit-Id": str(uuid.uuid4()), "Cache-Control": "no-cache, private", "Content-Type": content_type}
    )
    for warning in dict.fromkeys(warnings):  # each is told once
        headers.add("Warning", f"299 - {_quoted(warning)}")
    return headers


def answer(
    request: web.BaseRequest,
    body: bytes,
    protobuf: ProtobufCodec,
    *,
    code: int = 200,
    media_type: str = _JSON,
    content_type: str = "",
    warnings: Iterable[str] = (),
) -> web.Response:
    """Answer with an object.

    Args:
        request: what is answered.
        body: the object in JSON.
        protobuf: of the release that is served.
        code: HTTP status.
        media_type: what becomes of the body: JSON, YAML or protobuf.
        content_type: what to call it, where that is not the media type.
        warnings: texts of Warning headers.
    """
    headers = base_headers(content_type or media_type, warnings)
    if media_type == YAML:
        body = _as_yaml(body)
    elif media_type == PROTOBUF:
        body = protobuf.encode(msgspec.json.decode(body))
    elif _is_pretty(request):
        body = msgspec.json.format(body, indent=2)
    if len(body) > _COMPRESSED_FROM and request.method == "GET" and _accepts_gzip(request):
        body = gzip.compress(body, 1)
        headers["Content-Encoding"] = "gzip"
        headers["Vary"] = "Accept-Encoding"
    return web.Response(body=body, status=code, reason=_PHRASES.get(code), headers=headers)


def answer_text(text: str, *, code: int = 200) -> web.Response:
    """Answer with plain text."""
    headers = base_headers("text/plain; charset=utf-8")
    headers["X-Content-Type-Options"] = "nosniff"
    return web.Response(body=text.encode(), status=code, headers=headers)


def answer_nothing(code: int) -> web.Response:
    """Answer with a code alone."""
    headers = base_headers("")
    del headers["Content-Type"]
    return web.Response(status=code, headers=headers)


def answer_malformed(code: int, why: str = "") -> web.Response:
    """Answer what is no HTTP that can be read: in plain text, and the connection is over."""
    text = f"{code} {http.client.responses[code]}"
    response = web.Response(text=f"{text}: {why}" if why else text, status=code, content_type="text/plain")
    response.force_close()
    return response


def answer_of_nothing(target: str) -> web.Response:
    """Answer a request whose path says what to do and not to what: the server takes that for a fault of its own."""
    shown = html.escape(target, quote=False)
    why = f"failed to create RequestInfo: unable to determine kind and namespace from url, {shown}"
    return web.Response(
        text=f"Internal Server Error: {go_quoted(shown)}: {why}\n", status=500, content_type="text/plain"
    )


def answer_failure(request: web.BaseRequest, failure: ApiFailure, protobuf: ProtobufCodec) -> web.Response:
    """Answer with the Status of a refusal."""
    media_type = negotiate_failure(request.headers.get("Accept", ""))
    response = answer(
        request,
        msgspec.json.encode(failure.status),
        protobuf,
        code=failure.code,
        media_type=media_type,
        warnings=failure.warnings,
    )
    seconds = failure.status.get("details", {}).get("retryAfterSeconds")
    if seconds:
        response.headers["Retry-After"] = str(seconds)
    return response


def answer_timeout() -> web.Response:
    """Answer a request that has taken too long: with a Status that is called plain text, and of no version."""
    why = "Timeout: request did not complete within the allotted timeout"
    status: dict[str, Any] = {
        "metadata": {},
        "status": "Failure",
        "message": why,
        "reason": "Timeout",
        "details": {},
        "code": 504,
    }
    headers = base_headers("text/plain; charset=utf-8")
    return web.Response(body=msgspec.json.encode(status) + b"\n", status=504, headers=headers)


def _as_yaml(body: bytes) -> bytes:
    """Turn JSON into YAML."""
    text: str = yaml.dump(msgspec.json.decode(body), Dumper=_Dumper, allow_unicode=True, default_flow_style=False)
    return text.encode()


def _accepts_gzip(request: web.BaseRequest) -> bool:
    """Whether a client reads compressed answers."""
    accepted = request.headers.get("Accept-Encoding", "")
    return any(each.partition(";")[0].strip() == "gzip" for each in accepted.split(","))


def _is_pretty(request: web.BaseRequest) -> bool:
    if "pretty" in request.raw_path and (given := Query(request.raw_path.partition("?")[2]).get("pretty")):
        return given in _TRUE
    return request.headers.get("User-Agent", "").startswith(_PRETTY_AGENTS)


def _quoted(text: str) -> str:
    """Quote a text for a header."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else " " for char in escaped) + '"'
