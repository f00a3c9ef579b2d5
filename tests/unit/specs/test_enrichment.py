from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tools.specs.enrichment import add_defaults, add_empty_values, order_properties
from tools.specs.go_types import GoTypes

SPEC = "io.k8s.api.core.v1.PodSpec"
QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
TIME = "io.k8s.apimachinery.pkg.apis.meta.v1.Time"


def reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/definitions/{name}"}


def test_defaults_come_from_the_other_documents_and_nothing_else_does(tmp_path: Path) -> None:
    document = {"definitions": {SPEC: {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}}}}
    properties = {"a": {"type": "integer", "default": "x"}, "b": {"enum": ["y"]}, "c": {"default": 1}}
    other = {"components": {"schemas": {SPEC: {"properties": properties}, "unknown": {}}}}
    (tmp_path / "api.json").write_text(json.dumps(other))
    (tmp_path / "version.json").write_text("{}")
    add_defaults(document, tmp_path)
    assert document["definitions"][SPEC]["properties"] == {
        "a": {"type": "string", "default": "x"},
        "b": {"type": "string"},
    }


def test_what_becomes_of_empty_fields_comes_from_their_go_types(tmp_path: Path) -> None:
    # Long because the Go source and what comes of it stand side by side.
    (tmp_path / "types.go").write_text(
        """
type PodSpec struct {
	Containers []Container   `json:"containers"`
	Selector   *Other        `json:"selector"`
	Name       string        `json:"name"`
	Count      int32         `json:"count"`
	Inner      Other         `json:"inner,omitempty"`
	Size       Quantity      `json:"size"`
	When       Time          `json:"when,omitempty"`
	Created    Time          `json:"created,omitempty,omitzero"`
	Host       string        `json:"host,omitempty"`
	Labels     Named         `json:"labels,omitempty"`
	Grace      *int64        `json:"grace,omitempty"`
}
"""
    )
    own: dict[str, dict[str, Any]] = {
        "containers": {"type": "array"},
        "selector": reference("other"),
        "name": {"type": "string"},
        "count": {"type": "integer"},
        "inner": reference("other"),
        "size": reference(QUANTITY),
        "when": reference(TIME),
        "created": reference(TIME),
        "host": {"type": "string"},
        "labels": {"type": "object", "additionalProperties": {}},
        "grace": {"type": "integer"},
        "unknown": {"type": "string"},
    }
    document: dict[str, Any] = {
        "definitions": {
            SPEC: {"properties": own},
            "other": {"type": "object", "properties": {"a": {}}},
            QUANTITY: {"type": "string"},
            TIME: {"type": "string"},
        }
    }
    unknown = add_empty_values(document, GoTypes({"io.k8s.api.core.v1": tmp_path}))
    zeros = {name: field["x-kubex-zero"] for name, field in own.items() if "x-kubex-zero" in field}
    assert zeros == {
        "containers": None,
        "selector": None,
        "name": "",
        "count": 0,
        "inner": {},
        "size": "0",
        "when": None,
    }
    assert {name for name, field in own.items() if "x-kubex-omits-empty" in field} == {"created", "host", "labels"}
    assert unknown == ["other"]


def test_properties_come_as_the_server_writes_them(tmp_path: Path) -> None:
    (tmp_path / "types.go").write_text(
        """
type PodSpec struct {
	Volumes    []Volume    `json:"volumes"`
	Containers []Container `json:"containers"`
	Gone       string      `json:"gone"`
}
"""
    )
    properties: dict[str, Any] = {"containers": {}, "unknown": {}, "volumes": {}}
    document: dict[str, Any] = {"definitions": {SPEC: {"properties": properties}, "io.k8s.Other": {"type": "string"}}}
    order_properties(document, GoTypes({"io.k8s.api.core.v1": tmp_path}))
    assert list(document["definitions"][SPEC]["properties"]) == ["volumes", "containers", "unknown"]
    assert document["definitions"]["io.k8s.Other"] == {"type": "string"}
