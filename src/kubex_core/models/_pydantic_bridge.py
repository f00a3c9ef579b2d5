"""Lets a struct be a field of a Pydantic model: validation, serialization and JSON schema."""

from __future__ import annotations

from typing import Any

import msgspec
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from kubex_core.models import _struct_codec

__all__ = ["TOLERANT", "core_schema_of", "json_schema_of"]

TOLERANT = {"kubex_tolerant": True}
"""Validation context under which missing and null required parts become zero values, as in a server's answer."""


def core_schema_of(cls: type[Any]) -> CoreSchema:
    """Give the schema by which Pydantic reads and writes structs of a class."""

    def validate(value: Any, info: core_schema.ValidationInfo) -> Any:
        if isinstance(value, cls):
            return value
        context = info.context
        tolerant = isinstance(context, dict) and bool(context.get("kubex_tolerant"))
        try:
            return _struct_codec.from_builtins(value, cls, tolerant=tolerant)
        except msgspec.ValidationError as error:
            # Pydantic's templates read braces as fields: the text goes in as a value.
            raise PydanticCustomError("struct", "{reason}", {"reason": str(error)}) from None

    def serialize(value: Any, info: core_schema.SerializationInfo) -> Any:
        return _struct_codec.dump(
            value,
            json_mode=info.mode == "json",
            by_alias=bool(info.by_alias),
            exclude_none=info.exclude_none or info.exclude_unset,
        )

    return core_schema.with_info_plain_validator_function(
        validate,
        serialization=core_schema.plain_serializer_function_ser_schema(serialize, info_arg=True),
    )


def json_schema_of(cls: type[Any]) -> dict[str, Any]:
    """Give the JSON schema of a struct class, whole: its parts are not shared with the surrounding document."""
    (schema,), parts = msgspec.json.schema_components(
        [cls], schema_hook=lambda type_: {"type": "string", "format": "date-time"}, ref_template="{name}"
    )
    return _inlined(schema, parts, ())


def _inlined(schema: Any, parts: dict[str, Any], path: tuple[str, ...]) -> Any:
    if isinstance(schema, list):
        return [_inlined(item, parts, path) for item in schema]
    if not isinstance(schema, dict):
        return schema
    name = schema.get("$ref")
    if isinstance(name, str) and name in parts:
        if name in path:  # a recursive type: an inline schema has to end somewhere
            return {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        return _inlined(parts[name], parts, (*path, name))
    return {key: _inlined(value, parts, path) for key, value in schema.items()}
