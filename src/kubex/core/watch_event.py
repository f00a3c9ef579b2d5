"""Watch events: their types, and their quick way from bytes to objects.

https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
"""

from __future__ import annotations

import builtins
from enum import StrEnum
from typing import Any, Generic, TypeVar, cast

import msgspec
from msgspec import Raw, field

from kubex.core.codec import Codec, codec_for, encode
from kubex.core.exceptions import InvalidArgument, InvalidResponse
from kubex.core.request import RequestAction
from kubex_core.models import _struct_codec
from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.entity import Entity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.status import Status

__all__ = [
    "INITIAL_EVENTS_END",
    "Bookmark",
    "EventType",
    "WatchEvent",
    "WatchEventDecoder",
    "watch_event_decoder",
]

T = TypeVar("T", bound=Entity)

INITIAL_EVENTS_END = "k8s.io/initial-events-end"
"""The annotation of the bookmark behind the objects that there were when a watch began."""


class EventType(StrEnum):
    """What happened to the object."""

    ADDED = "ADDED"
    MODIFIED = "MODIFIED"
    DELETED = "DELETED"
    BOOKMARK = "BOOKMARK"
    ERROR = "ERROR"


class Bookmark(BaseStruct, kw_only=True):
    """Object of a BOOKMARK event: no object, only how far the watch has come.

    https://kubernetes.io/docs/reference/using-api/api-concepts/#watch-bookmarks
    """

    api_version: str | None = None
    kind: str | None = None
    metadata: ObjectMetadata = field(default_factory=ObjectMetadata)

    @property
    def ends_initial_events(self) -> bool:
        """Whether all objects that were there when a `send_initial_events` watch began have been sent."""
        return (self.metadata.annotations or {}).get(INITIAL_EVENTS_END) == "true"


class WatchEvent(Generic[T]):
    """One event of a watch.

    Args:
        resource_type: class of the watched resource.
        raw_event: the event as a dict, `{"type": "ADDED", "object": {…}}`.

    Attributes:
        type: what happened.
        object: the object as it is after the event (ADDED, MODIFIED) or as it last was (DELETED); a `Bookmark`
            for BOOKMARK. `Api.watch` raises ERROR events; one made by hand holds the `Status`.

    Raises:
        InvalidResponse: `raw_event` is no event of this resource.
    """

    __slots__ = ("object", "type")

    type: EventType
    object: T | Bookmark

    # Spelled out, because `type` is an attribute here.
    def __init__(self, resource_type: builtins.type[T], raw_event: dict[str, Any]) -> None:
        try:
            line = encode(raw_event)
        except InvalidArgument as error:
            raise InvalidResponse(f"no watch event: {error}") from None
        made = watch_event_decoder(resource_type).decode(line)
        self.type = made.type
        self.object = made.object

    def __repr__(self) -> str:
        return f"<WatchEvent {self.type.value} {self.object!r}>"


def _made(type_: EventType, object_: T | Bookmark) -> WatchEvent[T]:
    event = cast("WatchEvent[T]", object.__new__(WatchEvent))
    event.type = type_
    event.object = object_
    return event


class _RawEvent(msgspec.Struct):
    type: str
    object: Raw


class _TypedEvent(msgspec.Struct, Generic[T], gc=False):
    type: EventType
    object: T


_raw_decoder = msgspec.json.Decoder(_RawEvent)

# The API server writes the type first. These three carry a whole object, which is decoded in one pass with its event.
_OBJECT_EVENTS = (b'{"type":"ADDED"', b'{"type":"MODIFIED"', b'{"type":"DELETED"')


class WatchEventDecoder(Generic[T]):
    """Reads the lines of a watch."""

    def __init__(self, resource_type: type[T]) -> None:
        self._codec: Codec[T] = codec_for(resource_type)
        self._typed: msgspec.json.Decoder[_TypedEvent[T]] | None = None
        if issubclass(resource_type, msgspec.Struct):
            self._typed = _struct_codec.decoder_for(_TypedEvent[resource_type])  # type: ignore[valid-type]

    def decode(self, line: bytes, action: RequestAction | None = None) -> WatchEvent[T]:
        """Read one line.

        Raises:
            InvalidResponse: it is no event of this resource.
        """
        if self._typed is not None and line.startswith(_OBJECT_EVENTS):
            try:
                event = self._typed.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                pass  # the second path is tolerant, and says what is wrong
            else:
                return _made(event.type, event.object)
        return self._decode_in_two_passes(line, action)

    def _decode_in_two_passes(self, line: bytes, action: RequestAction | None) -> WatchEvent[T]:
        doing = f"{action.described()}: " if action is not None else ""
        try:
            raw = _raw_decoder.decode(line)
            type_ = EventType(raw.type)
            if type_ is EventType.BOOKMARK:
                return _made(type_, _struct_codec.decode_tolerantly(raw.object, Bookmark))
            if type_ is EventType.ERROR:
                status = _struct_codec.decode_tolerantly(raw.object, Status)
                return _made(type_, cast("Bookmark", status))
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError) as error:
            raise InvalidResponse(f"{doing}a line of {len(line)} bytes is no watch event: {error}") from None
        return _made(type_, self._codec.decode(raw.object, action))


_DECODERS: dict[type[Any], WatchEventDecoder[Any]] = {}


def watch_event_decoder(resource_type: type[T]) -> WatchEventDecoder[T]:
    """Give the one decoder of a resource class's events."""
    decoder = _DECODERS.get(resource_type)
    if decoder is None:
        decoder = _DECODERS[resource_type] = WatchEventDecoder(resource_type)
    return decoder
