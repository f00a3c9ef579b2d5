"""httpx-ws alone: what comes of a channel is counted, what goes there gets its byte in front, and that is all."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import httpx_ws
import yaml

from benchmarks.peer import Measures, PeerWorkload, measured, pieces_of, serve
from benchmarks.peers.local_ports import TRIES

_EXEC, _PORTS = "v5.channel.k8s.io", "v4.channel.k8s.io"


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
    """Takes what comes of one channel."""

    channel: int
    skipped = 0

    async def _read(self, digest: Any = None) -> None:
        raise NotImplementedError

    async def _take(self, websocket: Any, digest: Any) -> None:
        size, skipped = 0, self.skipped
        try:
            while size < self.parameters["size"]:
                message = await websocket.receive_bytes()
                if message[0] == self.channel:
                    piece = message[1 + skipped :]
                    skipped = 0
                    size += len(piece)
                    if digest is not None:
                        digest.update(piece)
        except httpx_ws.WebSocketDisconnect:
            pass
        assert size > 0.9 * self.parameters["size"]

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

    channel = 1

    async def _read(self, digest: Any = None) -> None:
        query = f"command=cat&command={self.parameters['file']}&stdout=true&stderr=true"
        async with self._websocket("exec", query, _EXEC) as websocket:
            await self._take(websocket, digest)


class OpenDown(_Down):
    """Takes what the pod's port sends."""

    channel = 0
    skipped = 2  # the channel begins with the port's number

    async def _read(self, digest: Any = None) -> None:
        query = f"ports={self.parameters['down_port']}"
        async with self._websocket("portforward", query, _PORTS) as websocket:
            await self._take(websocket, digest)


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


class OpenUp(_WithPod):
    """Sends to the pod's port until it says that it has all."""

    async def _write(self) -> str:
        piece = bytes(2**16)
        async with self._websocket("portforward", f"ports={self.parameters['up_port']}", _PORTS) as websocket:
            for _ in range(self.parameters["size"] // len(piece)):
                await websocket.send_bytes(b"\0" + piece)
            while True:
                message = await websocket.receive_bytes()
                if message[0] == 0 and len(message) > 3:
                    answer: str = message[1:].decode().strip()
                    return answer

    async def prepare(self) -> object:
        self._connect()
        return await self._write()

    async def round(self) -> Measures:
        with measured() as measures:
            await self._write()
        return measures


if __name__ == "__main__":
    serve({"exec-stdout": ExecStdout, "exec-stdin": ExecStdin, "open-down": OpenDown, "open-up": OpenUp})
