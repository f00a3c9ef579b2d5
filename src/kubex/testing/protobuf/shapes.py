"""Types whose JSON is not what their message looks like: times, quantities, any JSON, a schema or a boolean.

Each is a message of its own fields, and two functions between these and the JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

import msgspec

from kubex.core._json_value import is_array, is_object
from kubex.testing.protobuf.wire import Malformed

__all__ = ["SHAPES", "Row", "Shape"]

Row: TypeAlias = tuple[int, str, str, str]
"""Number, name, type and mode of a field, as in the tables of messages."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_ZERO_TIME: Final = datetime(1, 1, 1, tzinfo=UTC)
_SCHEMA: Final = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"


@dataclass(frozen=True, slots=True)
class Shape:
    """A type with a JSON of its own."""

    message: str
    """Name of its message, for errors."""
    fields: tuple[Row, ...]
    to_json: Callable[[dict[str, Any]], Any]
    """Gives the JSON of the message's fields."""
    to_fields: Callable[[Any], dict[str, Any] | None]
    """Gives the fields of what stands in JSON, `None` where nothing does; itself `None`: a message without a byte."""


def _time(fields: dict[str, Any]) -> str | None:
    return _written(fields.get("seconds", 0), 0, "seconds") if fields else None


def _micro_time(fields: dict[str, Any]) -> str | None:
    microseconds = fields.get("nanos", 0) // 1000
    return _written(fields.get("seconds", 0), microseconds, "microseconds") if fields else None


def _written(seconds: int, microseconds: int, precision: str) -> str:
    try:
        moment = _EPOCH + timedelta(seconds=seconds, microseconds=microseconds)
    except OverflowError:
        raise Malformed("Time.MarshalJSON: year outside of range [0,9999]") from None
    return f"{moment.replace(tzinfo=None).isoformat(timespec=precision)}Z"


def _from_time(text: str | None) -> dict[str, Any] | None:
    moment = datetime.fromisoformat(text) if text else _ZERO_TIME
    return None if moment == _ZERO_TIME else {"seconds": (moment - _EPOCH) // _SECOND}


def _from_micro_time(text: str | None) -> dict[str, Any] | None:
    fields = _from_time(text)
    if fields is not None and text:
        fields["nanos"] = datetime.fromisoformat(text).microsecond * 1000
    return fields


def _int_or_string(fields: dict[str, Any]) -> int | str:
    value: int | str = fields.get("strVal", "") if fields.get("type") else fields.get("intVal", 0)
    return value


def _from_int_or_string(value: int | str | None) -> dict[str, Any]:
    return {"type": 1, "strVal": value} if isinstance(value, str) else {"intVal": value}


def _json(fields: dict[str, Any]) -> Any:
    raw: bytes = fields.get("raw", b"")
    try:
        return msgspec.json.decode(raw) if raw else None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Malformed("json: error calling MarshalJSON for type runtime.RawExtension: invalid JSON") from None


def _from_json(value: Any) -> dict[str, Any]:
    return {} if value is None else {"raw": msgspec.json.encode(value)}


def _schema_or_bool(fields: dict[str, Any]) -> Any:
    return fields["schema"] if "schema" in fields else fields.get("allows", False)


def _from_schema_or_bool(value: Any) -> dict[str, Any]:
    return {"allows": True, "schema": value} if is_object(value) else {"allows": value}


def _schema_or_array(fields: dict[str, Any]) -> Any:
    return fields["schemas"] if fields.get("schemas") else fields.get("schema")


def _from_schema_or_array(value: Any) -> dict[str, Any]:
    return {"schemas": value} if is_array(value) else {"schema": value}


def _schema_or_strings(fields: dict[str, Any]) -> Any:
    return fields["strings"] if fields.get("strings") else fields.get("schema")


def _from_schema_or_strings(value: Any) -> dict[str, Any]:
    return {"strings": value} if is_array(value) else {"schema": value}


_TIMESTAMP: Final[tuple[Row, ...]] = ((1, "seconds", "int64", "always"), (2, "nanos", "int32", "always"))

SHAPES: Final = {
    "time": Shape("Timestamp", _TIMESTAMP, _time, _from_time),
    "micro-time": Shape("Timestamp", _TIMESTAMP, _micro_time, _from_micro_time),
    "quantity": Shape(
        "Quantity",
        ((1, "string", "string", "always"),),
        lambda fields: fields.get("string", "0"),
        lambda value: {"string": "0" if value is None else str(value)},
    ),
    "int-or-string": Shape(
        "IntOrString",
        ((1, "type", "int64", "always"), (2, "intVal", "int32", "always"), (3, "strVal", "string", "always")),
        _int_or_string,
        _from_int_or_string,
    ),
    "json": Shape("RawExtension", ((1, "raw", "raw", "optional"),), _json, _from_json),
    "strings": Shape(
        "ExtraValue",
        ((1, "items", "string", "repeated"),),
        lambda fields: fields.get("items", []),
        lambda value: {"items": value},
    ),
    "schema-or-bool": Shape(
        "JSONSchemaPropsOrBool",
        ((1, "allows", "bool", "always"), (2, "schema", _SCHEMA, "optional")),
        _schema_or_bool,
        _from_schema_or_bool,
    ),
    "schema-or-array": Shape(
        "JSONSchemaPropsOrArray",
        ((1, "schema", _SCHEMA, "optional"), (2, "schemas", _SCHEMA, "repeated")),
        _schema_or_array,
        _from_schema_or_array,
    ),
    "schema-or-strings": Shape(
        "JSONSchemaPropsOrStringArray",
        ((1, "schema", _SCHEMA, "optional"), (2, "strings", "string", "repeated")),
        _schema_or_strings,
        _from_schema_or_strings,
    ),
}
"""By the names that the tables of messages have for them."""
