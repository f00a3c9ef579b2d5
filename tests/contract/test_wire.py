"""What HTTP itself leaves open: how bodies are sent, how much a request may hold, and what can't be read at all."""

from __future__ import annotations

import gzip
import json
import uuid

import pytest

from tests.contract.plain_http import PlainHttp, anyio_backend, plain, read_answer

__all__ = ("anyio_backend", "plain")

pytestmark = pytest.mark.anyio

MAPS = "/api/v1/namespaces/default/configmaps"
DRY = f"{MAPS}?dryRun=All"
JSON = "Content-Type: application/json"
TEXT = "text/plain; charset=utf-8"
BODY = json.dumps({"metadata": {"name": f"kubex-{uuid.uuid4().hex[:8]}"}}).encode()
CLOSE = "Connection: close"


def request(line: str, *headers: str, content: bytes = b"") -> bytes:
    """Write a request of these headers and no other ones."""
    return "\r\n".join([line, "Host: test", *headers, "", ""]).encode("latin-1") + content


def chunked(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in (*pieces, b""))


async def test_bodies_come_in_chunks_with_what_they_bring(plain: PlainHttp) -> None:
    headers = (JSON, CLOSE, "Transfer-Encoding: chunked")
    content = chunked(BODY[:5], BODY[5:])
    assert plain.send(request(f"POST {DRY} HTTP/1.1", *headers, content=content)).code == 201
    extended = b"%x;a=b\r\n%s\r\n0\r\nX-Sum: 1\r\n\r\n" % (len(BODY), BODY)
    assert plain.send(request(f"POST {DRY} HTTP/1.1", *headers, content=extended)).code == 201


async def test_nobody_reads_compressed_bodies(plain: PlainHttp) -> None:
    for encoding, content, code in (("gzip", gzip.compress(BODY), 400), ("gzip", BODY, 201), ("identity", BODY, 201)):
        answer = plain.ask("POST", DRY, JSON, f"Content-Encoding: {encoding}", content=content)
        assert (answer.code, answer.type) == (code, "application/json")


async def test_a_body_may_wait_until_it_is_wanted(plain: PlainHttp) -> None:
    headers = (JSON, CLOSE, "Expect: 100-continue", f"Content-Length: {len(BODY)}")
    with plain.connected() as connection:
        connection.sendall(request(f"POST {DRY} HTTP/1.1", *headers))
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(BODY)
        assert read_answer(connection).code == 201
    with plain.connected() as connection:  # what is refused anyway is not waited for
        connection.sendall(request("POST /api/v1/nope HTTP/1.1", *headers))
        assert connection.recv(1000).startswith(b"HTTP/1.1 404 ")
    with plain.connected() as connection:  # and of nothing there is nothing to wait for
        connection.sendall(request(f"POST {DRY} HTTP/1.1", JSON, CLOSE, "Expect: 100-continue"))
        assert connection.recv(1000).startswith(b"HTTP/1.1 400 ")


async def test_connections_of_http_1_0_end_with_their_answer(plain: PlainHttp) -> None:
    for path in ("/livez", f"{MAPS}?watch=1&timeoutSeconds=1"):
        with plain.connected() as connection:
            connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            answer = read_answer(connection)
            assert (answer.code, answer.headers["Transfer-Encoding"]) == (200, None)
            assert connection.recv(10) == b""


async def test_connections_stay_for_the_next_request(plain: PlainHttp) -> None:
    with plain.connected() as connection:
        for path, code in (("/livez", 200), ("/nope", 404), (MAPS, 200)):
            connection.sendall(request(f"GET {path} HTTP/1.1"))
            assert read_answer(connection).code == code


@pytest.mark.parametrize("path", ["/livez", "/api/v1", MAPS, "/apis"])
@pytest.mark.parametrize("protocol", ["websocket", "SPDY/3.1", "h2c", "other"])
async def test_other_protocols_are_spoken_nowhere_else(plain: PlainHttp, path: str, protocol: str) -> None:
    headers = ("Connection: Upgrade", f"Upgrade: {protocol}", "Sec-WebSocket-Version: 13")
    with plain.connected() as connection:
        connection.sendall(request(f"GET {path} HTTP/1.1", *headers, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="))
        answer = read_answer(connection)
        assert (answer.code, answer.headers["Upgrade"]) == (200, None)


async def test_how_much_a_request_may_hold(plain: PlainHttp) -> None:
    assert plain.ask("GET", f"/livez?x={'a' * 1_000_000}").code == 200
    assert plain.ask("GET", "/livez", f"X-Long: {'a' * 1_000_000}").code == 200
    more = "a" * 1_054_000  # by so little that it is read as a whole before it is refused
    for path, header in ((f"/livez?x={more}", "X: y"), ("/livez", f"X-Long: {more}")):
        answer = plain.ask("GET", path, header)
        assert (answer.code, answer.type) == (431, TEXT)
        assert answer.content == b"431 Request Header Fields Too Large"


@pytest.mark.parametrize(
    "sent",
    [
        request("GET /api/v1/%zz HTTP/1.1"),
        request("GET /livez% HTTP/1.1"),
        request("GET livez HTTP/1.1"),
        request("GET /a b HTTP/1.1"),
        request("GET /livez HTTP/3"),
        request("GET /livez HTTP/1.1", "no colon"),
        request("GET /livez HTTP/1.1", "X : y"),
        request("GET /livez HTTP/1.1", "X: \0"),
        request("GET /livez HTTP/1.1", "Host: other"),
        request(f"POST {DRY} HTTP/1.1", JSON, "Content-Length: x", content=BODY),
        request(f"POST {DRY} HTTP/1.1", JSON, "Content-Length: -1", content=BODY),
        request(f"POST {DRY} HTTP/1.1", JSON, "Content-Length: 4", "Content-Length: 5", content=BODY),
        b"GET /livez HTTP/1.1\r\n\r\n",
    ],
)
async def test_what_can_not_be_read_is_told_in_plain_text(plain: PlainHttp, sent: bytes) -> None:
    answer = plain.send(sent)
    assert (answer.code, answer.type, answer.content[:15]) == (400, TEXT, b"400 Bad Request")


@pytest.mark.parametrize(
    ("query", "agent", "is_pretty"),
    [
        ("pretty=T", "", True),
        ("pretty=0", "curl/8", False),
        ("pretty=yes", "curl/8", False),
        ("pretty=", "curl/8", True),
        ("xpretty=true", "", False),
        ("pretty=false&pretty=true", "", False),
        ("", "Wget/1", True),
        ("", "Mozilla/4.0", False),
    ],
)
async def test_who_reads_lines(plain: PlainHttp, query: str, agent: str, is_pretty: bool) -> None:
    answer = plain.ask("GET", f"/api/v1/namespaces/default?{query}", f"User-Agent: {agent}")
    assert (b'\n  "kind": ' in answer.content) is is_pretty


async def test_phrases_are_those_of_go(plain: PlainHttp) -> None:
    with plain.connected() as connection:
        connection.sendall(request(f"POST {DRY} HTTP/1.1", JSON, CLOSE, "Content-Length: 2", content=b"{}"))
        assert connection.recv(1000).startswith(b"HTTP/1.1 422 Unprocessable Entity\r\n")
