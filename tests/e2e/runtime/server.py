"""An API server that can be restarted, with the etcd behind it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import anyio

from kubex.configuration import ClientConfiguration, configure_from_kubeconfig
from testbed.api_server import ApiServer
from testbed.binary import build_binary
from testbed.certificates import write_credentials
from testbed.cluster import Cluster
from testbed.components import Components
from testbed.control_plane import _start_api_server, start_control_plane
from testbed.settings import Settings

__all__ = ["RestartableServer"]


class _Components(Components):
    def kill(self, name: str) -> None:
        process = self._running.pop(name)
        process.kill()
        process.wait()


class RestartableServer:
    """A testbed's API server and etcd, as children of this process."""

    def __init__(self, settings: Settings, lock: int) -> None:
        self._settings = settings
        self._components = _Components(settings, lock)
        self._api = ApiServer(settings)
        self.port = settings.api_port
        self.kubeconfig = settings.kubeconfig

    @classmethod
    @contextmanager
    def started(cls) -> Generator[Self]:
        """Start one, and end it with the block."""
        with tempfile.TemporaryDirectory(prefix="kubex-restarts-") as directory:
            path = Path(directory, "cluster")
            settings = Cluster.create(build_binary(), node=False, controllers=False, directory=path).settings
            settings.logs.mkdir(parents=True)
            write_credentials(settings)
            lock = os.open(settings.directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
            server = cls(settings, lock)
            try:
                start_control_plane(settings, server._components, server._api)
                yield server
            finally:
                server._components.end()
                os.close(lock)

    async def configuration(self) -> ClientConfiguration:
        """Give the configuration of its administrator."""
        return await configure_from_kubeconfig(path=self.kubeconfig)

    async def restart(self) -> None:
        """Kill the API server, start it again, and wait until it is ready."""
        await anyio.to_thread.run_sync(self._restart)

    def _restart(self) -> None:
        self._components.kill("kube-apiserver")
        _start_api_server(self._settings, self._components)
        self._components.wait_for("the API server", lambda: self._api.answers("/readyz"))
