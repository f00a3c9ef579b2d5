"""`TextValue`: base of values that are text in JSON, as quantities and durations are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from kubex_core.models._pydantic_serializer import PydanticSerializer

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

__all__ = ["TextValue"]


class TextValue:
    """A value that is text in JSON, which `str()` gives; without arguments it is Go's zero value.

    Structs and Pydantic models have fields of it, and CustomResourceDefinitions its schema.
    """

    __slots__ = ()
    __pydantic_serializer__: ClassVar[PydanticSerializer] = PydanticSerializer()

    @classmethod
    def of_json(cls, value: Any) -> Self:
        """Read one.

        Raises:
            ValueError: the value stands for none.
        """
        raise NotImplementedError

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """Give the structural schema of it."""
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        def read(value: Any) -> Any:
            return value if isinstance(value, cls) else cls.of_json(value)

        return core_schema.no_info_plain_validator_function(
            read, serialization=core_schema.to_string_ser_schema(when_used="json")
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return cls.json_schema()
