"""Pydantic's serializer of classes that are no Pydantic models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic_core import SchemaSerializer

__all__ = ["PydanticSerializer"]


class PydanticSerializer:
    """The class attribute `__pydantic_serializer__`: Pydantic asks values for it whose field is of any type.

    Fields of the class itself are written by its `__get_pydantic_core_schema__`, which makes this one, too, once it is
    asked for: a program without Pydantic models doesn't pay for it.
    """

    def __init__(self) -> None:
        self._made: dict[type[Any], SchemaSerializer] = {}

    def __get__(self, instance: object, owner: type[Any]) -> SchemaSerializer:
        found = self._made.get(owner)
        if found is None:
            from pydantic_core import SchemaSerializer

            found = self._made[owner] = SchemaSerializer(owner.__get_pydantic_core_schema__(owner, None))
        return found
