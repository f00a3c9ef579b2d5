"""The server is reached from its own machine alone, unless it is told otherwise; however it is started."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kubex.testing import ApiServer

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8"),
    pytest.mark.timeout(300),
]

# An address of this machine on which a server hears only if it listens on all of them.
OTHER = "127.0.0.2"
COMMANDS = {
    "python -m kubex.testing": [sys.executable, "-m", "kubex.testing"],
    "kubex serve": [sys.executable, "-m", "kubex", "serve"],
}


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def is_reached(host: str, port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/readyz", timeout=60) as answer:
            return bool(answer.read() == b"ok")
    except urllib.error.URLError as error:
        if isinstance(error.reason, ConnectionRefusedError):
            return False
        raise


def test_a_server_is_reached_from_its_machine_alone() -> None:
    with ApiServer() as server:
        assert is_reached("127.0.0.1", port_of(server.url))
        assert not is_reached(OTHER, port_of(server.url))


def test_a_server_that_is_told_to_listens_everywhere() -> None:
    with ApiServer(host="0.0.0.0") as server:
        assert is_reached(OTHER, port_of(server.url))


@contextmanager
def started(command: list[str], folder: Path) -> Generator[str, None, None]:
    """Run a command that serves, and give the address that it prints."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "TMPDIR": str(folder)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            yield next(line for line in process.stdout if "http://" in line).split()[-1]
        finally:
            process.terminate()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_serves_is_reached_from_its_machine_alone(name: str, tmp_path: Path) -> None:
    with started(COMMANDS[name], tmp_path) as url:
        assert is_reached("127.0.0.1", port_of(url))
        assert not is_reached(OTHER, port_of(url))


def test_a_command_that_is_told_to_listens_everywhere(tmp_path: Path) -> None:
    with started([*COMMANDS["python -m kubex.testing"], "--host", "0.0.0.0"], tmp_path) as url:
        assert is_reached(OTHER, port_of(url))
