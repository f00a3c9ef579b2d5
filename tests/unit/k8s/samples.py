"""Sample JSON made from an OpenAPI document alone, without the generator's reading of it."""

from __future__ import annotations

from typing import Any

from tools.codegen.document import Document

_BY_FORMAT = {"byte": "AP8=", "date-time": "2026-01-02T03:04:05Z", "int-or-string": "50%"}
_BY_TYPE: dict[str, Any] = {"string": "text", "integer": 7, "number": 1.5, "boolean": True}
_BY_NAME: dict[str, Any] = {
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "2026-01-02T03:04:05.000006Z",
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "1500m",
}


def sample(document: Document, schema: dict[str, Any], depth: int) -> Any:
    """Make a value of a schema with every property set.

    Args:
        document: where references lead.
        schema: of the value.
        depth: below so many levels of definitions only required properties are set.
    """
    if "$ref" in schema:
        return sample_of(document, schema["$ref"].removeprefix("#/definitions/"), depth - 1)
    if schema.get("type") == "array":
        return [sample(document, schema["items"], depth)]
    if schema.get("type") == "object":
        return {"key": sample(document, schema.get("additionalProperties", {"type": "string"}), depth)}
    if "type" not in schema:
        return {"any": [1, None, "value"]}
    return _BY_FORMAT.get(schema.get("format", "")) or _BY_TYPE[schema["type"]]


def sample_of(document: Document, name: str, depth: int) -> Any:
    """Make a value of a definition; parameters as `sample`."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    schema = document["definitions"][name]
    properties = schema.get("properties")
    if properties is None:
        return {} if schema.get("type") == "object" else sample(document, schema, depth)
    chosen = properties if depth >= 0 else schema.get("required", ())
    value = {key: sample(document, properties[key], depth) for key in chosen}
    kinds = schema.get("x-kubernetes-group-version-kind", ())
    if {"apiVersion", "kind"} <= properties.keys() and (kinds or name.endswith(".DeleteOptions")):
        # Always written, and so always read: as the kind has them.
        group, version = kinds[0]["group"], kinds[0]["version"]
        value |= {"apiVersion": f"{group}/{version}" if group else version, "kind": kinds[0]["kind"]}
        if "metadata" in properties:
            value.setdefault("metadata", {})
    return value
