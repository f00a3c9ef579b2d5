"""Writes messages: from JSON objects to bytes, the same ones as the API server's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubex.testing.protobuf.message_types import MessageField, MessageTypes
from kubex.testing.protobuf.wire import LENGTH, key, varint

__all__ = ["MessageWriter", "prefixed"]

_ENTRY_KEY = key(1, LENGTH)


def prefixed(data: bytes) -> bytes:
    """Put the length in front of something."""
    return varint(len(data)) + data


class MessageWriter:
    """Writes the messages of a release."""

    def __init__(self, types: MessageTypes) -> None:
        self._types = types

    def write(self, name: str, value: Mapping[str, Any]) -> bytes:
        """Write a message: members of the JSON object that it has no field for are left out."""
        parts: list[bytes] = []
        for field in self._types.message(name).fields.values():
            member = value.get(field.json_name) if field.json_name else value
            if member is None:
                if field.mode in ("always", "nonzero"):
                    parts += (field.key, self._value(field, None))
            elif field.mode == "repeated":
                for item in member:
                    parts += (field.key, self._value(field, item))
            elif field.mode == "map":
                for each in sorted(member):
                    parts += (field.key, self._entry(field, each, member[each]))
            else:
                parts += (field.key, self._value(field, member))
        return b"".join(parts)

    def _value(self, field: MessageField, value: Any) -> bytes:
        scalar, shape = field.scalar, field.shape
        if scalar is not None:
            written = scalar.write(scalar.zero if value is None else value)
            return prefixed(written) if scalar.wire_type == LENGTH else written
        fields = value if shape is None else shape.to_fields(value)
        if shape is not None and fields is None:
            return b"\0"
        return prefixed(self.write(field.type, fields or {}))

    def _entry(self, field: MessageField, name: str, value: Any) -> bytes:
        value_key = key(2, LENGTH if field.scalar is None else field.scalar.wire_type)
        return prefixed(_ENTRY_KEY + prefixed(name.encode()) + value_key + self._value(field, value))
