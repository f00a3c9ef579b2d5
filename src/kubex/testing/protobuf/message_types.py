"""What the messages of a Kubernetes release look like, from the table that comes with the package."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, NamedTuple, TypeAlias, cast

import msgspec

from kubex.testing.protobuf.scalars import SCALARS, Scalar
from kubex.testing.protobuf.shapes import SHAPES, Shape
from kubex.testing.protobuf.wire import LENGTH, VARINT, KnownField, key

__all__ = ["Message", "MessageField", "MessageTypes", "Mode", "load_message_types"]

Mode: TypeAlias = Literal["always", "nonzero", "optional", "repeated", "map"]
"""How a field is written: even if empty; so too, but not in JSON; only if it is there; once for each item or member."""

_META: Final = "io.k8s.apimachinery.pkg.apis.meta.v1."


class _Table(msgspec.Struct):
    packages: dict[str, str]
    messages: dict[str, msgspec.Raw]


class MessageField(NamedTuple):
    """A field of a message."""

    json_name: str
    """Empty: its own fields stand among those of the message."""
    type: str
    """Name of a scalar, a shape, or a message."""
    mode: Mode
    key: bytes
    """What stands in front of its value."""
    scalar: Scalar | None
    """The scalar that the type is, if it is one."""
    shape: Shape | None
    """The shape that it is, if it is one."""


class Message(NamedTuple):
    """A type of messages."""

    name: str
    """Without its package, for errors."""
    fields: Mapping[int, MessageField]
    """By the number, in its order."""
    known: Mapping[int, KnownField]


class MessageTypes:
    """The messages of a release.

    Args:
        table: JSON that `tools/specs` has made.
    """

    def __init__(self, table: bytes) -> None:
        self._table = msgspec.json.decode(table, type=_Table)
        self._read: dict[str, Message] = {}

    def of_kind(self, api_version: str, kind: str) -> str | None:
        """Give the name of a kind's message; `None` if it has none.

        What every group version has, such as `DeleteOptions`, is found in any.
        """
        package = self._table.packages.get(api_version, _META)
        return next((name for name in (package + kind, _META + kind) if name in self._table.messages), None)

    def message(self, name: str) -> Message:
        """Give a message, or the one that a shape is made of.

        Raises:
            KeyError: there is none of that name.
        """
        known = self._read.get(name)
        if known is None:
            shape = SHAPES.get(name)
            if shape is not None:
                known = _message(shape.message, shape.fields)
            else:
                rows = msgspec.json.decode(self._table.messages[name], type=list[list[Any]])
                known = _message(name.rpartition(".")[2], rows)
            self._read[name] = known
        return known


@cache
def load_message_types(version: str) -> MessageTypes:
    """Load the messages of a Kubernetes version whose document comes with kubex; the same object for each call.

    Args:
        version: `1.35`.
    """
    file = files("kubex.testing") / "specs" / "protobuf" / f"v{version.replace('.', '_')}.json.gz"
    return MessageTypes(gzip.decompress(file.read_bytes()))


def _message(name: str, rows: Any) -> Message:
    fields: dict[int, MessageField] = {}
    known: dict[int, KnownField] = {}
    for number, json_name, type_, mode, *go_name in rows:
        scalar = SCALARS.get(type_)
        wire_type = LENGTH if scalar is None or mode == "map" else scalar.wire_type
        fields[number] = MessageField(
            json_name, type_, cast("Mode", mode), key(number, wire_type), scalar, SHAPES.get(type_)
        )
        shown = go_name[0] if go_name else json_name[:1].upper() + json_name[1:]
        known[number] = KnownField(shown, wire_type, mode == "repeated" and wire_type == VARINT)
    return Message(name, fields, known)
