"""Gives objects the shape in which the server's types hold them: empty fields gone, or there with their zero value.

Only schemas of built-in types say what becomes of an empty field; custom resources are kept as they are given.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Final

import msgspec

from kubex.core._json_value import is_array, is_object
from kubex.core.exceptions import InvalidArgument
from kubex.core.quantity import Quantity
from kubex.testing.schema.times import TIME_FORMATS, UnreadableTime, kept_time
from kubex.testing.schema.tree import ANY, AnySchema, Field, ListSchema, ObjectSchema, ScalarSchema, Schema

__all__ = ["as_stored", "decoded", "zero_object"]

# Lists that are not the same empty as none: clients send an empty one to be rid of `managedFields`, and an autoscaler
# with none of `policies` is given the usual ones.
_KEPT_EMPTY: Final = frozenset({"managedFields", "policies"})
# Values of these are not always kept as they were given.
_REWRITTEN: Final = TIME_FORMATS | {"quantity"}
_ZEROS: Final[dict[str, Any]] = {"string": "", "integer": 0, "number": 0, "boolean": False}


@cache
def zero_object(schema: ObjectSchema) -> Mapping[str, Any]:
    """Give what an object of a built-in type holds when nothing was given: `{"metadata": {}, "spec": {…}, …}`.

    The same object for each call: it is not to be changed.
    """
    return {field.name: _zero(field) for field in schema.always_written}


def decoded(value: Any, schema: Schema) -> Any:
    """Give a value as the server holds it once it has read it: what it writes when asked for it again.

    Members that the schema does not know are gone, and so are nulls and empty values where the type leaves them out;
    fields that the type always writes are there. Types of values are not checked.

    Args:
        value: JSON value as dicts, lists and plain values; it is not changed, and unchanged parts are shared.
        schema: of a built-in type.
    """
    if isinstance(schema, AnySchema) or (isinstance(schema, ObjectSchema) and schema.values is ANY):
        return value
    if isinstance(schema, ObjectSchema):
        if is_object(value):
            return _decoded_object(value, schema)
        return dict(zero_object(schema)) if value is None and schema.fields else value
    if isinstance(schema, ListSchema):
        return [decoded(item, schema.items) for item in value] if is_array(value) else value
    if schema.format == "quantity":
        return _canonical(value)
    if schema.format in TIME_FORMATS:
        return _kept_time(value, schema.format)
    return _ZEROS[schema.type] if value is None else value


def _canonical(value: Any) -> Any:
    """Write a quantity as the server does; what is none stays as it is."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        return value
    try:
        return _canonical_text("0" if value is None else str(value).strip())
    except InvalidArgument:
        return value


def _kept_time(value: Any, time_format: str) -> Any:
    """Write a time as the server does; what is none stays as it is."""
    try:
        return kept_time(value, time_format) if isinstance(value, str) else value
    except UnreadableTime:
        return value


def _amounts(schema: ObjectSchema) -> bool:
    """Whether the members of an object are amounts of resources, which no type counts finer than in thousandths."""
    return isinstance(schema.values, ScalarSchema) and schema.values.format == "quantity"


@lru_cache(maxsize=1024)
def _rounded_text(text: str) -> str:
    """Write a quantity that is rounded up to thousandths; what is none stays as it is."""
    try:
        quantity = Quantity(text)
    except InvalidArgument:
        return text
    milli = Quantity(quantity.milli_value(), quantity.format) / 1000
    return text if milli == quantity else str(milli)


@lru_cache(maxsize=1024)
def _canonical_text(text: str) -> str:
    """Write a quantity as the server does; those of containers are few and come again and again."""
    return str(Quantity(text))


@cache
def _plain_fields(schema: ObjectSchema) -> Mapping[str, bool]:
    """Give the fields whose values are kept as they are given, by name, and whether an empty one is left out."""
    return {
        name: field.omits_empty
        for name, field in schema.fields.items()
        if type(field.schema) is ScalarSchema and field.schema.format not in _REWRITTEN and name not in _KEPT_EMPTY
    }


def _decoded_object(value: dict[str, Any], schema: ObjectSchema) -> dict[str, Any]:
    result: dict[str, Any] = {}
    fields, plain = schema.fields, _plain_fields(schema)
    rounded = schema.values is not None and _amounts(schema)
    for name, member in value.items():
        omits_empty = plain.get(name)
        if omits_empty is not None:  # as most are
            if member or (member is not None and not omits_empty):
                result[name] = member
            continue
        field = fields.get(name)
        if field is None:
            if schema.values is not None:
                read = decoded(member, schema.values)
                result[name] = _rounded_text(read) if rounded and isinstance(read, str) else read
        # Empty are `false`, 0, `""` and empty lists and objects: what Python takes for false, but for null.
        elif member is not None and (member or not field.omits_empty or name in _KEPT_EMPTY):
            own = field.schema
            if name == "podFixed" and is_object(member):
                # Of a RuntimeClass, whose amounts stay as they are given.
                result[name] = {each: _canonical(amount) for each, amount in member.items()}
            elif type(own) is ObjectSchema and own.values is None and is_object(member):
                result[name] = _decoded_object(member, own)
            else:
                result[name] = decoded(member, own)
    for field in schema.always_written:
        if field.name not in result:
            result[field.name] = _zero(field)
    return result


def as_stored(value: dict[str, Any], schema: ObjectSchema, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give an object as the server holds it once it has stored it: an empty list that it writes even so is null.

    Args:
        value: what `decoded` gave; it is not changed, and unchanged parts are shared.
        schema: of a built-in type.
        before: the object as it was stored before; members that it shares are not looked at.
    """
    changed = value
    if before is not None:
        changed = {name: member for name, member in value.items() if member is not before.get(name)}
    # Nearly none has one; a text that looks like one costs only the walk.
    if b"[]" not in msgspec.json.encode(changed):
        return value
    return {**value, **_stored(changed, schema)}


def _stored(value: Any, schema: Schema) -> Any:
    if isinstance(schema, ListSchema) and is_array(value):
        return [_stored(item, schema.items) for item in value]
    if not isinstance(schema, ObjectSchema) or not is_object(value):
        return value
    fields = schema.fields
    return {
        name: None
        if member == [] and name in fields and fields[name].zero is None
        else _stored(member, fields[name].schema)
        if name in fields
        else member
        for name, member in value.items()
    }


def _zero(field: Field) -> Any:
    """Give the zero value of a field: of a struct, an object with the zero values of its own fields."""
    return zero_object(field.schema) if field.zero == {} and isinstance(field.schema, ObjectSchema) else field.zero
