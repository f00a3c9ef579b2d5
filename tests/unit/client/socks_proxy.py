"""A SOCKS5 proxy as small as one can be: CONNECT, with a user name and password if asked (RFC 1928, RFC 1929)."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Generator

from tests.unit.client.forward_proxy import _pump
from tests.unit.client.servers import RawServer


class SocksProxy:
    """Records where it was asked to connect to."""

    def __init__(self, credentials: str | None, reply: int) -> None:
        self.targets: list[str] = []
        self._credentials = credentials
        self._reply = reply
        self.server = RawServer(self._serve)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    def _serve(self, client: socket.socket) -> None:
        version, count = _exactly(client, 2)
        methods = _exactly(client, count)
        assert version == 5
        wanted = 0 if self._credentials is None else 2
        if wanted not in methods:
            client.sendall(b"\x05\xff")
            return
        client.sendall(bytes([5, wanted]))
        if self._credentials is not None:
            _, length = _exactly(client, 2)
            user = _exactly(client, length)
            password = _exactly(client, _exactly(client, 1)[0])
            is_right = b":".join([user, password]).decode() == self._credentials
            client.sendall(bytes([1, 0 if is_right else 1]))
            if not is_right:
                return
        _, _, _, kind = _exactly(client, 4)
        if kind == 1:
            host = socket.inet_ntoa(_exactly(client, 4))
        elif kind == 3:
            host = _exactly(client, _exactly(client, 1)[0]).decode()
        else:
            host = socket.inet_ntop(socket.AF_INET6, _exactly(client, 16))
        port = int.from_bytes(_exactly(client, 2), "big")
        self.targets.append(f"{host}:{port}")
        client.sendall(bytes([5, self._reply, 0, 1, 0, 0, 0, 0, 0, 0]))
        if self._reply:
            return
        with socket.create_connection(("127.0.0.1", port), timeout=10) as server:
            back = threading.Thread(target=_pump, args=(server, client), daemon=True)
            back.start()
            _pump(client, server)
            back.join(10)


def _exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise ConnectionError("the client has gone")
        data += piece
    return data


@contextlib.contextmanager
def socks_proxy(credentials: str | None = None, reply: int = 0) -> Generator[SocksProxy]:
    proxy = SocksProxy(credentials, reply)
    try:
        yield proxy
    finally:
        proxy.server.close()
