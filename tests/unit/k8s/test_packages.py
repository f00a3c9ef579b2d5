"""Importing models: what a package offers, and what comes with it."""

from __future__ import annotations

import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Mapping, Set
from importlib import import_module
from types import ModuleType

import pytest

from kubex_core.models.struct_entity import StructEntity
from tests.unit.k8s.version import Version


def _modules(generated: Version) -> list[ModuleType]:
    root = import_module(generated.package)
    return [import_module(each.name) for each in pkgutil.walk_packages(root.__path__, f"{root.__name__}.")]


def _group_versions(generated: Version) -> dict[str, set[str]]:
    """Give the names of the classes of each group-version package."""
    packages: dict[str, set[str]] = {}
    for name, class_ in generated.classes.items():
        package = generated.api.definitions[name].package
        packages.setdefault(f"{generated.package}.{package.group}.{package.version}", set()).add(class_.__name__)
    return packages


def test_packages_offer_their_classes_and_nothing_else(generated: Version) -> None:
    for name, classes in _group_versions(generated).items():
        package = import_module(name)
        assert set(package.__all__) == classes, name
        assert len(package.__all__) == len(classes), name
        assert classes <= set(dir(package)), name
        with pytest.raises(AttributeError, match="Misspelt"):
            _ = package.Misspelt


def test_classes_are_the_same_from_package_and_module(generated: Version) -> None:
    for class_ in generated.classes.values():
        assert getattr(import_module(class_.__module__), class_.__name__) is class_


def test_every_module_says_exactly_what_it_defines(generated: Version) -> None:
    for module in _modules(generated):
        if not hasattr(module, "__path__"):
            defined = {
                name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__
            }
            assert set(module.__all__) >= defined, module.__name__
            assert all(hasattr(module, name) for name in module.__all__), module.__name__


def test_version(generated: Version) -> None:
    version = import_module(generated.package).KUBERNETES_VERSION
    assert generated.name == "v" + "_".join(version.split(".")[:2])
    assert generated.document["info"]["version"] == f"v{version}"


def _loaded(statement: str) -> set[str]:
    """Give what a fresh interpreter has loaded after a statement."""
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_a_kind_brings_only_what_it_refers_to(generated: Version) -> None:
    loaded = _loaded(f"from {generated.package}.core.v1 import Pod")
    groups = {name.split(".")[3] for name in loaded if name.startswith(f"{generated.package}.")}
    assert groups == {"core", "meta"}
    assert f"{generated.package}.core.v1.node" not in loaded
    assert f"{generated.package}.core.v1.service" not in loaded
    assert not {name for name in loaded if name.startswith("kubex.") and not name.startswith("kubex.k8s")} - {
        "kubex._version"
    }


def test_no_module_brings_groups_that_its_kinds_do_not_refer_to(generated: Version) -> None:
    """What modules import of each other, followed from each resource, and what the document says."""
    prefix = f"{generated.package}."
    imported = {
        module.__name__: {
            value.__module__
            for value in vars(module).values()
            if isinstance(value, type) and value.__module__.startswith(prefix)
        }
        for module in _modules(generated)
        if not hasattr(module, "__path__")
    }
    referred = {name: _references(generated, name) & generated.classes.keys() for name in generated.classes}
    for name, class_ in generated.classes.items():
        if class_.__module__.startswith(prefix) and issubclass(class_, StructEntity):
            brought = {each.split(".")[3] for each in _reached(class_.__module__, imported)}
            modules = {generated.classes[each].__module__ for each in _reached(name, referred)}
            assert brought == {each.split(".")[3] for each in modules if each.startswith(prefix)}, name


def _references(generated: Version, name: str) -> set[str]:
    return set(re.findall(r'"#/definitions/([^"]+)"', json.dumps(generated.document["definitions"][name])))


def _reached(start: str, edges: Mapping[str, Set[str]]) -> set[str]:
    waiting, seen = {start}, set[str]()
    while waiting:
        seen.add(each := waiting.pop())
        waiting |= edges.get(each, set()) - seen
    return seen


def test_a_package_alone_brings_no_model(generated: Version) -> None:
    loaded = _loaded(f"import {generated.package}.core.v1, {generated.package}.apps.v1")
    assert {name for name in loaded if name.startswith(f"{generated.package}.")} == {
        f"{generated.package}.{name}" for name in ("core", "core.v1", "apps", "apps.v1")
    }
