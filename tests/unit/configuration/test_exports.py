"""The package's names: exactly those it lists, and none of their modules before its time."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import kubex.configuration as package
from kubex.configuration.configuration import __all__ as parts


@pytest.mark.parametrize("name", package.__all__)
def test_every_name_is_there(name: str) -> None:
    value: object = getattr(package, name)
    assert getattr(value, "__name__", None) == name


def test_the_parts_of_a_kubeconfig_are_all_there() -> None:
    assert set(parts) <= set(package.__all__)


def test_type_checkers_see_what_is_there() -> None:
    tree = ast.parse(Path(str(package.__file__)).read_text())
    block = next(node for node in tree.body if isinstance(node, ast.If))
    names = [alias.name for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted(names) == sorted(package.__all__)


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match=r"module 'kubex\.configuration' has no attribute 'Nothing'"):
        _ = package.Nothing  # type: ignore[attr-defined]  # pyright: ignore


def test_dir() -> None:
    assert set(package.__all__) <= set(dir(package))


def test_a_configuration_made_in_code_needs_neither_yaml_nor_pydantic() -> None:
    program = (
        "import sys; from kubex.configuration import ClientConfiguration; ClientConfiguration('https://example.com');"
        "print([name for name in ('yaml', 'pydantic', 'kubex.configuration.configuration') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
