"""The `kubex` command as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
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
    ran = subprocess.run(
        [*COMMAND, "--show-completion", "bash"], capture_output=True, text=True, timeout=100, check=False
    )
    assert ran.returncode == 0
    assert "complete" in ran.stdout
