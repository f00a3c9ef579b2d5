"""Nothing imports upwards; the contracts are in `.importlinter`."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GENERATED = ROOT / "src" / "kubex" / "k8s"


def imported_by(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_the_contracts_of_the_layers_are_kept() -> None:
    lint = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    answer = subprocess.run([*lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert " kept, 0 broken." in answer.stdout


def test_generated_models_import_the_models_core_msgspec_and_the_standard_library_alone() -> None:
    foreign = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in GENERATED.rglob("*.py")
        for name in imported_by(path)
        if not name.startswith(("kubex_core.models", "kubex.k8s."))
        and name.partition(".")[0] not in {"msgspec", *sys.stdlib_module_names}
    }
    assert foreign == set()


@pytest.mark.parametrize(
    "modules",
    ["kubex", "kubex.api", "kubex.client", "kubex.configuration", "kubex.core.codec", "kubex.k8s.v1_35.core.v1.pod"],
)
def test_importing_loads_no_http_library_and_no_event_loop_but_anyio_s_own(modules: str) -> None:
    code = f"import sys, {modules}\nprint(*sorted({{'aiohttp', 'httpx', 'httpx_ws', 'trio'}} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout.strip() == ""
