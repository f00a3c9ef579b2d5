"""Which form of an answer a request accepts: JSON, YAML or protobuf; the object itself, its metadata, or a table.

https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cmp_to_key, lru_cache
from typing import Final

from kubex.testing.failures import ApiFailure, not_acceptable

__all__ = [
    "JSON",
    "PROTOBUF",
    "YAML",
    "AcceptedType",
    "Representation",
    "accepted_types",
    "accepts_json",
    "check_route",
    "negotiate",
    "negotiate_aggregated",
    "negotiate_document",
    "negotiate_failure",
]

JSON: Final = "application/json"
YAML: Final = "application/yaml"
PROTOBUF: Final = "application/vnd.kubernetes.protobuf"
_AVAILABLE: Final = (JSON, YAML, PROTOBUF)
_STREAMS: Final = (f"{JSON};stream=watch", f"{PROTOBUF};stream=watch")
_META_VERSIONS: Final = ("v1", "v1beta1")
_TRANSFORMATIONS: Final = ("Table", "PartialObjectMetadata", "PartialObjectMetadataList")
_AGGREGATED: Final = ("APIGroupDiscoveryList", "apidiscovery.k8s.io", "v2")
_QUALITY: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_SORTED_BY_INSERTION: Final = 12


@dataclass(frozen=True, slots=True)
class AcceptedType:
    """One media type of an Accept header."""

    type: str
    subtype: str
    quality: float = 1.0
    parameters: tuple[tuple[str, str], ...] = ()

    def parameter(self, name: str) -> str:
        """Give a parameter's value, the last one's where there are several; `""` if it is not there."""
        return next((value for key, value in reversed(self.parameters) if key == name), "")

    @property
    def transformation(self) -> tuple[str, str, str]:
        """Kind, group and version that the answer is to be turned into; all empty where it is to stay as it is."""
        return self.parameter("as"), self.parameter("g"), self.parameter("v")

    def matches(self, media_type: str) -> bool:
        """Whether it stands for a media type. Case matters to the API server."""
        type_, _, subtype = media_type.partition("/")
        if self.subtype == "*":
            return self.type in ("*", type_)
        return (self.type, self.subtype) == (type_, subtype)


@dataclass(frozen=True, slots=True)
class Representation:
    """A form of an answer."""

    media_type: str = JSON
    transformation: str = ""
    """`Table`, `PartialObjectMetadata`, `PartialObjectMetadataList`, or nothing."""
    version: str = ""
    """Of the transformation: `v1`, `v1beta1`."""

    @property
    def is_yaml(self) -> bool:
        """Whether the answer is to be YAML."""
        return self.media_type == YAML


@lru_cache(maxsize=256)
def accepted_types(accept: str) -> tuple[AcceptedType, ...]:
    """Read an Accept header as the API server does: what is wanted most comes first.

    What it can't read it leaves out; quotes are part of a value, and only spaces stand between.
    """
    found: list[AcceptedType] = []
    for clause in accept.split(","):
        name, *rest = clause.strip(" ").split(";")
        type_, *subtypes = (part.strip(" ") for part in name.split("/"))
        if subtypes == [""]:
            subtypes = []
        if not subtypes and type_ == "*":
            subtypes = ["*"]
        if len(subtypes) != 1:
            continue
        quality, parameters = 1.0, list[tuple[str, str]]()
        for parameter in rest:
            key, _, value = parameter.partition("=")
            if not value or "=" in value[:-1]:
                continue
            value = value.removesuffix("=")
            if key.strip(" ") == "q":
                quality = float(value) if _QUALITY.fullmatch(value) else 0.0
            else:
                parameters.append((key.strip(" "), value.strip(" ")))
        found.append(AcceptedType(type_, subtypes[0], quality, tuple(parameters)))
    return tuple(_in_order(found))


def _in_order(types: list[AcceptedType]) -> list[AcceptedType]:
    """Sort as Go's `sort.Sort` does by an order that is none: a wildcard may come first by its quality, or not."""
    if len(types) > _SORTED_BY_INSERTION:
        return sorted(types, key=cmp_to_key(_compared))
    for end in range(1, len(types)):
        place = end
        while place and _comes_before(types[place], types[place - 1]):
            types[place - 1 : place + 1] = types[place], types[place - 1]
            place -= 1
    return types


def _compared(one: AcceptedType, other: AcceptedType) -> int:
    return -1 if _comes_before(one, other) else 0


