from __future__ import annotations

import json
from typing import Any

import pytest

from kubex.testing.patching.apply import apply
from kubex.testing.patching.conflicts import ApplyConflict
from kubex.testing.patching.last_applied import LAST_APPLIED, allowed_by_last_applied, with_last_applied
from kubex.testing.patching.tracking import track_update
from tests.unit.testing.schemas import object_type

CONFIG_MAP = object_type("ConfigMap")
NOW = "2026-11-21T11:37:51Z"


def config_map(data: dict[str, str], **annotations: str) -> dict[str, Any]:
    metadata = {"name": "a", **({"annotations": annotations} if annotations else {})}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def client_side(data: dict[str, str], applied: dict[str, str] | None = None) -> dict[str, Any]:
    """Give an object as kubectl's client-side apply leaves it."""
    text = json.dumps(config_map(data if applied is None else applied))
    return track_update(
        CONFIG_MAP, None, config_map(data, **{LAST_APPLIED: text}), manager="kubectl-client-side-apply", now=NOW
    )


def test_kubectl_takes_over_what_its_client_side_apply_left() -> None:
    live = client_side({"a": "1", "b": "1"})
    changed = apply(CONFIG_MAP, live, config_map({"a": "2", "b": "1"}), manager="kubectl", now=NOW)
    assert changed["data"] == {"a": "2", "b": "1"}
    assert changed["metadata"]["annotations"][LAST_APPLIED] == (
        '{"apiVersion":"v1","data":{"a":"2","b":"1"},"kind":"ConfigMap","metadata":{"name":"a"}}\n'
    )


def test_other_managers_do_not() -> None:
    with pytest.raises(ApplyConflict):
        apply(CONFIG_MAP, client_side({"a": "1"}), config_map({"a": "2"}), manager="one", now=NOW)


def test_what_others_have_changed_since_stays_a_conflict() -> None:
    live = client_side({"a": "1", "b": "9"}, applied={"a": "1", "b": "1"})
    with pytest.raises(ApplyConflict) as raised:
        apply(CONFIG_MAP, live, config_map({"a": "2", "b": "2"}), manager="kubectl", now=NOW)
    assert raised.value.message == (
        'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using v1: .data.b'
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"apiVersion":"v2"}',
        '{"apiVersion":"v1","bogus":1}',
        '{"apiVersion":"v1","metadata":{"finalizers":[{}]}}',
    ],
)
def test_an_annotation_that_says_nothing_allows_nothing(text: str) -> None:
    assert not allowed_by_last_applied(CONFIG_MAP, config_map({"a": "1"}, **{LAST_APPLIED: text}))
    assert not allowed_by_last_applied(CONFIG_MAP, config_map({"a": "1"}))


def test_the_annotation_is_renewed_where_it_is_and_holds_no_other_of_itself() -> None:
    live = config_map({"a": "1"}, x="y", **{LAST_APPLIED: "old"})
    renewed = with_last_applied(live, config_map({"a": "<"}, x="y", **{LAST_APPLIED: "mine"}))
    assert renewed["metadata"]["annotations"] == {
        "x": "y",
        LAST_APPLIED: (
            '{"apiVersion":"v1","data":{"a":"\\u003c"},"kind":"ConfigMap",'
            '"metadata":{"annotations":{"x":"y"},"name":"a"}}\n'
        ),
    }
    assert with_last_applied(config_map({"a": "1"}, x="y"), config_map({})) == config_map({"a": "1"}, x="y")


def test_the_annotation_is_left_out_where_it_would_be_too_large() -> None:
    live = config_map({}, x="y", **{LAST_APPLIED: "old"})
    assert with_last_applied(live, config_map({"a": "x" * 300_000}))["metadata"]["annotations"] == {"x": "y"}
