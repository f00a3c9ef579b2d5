"""The `kubex` command as a process of its own."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kubex.testing import ApiServer
from tests.unit.cli.commands import one_line

pytestmark = pytest.mark.timeout(300)

COMMAND = [sys.executable, "-m", "kubex"]


def test_as_a_process(cluster: ApiServer, shop: Path) -> None:
    def kubex(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [*COMMAND, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)

    assert kubex("apply", "-f", shop).stdout == "namespace/shop created\nconfigmap/colours in shop created\n"
    missing = kubex("diff", "-f", "nowhere.yaml")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert one_line(missing.stderr)
    assert "--prune" in kubex("apply", "--help").stdout


def read_to_the_end(terminal: int) -> bytes:
    """Read what programs write to a terminal, a few thousand bytes at a time, until none has it open any more."""
    shown = b""
    with contextlib.suppress(OSError):  # EIO: so Linux tells of the end
        while piece := os.read(terminal, 2**16):
            shown += piece
    return shown


def test_progress_is_shown_on_a_terminal_and_nowhere_else(cluster: ApiServer, shop: Path) -> None:
    """Standard error is a terminal here, standard output a pipe, as in `kubex apply -f … | less`."""
    terminal, device = os.openpty()
    with ThreadPoolExecutor() as threads:
        with open(device, "wb", buffering=0) as screen:
            reading = threads.submit(read_to_the_end, terminal)
            ran = subprocess.run(
                [*COMMAND, "apply", "-f", str(shop)],
                stdout=subprocess.PIPE,
                stderr=screen,
                text=True,
                timeout=100,
                check=False,
                env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
            )
        shown = reading.result().decode()
    os.close(terminal)
    assert ran.stdout == "namespace/shop created\nconfigmap/colours in shop created\n"
    assert "2 of 2: ConfigMap colours created" in shown
    assert "\x1b[2K" in shown, "it is wiped away in the end"


def test_who_reads_no_further_gets_no_traceback(cluster: ApiServer, shop: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    with open(write, "w") as nobody:
        ran = subprocess.run(
            [*COMMAND, "apply", "-f", str(shop), "-o", "json"],
            stdout=nobody,
            stderr=subprocess.PIPE,
            text=True,
            timeout=100,
            check=False,
        )
    assert ran.returncode == 1
    assert ran.stderr == ""


def test_without_its_extra_it_names_it() -> None:
    program = "import sys; sys.modules['typer'] = None; from kubex.cli.entry import main; main()"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=100, check=False)
    assert ran.returncode == 1
    assert ran.stderr == "error: the kubex command needs typer and rich: pip install kubex[cli]\n"


def test_completion_of_a_shell() -> None:
    """It is for the shell that asks, whatever the tests were started by."""
    script = f"{shlex.join([*COMMAND, '--show-completion'])}; exit $?"
    ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=100, check=False)
    assert ran.returncode == 0
    assert "complete" in ran.stdout
