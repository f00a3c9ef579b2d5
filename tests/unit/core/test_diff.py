from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.core.diff import diff, difference_of_json
from kubex.core.exceptions import InvalidArgument
from kubex.core.json_patch import JsonPatchAdd, JsonPatchRemove, JsonPatchReplace, apply_json_patch
from kubex.core.merge_patch import apply_merge_patch
from kubex.core.patch import JsonPatch, MergePatch
from kubex_core.models.metadata import ObjectMetadata

SCALARS = st.none() | st.booleans() | st.integers(0, 2) | st.floats(0, 1) | st.text("ab~/", max_size=2)
NAMED = st.fixed_dictionaries({"name": st.sampled_from("abcd")}, optional={"image": SCALARS, "args": st.lists(SCALARS)})
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(NAMED, max_size=4)
        | st.lists(NAMED, max_size=4, unique_by=lambda item: str(item["name"]))
        | st.dictionaries(st.text("ab~/", max_size=2), inner, max_size=4)
    ),
    max_leaves=15,
)
OBJECTS = st.dictionaries(st.text("ab~/", max_size=2), JSON, max_size=4)


def as_bytes(value: Any) -> bytes:
    """JSON, in which `true` is not 1."""
    return msgspec.json.encode(value, order="sorted")


def without_nulls(value: Any) -> Any:
    """What a merge patch can make: it has no word for a null."""
    if not isinstance(value, dict):
        return value
    return {name: without_nulls(each) for name, each in value.items() if each is not None}  # pyright: ignore[reportUnknownVariableType]


@given(OBJECTS, OBJECTS)
def test_a_json_patch_makes_the_new_of_the_old(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert as_bytes(apply_json_patch(old, diff(old, new, JsonPatch).operations)) == as_bytes(new)


@given(OBJECTS, OBJECTS)
def test_a_merge_patch_makes_the_new_of_the_old(old: dict[str, Any], new: dict[str, Any]) -> None:
    old = without_nulls(old)
    merged = apply_merge_patch(old, diff(old, new).body)
    assert as_bytes(merged) == as_bytes(without_nulls(new))


@given(OBJECTS)
def test_what_is_the_same_is_no_change(value: dict[str, Any]) -> None:
    assert diff(value, value).body == {}
    assert diff(value, value, JsonPatch).operations == ()


@given(st.lists(NAMED, max_size=4, unique_by=lambda item: str(item["name"])), st.data())
def test_what_is_not_known_of_an_item_stays_with_it(items: list[dict[str, Any]], data: st.DataObject) -> None:
    """A program that knows fewer fields than the server drops, changes and adds items; the others keep theirs."""
    stored = [{**item, "unknown": item["name"]} for item in items]
    kept = [item for item in items if data.draw(st.booleans())]
    wanted = [{**item, "image": "new"} if data.draw(st.booleans()) else item for item in kept]
    for name in data.draw(st.lists(st.sampled_from("xyz"), unique=True)):
        wanted.insert(data.draw(st.integers(0, len(wanted))), {"name": name})
    patched = apply_json_patch({"items": stored}, diff({"items": items}, {"items": wanted}, JsonPatch).operations)
    assert patched == {
        "items": [
            {**item, "unknown": item["name"]} if item["name"] in {each["name"] for each in kept} else item
            for item in wanted
        ]
    }


def is_sortable(item: Any) -> bool:
    return (isinstance(item, dict) and "name" in item) or not isinstance(item, dict | list)


def filled_in(value: Any, number: int = 0, *, sorts: bool = False) -> Any:
    """Give what a class makes of a value: it fills in fields, and what is `null`, and knows not all there is.

    Lists whose items can be told apart it may sort, as a set does.
    """
    if isinstance(value, dict):
        known = {name: each for name, each in value.items() if name != "unknown"}  # pyright: ignore[reportUnknownVariableType]
        read = {  # pyright: ignore[reportUnknownVariableType]
            name: each if name == "own" else filled_in(each, number + 1, sorts=sorts)  # pyright: ignore[reportUnknownArgumentType]
            for name, each in known.items()  # pyright: ignore[reportUnknownVariableType]
        }
        return {"own": {"deep": [number]}, "more": 1, **read}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        items = [filled_in(each, number + 1, sorts=sorts) for each in value]  # pyright: ignore[reportUnknownVariableType]
        return sorted(items, key=as_bytes) if sorts and all(map(is_sortable, items)) else items
    return value


@given(OBJECTS, st.data())
def test_what_a_class_fills_in_needs_not_be_there(stored: dict[str, Any], data: st.DataObject) -> None:
    sorts = data.draw(st.booleans())
    old = filled_in({**stored, "unknown": {"a": 1}}, sorts=sorts)
    other = filled_in(data.draw(OBJECTS), sorts=sorts)
    new = data.draw(st.sampled_from([other, {**old, "own": {"deep": [1, 2]}}, {**old, "x": 1}]))
    operations = difference_of_json(as_bytes(old), as_bytes(new), as_bytes({**stored, "unknown": {"a": 1}}))
    patched = apply_json_patch({**stored, "unknown": {"a": 1}}, operations)
    assert patched.pop("unknown") == {"a": 1}
    assert as_bytes(filled_in(patched, sorts=sorts)) == as_bytes(new)


@pytest.mark.parametrize(
    ("old", "new", "stored", "operations"),
    [
        ({"a": 1}, {"a": 2}, {}, [JsonPatchAdd("/a", 2)]),
        ({"a": 1, "b": 1}, {"a": 1, "b": 2}, {"b": 1}, [JsonPatchReplace("/b", 2)]),
        ({"a": 1}, {}, {}, []),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"c": 2}}}, {"a": {"x": 1}}, [JsonPatchAdd("/a/b", {"c": 2})]),
        ({"a": []}, {"a": [1]}, {}, [JsonPatchAdd("/a", [1])]),
        ({"a": []}, {"a": [1]}, {"a": None}, [JsonPatchReplace("/a", [1])]),
        ({"a": [1]}, {"a": [1, 2]}, {"a": "1"}, [JsonPatchReplace("/a", [1, 2])]),
        (
            {"a": [{"name": "x", "size": 1}, {"name": "y", "size": 1}]},
            {"a": [{"name": "y", "size": 2}]},
            {"a": [{"name": "x"}, {"name": "y", "z": 1}]},
            [JsonPatchAdd("/a/1/size", 2), JsonPatchRemove("/a/0")],
        ),
        ({"a": ["x", "y"]}, {"a": ["x"]}, {"a": ["y", "x"]}, [JsonPatchReplace("/a", ["x"])]),
        ({"a": ["x", "y"]}, {"a": ["x", "y"]}, {"a": ["y", "x"]}, []),
        ({"a": ["x"]}, {"a": ["x", "y"]}, {"a": ["x", "x"]}, [JsonPatchReplace("/a", ["x", "y"])]),
        (
            {"a": [{"name": "x", "size": 1}, {"name": "y", "size": 1}]},
            {"a": [{"name": "x", "size": 2}, {"name": "z"}]},
            {"a": [{"name": "y", "z": 1}, {"name": "x", "z": 2}]},
            [JsonPatchReplace("/a", [{"name": "x", "z": 2, "size": 2}, {"name": "z"}])],
        ),
    ],
)
def test_what_is_stored_decides_on_the_operations(old: Any, new: Any, stored: Any, operations: Any) -> None:
    assert difference_of_json(as_bytes(old), as_bytes(new), as_bytes(stored)) == operations


