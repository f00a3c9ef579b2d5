"""tinyproxy, a forward proxy that many networks have, on loopback and with a password."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from testbed.packages import PATH, install_packages
from testbed.settings import free_ports

__all__ = ["ForwardProxy", "forward_proxy"]

_USER, _PASSWORD = "kubex-tests", "proxys-passw0rd"
_START_SECONDS = 30


class ForwardProxy:
    """Where it listens, and what it has logged."""

    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        self.password = _PASSWORD
        self._log = log

    def url(self, password: str = _PASSWORD) -> str:
        """Its address, with a password."""
        return f"http://{_USER}:{password}@127.0.0.1:{self.port}"

    def asked(self) -> list[str]:
        """What it was asked for, in the words of its clients."""
        lines = self._log.read_text().splitlines()
        return [line.partition("): ")[2] for line in lines if "Request (file descriptor" in line]


@contextmanager
def forward_proxy(directory: Path, target_port: int) -> Generator[ForwardProxy]:
    """Run it; it connects to one port alone."""
    install_packages({"tinyproxy-bin": "tinyproxy"})
    program = shutil.which("tinyproxy", path=PATH)
    assert program is not None
    (port,) = free_ports(1)
    log, config = directory / "tinyproxy.log", directory / "tinyproxy.conf"
    settings = (
        f"Port {port}",
        "Listen 127.0.0.1",
        "Allow 127.0.0.1",
        "Timeout 600",
        "MaxClients 100",
        f"BasicAuth {_USER} {_PASSWORD}",
        f"ConnectPort {target_port}",
        f'LogFile "{log}"',
        "LogLevel Info",
    )
    config.write_text("\n".join((*settings, "")))
    with subprocess.Popen([program, "-d", "-c", str(config)], stdout=subprocess.DEVNULL) as process:
        try:
            _wait_until_it_listens(port)
            yield ForwardProxy(port, log)
        finally:
            process.terminate()
            process.wait(20)


def _wait_until_it_listens(port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "tinyproxy did not start"
            time.sleep(0.05)
        else:
            return
