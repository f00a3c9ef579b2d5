"""httpx-ws alone: what comes of a channel is counted, what goes there gets its byte in front, and that is all.

For ports it speaks the tunnel that kubex and kubectl speak: frames of SPDY, of which it reads the lengths.
"""

from __future__ import annotations

import hashlib
import ssl
import struct
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import httpx_ws
import yaml

from benchmarks.peer import Measures, PeerWorkload, measured, pieces_of, serve
from benchmarks.peers.local_ports import TRIES
from kubex.core.spdy import SpdyConnection

_EXEC, _PORTS = "v5.channel.k8s.io", "SPDY/3.1+portforward.k8s.io"

_FRAME_HEADER = struct.Struct("!II")
_LENGTH = 2**24 - 1  # the bits of a header's second number that are not flags
_REPLY = 0x80030002  # first number of a control frame that accepts a stream


class _WithPod(PeerWorkload):
    """Talks to the pod by bare WebSockets."""

    def _connect(self) -> None:
        kubeconfig = yaml.safe_load(Path(self.parameters["kubeconfig"]).read_bytes())
        cluster, user = kubeconfig["clusters"][0]["cluster"], kubeconfig["users"][0]["user"]
        tls = ssl.create_default_context(cafile=cluster["certificate-authority"])
        tls.load_cert_chain(user["client-certificate"], user["client-key"])
        self._server = cluster["server"]
        self._client = httpx.AsyncClient(verify=tls, timeout=None)

    @asynccontextmanager
    async def _websocket(self, subresource: str, query: str, protocol: str) -> AsyncGenerator[Any, None]:
        parameters = self.parameters
        path = f"/api/v1/namespaces/{parameters['namespace']}/pods/{parameters['pod']}/{subresource}?{query}"
        websocket: Any
        async with httpx_ws.aconnect_ws(
            self._server + path,
            self._client,
            subprotocols=[protocol],
            max_message_size_bytes=2**21,
            keepalive_ping_interval_seconds=None,
        ) as websocket:
            yield websocket

    async def close(self) -> None:
        await self._client.aclose()


class _Down(_WithPod):
    """Takes what comes."""

    async def _read(self, digest: Any = None) -> None:
        size = 0
        async for piece in self._pieces():
            size += len(piece)
            if digest is not None:
                digest.update(piece)
        assert size > 0.9 * self.parameters["size"]

    def _pieces(self) -> AsyncIterator[bytes]:
        raise NotImplementedError

    async def prepare(self) -> object:
        self._connect()
        found = ""
        for _ in range(TRIES):
            digest = hashlib.sha256()
            await self._read(digest)
            found = digest.hexdigest()
            if found == self.parameters["digest"]:
                break
        return found

    async def round(self) -> Measures:
        with measured() as measures:
            await self._read()
        return measures


class ExecStdout(_Down):
    """Takes what a command writes."""

    async def _pieces(self) -> AsyncIterator[bytes]:
        query = f"command=cat&command={self.parameters['file']}&stdout=true&stderr=true"
        async with self._websocket("exec", query, _EXEC) as websocket:
            try:
                while True:
                    message = await websocket.receive_bytes()
                    if message[0] == 1:
                        yield message[1:]
            except httpx_ws.WebSocketDisconnect:
                pass


class ExecStdin(_WithPod):
    """Feeds a command from a file."""

    async def _write(self, query: str) -> bytes:
        answer = b""
        async with self._websocket("exec", f"{query}&stdin=true&stdout=true&stderr=true", _EXEC) as websocket:
            for piece in pieces_of(self.parameters["data_file"]):
                for start in range(0, len(piece), 2**16):
                    await websocket.send_bytes(b"\0" + piece[start : start + 2**16])
            await websocket.send_bytes(b"\xff\0")
            try:
                while True:
                    message = await websocket.receive_bytes()
                    if message[0] == 1:
                        answer += message[1:]
            except httpx_ws.WebSocketDisconnect:
                return answer

    async def prepare(self) -> object:
        self._connect()
        return (await self._write("command=sha256sum")).split()[0].decode()

    async def round(self) -> Measures:
        with measured() as measures:
            await self._write("command=sh&command=-c&command=cat%20%7C%20cat%20%3E%20/dev/null")
        return measures


class _Tunnel:
    """A connection to one port of the pod.

    Args:
        websocket: what it runs over.
        port: the port.
    """

    def __init__(self, websocket: Any, port: int) -> None:
        self._websocket = websocket
        spdy = SpdyConnection()
        headers = {"port": str(port), "requestid": "0"}
        _, self._opening = spdy.open_stream({"streamtype": "error", **headers}, fin=True)
        self._stream_id, more = spdy.open_stream({"streamtype": "data", **headers})
        self._opening += more

    async def open(self) -> None:
        """Open it."""
        await self._websocket.send_bytes(self._opening)
        self._frames = self._parts_of_frames()
        replies = 0
        while replies < 2:
            kind, _ = await anext(self._frames)
            replies += kind == _REPLY

    async def receive(self) -> bytes:
        """Wait for what the port sends."""
        while True:
            kind, piece = await anext(self._frames)
            if kind == self._stream_id:
                return piece

    async def send(self, data: bytes) -> None:
        """Send to the port."""
        await self._websocket.send_bytes(_FRAME_HEADER.pack(self._stream_id, len(data)) + data)

    async def _parts_of_frames(self) -> AsyncGenerator[tuple[int, bytes]]:
        """Give parts of frames, as they come, each with the first number of its frame."""
        header, kind, left = b"", 0, 0
        while True:
            message = await self._websocket.receive_bytes()
            while message:
                if left:
                    piece, message = message[:left], message[left:]
                    left -= len(piece)
                    yield kind, piece
                else:
                    missing = _FRAME_HEADER.size - len(header)
                    header, message = header + message[:missing], message[missing:]
                    if len(header) == _FRAME_HEADER.size:
                        kind, length = _FRAME_HEADER.unpack(header)
                        header, left = b"", length & _LENGTH


class OpenDown(_Down):
    """Takes what the pod's port sends."""

    async def _pieces(self) -> AsyncIterator[bytes]:
        port, left = self.parameters["down_port"], self.parameters["size"]
        async with self._websocket("portforward", f"ports={port}", _PORTS) as websocket:
            tunnel = _Tunnel(websocket, port)
            await tunnel.open()
            while left:
                piece = await tunnel.receive()
                left -= len(piece)
                yield piece


class OpenUp(_WithPod):
    """Sends to the pod's port until it says that it has all."""

    async def _write(self) -> str:
        piece, port = bytes(2**16), self.parameters["up_port"]
        async with self._websocket("portforward", f"ports={port}", _PORTS) as websocket:
            tunnel = _Tunnel(websocket, port)
            await tunnel.open()
            for _ in range(self.parameters["size"] // len(piece)):
                await tunnel.send(piece)
            return (await tunnel.receive()).decode().strip()

    async def prepare(self) -> object:
        self._connect()
        return await self._write()

    async def round(self) -> Measures:
        with measured() as measures:
            await self._write()
        return measures


if __name__ == "__main__":
    serve({"exec-stdout": ExecStdout, "exec-stdin": ExecStdin, "open-down": OpenDown, "open-up": OpenUp})