@pytest.mark.parametrize(
    ("old", "new", "merge", "operations"),
    [
        ({"a": 1}, {"a": 2}, {"a": 2}, [JsonPatchReplace("/a", 2)]),
        ({"a": 1}, {"a": True}, {"a": True}, [JsonPatchReplace("/a", True)]),
        ({"a": {"b": 1}}, {"a": {}}, {"a": {"b": None}}, [JsonPatchRemove("/a/b")]),
        ({"a": {"b": 1}}, {}, {"a": None}, [JsonPatchRemove("/a")]),
        ({}, {"a": {"b/c": 1}}, {"a": {"b/c": 1}}, [JsonPatchAdd("/a", {"b/c": 1})]),
        ({"a": {}}, {"a": {"b/c": 1}}, {"a": {"b/c": 1}}, [JsonPatchAdd("/a/b~1c", 1)]),
        ({"a": None}, {}, {}, [JsonPatchRemove("/a")]),
        ({"a": [1, 2, 3]}, {"a": [1, 3]}, {"a": [1, 3]}, [JsonPatchRemove("/a/1")]),
        (
            {"a": [{"name": "x", "image": "1"}, {"name": "y", "image": "1"}]},
            {"a": [{"name": "x", "image": "1"}, {"name": "y", "image": "2"}]},
            {"a": [{"name": "x", "image": "1"}, {"name": "y", "image": "2"}]},
            [JsonPatchReplace("/a/1/image", "2")],
        ),
        (
            {"a": [{"name": "x"}, {"name": "y", "image": "1"}]},
            {"a": [{"name": "y", "image": "2"}]},
            {"a": [{"name": "y", "image": "2"}]},
            [JsonPatchReplace("/a/1/image", "2"), JsonPatchRemove("/a/0")],
        ),
    ],
)
def test_table(old: Any, new: Any, merge: Any, operations: Any) -> None:
    assert diff(old, new).body == merge
    assert list(diff(old, new, JsonPatch).operations) == operations


def test_models_and_dicts_are_compared_by_their_json() -> None:
    old = ObjectMetadata(name="a", labels={"x": "1"})
    patch = diff(old, {"name": "a", "resourceVersion": "5"})
    assert isinstance(patch, MergePatch)
    assert patch.body == {"labels": None, "resourceVersion": "5"}


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(InvalidArgument):
        diff({"a": object()}, {})
