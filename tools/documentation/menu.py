"""The menu of the reference: public modules by packages, of which only the one that is open shows what is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

__all__ = ("reference_menu",)

_TESTING = "kubex.testing"


def reference_menu(pages: Mapping[str, str]) -> list[dict[str, Any]]:
    """Give MkDocs' menu of modules.

    Args:
        pages: of the modules, by their names.
    """
    return [
        {group: [_entry(package, modules, pages) for package, modules in _sorted_by(_packages_of(group), inside)]}
        for group, inside in _sorted_by(_group, pages)
    ]


def _group(module: str) -> str:
    return _TESTING if f"{module}.".startswith(f"{_TESTING}.") else module.partition(".")[0]


def _packages_of(group: str) -> Callable[[str], str]:
    """Give what tells the package of a module, one level below a group."""
    depth = group.count(".") + 2
    return lambda module: ".".join(module.split(".")[:depth])


def _sorted_by(key: Callable[[str], str], modules: Iterable[str]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for module in sorted(modules):
        found.setdefault(key(module), []).append(module)
    return list(found.items())


def _entry(package: str, modules: list[str], pages: Mapping[str, str]) -> dict[str, Any]:
    entries = [{module: pages[module]} for module in modules]
    return entries[0] if len(entries) == 1 else {package: entries}
