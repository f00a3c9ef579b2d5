"""Schemas of types that Pydantic is asked about."""

from __future__ import annotations

from typing import Any

from pydantic import AnyUrl, GetCoreSchemaHandler
from pydantic_core import core_schema

from tests.unit.crd.schemas import schema_of


def test_a_type_of_pydantic_s_own() -> None:
    assert schema_of(AnyUrl) == {"type": "string", "format": "uri", "minLength": 1}


class Code:
    """Written by a function of its own, which knows nothing of the checks."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        plainly = core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema())
        return core_schema.no_info_after_validator_function(
            lambda text: cls(), core_schema.str_schema(min_length=2, pattern="^[A-Z]+$"), serialization=plainly
        )


class Marked:
    """Read from a number, written as text."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        as_text = core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema())
        return core_schema.no_info_after_validator_function(
            lambda number: cls(), core_schema.int_schema(ge=1), serialization=as_text
        )


def test_a_type_that_is_checked_when_it_is_read_alone() -> None:
    assert schema_of(Code) == {"type": "string", "minLength": 2, "pattern": "^[A-Z]+$"}
    assert schema_of(Marked) == {"type": "string"}, "the checks are for numbers, and it is written as text"
