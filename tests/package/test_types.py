"""What type checkers see of the installed wheel: `py.typed` holds from outside."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.package.conftest import Distribution
from tests.package.environments import Ended, new_environment, run, tool
from tools.interpreters import Interpreter

pytestmark = pytest.mark.timeout(900)

PROGRAM = Path(__file__).parent / "programs" / "typed_program.py"
WRONG = """

async def wrong(config_maps: kubex.Api[ConfigMap]) -> None:
    await config_maps.logs.get("a")
    await config_maps.get(7)
"""
"""Would pass, both of it, if the types were not found."""
LEAST = 0.99


@pytest.fixture(scope="module")
def python(distribution: Distribution, newest_python: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a user."""
    folder = tmp_path_factory.mktemp("user") / "environment"
    return new_environment(folder, distribution.wheel, "aiohttp", interpreter=newest_python)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The program, in a folder of its own."""
    path = tmp_path / "program.py"
    path.write_text(PROGRAM.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict", "include": ["program.py"]}')
    return path


def checked(command: Sequence[str | Path], folder: Path, variables: Mapping[str, str] | None = None) -> Ended:
    """Run a type checker, which may keep what it keeps for the user of this machine."""
    kept = {name: value for name, value in os.environ.items() if name in ("HOME", "XDG_CACHE_HOME")}
    return run(command, folder, {**kept, **(variables or {})})


def mypy(program: Path, python: Path) -> list[str]:
    """Give the codes of the errors that mypy finds."""
    command: list[str | Path] = [tool("mypy"), "--strict", "--config-file", os.devnull, "--output", "json"]
    ended = checked([*command, "--python-executable", python, program.name], program.parent)
    assert ended.code in (0, 1), ended.output + ended.errors
    found: list[dict[str, Any]] = [json.loads(line) for line in ended.output.splitlines() if line.startswith("{")]
    return [entry["code"] for entry in found if entry["severity"] == "error"]


def pyright(program: Path, python: Path) -> list[str]:
    """Give the rules that pyright finds broken."""
    command: list[str | Path] = [tool("pyright"), "--project", program.parent, "--pythonpath", python, "--outputjson"]
    ended = checked(command, program.parent)
    assert ended.code in (0, 1), ended.output + ended.errors
    report: dict[str, Any] = json.loads(ended.output)
    assert report["summary"]["filesAnalyzed"] == 1
    return [entry["rule"] for entry in report["generalDiagnostics"] if entry["severity"] == "error"]


def test_mypy_strict(program: Path, python: Path) -> None:
    assert mypy(program, python) == []
    program.write_text(program.read_text() + WRONG)
    assert mypy(program, python) == ["attr-defined", "arg-type"]


def test_pyright_strict(program: Path, python: Path) -> None:
    assert pyright(program, python) == []
    program.write_text(program.read_text() + WRONG)
    assert [rule for rule in pyright(program, python) if "Unknown" not in rule] == [
        "reportAttributeAccessIssue",
        "reportArgumentType",
    ]


@pytest.fixture(scope="module")
def everything(
    distribution: Distribution, newest_python: Interpreter, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A Python with every library that the public names speak of."""
    folder = tmp_path_factory.mktemp("all") / "environment"
    every = "cli,httpx-socks,httpx-ws,aiohttp-socks,otel,prometheus,testing-auth"
    return new_environment(folder, distribution.wheel, every, interpreter=newest_python, more=["pytest"])


@pytest.mark.parametrize("package", ["kubex", "kubex_core"])
def test_public_names_have_known_types(everything: Path, tmp_path: Path, package: str) -> None:
    command: list[str | Path] = [tool("pyright"), "--ignoreexternal", "--outputjson", "--verifytypes", package]
    # Here pyright does not take --pythonpath, but the Python that comes first.
    path = os.pathsep.join([str(everything.parent), str(tool("pyright").parent), os.defpath])
    report: dict[str, Any] = json.loads(checked(command, tmp_path, {"PATH": path}).output)["typeCompleteness"]
    symbols: list[dict[str, Any]] = [symbol for symbol in report["symbols"] if symbol["isExported"]]
    by_hand = [symbol for symbol in symbols if not symbol["name"].startswith("kubex.k8s.v1_")]
    unknown = [symbol for symbol in by_hand if not symbol["isTypeKnown"]]
    why = [
        f"{symbol['name']}: {diagnostic['message'].splitlines()[0]}"
        for symbol in unknown
        for diagnostic in symbol["diagnostics"]
    ]
    assert report["completenessScore"] >= LEAST, "\n".join(why)
    assert len(unknown) <= (1 - LEAST) * len(by_hand), "\n".join(why)  # the generated names are many, and alike
    assert len(by_hand) > 100
