"""The intermediate model: what every source is turned into and every output made from.

It knows neither OpenAPI nor Python's spelling of names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TypeAlias

__all__ = [
    "Api",
    "Definition",
    "EnumeratedString",
    "Field",
    "FieldType",
    "GroupVersionKind",
    "ListOf",
    "MapOf",
    "MergeRule",
    "Package",
    "Reference",
    "Resource",
    "Scalar",
    "references",
]


class Scalar(Enum):
    """A type without parts."""

    STRING = auto()
    BYTES = auto()
    TIME = auto()
    MICRO_TIME = auto()
    INTEGER = auto()
    NUMBER = auto()
    BOOLEAN = auto()
    INTEGER_OR_STRING = auto()
    QUANTITY = auto()
    ANY = auto()
    """Any JSON value."""


@dataclass(frozen=True)
class EnumeratedString:
    """A string for which the document lists the values it knows of."""

    values: tuple[str, ...]


@dataclass(frozen=True)
class ListOf:
    """A JSON array."""

    item: FieldType


@dataclass(frozen=True)
class MapOf:
    """A JSON object with free keys."""

    value: FieldType


@dataclass(frozen=True)
class Reference:
    """Another definition, by its name in the document."""

    definition: str


FieldType: TypeAlias = Scalar | EnumeratedString | ListOf | MapOf | Reference


@dataclass(frozen=True)
class MergeRule:
    """How a field is merged: by strategic merge patch (`patch_*`) and by server-side apply (`list_*`, `map_type`)."""

    patch_strategy: str | None = None
    patch_merge_key: str | None = None
    list_type: str | None = None
    list_map_keys: tuple[str, ...] = ()
    map_type: str | None = None


@dataclass(frozen=True)
class Field:
    """A property of a definition."""

    name: str
    """Its name in JSON."""
    type: FieldType
    required: bool = False
    merge_rule: MergeRule | None = None


@dataclass(frozen=True, order=True)
class GroupVersionKind:
    """What `apiVersion` and `kind` say of an object."""

    group: str
    version: str
    kind: str

    @property
    def api_version(self) -> str:
        """Group and version as objects carry them."""
        return f"{self.group}/{self.version}" if self.group else self.version


@dataclass(frozen=True)
class Resource:
    """Where objects of a definition live in the API."""

    group_version_kind: GroupVersionKind
    plural: str
    namespaced: bool
    subresources: tuple[str, ...] = ()
    list_definition: str | None = None
    """Name of the definition of its list."""


@dataclass(frozen=True, order=True)
class Package:
    """Where definitions of one group and version stand together: `core`, `v1`."""

    group: str
    version: str
    api_group: str = field(compare=False)
    """The group's full name as its reference pages have it: `core`, `rbac.authorization.k8s.io`."""
    documented: bool = field(default=True, compare=False)
    """Whether the Kubernetes API reference describes it; it doesn't know custom resources."""

    @property
    def api_version(self) -> str:
        """Group and version for people to read: `core/v1`."""
        return f"{self.api_group}/{self.version}" if self.version else self.api_group


@dataclass(frozen=True)
class Definition:
    """A type with fields."""

    name: str
    """Its name in the document, `io.k8s.api.core.v1.Pod`."""
    class_name: str
    package: Package
    fields: tuple[Field, ...]
    group_version_kind: GroupVersionKind | None = None
    """Of an object that stands for itself, and so carries `apiVersion` and `kind`."""
    resource: Resource | None = None
    list_of: str | None = None
    """Of a resource's list: the name of the resource's definition."""
    map_type: str | None = None

    def references(self) -> set[str]:
        """Names of the definitions that its fields, or for a list its items, lead to."""
        return {name for each in self.fields for name in references(each.type)}


@dataclass(frozen=True)
class Api:
    """All of one Kubernetes version."""

    kubernetes_version: str
    """`1.35.4`."""
    definitions: dict[str, Definition]
    """By name, in order of the names."""


def references(type_: FieldType) -> Iterator[str]:
    """Give the names of the definitions that a type leads to."""
    match type_:
        case Reference(name):
            yield name
        case ListOf(inner) | MapOf(inner):
            yield from references(inner)
        case Scalar() | EnumeratedString():
            pass
