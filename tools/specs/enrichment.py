"""Adds to an OpenAPI v2 document what it leaves out and an API server has to know.

- `default`: from the OpenAPI v3 documents of the same release. It holds zero values too, as the server's own does.
- `x-kubex-zero`: what the field holds in an object that does not give it, where the server writes it even so.
- `x-kubex-omits-empty`: the server leaves the field out where it is `false`, 0, `""` or an empty list or map.
- the order of the properties: that in which the server writes them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tools.specs.go_types import GoField, GoTypes

__all__ = ["add_defaults", "add_empty_values", "order_properties"]

_REFERENCE = "#/definitions/"
_ZEROS: dict[str | None, Any] = {"string": "", "integer": 0, "number": 0, "boolean": False}
_ZEROS_OF_STRUCTS: dict[str, Any] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "0",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": 0,
}


def add_defaults(document: dict[str, Any], folder: Path) -> None:
    """Add the defaults of OpenAPI v3 documents to the properties of a document.

    Args:
        document: OpenAPI v2 document; changed.
        folder: holds the OpenAPI v3 documents, one for each group and version.
    """
    for path in sorted(folder.glob("*.json")):
        schemas = json.loads(path.read_text(encoding="utf-8")).get("components", {}).get("schemas", {})
        for name, schema in schemas.items():
            properties = document["definitions"].get(name, {}).get("properties", {})
            for property_, source in schema.get("properties", {}).items():
                if property_ in properties and "default" in source:
                    properties[property_]["default"] = source["default"]


def add_empty_values(document: dict[str, Any], types: GoTypes) -> list[str]:
    """Add what becomes of empty fields to the properties of a document, which is changed.

    Returns:
        Names of the definitions that have properties and no struct among the types.
    """
    unknown: list[str] = []
    for name, schema in document["definitions"].items():
        properties = schema.get("properties", {})
        fields = types.fields(name)
        if fields is None:
            unknown += [name] if properties else []
            continue
        for property_, own in properties.items():
            field = fields.get(property_)
            if field is not None:
                _add_empty_value(document, own, field)
    return unknown


def order_properties(document: dict[str, Any], types: GoTypes) -> None:
    """Put the properties of a document, which is changed, into the order of the structs' fields.

    Go writes JSON in this order, and a decoder that expects the fields as they come finds them at once. Those that no
    struct has come last.
    """
    for name, schema in document["definitions"].items():
        properties = schema.get("properties", {})
        fields = types.fields(name) or {}
        ordered = [field for field in fields if field in properties]
        ordered += [property_ for property_ in properties if property_ not in fields]
        if properties:
            schema["properties"] = {property_: properties[property_] for property_ in ordered}


def _add_empty_value(document: dict[str, Any], own: dict[str, Any], field: GoField) -> None:
    reference = own.get("$ref", "").removeprefix(_REFERENCE)
    is_struct = bool(reference) and not field.is_pointer and not field.is_container
    if field.omits_zero or (field.omits_empty and not is_struct):
        if not field.is_pointer:
            own["x-kubex-omits-empty"] = True
    elif field.is_pointer or field.is_container:
        own["x-kubex-zero"] = None
    elif is_struct:
        own["x-kubex-zero"] = _zero_of_struct(document, reference)
    else:
        own["x-kubex-zero"] = _ZEROS.get(own.get("type"))


def _zero_of_struct(document: dict[str, Any], reference: str) -> Any:
    if reference in _ZEROS_OF_STRUCTS:
        return _ZEROS_OF_STRUCTS[reference]
    return (
        {} if document["definitions"][reference].get("type") == "object" and "RawExtension" not in reference else None
    )
