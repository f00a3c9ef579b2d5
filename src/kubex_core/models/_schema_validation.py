"""What Pydantic does with a `Schema`: bytes are base64 on the wire, and values that are built keep the rules."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError, core_schema

from kubex_core.models._struct_types import is_mapping

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

__all__ = ["validated"]

Check = Callable[[Any, Any], bool]

_CHECKS: dict[str, tuple[tuple[type, ...], Check, str]] = {
    "minimum": ((int, float), lambda value, bound: value >= bound, "less than {bound}"),
    "maximum": ((int, float), lambda value, bound: value <= bound, "more than {bound}"),
    "minLength": ((str,), lambda value, bound: len(value) >= bound, "shorter than {bound}"),
    "maxLength": ((str,), lambda value, bound: len(value) <= bound, "longer than {bound}"),
    "minItems": ((list,), lambda value, bound: len(value) >= bound, "fewer items than {bound}"),
    "maxItems": ((list,), lambda value, bound: len(value) <= bound, "more items than {bound}"),
    "minProperties": ((dict,), lambda value, bound: len(value) >= bound, "fewer keys than {bound}"),
    "maxProperties": ((dict,), lambda value, bound: len(value) <= bound, "more keys than {bound}"),
    "enum": ((object,), lambda value, bound: value in bound, "not one of {bound}"),
}


def validated(words: Mapping[str, Any], source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
    """Give the schema of a field with its rules."""
    inner = handler(source)
    if words.get("format") == "byte":
        inner = _base64(inner)
    checks = {name: words[name] for name in _CHECKS if name in words}
    pattern = _compiled(words.get("pattern"))
    if not checks and pattern is None:
        return inner

    def check(value: Any, info: core_schema.ValidationInfo) -> Any:
        if value is None or (is_mapping(info.context) and info.context.get("kubex_tolerant")):
            return value
        for name, bound in checks.items():
            types, holds, wrong = _CHECKS[name]
            if isinstance(value, types) and not isinstance(value, bool) and not holds(value, bound):
                raise PydanticCustomError("schema", "{reason}", {"reason": wrong.format(bound=bound)})
        if pattern is not None and isinstance(value, str) and pattern.search(value) is None:
            raise PydanticCustomError("schema", "{reason}", {"reason": f"does not match {pattern.pattern}"})
        return value

    return core_schema.with_info_after_validator_function(check, inner)


def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern) if pattern is not None else None
    except re.error:  # RE2 has words that Python does not: the API server will tell
        return None


def _base64(inner: CoreSchema) -> CoreSchema:
    def decoded(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return base64.b64decode(value, validate=True)
        except binascii.Error:
            raise PydanticCustomError("base64", "not base64") from None

    return core_schema.no_info_before_validator_function(
        decoded,
        inner,
        serialization=core_schema.plain_serializer_function_ser_schema(
            lambda value: base64.b64encode(value).decode() if isinstance(value, bytes) else value, when_used="json"
        ),
    )
