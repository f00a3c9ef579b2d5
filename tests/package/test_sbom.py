"""The software bill of materials: what kubex brings along, as it is pinned, and nothing of this machine."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.package.environments import ROOT
from tools.sbom import version

pytestmark = pytest.mark.timeout(600)


def bill_of_materials(folder: Path) -> bytes:
    command = [sys.executable, "-m", "tools.environments", "package", "--", "python", "-m", "tools.sbom", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return (folder / f"kubex-{version()}.cdx.json").read_bytes()


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file."""
    return bill_of_materials(tmp_path_factory.mktemp("sbom"))


def wanted() -> set[str]:
    """Name what pyproject.toml asks for, as package indexes spell it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    requirements = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {re.split(r"[^\w.-]", each)[0] for group in requirements for each in group}
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


def pinned() -> dict[str, str]:
    """Give the versions that the tests run with."""
    text = (ROOT / "requirements" / "test.txt").read_text()
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", text, re.MULTILINE))


def test_it_lists_what_kubex_brings_along(content: bytes) -> None:
    bill: dict[str, Any] = json.loads(content)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    root = bill["metadata"]["component"]
    assert (root["name"], root["version"], root["type"]) == ("kubex", version(), "library")
    components: dict[str, Any] = {each["name"].lower().replace("_", "-"): each for each in bill["components"]}
    assert wanted() - set(components) == set()
    pins = pinned()
    assert {name: each["version"] for name, each in components.items() if pins.get(name) != each["version"]} == {}
    for name, each in components.items():
        assert each["purl"] == f"pkg:pypi/{name}@{each['version']}"
        assert each.get("licenses"), f"{name} has no licence"
    depends = {each["ref"]: each.get("dependsOn", []) for each in bill["dependencies"]}
    assert len(depends[root["bom-ref"]]) >= len(wanted())


def test_it_is_the_same_again_and_tells_nothing_of_this_machine(content: bytes, tmp_path: Path) -> None:
    assert bill_of_materials(tmp_path) == content
    text = content.decode()
    for place in ("file:/", str(ROOT), tempfile.gettempdir()):
        assert place not in text
