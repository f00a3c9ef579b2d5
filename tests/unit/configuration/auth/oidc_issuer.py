"""An OpenID Connect issuer over TLS: discovery, keys, and refreshes whose refresh tokens are good for one use."""

from __future__ import annotations

import base64
import functools
import json
import ssl
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus

import trustme
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID = "kubex:tests"
CLIENT_SECRET = "s3cret/of the client"


@functools.cache
def _key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})


@dataclass
class Issuer:
    """What the issuer knows; `lifetime` is that of the id tokens it gives, in seconds."""

    ca_pem: bytes
    url: str = ""
    lifetime: float = 3600
    methods: list[str] | None = None
    key: RSAKey = field(default_factory=_key)
    refresh_tokens: set[str] = field(default_factory=lambda: {"refresh-0"})
    given: int = 0
    answers: list[tuple[int, bytes]] = field(default_factory=list[tuple[int, bytes]])
    forms: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    lock: threading.Lock = field(default_factory=threading.Lock)

    def id_token(self, lifetime: float | None = None, **claims: Any) -> str:
        now = time.time()
        return jwt.encode(
            {"alg": "RS256", "kid": "k1"},
            {
                "iss": self.url,
                "aud": CLIENT_ID,
                "sub": "jo",
                "iat": int(now),
                "exp": int(now + (self.lifetime if lifetime is None else lifetime)),
                **claims,
            },
            self.key,
        )

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            **({"token_endpoint_auth_methods_supported": self.methods} if self.methods is not None else {}),
        }

    def refresh(self, form: dict[str, str], authorization: str | None) -> tuple[int, dict[str, Any]]:
        client = (form.get("client_id", ""), form.get("client_secret", ""))
        if authorization is not None:
            identifier, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
            client = (unquote_plus(identifier), unquote_plus(secret))
        if client != (CLIENT_ID, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        with self.lock:
            if form.get("grant_type") != "refresh_token" or form.get("refresh_token") not in self.refresh_tokens:
                return 400, {"error": "invalid_grant", "error_description": f"no such token {form}"}
            self.given += 1
            self.refresh_tokens = {f"refresh-{self.given}"}
            return 200, {
                "access_token": "unused",
                "token_type": "Bearer",
                "id_token": self.id_token(jti=str(self.given)),
                "refresh_token": f"refresh-{self.given}",
            }


def _handler(issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 20

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{issuer.url}/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            if issuer.answers:
                self.answer(*issuer.answers.pop(0))
            elif self.path == "/.well-known/openid-configuration":
                self.answer(200, json.dumps(issuer.discovery()).encode())
            elif self.path == "/keys":
                self.answer(200, json.dumps({"keys": [issuer.key.as_dict(private=False)]}).encode())
            else:
                self.answer(404, b"{}")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            issuer.forms.append(form)
            if issuer.answers:
                self.answer(*issuer.answers.pop(0))
                return
            status, document = issuer.refresh(form, self.headers.get("Authorization"))
            self.answer(status, json.dumps(document).encode())

    return Handler


@contextmanager
def serve_issuer(ca: trustme.CA) -> Generator[Issuer]:
    issuer = Issuer(ca.cert_pem.bytes())

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(issuer))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    issuer.url = f"https://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
