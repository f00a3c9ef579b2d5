"""Lets a struct be a field of a Pydantic model: validation and serialization."""

from __future__ import annotations

from typing import Any, get_origin

import msgspec
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from kubex_core.models import _struct_codec
from kubex_core.models._struct_types import is_mapping

__all__ = ["TOLERANT", "core_schema_of"]

TOLERANT = {"kubex_tolerant": True}
"""Validation context under which missing and null required parts become zero values, as in a server's answer."""


def core_schema_of(cls: type[Any], source: Any) -> CoreSchema:
    """Give the schema by which Pydantic reads and writes structs of a class.

    Args:
        cls: struct class.
        source: the field's annotation, which for a generic class names its parameters.
    """
    target = source if get_origin(source) is cls else cls

    def validate(value: Any, info: core_schema.ValidationInfo) -> Any:
        if isinstance(value, cls):
            return value
        tolerant = is_mapping(info.context) and bool(info.context.get("kubex_tolerant"))
        try:
            return _struct_codec.from_builtins(value, target, tolerant=tolerant)
        except msgspec.ValidationError as error:
            # Pydantic's templates read braces as fields: the text goes in as a value.
            raise PydanticCustomError("struct", "{reason}", {"reason": str(error)}) from None

    def serialize(value: Any, info: core_schema.SerializationInfo) -> Any:
        return _struct_codec.dump(
            value,
            json_mode=info.mode == "json",
            by_alias=bool(info.by_alias),
            exclude_none=info.exclude_none or info.exclude_unset or info.exclude_defaults,
        )

    return core_schema.with_info_plain_validator_function(
        validate,
        serialization=core_schema.plain_serializer_function_ser_schema(serialize, info_arg=True),
    )