def _comes_before(one: AcceptedType, other: AcceptedType) -> bool:
    return (
        one.quality > other.quality
        or (one.type != "*" and other.type == "*")
        or (one.subtype != "*" and other.subtype == "*")
    )


@lru_cache(maxsize=256)
def check_route(accept: str, verb: str = "get", available: Sequence[str] = _AVAILABLE) -> None:
    """Check that what leads a request to its handler knows one of the accepted types; it looks at nothing but names.

    Raises:
        ApiFailure: it knows none (406).
    """
    names = [clause.partition(";")[0].strip(" ") for clause in (accept or "*/*").split(",")]
    if not any(name == "*/*" or name in available for name in names):
        raise not_acceptable((*available, *(_STREAMS if verb in ("list", "watch") else ())))


@lru_cache(maxsize=256)
def negotiate(accept: str, verb: str = "get", *, custom: bool = False) -> Representation:
    """Choose the form of an answer.

    Args:
        accept: the Accept header; empty if there is none.
        verb: of the request.
        custom: whether it is about custom resources, which have no protobuf; but their metadata has.

    Raises:
        ApiFailure: none suits (406).
    """
    if not accept:
        return Representation()
    if not custom:
        check_route(accept, verb)
    form = _first(accept, lambda media_type, each: _form(media_type, each, custom=custom))
    if verb == "watch" and form is not None and form.is_yaml:
        raise _none_of(_STREAMS)
    if form is None:
        raise _none_of(_AVAILABLE)
    return form


@lru_cache(maxsize=256)
def negotiate_document(accept: str) -> str:
    """Choose the media type of a document that has no transformations.

    Raises:
        ApiFailure: none suits (406).
    """
    form = _first(accept, _plain) if accept else Representation()
    if form is None:
        raise _none_of(_AVAILABLE)
    return form.media_type


@lru_cache(maxsize=256)
def negotiate_aggregated(accept: str) -> str:
    """Choose the media type of all of discovery at once; `""` if that is not what is asked for."""
    form = _first(accept, _aggregated)
    return form.media_type if form is not None else ""


@lru_cache(maxsize=256)
def negotiate_failure(accept: str) -> str:
    """Choose the media type of a Status that tells of a failure: JSON where nothing suits."""
    form = _first(accept, _plain)
    return form.media_type if form is not None else JSON


@lru_cache(maxsize=256)
def accepts_json(accept: str) -> bool:
    """Whether JSON is accepted, with whatever parameters: all that OpenAPI documents ask."""
    return not accept or any(each.matches(JSON) for each in accepted_types(accept))


def _first(accept: str, form: Callable[[str, AcceptedType], Representation | None]) -> Representation | None:
    """Give the form that is wanted most of those that there are."""
    for each in accepted_types(accept):
        for media_type in _AVAILABLE:
            if each.matches(media_type) and (found := form(media_type, each)) is not None:
                return found
    return None


def _form(media_type: str, accepted: AcceptedType, *, custom: bool) -> Representation | None:
    """Give the form of objects that an accepted type stands for; `None` if there is no such form."""
    if not _is_streamed(media_type, accepted) or accepted.parameter("sv") not in ("", "v1"):
        return None
    wanted, group, version = accepted.transformation
    if not (wanted or group or version):
        return None if custom and media_type == PROTOBUF else Representation(media_type)
    known = wanted in _TRANSFORMATIONS and group == "meta.k8s.io" and version in _META_VERSIONS
    if not known or (wanted == "Table" and media_type == PROTOBUF):
        return None
    return Representation(media_type, wanted, version)


def _plain(media_type: str, accepted: AcceptedType) -> Representation | None:
    return Representation(media_type) if _is_plain(media_type, accepted) and not any(accepted.transformation) else None


def _aggregated(media_type: str, accepted: AcceptedType) -> Representation | None:
    wanted = media_type != PROTOBUF and _is_plain(media_type, accepted) and accepted.transformation == _AGGREGATED
    return Representation(media_type) if wanted else None


def _is_plain(media_type: str, accepted: AcceptedType) -> bool:
    return _is_streamed(media_type, accepted) and not accepted.parameter("sv")


def _is_streamed(media_type: str, accepted: AcceptedType) -> bool:
    """Whether there is a stream of a type, if one is asked for."""
    stream = accepted.parameter("stream")
    return not stream or (stream == "watch" and media_type != YAML)


def _none_of(available: Sequence[str]) -> ApiFailure:
    return ApiFailure(406, "NotAcceptable", f"only the following media types are accepted: {', '.join(available)}")
