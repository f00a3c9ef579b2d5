"""Any request is answered with a Status of the right sort: no failure of the server, no hang."""

from __future__ import annotations

import copy
import json
import socket
import urllib.parse
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubex.core._json_value import is_array, is_object
from kubex.testing import ApiServer
from kubex.testing.registry import builtin_resources
from kubex.testing.schema.openapi_document import load_document
from tests.e2e.likeness.kinds import KINDS, Kind
from tests.unit.testing.http.conftest import Answer, RawClient

any_size = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["", "a", "-", "1Gi"]),
    lambda each: (
        st.lists(each, max_size=3) | st.dictionaries(st.sampled_from(["name", "spec", "a", ""]), each, max_size=3)
    ),
    max_leaves=6,
)
CONTENT_TYPES = st.sampled_from(
    [
        "application/json",
        "application/yaml",
        "application/json-patch+json",
        "application/merge-patch+json",
        "application/strategic-merge-patch+json",
        "application/apply-patch+yaml",
        "application/vnd.kubernetes.protobuf",
        "text/plain",
        "",
    ]
)
ACCEPTED = st.sampled_from(
    [
        "",
        "*/*",
        "application/yaml",
        "application/json;as=Table;v=v1;g=meta.k8s.io",
        "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
        "application/vnd.kubernetes.protobuf",
        "text/html",
        ";;q=,",
    ]
)
PARAMETERS = [
    "watch",
    "limit",
    "continue",
    "labelSelector",
    "fieldSelector",
    "resourceVersion",
    "resourceVersionMatch",
    "sendInitialEvents",
    "allowWatchBookmarks",
    "dryRun",
    "fieldManager",
    "fieldValidation",
    "force",
    "propagationPolicy",
    "gracePeriodSeconds",
    "orphanDependents",
    "pretty",
    "includeObject",
    "x",
]
VALUES = st.text(max_size=6) | st.sampled_from(
    ["0", "1", "true", "All", "Exact", "NotOlderThan", "a=b", "a in (b)", "metadata.name=a", "Strict", "Orphan", "-1"]
)
QUERIES = st.lists(st.tuples(st.sampled_from(PARAMETERS), VALUES), max_size=3)
METHODS = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])


def collections() -> list[str]:
    """Give the paths of everything that a server serves by default."""
    found: list[str] = []
    for resource in builtin_resources(load_document("1.35")):
        prefix = (
            f"/apis/{resource.name.group}/{resource.version}" if resource.name.group else f"/api/{resource.version}"
        )
        found.append(f"{prefix}/{'namespaces/default/' if resource.namespaced else ''}{resource.name.plural}")
        found += [f"{found[-1]}/a", *(f"{found[-1]}/a/{name}" for name in resource.subresources)]
    return found


PATHS = [*collections(), "/", "/api", "/apis", "/apis/apps", "/apis/apps/v1", "/openapi/v2", "/openapi/v3", "/version"]


def well_answered(answer: Answer) -> None:
    assert 200 <= answer.code < 600
    if answer.code < 400 or "json" not in (answer.headers["Content-Type"] or "") or not answer.content:
        return
    status = answer.json
    assert status["kind"] == "Status"
    assert status["code"] == answer.code
    assert "server in memory failed" not in status["message"], status["message"]


def ask(raw: RawClient, method: str, path: str, body: Any, query: list[tuple[str, str]], **headers: str) -> Answer:
    # A watch without an end would be read for ever.
    asked = [*query, ("timeoutSeconds", "0")] if any(name == "watch" for name, _ in query) else query
    text = urllib.parse.urlencode(asked)
    return raw.ask(method, f"{path}?{text}" if text else path, body, **headers)


@any_size
@given(method=METHODS, path=st.sampled_from(PATHS), body=JSON, query=QUERIES, type_=CONTENT_TYPES, accept=ACCEPTED)
def test_any_value_at_any_path(
    raw: RawClient, method: str, path: str, body: Any, query: list[tuple[str, str]], type_: str, accept: str
) -> None:
    query = [(name, value) for name, value in query if name != "watch"]
    content = json.dumps(body).encode()
    headers = {name: value for name, value in (("Content-Type", type_), ("Accept", accept)) if value}
    well_answered(ask(raw, method, path, content, query, **headers))


def changed(draw: st.DrawFn, value: Any, depth: int = 0) -> Any:
    """Put any value in the place of some part of a value."""
    if depth and draw(st.integers(0, 3)) == 0:
        return draw(JSON)
    if is_object(value) and value:
        name = draw(st.sampled_from(sorted(value)))
        return {**value, name: changed(draw, value[name], depth + 1)}
    if is_array(value) and value:
        return [changed(draw, value[0], depth + 1), *value[1:]]
    return draw(JSON)


@st.composite
def objects(draw: st.DrawFn) -> tuple[Kind, dict[str, Any]]:
    """An object of a kind in which several values are others."""
    kind = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    content = copy.deepcopy(kind.content)
    for path in draw(st.lists(st.sampled_from(sorted(kind.fields)), max_size=4, unique=True)):
        place: Any = content
        *before, last = path.split(".")
        for name in before:
            place = place[int(name)] if is_array(place) else place.setdefault(name, {})
        place[last] = changed(draw, draw(st.sampled_from(kind.fields[path])))
    again: bool = draw(st.booleans())
    if content and again:
        content = changed(draw, content)
    return kind, {"metadata": {"name": "a"}, **content}


