"""Which form of an answer a request accepts: JSON or YAML; the object itself, its metadata, or a table.

https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kubex.testing.failures import ApiFailure, not_acceptable

__all__ = ["JSON", "YAML", "AcceptedType", "Representation", "accepted_types", "negotiate"]

JSON: Final = "application/json"
YAML: Final = "application/yaml"
_AVAILABLE: Final = (JSON, YAML)
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
def negotiate(accept: str, available: Sequence[str] = _AVAILABLE) -> Representation:
    """Choose the form of an answer.

    Args:
        accept: the Accept header; empty if there is none.
        available: media types that the answer can have, the usual one first.

    Raises:
        ApiFailure: none suits (406).
    """
    if not accept.strip():
        return Representation(available[0])
    types = [each for each in accepted_types(accept) if each.name == "*/*" or each.name in _AVAILABLE]
    if not types:
        raise not_acceptable(_AVAILABLE)
    for each in types:
        name = available[0] if each.name == "*/*" else each.name
        if name not in available:
            continue
        wanted = each.parameter("as")
        if not wanted:
            return Representation(name)
        version = each.parameter("v")
        if wanted in _TRANSFORMATIONS and each.parameter("g") == "meta.k8s.io" and version in _META_VERSIONS:
            return Representation(name, wanted, version)
    raise ApiFailure(406, "NotAcceptable", f"only the following media types are accepted: {', '.join(available)}")


def _quality(value: str) -> float:
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 1.0
