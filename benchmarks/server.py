"""A server on the loopback interface that answers like an API server, but from memory: it is never what is measured.

It is a process of its own, so that a client's CPU time is the client's alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import subprocess
import sys
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, cast

import trustme

__all__ = ["TOKEN", "Address", "Answer", "local_server"]

TOKEN = "a-token-as-long-as-that-of-a-service-account-" + 900 * "x"
_PIECE = 2**18  # bytes that are written at once


class Address(NamedTuple):
    """Where a server listens."""

    url: str
    ca_file: str | None


class Answer(NamedTuple):
    """Answer to one path.

    Args:
        body: file of the body.
        is_watch: send it line by line, each a chunk of its own, as an API server sends events.
    """

    body: Path
    is_watch: bool = False


@contextlib.contextmanager
def local_server(answers: Mapping[str, Answer], directory: Path, *, tls: bool) -> Generator[Address, None, None]:
    """Run the server while the context is open.

    Args:
        answers: answer for each path; a watch's path is that of its list, asked with `watch=true`.
        directory: where its certificates may stand.
        tls: speak TLS.
    """
    ca_file = _write_certificates(directory) if tls else None
    routes = {f"{path}{'?watch' if answer.is_watch else ''}": str(answer.body) for path, answer in answers.items()}
    command = [sys.executable, "-m", "benchmarks.server", str(directory) if tls else ""]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(routes) + "\n")
        process.stdin.flush()
        port = int(process.stdout.readline())
        try:
            yield Address(f"{'https' if tls else 'http'}://127.0.0.1:{port}", ca_file)
        finally:
            process.terminate()


def _write_certificates(directory: Path) -> str:
    authority = trustme.CA()
    ca_file = directory / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_and_cert_chain_pem.write_to_path(directory / "server.pem")
    return str(ca_file)


def _whole(body: bytes) -> list[bytes]:
    return [_head(f"Content-Length: {len(body)}") + body]


def _streamed(body: bytes) -> list[bytes]:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(line), line) for line in body.splitlines(keepends=True)) + b"0\r\n\r\n"
    return [_head("Transfer-Encoding: chunked"), *(chunks[at : at + _PIECE] for at in range(0, len(chunks), _PIECE))]


def _head(framing: str, status: str = "200 OK") -> bytes:
    return (
        f"HTTP/1.1 {status}\r\n"
        "Audit-Id: 5f3c1bd6-3c9c-4d57-8d8a-4ac6b0d3d1ce\r\n"
        "Cache-Control: no-cache, private\r\n"
        "Content-Type: application/json\r\n"
        "X-Kubernetes-Pf-Flowschema-Uid: 9b4a1a53-6ed8-4bd8-9a1c-5b8f3f0f2f4e\r\n"
        "X-Kubernetes-Pf-Prioritylevel-Uid: 1f0a6f1e-53a5-4d5a-8e4f-9a4a5d4b9d11\r\n"
        "Date: Mon, 12 Jan 2026 08:00:00 GMT\r\n"
        f"{framing}\r\n\r\n"
    ).encode()


class _Connection(asyncio.Protocol):
    """One client's connection; requests have no bodies."""

    transport: asyncio.Transport

    def __init__(self, answers: Mapping[str, list[bytes]]) -> None:
        self._answers = answers
        self._received = b""
        self._pending: Iterator[bytes] = iter(())
        self._is_paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            self._pending = iter(self._answer(head.decode("latin-1")))
            self._write()

    def _answer(self, head: str) -> list[bytes]:
        request, *headers = head.split("\r\n")
        if f"authorization: bearer {TOKEN}" not in [header.lower() for header in headers]:
            return [_head("Content-Length: 0", "401 Unauthorized")]
        path, _, query = request.split(" ")[1].partition("?")
        route = f"{path}?watch" if "watch=true" in query.split("&") else path
        return self._answers.get(route) or [_head("Content-Length: 0", "404 Not Found")]

    def _write(self) -> None:
        while not self._is_paused:
            piece = next(self._pending, None)
            if piece is None:
                return
            self.transport.write(piece)

    def pause_writing(self) -> None:
        self._is_paused = True

    def resume_writing(self) -> None:
        self._is_paused = False
        self._write()


async def _serve(answers: Mapping[str, list[bytes]], tls: ssl.SSLContext | None) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(answers), "127.0.0.1", 0, ssl=tls)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def _main(certificates: str) -> None:
    routes: dict[str, str] = json.loads(sys.stdin.readline())
    answers = {
        route: (_streamed if route.endswith("?watch") else _whole)(Path(file).read_bytes())
        for route, file in routes.items()
    }
    tls = None
    if certificates:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(Path(certificates) / "server.pem")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(answers, tls))


if __name__ == "__main__":
    _main(sys.argv[1])
