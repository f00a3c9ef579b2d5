"""Whether applying changed an object, where others wrote meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.api.discovery import DiscoveredResource
from kubex.manifests.changes import is_changed
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.resource_config import Scope

OWN: dict[str, Any] = {
    "manager": "bot",
    "operation": "Apply",
    "apiVersion": "example.com/v1",
    "time": "2026-01-01T00:00:00Z",
    "fieldsV1": {"f:spec": {"f:size": {}}},
}
GADGETS = DiscoveredResource(
    group="example.com",
    version="v1",
    kind="Gadget",
    plural="gadgets",
    singular="gadget",
    short_names=(),
    categories=(),
    scope=Scope.NAMESPACE,
    verbs=(),
    subresources=(),
)


def gadget(*others: dict[str, Any], metadata: dict[str, Any] | None = None, **spec: Any) -> DynamicObject:
    managed = [OWN, *others]
    return DynamicObject(
        {
            "apiVersion": "example.com/v1",
            "kind": "Gadget",
            "metadata": {"name": "g", "managedFields": managed, **(metadata or {})},
            "spec": {"size": 1, **spec},
        }
    )


def entry(fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    value = {"manager": "controller", "operation": "Update", "apiVersion": "example.com/v1", "fieldsV1": fields}
    return {**value, "time": "2026-01-01T00:00:01Z", **more}


COLOUR = entry({"f:spec": {"f:colour": {}}})
PARTS = entry({"f:spec": {"f:parts": {'k:{"name":"a"}': {".": {}, "f:name": {}}}}})
TAGS = entry({"f:spec": {"f:tags": {".": {}, 'v:"x"': {}}}})
LATER = {"time": "2026-01-01T00:00:02Z"}


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        pytest.param(gadget(), gadget(), False, id="nothing"),
        pytest.param(gadget(), gadget(colour="red"), True, id="nobody's: made by the server of our own"),
        pytest.param(gadget(), gadget(COLOUR, colour="red"), False, id="another's"),
        pytest.param(gadget(COLOUR, colour="red"), gadget(), False, id="another has taken it away"),
        pytest.param(gadget(COLOUR, colour="red"), gadget(COLOUR, colour="blue"), True, id="another had it before"),
        pytest.param(
            gadget(COLOUR, colour="red"), gadget({**COLOUR, **LATER}, colour="blue"), False, id="another writes again"
        ),
        pytest.param(gadget(), gadget(COLOUR, colour="red", taste="sour"), True, id="more than another's"),
        pytest.param(gadget(), gadget({**COLOUR, "manager": "bot"}, colour="red"), True, id="by our own name"),
        pytest.param(
            gadget(), gadget({**COLOUR, "apiVersion": "example.com/v2"}, colour="red"), True, id="of another version"
        ),
        pytest.param(gadget(parts=[]), gadget(PARTS, parts=[{"name": "a", "default": 1}]), False, id="an item"),
        pytest.param(
            gadget(parts=[{"name": "b"}]), gadget(PARTS, parts=[{"name": "a"}, {"name": "b"}]), False, id="before ours"
        ),
        pytest.param(
            gadget(parts=[{"name": "b"}]), gadget(PARTS, parts=[{"name": "a"}, {"name": "c"}]), True, id="and ours"
        ),
        pytest.param(gadget(), gadget(TAGS, tags=["x"]), False, id="a set"),
        pytest.param(gadget(tags=["y"]), gadget(TAGS, tags=["x", "z"]), True, id="a set, and ours"),
        pytest.param(
            gadget(), gadget(metadata={"resourceVersion": "9", "generation": 2}), False, id="always written anew"
        ),
        pytest.param(gadget(), gadget(metadata={"deletionTimestamp": "2026-01-01T00:00:02Z"}), False, id="deleted"),
    ],
)
def test_what_counts_as_a_change(before: DynamicObject, after: DynamicObject, changed: bool) -> None:
    assert is_changed(before, after, GADGETS, "bot") is changed


def test_what_another_manager_applied_says_nothing_of_ours() -> None:
    assert is_changed(gadget(), gadget(COLOUR, colour="red"), GADGETS, "someone"), "there is nothing to go by"
