"""Reads from Go sources what becomes of an empty field when the API server writes an object."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["GoField", "GoTypes"]

_STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r'^\s+(?:(?P<name>\w+)\s+)?(?P<type>[\w.*\[\]]+)\s+`.*?json:"(?P<tag>[^"]*)"')


@dataclass(frozen=True)
class GoField:
    """How a struct has one field."""

    type: str
    omits_empty: bool
    omits_zero: bool

    @property
    def is_pointer(self) -> bool:
        """Whether the field may hold nothing at all, besides an empty value."""
        return self.type.startswith("*")

    @property
    def is_container(self) -> bool:
        """Whether the field is a list or a map as it stands; named ones look like structs here."""
        return self.type.startswith(("[", "map["))


class GoTypes:
    """The structs of Go packages.

    Args:
        packages: folders of the packages by the prefix that OpenAPI gives the names of their types.
    """

    def __init__(self, packages: dict[str, Path]) -> None:
        self._packages = packages

    def fields(self, definition: str) -> dict[str, GoField] | None:
        """Give the fields of a definition's struct by their names in JSON; `None` if it is no struct there."""
        prefix, _, name = definition.rpartition(".")
        return self._fields(prefix, name)

    def _fields(self, prefix: str, name: str) -> dict[str, GoField] | None:
        body = self._structs(prefix).get(name)
        if body is None:
            return None
        found: dict[str, GoField] = {}
        for go_type, tag in _tagged(body):
            json_name, *options = tag.split(",")
            if json_name == "-":
                continue
            if json_name:
                found[json_name] = GoField(go_type, "omitempty" in options, "omitzero" in options)
            elif "inline" in options:
                found.update(self._embedded(prefix, go_type))
        return found

    def _embedded(self, prefix: str, go_type: str) -> dict[str, GoField]:
        package, _, name = go_type.rpartition(".")
        owner = next((each for each in self._packages if each.endswith(".meta.v1")), prefix) if package else prefix
        return self._fields(owner, name) or {}

    @cache  # noqa: B019  # one object lives as long as the program that reads the documents
    def _structs(self, prefix: str) -> dict[str, str]:
        folder = self._packages.get(prefix)
        if folder is None:
            return {}
        return {
            match[1]: match[2]
            for path in sorted(folder.glob("*.go"))
            if not path.name.endswith("_test.go")
            for match in _STRUCT.finditer(path.read_text(encoding="utf-8"))
        }


def _tagged(body: str) -> Iterator[tuple[str, str]]:
    for line in body.splitlines():
        match = _FIELD.match(line)
        if match is not None:
            yield match["type"], match["tag"]
