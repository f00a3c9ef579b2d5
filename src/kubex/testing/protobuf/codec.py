"""Objects as the bodies of requests and answers, and as the frames of a watch.

https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, NamedTuple

from kubex.testing.protobuf.message_types import MessageTypes, load_message_types
from kubex.testing.protobuf.reading import MessageReader
from kubex.testing.protobuf.wire import LENGTH, KnownField, Malformed, key, scan
from kubex.testing.protobuf.writing import MessageWriter, prefixed

__all__ = ["Envelope", "ProtobufCodec", "UnreadableObject"]

_MAGIC: Final = b"k8s\0"
_MAGIC_SHOWN: Final = "[107 56 115 0]"
_ENVELOPE: Final = {
    1: KnownField("TypeMeta", LENGTH),
    2: KnownField("Raw", LENGTH),
    3: KnownField("ContentEncoding", LENGTH),
    4: KnownField("ContentType", LENGTH),
}
_TYPE: Final = {1: KnownField("APIVersion", LENGTH), 2: KnownField("Kind", LENGTH)}
_ENVELOPE_END: Final = key(3, LENGTH) + b"\0" + key(4, LENGTH) + b"\0"


class UnreadableObject(Exception):
    """These bytes are no object; the text says why, in Go's words."""


class Envelope(NamedTuple):
    """An object that is still bytes, and what they are said to be."""

    api_version: str
    """May be empty, and so may `kind`: the reader then knows from elsewhere."""
    kind: str
    message: bytes


class ProtobufCodec:
    """Reads and writes the objects of a release. The release's messages are loaded with the first one.

    Args:
        version: Kubernetes version: `1.35`.
    """

    def __init__(self, version: str) -> None:
        self._version = version

    @cached_property
    def _types(self) -> MessageTypes:
        return load_message_types(self._version)

    @cached_property
    def _reader(self) -> MessageReader:
        return MessageReader(self._types)

    @cached_property
    def _writer(self) -> MessageWriter:
        return MessageWriter(self._types)

    def open(self, content: bytes) -> Envelope:
        """Read what the body of a request says of its object, and no more of it.

        Raises:
            UnreadableObject: it is no object.
        """
        if not content:
            raise UnreadableObject("empty data")
        if not content.startswith(_MAGIC):
            why = "provided data does not appear to be a protobuf message, expected prefix"
            raise UnreadableObject(f"{why} {_MAGIC_SHOWN}")
        if len(content) == len(_MAGIC):
            raise UnreadableObject("empty body")
        try:
            return _opened(content[len(_MAGIC) :])
        except Malformed as error:
            raise UnreadableObject(str(error)) from None

    def knows(self, api_version: str, kind: str) -> bool:
        """Whether objects of a kind have a message."""
        return self._types.of_kind(api_version, kind) is not None

    def read(self, envelope: Envelope) -> dict[str, Any]:
        """Give an object as JSON; of a kind without a message, `apiVersion` and `kind` alone.

        Raises:
            UnreadableObject: its message is malformed.
        """
        api_version, kind, raw = envelope
        found: dict[str, Any] = {"apiVersion": api_version, "kind": kind}
        name = self._types.of_kind(api_version, kind)
        try:
            return {**found, **self._reader.read(name, raw)} if name is not None else found
        except Malformed as error:
            raise UnreadableObject(str(error)) from None
        except RecursionError:
            raise UnreadableObject("exceeded max depth") from None

    def encode(self, object_: Mapping[str, Any]) -> bytes:
        """Write an object, of a built-in kind or one of those that every cluster has, such as `Status`.

        Raises:
            KeyError: its kind has no message.
        """
        api_version, kind = object_.get("apiVersion", ""), object_["kind"]
        name = self._types.of_kind(api_version, kind)
        if name is None:
            raise KeyError(f"{api_version} {kind}")
        raw = self._writer.write(name, object_)
        type_ = _text(1, api_version) + _text(2, kind)
        return b"".join((_MAGIC, key(1, LENGTH), prefixed(type_), key(2, LENGTH), prefixed(raw), _ENVELOPE_END))

    def encode_event(self, type_: str, object_: Mapping[str, Any]) -> bytes:
        """Write an event of a watch: a frame of the stream.

        Raises:
            KeyError: the object's kind has no message.
        """
        raw = key(1, LENGTH) + prefixed(self.encode(object_))
        event = _text(1, type_) + key(2, LENGTH) + prefixed(raw)
        return len(event).to_bytes(4, "big") + event


def _text(number: int, text: str) -> bytes:
    return key(number, LENGTH) + prefixed(text.encode())


def _opened(data: bytes) -> Envelope:
    texts = {1: "", 2: ""}
    raw = b""
    for number, value in scan(data, "Unknown", _ENVELOPE):
        if number == 1 and isinstance(value, bytes):
            texts.update(
                (each, bytes(found).decode(errors="replace")) for each, found in scan(value, "TypeMeta", _TYPE)
            )
        elif number == 2 and isinstance(value, bytes):
            raw = value
    return Envelope(texts[1], texts[2], raw)
