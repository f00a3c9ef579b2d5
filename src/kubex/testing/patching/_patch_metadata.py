"""What strategic merge patches ask of a schema: how a member is merged, by which key, and what is in it."""

from __future__ import annotations

from typing import NamedTuple

from kubex.testing.patching.rejection import internal_error
from kubex.testing.schema.tree import UNSET, Field, Fields, ListSchema, ObjectSchema, ScalarSchema, Schema

__all__ = ["PatchMetadata", "go_kind", "list_metadata", "object_metadata"]


class PatchMetadata(NamedTuple):
    """How a member is merged."""

    schema: Schema
    """Of the member; of the items, if it is a list."""
    strategy: str
    """`merge`, `replace` or `""`; `retainKeys` shows in the patch itself."""
    merge_key: str
    """Of the items; `""` if they have none."""


def object_metadata(schema: Schema, name: str) -> PatchMetadata:
    """Give how a member is merged that is an object.

    Raises:
        Rejection: the schema has no such field.
    """
    field = _field(schema, name)
    strategy = "".join(sorted(field.patch_strategies - {"retainKeys"}))
    return PatchMetadata(field.schema, strategy, field.merge_key or "")


def list_metadata(schema: Schema, name: str) -> PatchMetadata:
    """Give how a member is merged that is a list.

    Raises:
        Rejection: the schema has no such field, or it is no list.
    """
    field = _field(schema, name)
    metadata = object_metadata(schema, name)
    if isinstance(field.schema, ListSchema):
        if isinstance(field.schema.items, ListSchema):
            raise internal_error("unexpected slice of slice")
        return metadata._replace(schema=field.schema.items)
    is_pointer = field.zero is UNSET and not field.omits_empty
    if not is_pointer:
        raise internal_error("expected slice or array type, but got: struct")
    return metadata


def _field(schema: Schema, name: str) -> Field:
    kind = go_kind(schema)
    if kind != "struct":
        raise internal_error(f"merging an object in json but data type is not struct, instead is: {kind}")
    fields: Fields = schema.fields if isinstance(schema, ObjectSchema) else {}
    if name in fields:
        return fields[name]
    for field in fields.values():  # the server's JSON reader overlooks case where nothing fits exactly
        if field.name.casefold() == name.casefold():
            return field
    struct = schema.name if isinstance(schema, ObjectSchema) else "RawExtension"
    raise internal_error(f'unable to find api field in struct {struct} for the json field "{name}"')


def go_kind(schema: Schema) -> str:
    """Name the kind of Go type that the server has for a schema."""
    if isinstance(schema, ObjectSchema):
        return "struct" if schema.name else "map"
    if isinstance(schema, ListSchema):
        return "slice"
    if isinstance(schema, ScalarSchema):
        return {"boolean": "bool", "integer": schema.format or "int64", "number": "float64"}.get(schema.type, "string")
    return "struct"
