from __future__ import annotations

from typing import Any

import pytest

from kubex.core.exceptions import InvalidArgument
from kubex.testing.patching.list_items import item_element, items_by_element
from kubex.testing.schema.tree import ListSchema, ScalarSchema
from tests.unit.testing.schemas import SCHEMAS, at, schema_of


def list_schema(*path: str, kind: str = "Pod") -> ListSchema:
    schema = at(schema_of(kind), *path)
    assert isinstance(schema, ListSchema)
    return schema


CONTAINERS = list_schema("spec", "containers")
PORTS = list_schema("spec", "containers", "[]", "ports")
FINALIZERS = list_schema("metadata", "finalizers")
DEVICES = at(SCHEMAS.of_kind("resource.k8s.io", "v1", "ResourceClaim"), "status", "devices")


@pytest.mark.parametrize(
    ("schema", "item", "element"),
    [
        (CONTAINERS, {"name": "a", "image": "x"}, 'k:{"name":"a"}'),
        (CONTAINERS, {"name": 'a<"'}, 'k:{"name":"a\\u003c\\""}'),
        (CONTAINERS, {"name": None}, 'k:{"name":null}'),
        (CONTAINERS, {"image": "x"}, 'k:{"name":""}'),  # a required string is empty where it is missing
        (PORTS, {"containerPort": 80}, 'k:{"containerPort":80,"protocol":"TCP"}'),
        (PORTS, {"containerPort": 80.0, "protocol": "UDP"}, 'k:{"containerPort":80,"protocol":"UDP"}'),
        (PORTS, {}, 'k:{"containerPort":0,"protocol":"TCP"}'),
        (DEVICES, {"driver": "a", "device": "b", "pool": "c"}, 'k:{"device":"b","driver":"a","pool":"c"}'),
        (FINALIZERS, "a.b/c", 'v:"a.b/c"'),
        (FINALIZERS, 1, "v:1"),
        (FINALIZERS, True, "v:true"),
    ],
)
def test_an_item_has_an_element(schema: ListSchema, item: Any, element: str) -> None:
    assert item_element(item, schema) == element


@pytest.mark.parametrize(
    ("schema", "item", "text"),
    [
        (CONTAINERS, None, "associative list with keys may not have a null element"),
        (CONTAINERS, "a", "associative list with keys may not have non-map elements"),
        (FINALIZERS, {}, "associative list without keys has an element that's a map type"),
        (FINALIZERS, [], "not supported: associative list with lists as elements"),
        (FINALIZERS, None, "associative list without keys has an element that's an explicit null"),
        (
            ListSchema(ScalarSchema("string"), "map", ("b", "a")),
            {"c": 1},
            'associative list with keys has an element that omits all key fields ["b" "a"] '
            "(and doesn't have default values for any key fields)",
        ),
    ],
)
def test_what_has_none_is_refused(schema: ListSchema, item: Any, text: str) -> None:
    with pytest.raises(InvalidArgument) as raised:
        item_element(item, schema)
    assert str(raised.value) == text


def test_items_with_the_same_element_are_together() -> None:
    first, second, third = {"name": "a"}, {"name": "b"}, {"name": "a", "image": "x"}
    groups = items_by_element([first, second, third], CONTAINERS)
    assert groups == {'k:{"name":"a"}': [first, third], 'k:{"name":"b"}': [second]}
    with pytest.raises(InvalidArgument, match="element 1: associative list"):
        items_by_element([first, None], CONTAINERS)