@any_size
@given(object_=objects(), patch=JSON, type_=st.sampled_from(["merge", "strategic-merge"]))
def test_any_object_of_the_commonest_kinds(
    raw: RawClient, object_: tuple[Kind, dict[str, Any]], patch: Any, type_: str
) -> None:
    kind, content = object_
    collection = kind.collection("default")
    made = raw.ask("POST", collection, content)
    well_answered(made)
    well_answered(raw.ask("POST", collection, {**kind.content, "metadata": {"name": "a"}}))
    well_answered(raw.ask("PUT", f"{collection}/a", content))
    body = json.dumps({"spec": patch}).encode()
    well_answered(raw.ask("PATCH", f"{collection}/a", body, Content_Type=f"application/{type_}-patch+json"))
    for form in ("", "application/json;as=Table;v=v1;g=meta.k8s.io"):
        well_answered(raw.get(collection, **({"Accept": form} if form else {})))
    well_answered(raw.ask("DELETE", f"{collection}/a"))


def cut(text: bytes) -> st.SearchStrategy[bytes]:
    """Give beginnings of a text."""
    return st.integers(0, len(text)).map(lambda end: text[:end])


BODIES = st.one_of(
    st.binary(max_size=64),
    st.binary(max_size=64).map(lambda rest: b"k8s\x00" + rest),
    JSON.map(lambda value: json.dumps(value).encode()).flatmap(cut),
    st.text(alphabet="{}[]:-,&*!|>%#'\"\n\t a1\ud800\x00", max_size=24).map(
        lambda text: text.encode(errors="surrogatepass")
    ),
)


@any_size
@given(method=METHODS, path=st.sampled_from(PATHS), body=BODIES, type_=CONTENT_TYPES, accept=ACCEPTED)
def test_any_bytes_as_a_body(raw: RawClient, method: str, path: str, body: bytes, type_: str, accept: str) -> None:
    headers = {name: value for name, value in (("Content-Type", type_), ("Accept", accept)) if value}
    well_answered(raw.ask(method, path, body, **headers))


HEADERS = st.sampled_from(
    [
        b"Content-Length: 3",
        b"Content-Length: -1",
        b"Content-Length: 99999999999999999999",
        b"Content-Length: x",
        b"Transfer-Encoding: chunked",
        b"Transfer-Encoding: x",
        b"Content-Encoding: gzip",
        b"Content-Type: application/json",
        b"Content-Type: \xff; =",
        b"Accept: \xff",
        b"Expect: 100-continue",
        b"Connection: Upgrade",
        b"Upgrade: websocket",
        b"Sec-WebSocket-Key: x",
        b"Sec-WebSocket-Version: 13",
        b"Authorization: Bearer \xff",
        b"Impersonate-User: a",
        b"Impersonate-Group: b",
        b"Host: \x00",
        b": x",
        b"x" * 9000,
    ]
)
TARGETS = st.sampled_from(PATHS) | st.sampled_from(
    ["*", "//", "/api/v1/../..", "http://[", "/%", "/\xff", "/api/v1/%00"]
)


@st.composite
def http_requests(draw: st.DrawFn) -> bytes:
    """A request as it goes over the wire, with headers and a body that need not fit."""
    method = draw(METHODS | st.sampled_from(["CONNECT", "PRI", "get", "\xff"]))
    query = draw(st.sampled_from(["", "", "?", "?limit=%", "?\xff=\x00", "?command=ls&stdout=1"]))
    first = f"{method} {draw(TARGETS)}{query} HTTP/1.1".encode("latin-1")
    body = draw(st.binary(max_size=8) | st.sampled_from([b"3\r\nabc\r\n0\r\n\r\n", b"fffffffff\r\n", b"-1\r\n", b"{}"]))
    return b"\r\n".join([first, b"Host: a", *draw(st.lists(HEADERS, max_size=4)), b"", body])


@any_size
@given(
    sent=st.binary(max_size=64)
    | st.binary(max_size=16).map(lambda text: b"GET /api HTTP/1.1\r\n" + text + b"\r\n\r\n")
    | http_requests()
)
def test_any_bytes_on_a_connection(server: ApiServer, sent: bytes) -> None:
    host, port = urllib.parse.urlsplit(server.url).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    assert answer == b"" or answer.startswith(b"HTTP/1.")
    assert b"Traceback" not in answer
    assert b"server in memory failed" not in answer


@pytest.mark.parametrize("size", [3 * 1024 * 1024, 3 * 1024 * 1024 + 1])
def test_bodies_are_bounded(raw: RawClient, size: int) -> None:
    answer = raw.ask("POST", "/api/v1/namespaces/default/configmaps", b" " * size, Content_Type="application/json")
    assert (answer.code == 413) is (size > 3 * 1024 * 1024)
    well_answered(answer)
