"""An admission webhook for tests: HTTPS in a thread, with a certificate of its own authority."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme

__all__ = ["AUTHORITY", "PROBE", "Webhook", "json_patch", "serve_webhook"]

AUTHORITY = trustme.CA()
"""Signs the certificates of webhooks."""

PROBE = "kubex-probe"
"""Name of objects that are only asked about to learn whether a webhook is in force."""


def json_patch(*operations: dict[str, Any]) -> dict[str, Any]:
    """Give the part of a response that changes an object."""
    patch = base64.b64encode(json.dumps(operations).encode()).decode()
    return {"patchType": "JSONPatch", "patch": patch}


class Webhook:
    """A webhook that listens: what it answers, and what it was asked."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reviews: list[dict[str, Any]] = []
        """Requests of the reviews that came, without those of probes."""
        self.paths: list[str] = []
        self.is_asked = threading.Event()
        """Set once a probe has come."""
        self.answer: Callable[[dict[str, Any]], dict[str, Any]] = lambda request: {}
        """Gives what is to be in the response beside `uid` and `allowed`, for the request of a review."""
        self.raw: tuple[int, bytes] | None = None
        """Status and body of every answer, instead of a review."""
        self.document: dict[str, Any] = {}
        """What is to be in the answer beside the response."""

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}/review"

    @property
    def client_config(self) -> dict[str, Any]:
        """The `clientConfig` that leads here."""
        return {"url": self.url, "caBundle": ca_bundle(AUTHORITY)}

    def answered(self, path: str, review: dict[str, Any]) -> tuple[int, bytes]:
        request = review["request"]
        is_probe = request.get("name") == PROBE
        response: dict[str, Any] = {"uid": request["uid"], "allowed": True}
        document = {"apiVersion": review["apiVersion"], "kind": "AdmissionReview"}
        if not is_probe:
            self.paths.append(path)
            self.reviews.append(request)
            if self.raw is not None:
                return self.raw
            response |= self.answer(request)
            document |= {"response": response, **self.document}
        else:
            document["response"] = response
            self.is_asked.set()
        return 200, json.dumps(document).encode()


def ca_bundle(authority: trustme.CA) -> str:
    """Give a certificate as a `caBundle` has it."""
    return base64.b64encode(authority.cert_pem.bytes()).decode()


@contextmanager
def serve_webhook(*names: str) -> Generator[Webhook]:
    """Serve a webhook on a free loopback port; its certificate is of 127.0.0.1, or of these names."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    AUTHORITY.issue_cert(*(names or ("127.0.0.1",))).configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    server = _Server(("127.0.0.1", 0), _Handler, context)
    server.webhook = Webhook(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.webhook
    finally:
        server.shutdown()
        thread.join()
        server.close_connections()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 64
    webhook: Webhook

    def __init__(self, address: tuple[str, int], handler: Any, context: ssl.SSLContext) -> None:
        super().__init__(address, handler)
        self._context = context
        self._lock = threading.Lock()
        self._sockets: set[Any] = set()

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Speak TLS, in the thread of the connection."""
        try:
            secured = self._context.wrap_socket(request, server_side=True)
        except OSError:  # a client that does not trust the certificate
            return
        with self._lock:
            self._sockets.add(secured)
        try:
            super().finish_request(secured, client_address)
        finally:
            with self._lock:
                self._sockets.discard(secured)
            secured.close()

    def close_connections(self) -> None:
        """Close those that a client keeps."""
        with self._lock:
            for each in self._sockets:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: the client tells what went wrong."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        server = self.server
        assert isinstance(server, _Server)
        code, answer = server.webhook.answered(self.path, json.loads(content))
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""
