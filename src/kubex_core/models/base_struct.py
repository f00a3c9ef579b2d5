"""Base of struct models: fast msgspec structs that speak Pydantic's words."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeVar, cast

import msgspec
from msgspec.structs import force_setattr

from kubex_core.models import _struct_codec
from kubex_core.models._exceptions import InvalidObject
from kubex_core.models._pydantic_serializer import PydanticSerializer

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

__all__ = ["BaseStruct", "always_written"]

T = TypeVar("T")


def always_written(value: T) -> Callable[[], T]:
    """Give a default factory for a field that is written even at its default, as `apiVersion` and `kind` are.

    `omit_defaults` leaves out fields at their default *value*, but not what a factory made; the bound method of a
    string itself is the cheapest factory there is.
    """
    if type(value) is str:
        return cast("Callable[[], T]", value.__str__)
    return lambda: copy.copy(value)


class BaseStruct(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False, rename="camel", repr_omit_defaults=True):
    """Base of every struct model, nested ones included.

    Attributes are snake_case, the JSON's names camelCase; a field at its default is not written. The constructor
    neither checks nor converts its arguments (mypy and pyright do); `model_validate` does. A subclass says
    `kw_only=True` itself: msgspec does not inherit it.

    The cyclic garbage collector does not track these objects (`gc=False`): don't build reference cycles of them.
    """

    __pydantic_serializer__: ClassVar[PydanticSerializer] = PydanticSerializer()

    @classmethod
    def model_validate(cls, obj: Any, *, strict: bool = True) -> Self:
        """Build an object from a dict, checking every value.

        Quantities may be numbers, as in `cpu: 1`; keys that are no field's are passed over.

        Args:
            obj: a dict with the JSON's names (`podIP`), the attributes' (`pod_ip`) or both; its values may be model
                objects. An object of this class is returned as it is.
            strict: `False` also turns strings into numbers, booleans and dates where the field wants those.

        Raises:
            InvalidObject: a value has the wrong type or a required one is missing; the text says where. Of a resource,
                also an object of another kind. It is a `ValueError` and a `msgspec.ValidationError`.
        """
        if isinstance(obj, cls):
            return obj
        try:
            return _struct_codec.from_builtins(obj, cls, strict=strict)
        except msgspec.ValidationError as error:
            raise InvalidObject.of(cls, error) from None

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray) -> Self:
        """Build an object from JSON, as `model_validate` does from a dict.

        Raises:
            InvalidObject: not JSON, or as in `model_validate`.
        """
        try:
            return _struct_codec.from_json(json_data, cls)
        except msgspec.DecodeError as error:
            raise InvalidObject.of(cls, error) from None

    def model_dump(
        self,
        *,
        mode: Literal["python", "json"] | str = "python",
        by_alias: bool | None = None,
        exclude_none: bool = False,
        exclude_unset: bool = False,
    ) -> dict[str, Any]:
        """Give the object as a dict.

        Args:
            mode: `python` keeps dates and bytes, `json` turns them into their JSON form.
            by_alias: name the keys as the JSON does.
            exclude_none: leave out what is `None`.
            exclude_unset: the same as `exclude_none`: a struct does not remember which fields were given.
        """
        dumped: dict[str, Any] = _struct_codec.dump(
            self, json_mode=mode == "json", by_alias=bool(by_alias), exclude_none=exclude_none or exclude_unset
        )
        return dumped

    def model_dump_json(
        self,
        *,
        indent: int | None = None,
        by_alias: bool | None = None,
        exclude_none: bool = False,
        exclude_unset: bool = False,
    ) -> str:
        """Give the object as JSON text; parameters as `model_dump`, `indent` in spaces."""
        if by_alias and (exclude_none or exclude_unset):
            encoded = _struct_codec.encode_leniently(self)
        else:
            encoded = msgspec.json.encode(
                self.model_dump(mode="json", by_alias=by_alias, exclude_none=exclude_none, exclude_unset=exclude_unset)
            )
        if indent is not None:
            encoded = msgspec.json.format(encoded, indent=indent)
        return encoded.decode()

    def model_copy(self, *, update: dict[str, Any] | None = None, deep: bool = False) -> Self:
        """Give a copy.

        Args:
            update: values by attribute name to change in the copy; they are not checked.
            deep: copy nested objects too, instead of sharing them.
        """
        copied = copy.deepcopy(self) if deep else copy.copy(self)
        for name, value in (update or {}).items():
            force_setattr(copied, name, value)  # which changes frozen ones, too
        return copied

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from kubex_core.models._pydantic_bridge import core_schema_of

        return core_schema_of(cls, source)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        from kubex_core.models._json_schema import json_schema_of

        return json_schema_of(cls)
