"""The one place that turns bytes into objects and objects into bytes.

Structs go through msgspec, Pydantic classes through Pydantic, dynamic objects are the JSON itself; the rest of kubex
never knows which. Reading is as
tolerant as Go's: the fast decoder first, and where it refuses, a second path in which null and missing required parts
become zero values. In a list that path is taken item by item, so that one odd object does not slow the others.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Generic, TypeVar, cast

import msgspec
from msgspec import Raw

from kubex.core.exceptions import InvalidArgument, InvalidResponse
from kubex.core.request import RequestAction
from kubex_core.models import _struct_codec
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.list_entity import ListEntity
from kubex_core.models.metadata import ListMetadata
from kubex_core.models.partial_object_meta import PartialObjectMetadata
from kubex_core.models.resource_config import ResourceConfig

__all__ = ["Codec", "codec_for", "encode"]

T = TypeVar("T")  # no Entity: some subresources are read as models that are no resources, as TokenRequest is

_REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class _Envelope(msgspec.Struct, rename="camel"):
    """A list whose items are read later."""

    api_version: str | None = None
    kind: str | None = None
    metadata: ListMetadata | None = None
    items: list[Raw] | None = None


class _Named(msgspec.Struct):
    metadata: dict[str, Any]


_envelope_decoder = msgspec.json.Decoder(_Envelope)
_named_decoder = msgspec.json.Decoder(_Named)


def encode(body: Any) -> bytes:
    """Give the JSON of a request's body.

    Args:
        body: a struct or a Pydantic model, written without what is `None` by default, or a dict, written as it is.

    Raises:
        InvalidArgument: a part of it has no JSON form.
    """
    try:
        if not isinstance(body, msgspec.Struct) and hasattr(body, "model_dump_json"):
            # Nearly nobody needs it, and everybody would wait for it.
            from kubex_core.models._pydantic_encoder import encode_model

            data = encode_model(body)
            _struct_codec.refuse_naive_moments(body, data)
            return data
        return _struct_codec.encode(body)
    except (TypeError, ValueError, NotImplementedError, msgspec.MsgspecError, RecursionError) as error:
        raise InvalidArgument(f"{type(body).__qualname__} can't be written as JSON: {error}") from error


class Codec(ABC, Generic[T]):
    """Reads the objects of one resource class; made once per class by `codec_for`."""

    def __init__(self, resource_type: type[T]) -> None:
        self.resource_type = resource_type
        config: ResourceConfig[T] | None = getattr(resource_type, "__RESOURCE_CONFIG__", None)
        # Of metadata alone, the server may give whole objects instead. A model without a config may be anything.
        self._kind = None if config is None or resource_type is PartialObjectMetadata else config.kind

    @abstractmethod
    def decode(self, data: bytes | Raw, action: RequestAction | None = None) -> T:
        """Read one object.

        Raises:
            InvalidResponse: it is not one of this class.
        """

    def decode_list(self, data: bytes, action: RequestAction | None = None) -> ListEntity[T]:
        """Read a list, item by item.

        Raises:
            InvalidResponse: it is not a list of this class.
        """
        try:
            envelope = _envelope_decoder.decode(data)
        except _REFUSED as error:
            raise self._refusal(data, error, action, what=f"list of {self.resource_type.__name__}") from None
        _require_kubernetes(data, action)
        page = self._list_model(
            metadata=envelope.metadata if envelope.metadata is not None else ListMetadata(),
            items=[self._item(item, number, action) for number, item in enumerate(envelope.items or ())],
        )
        if envelope.api_version:
            page.api_version = envelope.api_version
        if envelope.kind:
            page.kind = envelope.kind
        self._require_list(page, action)
        return page

    def _item(self, item: Raw, number: int, action: RequestAction | None) -> T:
        try:
            return self.decode(item, action)
        except InvalidResponse as error:
            # One among thousands is not to be found by what is wrong with it alone.
            raise InvalidResponse(f"{error} (item {number} of the list{_name_of(item)})") from None

    def _require_kind(self, decoded: Any, action: RequestAction | None) -> None:
        """Refuse an object of another kind: its fields would read as unset."""
        if self._kind is not None and decoded.kind != self._kind:
            doing = f"{action.described()}: " if action is not None else ""
            raise InvalidResponse(f"{doing}the server's answer is a {decoded.kind}, not a {self._kind}")

    def _require_list(self, page: ListEntity[T], action: RequestAction | None) -> None:
        """Refuse what reads as an empty list only because it is none."""
        if not page.items and not page.kind.endswith("List"):
            doing = f"{action.described()}: " if action is not None else ""
            name = self.resource_type.__name__
            raise InvalidResponse(f"{doing}the server's answer is a {page.kind}, not a list of {name}")

    @property
    def _list_model(self) -> type[ListEntity[T]]:
        config: ResourceConfig[T] = cast("Any", self.resource_type).__RESOURCE_CONFIG__
        return config.list_model

    def _refusal(
        self, data: bytes | Raw, error: Exception, action: RequestAction | None, *, what: str | None = None
    ) -> InvalidResponse:
        doing = f"{action.described()}: " if action is not None else ""
        if isinstance(error, msgspec.ValidationError) or not isinstance(error, _REFUSED):
            return InvalidResponse(
                f"{doing}the server's answer is not a {what or self.resource_type.__name__}: {error}"
            )
        return InvalidResponse(f"{doing}the server's answer is not JSON ({_glimpse(bytes(data))}): {error}")


class _StructCodec(Codec[T]):
    """Reads structs."""

    def __init__(self, resource_type: type[T]) -> None:
        super().__init__(resource_type)
        self._decoder = _struct_codec.decoder_for(resource_type)

    @property
    def _list_decoder(self) -> msgspec.json.Decoder[ListEntity[T]]:
        # Not made with the codec: a resource that is never listed needs no list class.
        return _struct_codec.decoder_for(self._list_model)

    def decode(self, data: bytes | Raw, action: RequestAction | None = None) -> T:
        try:
            decoded = self._decoder.decode(data)
        except msgspec.ValidationError:
            decoded = self._decode_tolerantly(data, action)
        except _REFUSED as error:
            raise self._refusal(data, error, action) from None
        if type(data) is bytes:
            if b'"metadata"' not in data:
                _require_kubernetes(data, action)
            if self._kind is not None and cast("Any", decoded).kind != self._kind:
                self._require_kind(decoded, action)
        return decoded

    def decode_list(self, data: bytes, action: RequestAction | None = None) -> ListEntity[T]:
        try:
            decoded = self._list_decoder.decode(data)
        except msgspec.ValidationError:
            return super().decode_list(data, action)
        except _REFUSED as error:
            raise self._refusal(data, error, action) from None
        _require_kubernetes(data, action)
        self._require_list(decoded, action)
        return decoded

    def _decode_tolerantly(self, data: bytes | Raw, action: RequestAction | None) -> T:
        try:
            return _struct_codec.decode_tolerantly(data, self.resource_type)
        except _REFUSED as error:
            raise self._refusal(data, error, action) from None


class _PydanticCodec(Codec[T]):
    """Reads Pydantic models."""

    def decode(self, data: bytes | Raw, action: RequestAction | None = None) -> T:
        from kubex_core.models._pydantic_bridge import TOLERANT

        model = cast("Any", self.resource_type)
        try:
            decoded = model.model_validate_json(bytes(data), context=TOLERANT)
        except ValueError as error:
            raise self._pydantic_refusal(data, error, action) from None
        if type(data) is bytes:
            _require_kubernetes(data, action)
            self._require_kind(decoded, action)
        return cast("T", decoded)

    def _pydantic_refusal(self, data: bytes | Raw, error: ValueError, action: RequestAction | None) -> InvalidResponse:
        # Pydantic's own text repeats the values, and those may be secret: only the places and reasons are kept.
        errors = getattr(error, "errors", None)
        if errors is None:
            return self._refusal(data, error, action)
        reasons = errors(include_url=False, include_context=False, include_input=False)
        if any(reason["type"] == "json_invalid" for reason in reasons):
            return self._refusal(data, msgspec.DecodeError(reasons[0]["msg"]), action)
        text = "; ".join(f"{'.'.join(map(str, reason['loc']))}: {reason['msg']}" for reason in reasons)
        return self._refusal(data, msgspec.ValidationError(text), action)


class _DynamicCodec(Codec[T]):
    """Reads objects as the JSON they are: dynamic ones, and dicts."""

    _decoder = msgspec.json.Decoder(dict[str, Any])

    def decode(self, data: bytes | Raw, action: RequestAction | None = None) -> T:
        try:
            decoded = self.resource_type(self._decoder.decode(data))  # type: ignore[call-arg]
        except _REFUSED as error:
            raise self._refusal(data, error, action) from None
        if type(data) is bytes:
            _require_kubernetes(data, action)
            self._require_kind(decoded, action)
        return decoded


_CODECS: dict[type[Any], Codec[Any]] = {}


def codec_for(resource_type: type[T]) -> Codec[T]:
    """Give the one codec of a resource class.

    Raises:
        TypeError: neither a struct, a Pydantic model, a `DynamicObject` nor `dict`.
    """
    codec = _CODECS.get(resource_type)
    if codec is None:
        codec = _CODECS[resource_type] = _make_codec(resource_type)
    return codec


def _make_codec(resource_type: type[T]) -> Codec[T]:
    if issubclass(resource_type, msgspec.Struct):
        return _StructCodec(resource_type)
    if issubclass(resource_type, DynamicObject) or resource_type is dict:
        return _DynamicCodec(resource_type)
    if hasattr(resource_type, "model_validate_json"):
        return _PydanticCodec(resource_type)
    raise TypeError(f"{resource_type.__qualname__} is no resource: derive it from BaseEntity or StructEntity")


def _require_kubernetes(data: bytes, action: RequestAction | None) -> None:
    """Refuse JSON that nothing of Kubernetes would write: it would read as an object whose every field is unset."""
    if b'"metadata"' in data or b'"apiVersion"' in data or b'"kind"' in data:
        return
    doing = f"{action.described()}: " if action is not None else ""
    raise InvalidResponse(f"{doing}the server's answer is no Kubernetes object; is this a Kubernetes API server?")


def _name_of(item: Raw) -> str:
    """Name an object that can't be read, as far as its name can."""
    try:
        metadata = _named_decoder.decode(item).metadata
    except _REFUSED:
        return ""
    name = metadata.get("name")
    return f', "{name}"' if isinstance(name, str) else ""


def _glimpse(data: bytes) -> str:
    """Give the beginning of what came, unless it may be a part of an object, which may be secret."""
    text = data[:60].decode(errors="replace").strip()
    if not text:
        return "it is empty"
    if text[0] in '{["':
        return f"{len(data)} bytes, broken off or garbled"
    return f"it begins {text!r}"
