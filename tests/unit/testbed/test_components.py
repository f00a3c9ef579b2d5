"""Components that are stopped and started, and one that ends by itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from testbed.components import Components
from tests.unit.testbed.test_settings import settings

SLEEP = "import time; time.sleep(100)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(100)"


@pytest.fixture
def components(tmp_path: Path) -> Iterator[Components]:
    made = settings(tmp_path)
    made.logs.mkdir()
    lock = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    components = Components(made, lock)
    yield components
    components.end()
    os.close(lock)


def start(components: Components, name: str, program: str) -> None:
    components.start(name, "-c", program, program=sys.executable)


def pid_of(folder: Path, name: str) -> int:
    return int((folder / "running" / name).read_text())


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_one_is_stopped_and_started_again(components: Components, tmp_path: Path) -> None:
    start(components, "a", SLEEP)
    start(components, "b", SLEEP)
    first, other = pid_of(tmp_path, "a"), pid_of(tmp_path, "b")
    components.stop("a")
    assert not is_alive(first)
    assert is_alive(other)
    assert not (tmp_path / "running" / "a").exists()
    components.stop("a")  # it is
    components.start_again("a")
    again = pid_of(tmp_path, "a")
    assert is_alive(again)
    components.start_again("a")  # it runs
    components.start_again("c")  # there is none
    assert pid_of(tmp_path, "a") == again
    assert sorted(os.listdir(tmp_path / "running")) == ["a", "b"]


def test_one_that_does_not_listen_is_killed(components: Components, tmp_path: Path) -> None:
    start(components, "a", STUBBORN)
    while not (tmp_path / "logs" / "a.log").read_text():
        time.sleep(0.01)
    pid = pid_of(tmp_path, "a")
    components.stop("a", at_once=True)
    assert not is_alive(pid)
    assert os.listdir(tmp_path / "running") == []


WATCH = """
import os, sys, threading, time
from pathlib import Path
from testbed.components import Components
from testbed.errors import TestbedError
from testbed.settings import Settings

settings = Settings.load(Path(sys.argv[1]))
components = Components(settings, os.open(settings.directory / "lock", os.O_RDWR | os.O_CREAT))
components.start("stopped", "-c", "import time; time.sleep(100)", program=sys.executable)

def play():
    components.stop("stopped")
    components.start_again("stopped")
    components.stop("stopped", at_once=True)
    time.sleep(0.2)
    components.start("failing", "-c", "raise SystemExit('out of luck')", program=sys.executable)

threading.Thread(target=play).start()
try:
    components.watch()
except TestbedError as error:
    print(error)
"""


def test_only_an_end_that_nobody_asked_for_is_a_failure(tmp_path: Path) -> None:
    made = replace(settings(tmp_path), directory=tmp_path)
    made.save()
    made.logs.mkdir()
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-c", WATCH, str(tmp_path)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)
    told = ["failing ended with exit code 1; the end of its log:", "out of luck"]
    assert done.stdout.splitlines() == told, done.stderr
