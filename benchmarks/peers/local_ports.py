"""Loads local ports that a program forwards to a pod, and measures what that takes the program."""

from __future__ import annotations

import hashlib
import json
import socket
import subprocess
import time
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.peer import Measures, PeerWorkload
from benchmarks.peers.process_clock import cpu_seconds_of

__all__ = ["TRIES", "ForwardDown", "ForwardUp", "LocalPorts", "port_in_json"]

TRIES = 5
"""How often a command's whole output is tried for: servers lose the end of it where its reader is slow."""

_PIECE = 2**18


class LocalPorts(PeerWorkload):
    """Runs the program as long as the workload, and tells its local port.

    Subclasses say which program that is, and what is done with the port.
    """

    port_parameter: str

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        super().__init__(parameters)
        self._process = subprocess.Popen(self.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._port = self.port_of(self._process.stdout.readline())

    @abstractmethod
    def command(self) -> Sequence[str]:
        """Give the command line of the program."""

    @abstractmethod
    def port_of(self, line: str) -> int:
        """Read the local port from the first line that the program prints."""

    @abstractmethod
    def transfer(self, connection: socket.socket) -> object:
        """Do the work over a connection, and give what tells whether it was done."""

    async def prepare(self) -> object:
        return self._once()

    async def round(self) -> Measures:
        cpu, wall = cpu_seconds_of(self._process.pid), time.perf_counter()
        self._once()
        measures = {"wall_seconds": time.perf_counter() - wall}
        measures["cpu_seconds"] = cpu_seconds_of(self._process.pid) - cpu
        return measures

    def _once(self) -> object:
        with socket.create_connection(("127.0.0.1", self._port)) as connection:
            return self.transfer(connection)

    async def close(self) -> None:
        self._process.terminate()
        self._process.wait()


class ForwardDown(LocalPorts):
    """Reads what the pod sends."""

    port_parameter = "down_port"
    _digest = ""

    def transfer(self, connection: socket.socket) -> object:
        # The right answer is looked for once; afterwards a digest would only take time.
        digest = hashlib.sha256()
        size = 0
        while piece := connection.recv(_PIECE):
            size += len(piece)
            if not self._digest:
                digest.update(piece)
        assert size == self.parameters["size"]
        self._digest = self._digest or digest.hexdigest()
        return self._digest


class ForwardUp(LocalPorts):
    """Sends to the pod until it says that it has all."""

    port_parameter = "up_port"

    def transfer(self, connection: socket.socket) -> object:
        piece = bytes(_PIECE)
        for _ in range(self.parameters["size"] // _PIECE):
            connection.sendall(piece)
        return connection.recv(100).decode().strip()


def port_in_json(line: str) -> int:
    """Read the port of a program that prints it alone, in JSON."""
    port: int = json.loads(line)
    return port
