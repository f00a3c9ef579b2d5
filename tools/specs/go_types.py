"""Reads from Go sources what the fields of structs are called, and what becomes of an empty one when it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["GoField", "GoTypes", "NumberedField"]

_STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_DEFINED_AS = re.compile(r"^type (\w+) (?:= )?(\w+)\.(\w+)$", re.MULTILINE)
_FIELD = re.compile(
    r'^\s+(?:(?P<name>\w+)\s+)?(?P<type>[\w.*\[\]]+)\s+`(?=.*?json:"(?P<tag>[^"]*)")(?:.*?protobuf:"\w+,(?P<number>\d+))?'
)


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


@dataclass(frozen=True)
class NumberedField:
    """How a struct has a field of a protobuf message."""

    name: str
    """In Go."""
    json_name: str
    """Empty where the fields of a struct stand among those of the one that it is in."""
    is_pointer: bool
    omits_empty: bool
    omits_zero: bool


class _Tagged(NamedTuple):
    """A field of a struct as it stands in the source."""

    name: str
    type: str
    tag: str
    number: int | None


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

    def numbered_fields(self, definition: str) -> dict[int, NumberedField] | None:
        """Give the fields of a definition's struct by their numbers in protobuf; `None` if it is no struct there."""
        prefix, _, name = definition.rpartition(".")
        body = self._structs(prefix).get(name)
        if body is None:
            other = self._defined_as(prefix).get(name)
            return None if other is None else self.numbered_fields(other)
        return {each.number: _numbered(each) for each in _tagged(body) if each.number is not None}

    def _fields(self, prefix: str, name: str) -> dict[str, GoField] | None:
        body = self._structs(prefix).get(name)
        if body is None:
            return None
        found: dict[str, GoField] = {}
        for _, go_type, tag, _ in _tagged(body):
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
        return self._fields(self._meta(prefix) if package else prefix, name) or {}

    def _defined_as(self, prefix: str) -> dict[str, str]:
        """Give the definitions that a package's types are taken from: of another version, or of the metadata."""
        group = prefix.rpartition(".")[0]
        return {
            match[1]: f"{self._meta(prefix) if match[2] == 'metav1' else f'{group}.{match[2]}'}.{match[3]}"
            for text in self._texts(prefix)
            for match in _DEFINED_AS.finditer(text)
        }

    def _meta(self, prefix: str) -> str:
        return next((each for each in self._packages if each.endswith(".meta.v1")), prefix)

    @cache  # noqa: B019  # one object lives as long as the program that reads the documents
    def _structs(self, prefix: str) -> dict[str, str]:
        return {match[1]: match[2] for text in self._texts(prefix) for match in _STRUCT.finditer(text)}

    def _texts(self, prefix: str) -> list[str]:
        folder = self._packages.get(prefix)
        if folder is None:
            return []
        paths = (path for path in sorted(folder.glob("*.go")) if not path.name.endswith("_test.go"))
        return [path.read_text(encoding="utf-8") for path in paths]


def _numbered(field: _Tagged) -> NumberedField:
    json_name, *options = field.tag.split(",")
    is_pointer = field.type.startswith("*")
    return NumberedField(field.name, json_name, is_pointer, "omitempty" in options, "omitzero" in options)


def _tagged(body: str) -> Iterator[_Tagged]:
    for line in body.splitlines():
        match = _FIELD.match(line)
        if match is not None:
            name = match["name"] or match["type"].lstrip("*").rpartition(".")[2]
            yield _Tagged(name, match["type"], match["tag"], int(match["number"]) if match["number"] else None)
