"""Which form of an answer a request accepts: JSON, YAML or protobuf; the object itself, its metadata, or a table.

https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kubex.testing.failures import ApiFailure, not_acceptable

__all__ = [
    "JSON",
    "PROTOBUF",
    "YAML",
    "AcceptedType",
    "Representation",
    "accepted_types",
    "negotiate",
    "negotiate_failure",
    "negotiate_plain",
]

JSON: Final = "application/json"
YAML: Final = "application/yaml"
PROTOBUF: Final = "application/vnd.kubernetes.protobuf"
_AVAILABLE: Final = (JSON, YAML, PROTOBUF)
_STREAMS: Final = (f"{JSON};stream=watch", f"{PROTOBUF};stream=watch")
_WILDCARDS: Final = ("*/*", "application/*")
_META_VERSIONS: Final = ("v1", "v1beta1")
_TRANSFORMATIONS: Final = ("Table", "PartialObjectMetadata", "PartialObjectMetadataList")


@dataclass(frozen=True, slots=True)
class AcceptedType:
    """One media type of an Accept header."""

    name: str
    parameters: tuple[tuple[str, str], ...] = ()

    def parameter(self, name: str) -> str:
        """Give a parameter's value; `""` if it is not there."""
        return next((value for key, value in self.parameters if key == name), "")


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
    """Read an Accept header: what is wanted most comes first."""
    found: list[tuple[float, int, int, AcceptedType]] = []
    for place, clause in enumerate(accept.split(",")):
        name, *rest = (part.strip() for part in clause.split(";"))
        if not name:
            continue
        quality, parameters = 1.0, list[tuple[str, str]]()
        for parameter in rest:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                quality = _quality(value)
            else:
                parameters.append((key.strip(), value.strip().strip('"')))
        wildcards = name.split("/").count("*")
        found.append((-quality, wildcards, place, AcceptedType(name.lower(), tuple(parameters))))
    return tuple(each for *_, each in sorted(found, key=lambda entry: entry[:3]))


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
    if not accept.strip():
        return Representation()
    types = accepted_types(accept)
    if not custom and not any(each.name in _AVAILABLE or each.name == "*/*" for each in types):
        raise not_acceptable(_AVAILABLE + (_STREAMS if verb in ("list", "watch") else ()))
    for each in types:
        form = _form(each, custom=custom)
        if form is None:
            continue
        if verb == "watch" and form.is_yaml:
            raise _none_of(_STREAMS)
        return form
    raise _none_of(_AVAILABLE)


def negotiate_plain(accept: str) -> None:
    """Check that a document that has no transformations is accepted in one of its forms.

    Raises:
        ApiFailure: it is not (406).
    """
    forms = (_form(each) for each in accepted_types(accept))
    if all(form is None or form.transformation for form in forms):
        raise _none_of(_AVAILABLE)


@lru_cache(maxsize=256)
def negotiate_failure(accept: str) -> str:
    """Choose the media type of a Status that tells of a failure: JSON where nothing suits."""
    forms = (_form(each) for each in accepted_types(accept))
    return next((form.media_type for form in forms if form is not None and not form.transformation), JSON)


def _form(accepted: AcceptedType, *, custom: bool = False) -> Representation | None:
    """Give the form that an accepted type stands for; `None` if there is no such form."""
    name = JSON if accepted.name in _WILDCARDS else accepted.name
    stream = accepted.parameter("stream")
    if name not in _AVAILABLE or (stream and (stream != "watch" or name == YAML)):
        return None
    wanted = accepted.parameter("as")
    if not wanted:
        return None if custom and name == PROTOBUF else Representation(name)
    version = accepted.parameter("v")
    known = wanted in _TRANSFORMATIONS and accepted.parameter("g") == "meta.k8s.io" and version in _META_VERSIONS
    if not known or (wanted == "Table" and name == PROTOBUF):
        return None
    return Representation(name, wanted, version)


def _none_of(available: Sequence[str]) -> ApiFailure:
    return ApiFailure(406, "NotAcceptable", f"only the following media types are accepted: {', '.join(available)}")


def _quality(value: str) -> float:
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 1.0
