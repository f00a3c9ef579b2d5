"""The page of the reference for what an Api's attributes are: `pods.logs`, `deployments.scale` and the like."""

from __future__ import annotations

import pkgutil
from importlib import import_module

__all__ = ("ACCESSORS_PAGE", "accessor_classes", "accessors_markdown")

ACCESSORS_PAGE = "reference/accessors.md"
_PACKAGE = "kubex.api"


def accessor_classes() -> list[str]:
    """Give the full names of the accessors' classes, in alphabetical order."""
    found: list[str] = []
    for each in pkgutil.iter_modules(import_module(_PACKAGE).__path__, f"{_PACKAGE}."):
        module = import_module(each.name)
        found += [
            f"{each.name}.{name}"
            for name in vars(module)
            if name.endswith("Accessor") and name != "Accessor" and getattr(module, name).__module__ == each.name
        ]
    return sorted(found, key=lambda name: name.rpartition(".")[2])


def accessors_markdown() -> str:
    """Write the page, with mkdocstrings' directives."""
    lines = [
        "# Accessors",
        "",
        "Attributes of an [`Api`][kubex.api.Api]. One that a resource lacks is a type error, and a",
        "`NotImplementedError` when it is read.",
        "",
    ]
    for name in accessor_classes():
        lines += [f"::: {name}", "    options:", "      heading_level: 2", "      inherited_members: true", ""]
    return "\n".join(lines)
