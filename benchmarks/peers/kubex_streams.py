"""kubex' streams: commands, and ports of a pod; with aiohttp local ones, as kubectl has, with httpx without any."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio

from benchmarks.peer import Measures, PeerWorkload, measured, pieces_of, serve
from benchmarks.peers.local_ports import TRIES, ForwardDown, ForwardUp, LocalPorts, port_in_json
from kubex.api import Api
from kubex.client import ClientChoice, create_client
from kubex.configuration import configure_from_kubeconfig
from kubex.k8s.v1_35.core.v1.pod import Pod

_PIECE = 2**18


class _WithPod(PeerWorkload):
    async def _connect(self) -> None:
        parameters = self.parameters
        configuration = await configure_from_kubeconfig(path=Path(parameters["kubeconfig"]))
        self._client = await create_client(configuration, ClientChoice(parameters["library"]))
        self._pods = Api(Pod, self._client, namespace=parameters["namespace"])

    async def close(self) -> None:
        await self._client.close()


class ExecStdout(_WithPod):
    """Takes what a command writes."""

    async def _read(self, digest: Any = None) -> None:
        size = 0
        command = ["cat", self.parameters["file"]]
        async with self._pods.exec.stream(self.parameters["pod"], command=command) as session:
            async for piece in session.stdout:
                size += len(piece)
                if digest is not None:
                    digest.update(piece)
            assert session.exit_code == 0
        assert size > 0.9 * self.parameters["size"]  # servers lose the end of it at times

    async def prepare(self) -> object:
        await self._connect()
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


class ExecStdin(_WithPod):
    """Feeds a command from a file."""

    async def _write(self, *command: str) -> bytes:
        async with self._pods.exec.stream(self.parameters["pod"], command=command, stdin=True) as session:
            for piece in pieces_of(self.parameters["data_file"]):
                await session.stdin.write(piece)
            await session.close_stdin()
            answer = b"".join([piece async for piece in session.stdout])
            await session.wait_for_status()
            assert session.exit_code == 0
            return answer

    async def prepare(self) -> object:
        await self._connect()
        return (await self._write("sha256sum")).split()[0].decode()

    async def round(self) -> Measures:
        with measured() as measures:
            await self._write("sh", "-c", "cat | cat > /dev/null")
        return measures


class ExecTrue(_WithPod):
    """Runs a command that does nothing."""

    async def prepare(self) -> object:
        await self._connect()
        return (await self._pods.exec.run(self.parameters["pod"], command=["true"])).exit_code

    async def round(self) -> Measures:
        with measured() as measures:
            for _ in range(self.parameters["commands"]):
                (await self._pods.exec.run(self.parameters["pod"], command=["true"])).check()
        return measures


class _PortForward(LocalPorts):
    def command(self) -> Sequence[str]:
        parameters = {**self.parameters, "port": self.parameters[self.port_parameter]}
        return [sys.executable, "-m", "benchmarks.peers.kubex_streams", json.dumps(parameters)]

    def port_of(self, line: str) -> int:
        return port_in_json(line)


class PortForwardDown(_PortForward, ForwardDown):
    """`portforward.serve`, from the pod."""


class PortForwardUp(_PortForward, ForwardUp):
    """`portforward.serve`, to the pod."""


class OpenDown(_WithPod):
    """`portforward.open`, from the pod."""

    async def _read(self, digest: Any = None) -> None:
        size = 0
        async with self._pods.portforward.open(self.parameters["pod"], self.parameters["down_port"]) as stream:
            async for piece in stream:
                size += len(piece)
                if digest is not None:
                    digest.update(piece)
        assert size == self.parameters["size"]

    async def prepare(self) -> object:
        await self._connect()
        digest = hashlib.sha256()
        await self._read(digest)
        return digest.hexdigest()

    async def round(self) -> Measures:
        with measured() as measures:
            await self._read()
        return measures


class OpenUp(_WithPod):
    """`portforward.open`, to the pod."""

    async def _write(self) -> str:
        piece = bytes(_PIECE)
        async with self._pods.portforward.open(self.parameters["pod"], self.parameters["up_port"]) as stream:
            for _ in range(self.parameters["size"] // _PIECE):
                await stream.send(piece)
            return (await stream.receive()).decode().strip()

    async def prepare(self) -> object:
        await self._connect()
        return await self._write()

    async def round(self) -> Measures:
        with measured() as measures:
            await self._write()
        return measures


async def _serve_port(parameters: dict[str, Any]) -> None:
    configuration = await configure_from_kubeconfig(path=Path(parameters["kubeconfig"]))
    async with await create_client(configuration, ClientChoice(parameters["library"])) as client:
        pods = Api(Pod, client, namespace=parameters["namespace"])
        async with pods.portforward.serve(parameters["pod"], ports=[parameters["port"]]) as local:
            print(local[parameters["port"]], flush=True)
            await anyio.sleep_forever()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        anyio.run(_serve_port, json.loads(sys.argv[1]))
    else:
        serve(
            {
                "exec-stdout": ExecStdout,
                "exec-stdin": ExecStdin,
                "exec-true": ExecTrue,
                "forward-down": PortForwardDown,
                "forward-up": PortForwardUp,
                "open-down": OpenDown,
                "open-up": OpenUp,
            }
        )
