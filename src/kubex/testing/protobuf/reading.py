"""Reads messages: from bytes to JSON objects."""

from __future__ import annotations

from typing import Any, Final

from kubex.testing.protobuf.message_types import MessageField, MessageTypes
from kubex.testing.protobuf.scalars import SCALARS
from kubex.testing.protobuf.wire import EIGHT_BYTES, LENGTH, VARINT, KnownField, scan, varints

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
            if field.mode == "repeated":
                items = target.setdefault(field.json_name, [])
                if field.scalar is not None and isinstance(value, bytes) and field.scalar.wire_type == VARINT:
                    items += map(field.scalar.read, varints(value))
                else:
                    items.append(self._value(field, value))
            elif field.mode == "map":
                key, member = self._entry(field, value)
                target.setdefault(field.json_name, {})[key] = member
            elif field.scalar is None and field.shape is None and isinstance(value, bytes):
                # Of a message that comes in parts, each adds to the one before.
                inner = target.setdefault(field.json_name, {}) if field.json_name else target
                self._read_into(inner, field.type, value)
            else:
                read = self._value(field, value)
                if read or field.mode != "nonzero":
                    target[field.json_name] = read
                else:
                    target.pop(field.json_name, None)

    def _value(self, field: MessageField, value: Any) -> Any:
        if field.scalar is not None:
            return field.scalar.read(value)
        fields = self.read(field.type, value)
        return fields if field.shape is None else field.shape.to_json(fields)

    def _entry(self, field: MessageField, data: Any) -> tuple[str, Any]:
        """Read one member of a map."""
        known = _ENTRIES[LENGTH if field.scalar is None else field.scalar.wire_type]
        key = ""
        value: Any = b"" if field.scalar is None else None
        for number, found in scan(data, "MapEntry", known):
            if number == 1:
                key = SCALARS["string"].read(found)
            else:
                value = found
        if value is None and field.scalar is not None:
            return key, field.scalar.zero
        return key, self._value(field, value)


_ENTRIES: Final = {
    wire_type: {1: KnownField("Key", LENGTH), 2: KnownField("Value", wire_type)}
    for wire_type in (VARINT, EIGHT_BYTES, LENGTH)
}
