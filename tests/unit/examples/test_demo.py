"""`make demo`: the program that a newcomer runs first, as one starts it, with no cluster anywhere."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[3] / "examples" / "demo.py"


def steps() -> list[str]:
    """Give what the program says that it does."""
    calls = (node for node in ast.walk(ast.parse(DEMO.read_text())) if isinstance(node, ast.Call))
    return [
        ast.literal_eval(call.args[0])
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "step" and isinstance(call.args[0], ast.Constant)
    ]


@pytest.mark.timeout(300)
def test_the_demo_runs_to_its_end_on_a_server_of_its_own(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "KUBECONFIG"}
    environment["HOME"] = str(tmp_path)
    ended = subprocess.run(
        [sys.executable, "-W", "error", str(DEMO)],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    assert len(steps()) > 5
    assert [step for step in steps() if f"• {step}" not in ended.stdout] == []
