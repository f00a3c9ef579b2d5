"""JSON schemas of structs."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any, Literal

import pytest

from kubex.k8s.v1_35.apiextensions.v1 import CustomResourceDefinition
from kubex.k8s.v1_35.core.v1 import Pod
from kubex_core.models._json_schema import json_schema_of
from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.metadata import ManagedFieldsEntry
from kubex_core.models.scale import ScaleStatus
from tests.unit.models.resources import Everything

INT_OR_STRING = {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": True}


class Colour(Enum):
    RED = "Red"
    BLUE = "Blue"


class Words(BaseStruct, kw_only=True):
    colour: Colour
    closed: Literal["a", "b"]
    open: Literal["a", "b"] | str
    size: int = 3


def test_of_every_type() -> None:
    schema = json_schema_of(Everything)
    assert (schema["title"], schema["type"]) == ("Everything", "object")
    assert schema["description"] == "A field of every type that the generated models have, required and optional."
    properties = schema["properties"]
    expected: dict[str, Any] = {
        "podIP": {"type": "string"},
        "count": {"type": "integer"},
        "ratio": {"type": "number"},
        "ready": {"type": "boolean"},
        "moment": {"type": "string", "format": "date-time"},
        "micro": {"type": "string", "format": "date-time"},
        "secret": {"type": "string", "format": "byte"},
        "words": {"type": "array", "items": {"type": "string"}},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "free": {"x-kubernetes-preserve-unknown-fields": True},
        "target": INT_OR_STRING,
        "amount": INT_OR_STRING,
        "optionalWord": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
        "optionalTarget": {"anyOf": [INT_OR_STRING, {"type": "null"}], "default": None},
    }
    assert {name: properties[name] for name in expected} == expected
    assert properties["port"]["required"] == ["target", "number"]
    assert set(schema["required"]) == set(expected) - {"optionalWord", "optionalTarget"} | {"port", "ports", "byName"}


def test_of_words_and_defaults() -> None:
    properties = json_schema_of(Words)["properties"]
    assert properties["colour"] == {"enum": ["Red", "Blue"]}
    assert properties["closed"] == {"enum": ["a", "b"]}
    assert properties["open"] == {"type": "string"}
    assert properties["size"] == {"type": "integer", "default": 3}


def test_no_required_fields_is_no_word_of_them() -> None:
    assert "required" not in json_schema_of(ManagedFieldsEntry)
    assert json_schema_of(ScaleStatus)["required"] == ["replicas"]


def test_raw_json_is_any_object() -> None:
    assert json_schema_of(ManagedFieldsEntry)["properties"]["fieldsV1"] == {
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": True,
    }


def test_a_recursive_type_ends() -> None:
    nested = json_schema_of(Everything)["properties"]["nested"]["anyOf"][0]
    assert nested == {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


@pytest.mark.parametrize("model", [Pod, CustomResourceDefinition])
def test_of_generated_models_is_json_of_a_bearable_size(model: type[Any]) -> None:
    assert len(json.dumps(json_schema_of(model))) < 1_000_000


def test_what_is_given_is_the_caller_s_to_change() -> None:
    json_schema_of(Everything)["properties"]["target"]["changed"] = True
    assert json_schema_of(Everything)["properties"]["target"] == INT_OR_STRING
