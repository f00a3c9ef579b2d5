"""`make audit`: found, nothing known and nobody asked are three different ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
CLEAN: dict[str, Any] = {"name": "anyio", "version": "4.16.0", "vulns": []}
WEAK: dict[str, Any] = {"name": "ssh", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1", "2.0"]}]}
SKIPPED: dict[str, Any] = {"name": "kubex", "skip_reason": "not on PyPI"}


def audited(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    """Run the tool with another pip-audit."""
    (folder / "pip-audit").write_text(f"#!{sys.executable}\n{program}")
    (folder / "pip-audit").chmod(0o755)
    variables = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", "tools.audit", "some.txt"]
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
assert "some.txt" in sys.argv
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
