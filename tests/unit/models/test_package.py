"""What `kubex_core.models` itself gives, and what importing it costs."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import pytest

import kubex_core.models as models


def test_every_public_name_of_its_modules_is_there() -> None:
    expected: dict[str, object] = {}
    for module in pkgutil.iter_modules(models.__path__):
        if not module.name.startswith("_"):
            loaded = importlib.import_module(f"kubex_core.models.{module.name}")
            expected |= {name: getattr(loaded, name) for name in loaded.__all__}
    assert {name: getattr(models, name) for name in models.__all__} == expected
    assert set(expected) <= set(dir(models))


def test_a_name_it_has_not() -> None:
    with pytest.raises(AttributeError, match=r"module 'kubex_core\.models' has no attribute 'Pod'"):
        _ = importlib.import_module("kubex_core.models").Pod


@pytest.mark.parametrize(
    ("statement", "loaded"),
    [
        ("import kubex_core.models", False),
        ("from kubex_core.models import StructEntity, Scale, MicroTime, ListEntity", False),
        ("from kubex.k8s.v1_35.core.v1.pod import Pod", False),
        ("from kubex_core.models import BaseEntity", True),
    ],
)
def test_pydantic_is_imported_by_whoever_brings_a_pydantic_model(statement: str, loaded: bool) -> None:
    code = f"import sys\n{statement}\nprint('pydantic' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == str(loaded)
