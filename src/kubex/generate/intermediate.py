"""What schemas are turned into and modules are written from: it knows neither OpenAPI nor Python's bases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final, TypeAlias

__all__ = [
    "MISSING",
    "Choice",
    "FieldType",
    "Kind",
    "ListOf",
    "MapOf",
    "ObjectClass",
    "Property",
    "Reference",
    "Scalar",
    "Typed",
    "references",
]


class _Missing(Enum):
    MISSING = auto()


MISSING: Final = _Missing.MISSING
"""No default: null is one."""


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
    ANY = auto()
    """Any JSON value."""
    ANY_OBJECT = auto()
    """Any JSON object."""
    RESOURCE = auto()
    """Any object with `apiVersion`, `kind` and `metadata`."""
    METADATA = auto()
    """The metadata of such an object."""


@dataclass(frozen=True)
class Choice:
    """A text or a number of which the schema lists the values that it knows."""

    values: tuple[str | int, ...]
    is_text: bool


@dataclass(frozen=True)
class ListOf:
    """A JSON array."""

    item: Typed


@dataclass(frozen=True)
class MapOf:
    """A JSON object with free keys."""

    value: Typed


@dataclass(frozen=True)
class Reference:
    """An object with known fields: another class, by its name."""

    name: str


FieldType: TypeAlias = Scalar | Choice | ListOf | MapOf | Reference
"""The type of a field."""


@dataclass(frozen=True)
class Typed:
    """A type with what the schema says of it beyond that."""

    type: FieldType
    words: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Under their names in JSON."""
    is_nullable: bool = False


@dataclass(frozen=True)
class Property:
    """A property of an object."""

    name: str
    """Its name in JSON."""
    typed: Typed
    is_required: bool = False
    default: Any = MISSING
    description: str | None = None


@dataclass
class ObjectClass:
    """An object with known fields."""

    name: str
    description: str | None = None
    properties: list[Property] = field(default_factory=list[Property])
    words: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What the schema says of the object as a whole."""
    keeps_unknown: bool = False
    """Whether objects may have other fields, which are to be kept."""

    def references(self) -> set[str]:
        """Give the names of the classes that its fields lead to."""
        return {name for each in self.properties for name in references(each.typed.type)}


@dataclass
class Kind:
    """A kind in one version, as a CustomResourceDefinition or an OpenAPI document has it."""

    object: ObjectClass
    group: str
    version: str
    kind: str
    plural: str
    is_namespaced: bool
    subresources: tuple[str, ...] = ()
    definition: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Arguments of its `DefinitionConfig`, those alone that say something."""

    @property
    def api_version(self) -> str:
        """Group and version as objects carry them."""
        return f"{self.group}/{self.version}" if self.group else self.version


def references(type_: FieldType) -> Iterator[str]:
    """Give the names of the classes that a type leads to."""
    match type_:
        case Reference(name):
            yield name
        case ListOf(inner) | MapOf(inner):
            yield from references(inner.type)
        case Scalar() | Choice():
            pass
