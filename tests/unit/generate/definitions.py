"""A definition with everything that a schema can say."""

from __future__ import annotations

from typing import Any

__all__ = ["everything"]

_UNKNOWN = "x-kubernetes-preserve-unknown-fields"


def everything(group: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give a definition of gadgets, and a gadget as the server has it."""
    text: dict[str, Any] = {"type": "string"}
    number: dict[str, Any] = {"type": "integer"}
    part: dict[str, Any] = {"type": "object", "required": ["name"], "properties": {"name": text, "podIP": text}}
    # Long because it is a table.
    spec: dict[str, Any] = {
        "text": {**text, "description": 'With "quotes", a \\ and\nlines.\n\n    indented ones', "minLength": 1},
        "from": text,
        "l": text,
        "str": text,
        "field": text,
        "copy": text,
        "model_dump": text,
        "x-odd.name": text,
        "1st": text,
        "URL": {**text, "pattern": r"^https?://\S+$"},
        "count": {**number, "format": "int32", "minimum": 0, "maximum": 9, "default": 3},
        "ratio": {"type": "number", "default": 0.5},
        "on": {"type": "boolean", "default": True},
        "mode": {**text, "enum": ["Fast", "Slow"], "default": "Fast"},
        "level": {**number, "enum": [1, 2]},
        "tier": {**text, "allOf": [{"enum": ["Gold", "Tin"]}], "nullable": True, "default": "Tin"},
        "when": {**text, "format": "date-time"},
        "key": {**text, "format": "byte"},
        "timeout": {**text, "format": "duration"},
        "port": {"x-kubernetes-int-or-string": True, "anyOf": [number, text]},
        "amount": {"x-kubernetes-int-or-string": True, "anyOf": [number, text], "pattern": "^[0-9]+m?$"},
        "nothing": {**text, "nullable": True},
        "json": {_UNKNOWN: True},
        "object": {"type": "object", _UNKNOWN: True},
        "free": {"type": "object", _UNKNOWN: True, "properties": {"a": text}},
        "empty": {"type": "object"},
        "template": {"type": "object", "x-kubernetes-embedded-resource": True, _UNKNOWN: True},
        "embedded": {
            "type": "object",
            "x-kubernetes-embedded-resource": True,
            "properties": {"spec": {"type": "object", "properties": {"size": number}}},
        },
        "matrix": {"type": "array", "items": {"type": "array", "items": {**number, "minimum": 0}}},
        "words": {"type": "array", "x-kubernetes-list-type": "set", "items": {**text, "maxLength": 9}},
        "parts": {
            "type": "array",
            "items": part,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            "maxItems": 5,
        },
        "defaulted": {"type": "array", "items": part, "default": [{"name": "a"}], "maxItems": 5},
        "nested": {
            "type": "object",
            "default": {},
            "properties": {"size": {**number, "default": 2}},
            "x-kubernetes-map-type": "atomic",
        },
        "by_name": {"type": "object", "additionalProperties": part, "maxProperties": 4},
        "choice": {
            "type": "object",
            "properties": {"a": text, "b": text},
            "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
        },
    }
    version: dict[str, Any] = {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "additionalPrinterColumns": [
            {"name": "Count", "type": "integer", "jsonPath": ".spec.count", "priority": 1, "description": "How many"}
        ],
        "selectableFields": [{"jsonPath": ".spec.text"}],
        "schema": {
            "openAPIV3Schema": {
                "type": "object",
                "description": "Gadget has everything.",
                "required": ["spec"],
                "properties": {
                    "apiVersion": text,
                    "kind": text,
                    "metadata": {"type": "object"},
                    "spec": {
                        "type": "object",
                        "required": ["text", "nothing"],
                        "properties": spec,
                        "x-kubernetes-validations": [
                            {"rule": "self.count < 9 || self.on", "message": "too many", "fieldPath": ".count"}
                        ],
                    },
                    "status": {"type": "object", "properties": {"ready": {"type": "boolean"}}},
                },
            }
        },
    }
    definition: dict[str, Any] = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"gadgets.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": "gadgets", "kind": "Gadget", "shortNames": ["gd"], "categories": ["all"]},
            "versions": [version],
        },
    }
    return definition, {
        "apiVersion": f"{group}/v1",
        "kind": "Gadget",
        "metadata": {"name": "everything"},
        "spec": _CONTENT,
    }


_CONTENT: dict[str, Any] = {
    "text": "t",
    "from": "f",
    "l": "l",
    "str": "s",
    "field": "f",
    "copy": "c",
    "model_dump": "m",
    "x-odd.name": "x",
    "1st": "1",
    "URL": "https://example.com",
    "count": 4,
    "ratio": 1.5,
    "on": False,
    "mode": "Slow",
    "level": 2,
    "tier": "Gold",
    "when": "2026-01-02T03:04:05Z",
    "key": "AAH/",
    "timeout": "1h",
    "port": "http",
    "amount": 5,
    "nothing": "n",
    "json": [1, {"a": None}],
    "object": {"a": {"b": 1}},
    "free": {"a": "a", "unknown": [1]},
    "empty": {},
    "template": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"x": 1}},
    "embedded": {
        "apiVersion": "example.com/v1",
        "kind": "Thing",
        "metadata": {"name": "t", "labels": {"a": "b"}},
        "spec": {"size": 1},
    },
    "matrix": [[1, 2], []],
    "words": ["a", "b"],
    "parts": [{"name": "a", "podIP": "10.0.0.1"}],
    "defaulted": [{"name": "b"}],
    "nested": {"size": 3},
    "by_name": {"a": {"name": "n"}},
    "choice": {"a": "x"},
}
