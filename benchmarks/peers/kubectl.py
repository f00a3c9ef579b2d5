"""kubectl: a process for each command, and one that forwards ports as long as it is asked for."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import time
from collections.abc import Sequence

from benchmarks.peer import Measures, PeerWorkload, serve
from benchmarks.peers.local_ports import TRIES, ForwardDown, ForwardUp, LocalPorts

_PIECE = 2**18


class _Exec(PeerWorkload):
    """Runs kubectl exec, and measures it from its start to its end."""

    def _command(self, *command: str, stdin: bool = False) -> list[str]:
        parameters = self.parameters
        kubectl = [parameters["kubectl"], "--kubeconfig", parameters["kubeconfig"], "-n", parameters["namespace"]]
        return [*kubectl, "exec", *(["-i"] if stdin else []), parameters["pod"], "--", *command]

    def _run(self, command: Sequence[str], stdin: str = os.devnull) -> Measures:
        with open(stdin, "rb") as file:
            wall = time.perf_counter()
            process = subprocess.Popen(command, stdin=file, stdout=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        return {
            "cpu_seconds": usage.ru_utime + usage.ru_stime,
            "wall_seconds": time.perf_counter() - wall,
        }

    def _less_its_start(self, measures: Measures) -> Measures:
        """Take off what a command that does nothing takes: of a transfer only the transfer is compared."""
        start = self._run(self._command("true"))
        return {name: value - start[name] for name, value in measures.items()}


class ExecStdout(_Exec):
    """Takes what a command writes."""

    async def prepare(self) -> object:
        found = ""
        for _ in range(TRIES):
            found = self._digest()
            if found == self.parameters["digest"]:
                break
        return found

    def _digest(self) -> str:
        digest = hashlib.sha256()
        command = self._command("cat", self.parameters["file"])
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            while piece := process.stdout.read(_PIECE):
                digest.update(piece)
        return digest.hexdigest()

    async def round(self) -> Measures:
        return self._less_its_start(self._run(self._command("cat", self.parameters["file"])))


class ExecStdin(_Exec):
    """Feeds a command from a file."""

    async def prepare(self) -> object:
        return self._digest()

    def _digest(self) -> str:
        with open(self.parameters["data_file"], "rb") as file:
            done = subprocess.run(self._command("sha256sum", stdin=True), stdin=file, capture_output=True, check=True)
        return done.stdout.split()[0].decode()

    async def round(self) -> Measures:
        command = self._command("sh", "-c", "cat | cat > /dev/null", stdin=True)
        return self._less_its_start(self._run(command, self.parameters["data_file"]))


class ExecTrue(_Exec):
    """Runs a command that does nothing."""

    async def prepare(self) -> object:
        self._run(self._command("true"))
        return 0

    async def round(self) -> Measures:
        measures: Measures = {"cpu_seconds": 0.0, "wall_seconds": 0.0}
        for _ in range(self.parameters["commands"]):
            for name, value in self._run(self._command("true")).items():
                measures[name] += value
        return measures


class _PortForward(LocalPorts):
    def command(self) -> Sequence[str]:
        parameters = self.parameters
        kubectl = [parameters["kubectl"], "--kubeconfig", parameters["kubeconfig"], "-n", parameters["namespace"]]
        target = f"pod/{parameters['pod']}"
        return [*kubectl, "port-forward", "--address=127.0.0.1", target, f":{parameters[self.port_parameter]}"]

    def port_of(self, line: str) -> int:
        found = re.search(r"127\.0\.0\.1:(\d+)", line)
        assert found is not None, line
        return int(found[1])


class PortForwardDown(_PortForward, ForwardDown):
    """kubectl port-forward, from the pod."""


class PortForwardUp(_PortForward, ForwardUp):
    """kubectl port-forward, to the pod."""


if __name__ == "__main__":
    serve(
        {
            "exec-stdout": ExecStdout,
            "exec-stdin": ExecStdin,
            "exec-true": ExecTrue,
            "forward-down": PortForwardDown,
            "forward-up": PortForwardUp,
        }
    )
