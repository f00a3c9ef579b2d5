"""Generates modules, checks their texts and imports them."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import kubex
from kubex.generate import Form, generate
from kubex.k8s.v1_35.apiextensions.v1 import CustomResourceDefinition
from kubex_core.models.entity import Entity
from tools.crds.problems import ProblemError

__all__ = ["Generated", "check_texts", "generated"]

_FORMS: tuple[Form, ...] = ("struct", "pydantic")


@dataclass(frozen=True)
class Generated:
    """What was made of one definition."""

    given: dict[str, Any]
    classes: dict[Form, list[type[Entity]]]
    """Of the versions, the stored one first."""
    definition: CustomResourceDefinition
    """Made of the Pydantic classes, which have all that the schema says."""

    @property
    def name(self) -> str:
        """The definition's name."""
        name: str = self.given["metadata"]["name"]
        return name


def generated(given: dict[str, Any], folder: Path) -> Generated:
    """Generate both forms of a definition, import them, and go from classes to a definition and back.

    Raises:
        ProblemError: the way back does not give the same classes.
    """
    name = given["metadata"]["name"]
    classes: dict[Form, list[type[Entity]]] = {}
    made: dict[Form, CustomResourceDefinition] = {}
    for form in _FORMS:
        text = generate(given, form=form)
        if generate(json.loads(json.dumps(given)), form=form) != text:
            raise ProblemError(f"{name}: the same definition gives another text")
        module = _imported(text, folder / f"{form}_{name.replace('.', '_').replace('-', '_')}.py")
        classes[form] = [
            each
            for each in vars(module).values()
            if isinstance(each, type) and issubclass(each, Entity) and each.__module__ == module.__name__
        ]
        made[form] = kubex.crd_for(*classes[form])
        if generate(made[form], form=form) != text:
            raise ProblemError(f"{name}: class to definition to class ({form}) does not give the class again")
        print(f"{name}: {form}, {text.count(chr(10))} lines, class to definition to class")
    definition = made["pydantic"]
    # Groups of Kubernetes itself need an approval in an annotation.
    definition.metadata.annotations = given["metadata"].get("annotations")
    return Generated(given, classes, definition)


def check_texts(folder: Path) -> None:
    """Let ruff, mypy and pyright look at the modules of a folder, each by its strictest or default rules.

    Raises:
        ProblemError: one of them found something.
    """
    (folder / "pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": "strict", "pythonVersion": "3.11"}))
    for command in (
        ["ruff", "format", "--isolated", "--check", "."],
        ["ruff", "check", "--isolated", "."],
        ["mypy", "--strict", "--python-version", "3.11", "."],
        ["pyright", "--project", ".", "--pythonpath", sys.executable],
    ):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ProblemError(f"{' '.join(command)} finds fault with what was generated:\n{done.stdout}{done.stderr}")
        print(f"{' '.join(command[:2])}: nothing found")


def _imported(text: str, file: Path) -> ModuleType:
    file.write_text(text)
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise ProblemError(f"{file} can't be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return module
