"""`make audit`: found, nothing known and nobody asked are three different ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tools.audit import rounds

ROOT = Path(__file__).parents[3]
CLEAN: dict[str, Any] = {"name": "anyio", "version": "4.16.0", "vulns": []}
WEAK: dict[str, Any] = {"name": "ssh", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1", "2.0"]}]}
SKIPPED: dict[str, Any] = {"name": "kubex", "skip_reason": "not on PyPI"}


def audited(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    """Run the tool with another pip-audit."""
    (folder / "pip-audit").write_text(f"#!{sys.executable}\n{program}")
    (folder / "pip-audit").chmod(0o755)
    (folder / "some.txt").write_text("anyio==4.16.0 \\\n    --hash=sha256:0\nssh==1.0\n")
    (folder / "other.txt").write_text("anyio==4.16.0 ; python_version < '4'\n")
    variables = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", "tools.audit", str(folder / "some.txt"), str(folder / "other.txt")]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("dependencies", "code", "last"),
    [
        ([CLEAN], 0, "1 looked up, 0 with known weaknesses, 0 skipped"),
        ([CLEAN, WEAK], 1, "2 looked up, 1 with known weaknesses, 0 skipped"),
        ([CLEAN, SKIPPED], 2, "1 looked up, 0 with known weaknesses, 1 skipped"),
        ([SKIPPED], 2, "0 looked up, 0 with known weaknesses, 1 skipped"),
    ],
)
def test_a_report(tmp_path: Path, dependencies: list[dict[str, Any]], code: int, last: str) -> None:
    report = json.dumps({"dependencies": dependencies})
    program = f"""
import sys
with open(sys.argv[sys.argv.index("--requirement") + 1]) as listed:
    assert listed.read().split() == ["anyio==4.16.0", "ssh==1.0"]
with open(sys.argv[sys.argv.index("--output") + 1], "w") as report:
    report.write({report!r})
sys.exit({int(WEAK in dependencies)})
"""
    done = audited(tmp_path, program)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (code, last)
    assert ("NOTHING WAS AUDITED" in done.stderr) == (dependencies == [SKIPPED])
    assert ("ssh 1.0: PYSEC-1, mended in 1.1, 2.0" in done.stdout) == (WEAK in dependencies)


def test_a_database_that_gives_no_answer_is_no_good_news(tmp_path: Path) -> None:
    done = audited(tmp_path, "import sys\nprint('ConnectionError', file=sys.stderr)\nsys.exit(1)\n")
    assert done.returncode == 2
    assert "ConnectionError" in done.stderr
    assert "NOTHING WAS AUDITED" in done.stderr


def test_a_name_is_asked_for_once_in_a_round() -> None:
    pins = {("anyio", "4.16.0"), ("certifi", "2026.1"), ("certifi", "2026.2"), ("ssh", "1.0")}
    assert rounds(pins) == [["anyio==4.16.0", "certifi==2026.1", "ssh==1.0"], ["certifi==2026.2"]]
