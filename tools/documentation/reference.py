"""The pages of the API reference: one for each public module, made from the names in its `__all__`."""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass, replace
from importlib import import_module

__all__ = ("Reference", "public_modules", "read_reference")

_PACKAGES = ("kubex", "kubex_core")
_GENERATED = "kubex.k8s.v1_"
_TESTING = "kubex.testing."


@dataclass(frozen=True)
class Reference:
    """A public module: the names that are described on its page, and those that stand on another module's."""

    module: str
    described: tuple[str, ...]
    elsewhere: dict[str, str]
    """For each name, the module on whose page it is."""
    is_inside: bool = False
    """Whether it is how the server in memory works inside, which the search need not find."""

    @property
    def page(self) -> str:
        """Path of the page in the site's sources."""
        return f"reference/{self.module}.md"

    def markdown(self) -> str:
        """Write the page, with mkdocstrings' directives."""
        document = (import_module(self.module).__doc__ or "").strip()
        lines = [f"# `{self.module}`", ""]
        if not self.described:  # else mkdocstrings gives it
            lines += [document, ""]
        if self.is_inside:
            lines = ["---", "search:", "  exclude: true", "---", "", *lines]
        if self.described:
            lines += [f"::: {self.module}", "    options:", f"      members: {list(self.described)}"]
            lines += ["      show_root_heading: false", "      show_root_toc_entry: true", ""]
        if self.elsewhere:
            lines += ["## Described elsewhere", ""] if self.described else []
            lines += [f"- [`{name}`][{home}.{name}]" for name, home in sorted(self.elsewhere.items())]
            lines.append("")
        return "\n".join(lines)


def public_modules() -> list[str]:
    """Give the names of all modules without an underscore in them, but for the generated models."""
    found = list(_PACKAGES)
    for name in _PACKAGES:
        found += [each.name for each in pkgutil.walk_packages(import_module(name).__path__, f"{name}.")]
    return sorted(
        name
        for name in found
        if not name.startswith(_GENERATED) and not any(part.startswith("_") for part in name.split("."))
    )


def read_reference() -> list[Reference]:
    """Read all public modules, and find out on whose page each of their names belongs."""
    modules = public_modules()
    read = [_read(name, modules) for name in modules]
    depth = _TESTING.count(".")
    homes = {home for each in read if each.module.count(".") <= depth for home in each.elsewhere.values()}
    return [
        replace(
            each,
            is_inside=each.module.startswith(_TESTING) and each.module.count(".") > depth and each.module not in homes,
        )
        for each in read
    ]


def _read(name: str, modules: list[str]) -> Reference:
    module = import_module(name)
    described: list[str] = []
    elsewhere: dict[str, str] = {}
    for entry in module.__all__:
        home = _home(name, entry, modules)
        if home == name:
            described.append(entry)
        else:
            elsewhere[entry] = home
    return Reference(name, tuple(described), elsewhere)


def _home(module: str, name: str, modules: list[str]) -> str:
    """Give the module that describes a name: of those that list this very object, the one where it is defined.

    What is defined in a private module belongs to the public one nearest to it. A value that knows no module (a
    constant, an alias of a type) belongs to the deepest module that lists it.
    """
    value = getattr(import_module(module), name)
    if value is None or f"{module}.{name}" in modules:
        return module
    listing = [
        each for each in modules if name in import_module(each).__all__ and getattr(import_module(each), name) is value
    ]
    defined = getattr(value, "__module__", None)
    if defined in listing:
        return str(defined)
    return max(listing, key=lambda each: (_shared(each, str(defined or "")), each.count("."), each))


def _shared(module: str, defined: str) -> int:
    """Count the packages that two modules have in common."""
    count = 0
    for left, right in zip(module.split("."), defined.split("."), strict=False):
        if left != right:
            break
        count += 1
    return count
