"""The real API server: run by `python -m testbed run`, which starts it with its etcd and ends it with this program.

The controllers stand still while it is measured: they run on the same cores, and only the server is of interest.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import yaml

from benchmarks.peer import ServerPeer, serve
from benchmarks.peers.process_clock import cpu_seconds_of

_MEASURED = ("kube-apiserver", "etcd")
_AT_REST = "kube-controller-manager"


class Serve(ServerPeer):
    """Tells where the API server listens, and what it and its etcd take."""

    async def prepare(self) -> object:
        directory = Path(os.environ["KUBECONFIG"]).parent
        kubeconfig = yaml.safe_load((directory / "admin.kubeconfig").read_bytes())
        processes = _processes(directory)
        self._measured = [processes[name] for name in _MEASURED]
        self._at_rest = processes[_AT_REST]
        os.kill(self._at_rest, signal.SIGSTOP)
        return {
            "url": kubeconfig["clusters"][0]["cluster"]["server"],
            "ca_file": str(directory / "ca.crt"),
            "certificate_file": str(directory / "admin.crt"),
            "key_file": str(directory / "admin.key"),
        }

    def cpu_seconds(self) -> float:
        return sum(map(cpu_seconds_of, self._measured))

    async def close(self) -> None:
        os.kill(self._at_rest, signal.SIGCONT)


def _processes(directory: Path) -> dict[str, int]:
    """Give the processes of a testbed by their names: all work in its directory."""
    found: dict[str, int] = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                if process.joinpath("cwd").readlink() == directory:
                    name = process.joinpath("cmdline").read_bytes().partition(b"\0")[0].decode()
                    found[name] = int(process.name)
            except OSError:  # somebody else's, or gone
                continue
    return found


if __name__ == "__main__":
    serve({"serve": Serve})
