"""JSON schemas of structs, for the Pydantic models that hold them and for the CRDs made of those."""

from __future__ import annotations

from typing import Any

from msgspec import inspect as ms

from kubex_core.models._struct_types import admits_none, is_quantity, is_time, struct_class, type_info, unwrapped
from kubex_core.models._text_value import TextValue

__all__ = ["json_schema_of"]

_ANYTHING: dict[str, Any] = {"x-kubernetes-preserve-unknown-fields": True}
_ANY_OBJECT: dict[str, Any] = {"type": "object", **_ANYTHING}
_INT_OR_STRING: dict[str, Any] = {
    "anyOf": [{"type": "integer"}, {"type": "string"}],
    "x-kubernetes-int-or-string": True,
}
_PLAIN: dict[type[ms.Type], dict[str, Any]] = {
    ms.BoolType: {"type": "boolean"},
    ms.IntType: {"type": "integer"},
    ms.FloatType: {"type": "number"},
    ms.StrType: {"type": "string"},
    ms.BytesType: {"type": "string", "format": "byte"},
    ms.DateType: {"type": "string", "format": "date"},
    ms.UUIDType: {"type": "string", "format": "uuid"},
    ms.DecimalType: {"type": "string"},
    ms.RawType: _ANY_OBJECT,
}


def json_schema_of(cls: type[Any]) -> dict[str, Any]:
    """Give the JSON schema of a struct class, whole: its parts are not shared with the surrounding document.

    Words of Kubernetes' own (`x-kubernetes-int-or-string` and others) say what JSON schema has no word for.
    """
    return _schema(type_info(cls), ())


def _schema(info: ms.Type, path: tuple[type[Any], ...]) -> dict[str, Any]:
    """Give the schema of a type; `path` holds the structs around it."""
    schema = _INT_OR_STRING if is_quantity(info) else _schema_without_none(unwrapped(info), path)
    if schema and admits_none(info) and not isinstance(unwrapped(info), ms.AnyType | ms.RawType):
        return {"anyOf": [schema, {"type": "null"}]}
    return dict(schema)


def _schema_without_none(info: ms.Type, path: tuple[type[Any], ...]) -> dict[str, Any]:
    if isinstance(info, ms.StructType):
        return _struct_schema(info, path)
    if isinstance(info, ms.ListType):
        return {"type": "array", "items": _schema(info.item_type, path)}
    if isinstance(info, ms.DictType):
        return {"type": "object", "additionalProperties": _schema(info.value_type, path)}
    if isinstance(info, ms.UnionType):
        members = [unwrapped(member) for member in info.types]
        if any(isinstance(member, ms.IntType) for member in members):
            return _INT_OR_STRING
        if any(isinstance(member, ms.StrType) for member in members):  # beside words that are known
            return _PLAIN[ms.StrType]
    if isinstance(info, ms.LiteralType):
        return {"enum": list(info.values)}
    if isinstance(info, ms.EnumType):
        return {"enum": [member.value for member in info.cls]}
    if is_time(info):
        return {"type": "string", "format": "date-time"}
    if isinstance(info, ms.CustomType) and issubclass(info.cls, TextValue):
        return info.cls.json_schema()
    return _PLAIN.get(type(info), _ANYTHING)


def _struct_schema(info: ms.StructType, path: tuple[type[Any], ...]) -> dict[str, Any]:
    cls = struct_class(info)
    if cls in path:  # a recursive type: an inline schema has to end somewhere
        return _ANY_OBJECT
    properties: dict[str, Any] = {}
    for field in info.fields:
        schema = _schema(field.type, (*path, cls))
        if field.default is None or isinstance(field.default, str | int | float):
            schema["default"] = field.default
        properties[field.encode_name] = schema
    result: dict[str, Any] = {"title": cls.__name__, "type": "object", "properties": properties}
    if cls.__doc__:
        result["description"] = cls.__doc__.partition("\n")[0]
    required = [field.encode_name for field in info.fields if field.required]
    if required:
        result["required"] = required
    return result
