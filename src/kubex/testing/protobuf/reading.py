"""Reads messages: from bytes to JSON objects."""

from __future__ import annotations

from typing import Any

from kubex.testing.protobuf.message_types import MessageField, MessageTypes
from kubex.testing.protobuf.scalars import SCALARS
from kubex.testing.protobuf.shapes import SHAPES
from kubex.testing.protobuf.wire import LENGTH, KnownField, scan, varints

__all__ = ["MessageReader"]


class MessageReader:
    """Reads the messages of a release."""

    def __init__(self, types: MessageTypes) -> None:
        self._types = types

    def read(self, name: str, data: bytes) -> dict[str, Any]:
        """Read a message: what stands in the bytes, without the empty values that JSON leaves out.

        Raises:
            Malformed: these bytes are none.
        """
        target: dict[str, Any] = {}
        self._read_into(target, name, data)
        return target

    def _read_into(self, target: dict[str, Any], name: str, data: bytes) -> None:
        message = self._types.message(name)
        for number, value in scan(data, message.name, message.known):
            field = message.fields[number]
            if field.mode == "map":
                members = target.setdefault(field.json_name, {})
                key, member = self._entry(field.type, value)
                members[key] = member
            elif field.mode == "repeated":
                items = target.setdefault(field.json_name, [])
                scalar = SCALARS.get(field.type)
                if scalar is not None and isinstance(value, bytes) and scalar.wire_type != LENGTH:
                    items += [scalar.read(each) for each in varints(value)]
                else:
                    items.append(self._value(field.type, value))
            else:
                self._read_one(target, field, value)

    def _read_one(self, target: dict[str, Any], field: MessageField, value: int | bytes) -> None:
        if field.type in SCALARS or field.type in SHAPES or not isinstance(value, bytes):
            read = self._value(field.type, value)
            if field.mode == "nonzero" and not read:
                target.pop(field.json_name, None)
            else:
                target[field.json_name] = read
            return
        # Of a message that comes in parts, each adds to the one before.
        inner = target.setdefault(field.json_name, {}) if field.json_name else target
        self._read_into(inner, field.type, value)

    def _value(self, type_: str, value: Any) -> Any:
        scalar = SCALARS.get(type_)
        if scalar is not None:
            return scalar.read(value)
        fields = self.read(type_, value)
        shape = SHAPES.get(type_)
        return fields if shape is None else shape.to_json(fields)

    def _entry(self, type_: str, data: Any) -> tuple[str, Any]:
        """Read one member of a map."""
        scalar = SCALARS.get(type_)
        wire_type = LENGTH if scalar is None else scalar.wire_type
        known = {1: KnownField("Key", LENGTH), 2: KnownField("Value", wire_type)}
        key = ""
        value: Any = b"" if scalar is None else None
        for number, found in scan(data, "MapEntry", known):
            if number == 1:
                key = SCALARS["string"].read(found)
            else:
                value = found
        if value is None and scalar is not None:
            return key, scalar.zero
        return key, self._value(type_, value)
