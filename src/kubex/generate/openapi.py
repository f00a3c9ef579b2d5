"""Reads kinds from the OpenAPI document of a server, version 2 or 3."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kubex.core._json_value import is_array, is_object
from kubex.generate.definitions import DefinedKind
from kubex.generate.errors import DefinitionError

__all__ = ["OpenApiDocument", "is_openapi", "read_openapi"]

_PATH: Final = re.compile(
    r"/(?:api|apis/(?P<group>[^/{]+))/(?P<version>[^/{]+)"
    r"(?P<namespace>/namespaces/\{namespace\})?/(?P<plural>[^/{]+)(?:/\{name\}(?:/(?P<subresource>[^/{]+))?)?"
)
_KIND: Final = "x-kubernetes-group-version-kind"


@dataclass(frozen=True)
class OpenApiDocument:
    """What a document has."""

    kinds: list[DefinedKind]
    schemas: Mapping[str, Mapping[str, Any]]
    """By name."""


def is_openapi(document: Mapping[str, Any]) -> bool:
    """Whether a document is of OpenAPI."""
    return "swagger" in document or "openapi" in document


def read_openapi(document: Mapping[str, Any], shown: str) -> OpenApiDocument:
    """Read the resources that a document's paths serve.

    Raises:
        DefinitionError: it has no paths or no schemas.
    """
    components: Mapping[str, Any] = document.get("components") or {}
    schemas: Any = document.get("definitions") or components.get("schemas")
    paths = document.get("paths")
    if not is_object(schemas) or not is_object(paths):
        raise DefinitionError(f"{shown or 'the OpenAPI document'} lacks its paths or its schemas")
    plurals: dict[tuple[str, str, str], str] = {}
    namespaced: set[tuple[str, str, str]] = set()
    subresources: dict[tuple[str, str, str], set[str]] = {}
    for path, operations in sorted(paths.items()):
        match = _PATH.fullmatch(path)
        if match is None or not is_object(operations):
            continue
        place = (match["group"] or "", match["version"], match["plural"])
        if match["subresource"]:
            subresources.setdefault(place, set()).add(match["subresource"])
            continue
        if match["namespace"]:
            namespaced.add(place)
        for operation in operations.values():
            kind = operation.get(_KIND) if is_object(operation) else None
            if is_object(kind):
                plurals.setdefault((kind["group"], kind["version"], kind["kind"]), match["plural"])
    found: list[DefinedKind] = []
    for _, schema in sorted(schemas.items()):
        kinds = schema.get(_KIND) or ()
        for kind in kinds if is_array(kinds) and len(kinds) == 1 else ():
            key = (kind["group"], kind["version"], kind["kind"])
            plural = plurals.get(key)
            if plural is None or "properties" not in schema:
                continue
            place = (key[0], key[1], plural)
            found.append(
                DefinedKind(
                    *key,
                    plural,
                    place in namespaced,
                    False,
                    schema,
                    tuple(sorted(subresources.get(place, ()))),
                )
            )
    return OpenApiDocument(found, schemas)
