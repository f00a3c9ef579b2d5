"""What ruff, mypy and pyright make of generated modules: nothing to format, nothing to find."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from kubex.generate import generate
from tests.unit.generate.definitions import everything
from tests.unit.generate.modules import FORMS
from tests.unit.generate.schemas import schemas
from tests.unit.generate.test_generator import definition

CHECKED = 16
"""Modules of random schemas that the type checkers see, too."""

TOOLS = (
    ("ruff", "format", "--isolated", "--diff", "."),
    ("ruff", "check", "--isolated", "."),
    ("mypy", "--strict", "--python-version", "3.11", "--exclude", "formatted", "."),
    ("pyright", "--project", ".", "--pythonpath", sys.executable),
)


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a module of everything, one of random schemas for each example, and a program that uses one."""
    folder = tmp_path_factory.mktemp("generated")
    whole, _ = everything("example.com")
    for form in FORMS:
        (folder / f"{form}_gadgets.py").write_text(generate(whole, form=form))
    (folder / "formatted").mkdir()
    numbers = count()

    @settings(suppress_health_check=[HealthCheck.too_slow])
    @given(first=schemas, second=schemas)
    def write(first: dict[str, Any], second: dict[str, Any]) -> None:
        for form in FORMS:
            text = generate(definition({"first": first, "aRatherLongNameOfAProperty": second}), form=form)
            number = next(numbers)
            place = folder if number < CHECKED else folder / "formatted"  # type checkers take their time
            (place / f"{form}_{number}.py").write_text(text)

    write()
    (folder / "use.py").write_text(USE)
    (folder / "pyrightconfig.json").write_text(
        json.dumps({"typeCheckingMode": "strict", "pythonVersion": "3.11", "exclude": ["formatted"]})
    )
    return folder


USE = '''"""Uses generated classes."""

from typing import assert_type

from kubex.api import Api
from kubex.client import BaseClient

from pydantic_gadgets import Gadget as ModelGadget
from pydantic_gadgets import GadgetSpec as ModelSpec
from struct_gadgets import Gadget, GadgetSpec


async def use(client: BaseClient) -> None:
    """Read and write both forms."""
    spec = GadgetSpec(text="t", nothing=None, url="https://example.com", field="f")
    gadget = await Api(Gadget, client, namespace="shop").create(Gadget(spec=spec))
    assert_type(gadget.spec.count, int)
    assert_type(gadget.spec.key, bytes | None)
    assert_type(gadget.spec.port, int | str | None)
    await Api(Gadget, client, namespace="shop").status.get("a")
    model_spec = ModelSpec(text="t", nothing=None, url="https://example.com")
    model = ModelGadget(spec=model_spec)
    assert_type(model.spec.count, int)
    assert_type(model.spec.from_, str | None)
'''


@pytest.mark.parametrize("tool", TOOLS, ids=" ".join)
@pytest.mark.timeout(600)
def test_nothing_is_found(modules: Path, tool: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *tool], cwd=modules, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}{done.stderr[-2000:]}"
