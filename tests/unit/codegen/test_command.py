"""The generator's command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.codegen.conftest import GOLDEN
from tools.codegen import __main__ as command
from tools.codegen.document import read_document, store_document

SPEC = str(GOLDEN / "openapi.json")


def test_generates_and_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "shop_models"
    assert command.main(["--spec", SPEC, "--output", str(output)]) == 0
    assert "definitions in" in capsys.readouterr().out
    assert "from shop_models.shop.v1.order import" in (output / "shop" / "v1" / "__init__.py").read_text()
    assert command.main(["--spec", SPEC, "--output", str(output), "--check"]) == 0
    assert capsys.readouterr().err == ""

    (output / "shop" / "v1" / "order.py").write_text("")
    assert command.main(["--spec", SPEC, "--output", str(output), "--check"]) == 1
    assert "shop/v1/order.py" in capsys.readouterr().err
    assert (output / "shop" / "v1" / "order.py").read_text() == ""


@pytest.mark.parametrize(
    ("folder", "arguments", "package"),
    [
        ("src/acme/models", [], "acme.models"),
        ("models", [], "models"),
        ("models", ["--package", "acme.kubernetes"], "acme.kubernetes"),
    ],
)
def test_names_the_package(folder: str, arguments: list[str], package: str, tmp_path: Path) -> None:
    output = tmp_path / folder
    assert command.main(["--spec", SPEC, "--output", str(output), *arguments]) == 0
    assert f"from {package}.shop.v1.order import" in (output / "shop" / "v1" / "__init__.py").read_text()


def test_version_given_by_hand(tmp_path: Path) -> None:
    arguments = ["--spec", SPEC, "--output", str(tmp_path), "--kubernetes-version", "1.35.9", "--package", "m"]
    assert command.main(arguments) == 0
    assert 'KUBERNETES_VERSION = "1.35.9"' in (tmp_path / "__init__.py").read_text()


def test_without_a_spec_every_stored_one_is_generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "SPECS", tmp_path / "specs")
    monkeypatch.setattr(command, "MODELS", tmp_path / "src" / "shop")
    monkeypatch.setattr(command, "VERSIONS", ("v1_98", "v1_99"))
    for version in ("1.98.1", "1.99.1"):
        path = tmp_path / "specs" / f"v1_{version[2:4]}.json.gz"
        store_document(read_document(SPEC), path, version)
    assert command.main(["--check"]) == 1
    assert command.main([]) == 0
    assert command.main(["--check"]) == 0
    assert '"1.98.1"' in (tmp_path / "src" / "shop" / "v1_98" / "__init__.py").read_text()
    assert '"1.99.1"' in (tmp_path / "src" / "shop" / "v1_99" / "__init__.py").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--spec", SPEC], "--output"),
        (["--spec", "nowhere.json", "--output", "x"], "nowhere.json"),
    ],
)
def test_says_what_is_missing(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(arguments) == 2
    assert message in capsys.readouterr().err


def test_the_models_in_the_tree_are_as_generated() -> None:
    assert command.main(["--check"]) == 0
