"""What one testbed is made of: its directory, its ports and what runs in it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import random
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

__all__ = ("NODE_NAME", "SETTINGS_FILE", "Settings", "free_ports")

NODE_NAME = "node1"
SETTINGS_FILE = "testbed.json"  # in the testbed's directory
# Below the range that kernels give to outgoing connections (32768 and up), above the well-known services.
_PORTS = range(20000, 32000)


@dataclass(frozen=True)
class Settings:
    """One testbed, as its starter describes it to its supervisor through a file in `directory`."""

    directory: Path
    binary: Path
    node: bool
    controllers: bool
    detached: bool
    apiserver_flags: tuple[str, ...]
    api_port: int
    etcd_port: int
    etcd_peer_port: int
    kubelet_port: int

    @property
    def name(self) -> str:
        """The name of the testbed's control groups; no other directory gives the same."""
        return f"kubex-testbed-{hashlib.sha256(bytes(self.directory)).hexdigest()[:12]}"

    @property
    def api_url(self) -> str:
        """Where the API server listens."""
        return f"https://127.0.0.1:{self.api_port}"

    @property
    def etcd_url(self) -> str:
        """Where etcd listens."""
        return f"http://127.0.0.1:{self.etcd_port}"

    @property
    def kubeconfig(self) -> Path:
        """The kubeconfig of the cluster's administrator."""
        return self.directory / "admin.kubeconfig"

    @property
    def running(self) -> Path:
        """The folder with a file for each component that runs."""
        return self.directory / "running"

    @property
    def logs(self) -> Path:
        """The folder with one log for each component."""
        return self.directory / "logs"

    def save(self) -> None:
        """Write the settings into the testbed's directory."""
        (self.directory / SETTINGS_FILE).write_text(json.dumps(dataclasses.asdict(self), default=str, indent=2))

    @classmethod
    def load(cls, directory: Path) -> Settings:
        """Read the settings back from a testbed's directory; `FileNotFoundError` where there is none."""
        values = json.loads((directory / SETTINGS_FILE).read_text())
        values["directory"] = Path(values["directory"])
        values["binary"] = Path(values["binary"])
        values["apiserver_flags"] = tuple(values["apiserver_flags"])
        return cls(**values)


def free_ports(count: int) -> list[int]:
    """Find `count` different ports of 127.0.0.1 that nobody listens on; random, so that two starters differ."""
    found: list[int] = []
    with ExitStack() as held:
        while len(found) < count:
            port = random.choice(_PORTS)  # noqa: S311 - not a secret
            probe = held.enter_context(socket.socket())
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found.append(port)
    return found
