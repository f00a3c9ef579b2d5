"""The schema of an object as a tree, whatever it was read from.

The nodes are made once and then shared; nothing changes them. What a name leads to may be another node that it is
part of (`JSONSchemaProps` holds itself), so that the fields of an object are found at their first use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias

__all__ = [
    "ANY",
    "ATOMIC_ANY",
    "INTEGER_OR_STRING",
    "NOT_NULL",
    "UNSET",
    "AnySchema",
    "Field",
    "Fields",
    "ListSchema",
    "ListType",
    "ObjectSchema",
    "ScalarSchema",
    "ScalarType",
    "Schema",
    "Unset",
]

ScalarType: TypeAlias = Literal["string", "integer", "number", "boolean"]
ListType: TypeAlias = Literal["atomic", "set", "map"]


class Unset:
    """The class of `UNSET`: no default, no zero value, where `None` would be a null."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> Literal[False]:
        return False


UNSET: Final = Unset()


@dataclass(frozen=True, eq=False)
class ScalarSchema:
    """A string, number or boolean."""

    type: ScalarType
    format: str | None = None
    """`int32`, `date-time`, `micro-time`, `byte`, `quantity`, …; what a format means is the reader's business."""
    enum: tuple[Any, ...] = ()
    nullable: bool = False

    @cached_property
    def is_checked(self) -> bool:
        """Whether server-side apply wants a value of this very type; with other formats any scalar will do."""
        return self.type != "string" or self.format in (None, "byte")

    @cached_property
    def plain(self) -> Callable[..., Any] | None:
        """The class of Python whose every value fits; `None` where more has to be looked at than the class."""
        if self.type == "string" and self.format not in ("byte", "date-time", "micro-time", "quantity"):
            return str
        return bool if self.type == "boolean" else None


@dataclass(frozen=True, eq=False)
class AnySchema:
    """Any JSON value."""

    atomic: bool = False
    """Whether server-side apply takes the value as one, or else the members of its objects one by one."""
    int_or_string: bool = False
    """Whether only a number or a string is meant."""
    nullable: bool = True


@dataclass(frozen=True, eq=False)
class ListSchema:
    """A list."""

    items: Schema
    list_type: ListType = "atomic"
    """How server-side apply tells the items: not at all, by their value, or by their keys."""
    keys: tuple[str, ...] = ()
    """Fields of the items that make their key; of a list of the type `map`."""
    nullable: bool = False
    default: Any = UNSET
    """What the server takes an item to be that is null."""

    @cached_property
    def key_defaults(self) -> tuple[tuple[str, Any], ...]:
        """The keys in the order of their names, each with its default or `UNSET`."""
        fields: Fields = self.items.fields if isinstance(self.items, ObjectSchema) else {}
        return tuple((key, fields[key].default if key in fields else UNSET) for key in sorted(self.keys))


@dataclass(frozen=True, eq=False)
class Field:
    """A named field of an object."""

    name: str
    schema: Schema
    required: bool = False
    default: Any = UNSET
    """What the server takes the field to be where it is missing. For built-in types these are the declared ones, zero
    values included; the server's defaulting in code is not among them."""
    zero: Any = UNSET
    """What the field holds in an object that does not give it, where the server writes it even so."""
    omits_empty: bool = False
    """Whether the server leaves the field out where it is `false`, 0, `""` or an empty list or object."""
    patch_strategies: frozenset[str] = frozenset()
    """Of strategic merge patches: `merge`, `replace`, `retainKeys`."""
    merge_key: str | None = None
    """Field that tells the items of the list, in strategic merge patches."""


Fields: TypeAlias = Mapping[str, Field]
"""Named fields by their names in JSON."""


@dataclass(frozen=True, eq=False)
class ObjectSchema:
    """An object: with named fields, a map of like values, or both.

    Args:
        name: of the type, for error texts; `""` if it has none.
        read_fields: gives the named fields; called once.
        values: schema of what has no field's name; `None`: nothing else belongs here.
    """

    name: str
    read_fields: Callable[[], Fields]
    values: Schema | None = None
    atomic: bool = False
    """Whether server-side apply takes the object as one."""
    preserves_unknown_fields: bool = False
    """Whether a custom resource keeps here what the schema does not know; `values` alone does not say so."""
    embedded_resource: bool = False
    """Whether it is a whole object with `apiVersion`, `kind` and `metadata`, inside another."""
    nullable: bool = False
    default: Any = UNSET
    """What the server takes a value without a field's name to be that is null."""

    @cached_property
    def fields(self) -> Fields:
        """The named fields by their names in JSON."""
        return self.read_fields()

    @cached_property
    def always_written(self) -> tuple[Field, ...]:
        """The fields that the server writes even where an object does not give them."""
        return tuple(field for field in self.fields.values() if field.zero is not UNSET)

    def member(self, name: str) -> Schema | None:
        """Give the schema of a member; `None` if none of that name belongs here."""
        field = self.fields.get(name)
        return self.values if field is None else field.schema


Schema: TypeAlias = ScalarSchema | AnySchema | ListSchema | ObjectSchema

ANY: Final = AnySchema()
ATOMIC_ANY: Final = AnySchema(atomic=True)
INTEGER_OR_STRING: Final = AnySchema(int_or_string=True, nullable=False)
NOT_NULL: Final = AnySchema(nullable=False)
