from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.core._json_value import is_array, is_object
from kubex.core.exceptions import InvalidArgument, JsonPatchError
from kubex.core.json_patch import (
    JsonPatchAdd,
    JsonPatchCopy,
    JsonPatchMove,
    JsonPatchOperation,
    JsonPatchRemove,
    JsonPatchReplace,
    JsonPatchTest,
    apply_json_patch,
    parse_json_patch,
)
from kubex.core.json_pointer import JsonPointer

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/~", max_size=2), inner, max_size=4),
    max_leaves=15,
)


def patched(document: Any, patch: list[dict[str, Any]]) -> Any:
    return apply_json_patch(document, parse_json_patch(patch))


# The examples of RFC 6902, appendix A, and what its sections say beside them.
APPLIED: list[tuple[Any, list[dict[str, Any]], Any]] = [
    ({"foo": "bar"}, [{"op": "add", "path": "/baz", "value": "qux"}], {"baz": "qux", "foo": "bar"}),
    (
        {"foo": ["bar", "baz"]},
        [{"op": "add", "path": "/foo/1", "value": "qux"}],
        {"foo": ["bar", "qux", "baz"]},
    ),
    ({"baz": "qux", "foo": "bar"}, [{"op": "remove", "path": "/baz"}], {"foo": "bar"}),
    ({"foo": ["bar", "qux", "baz"]}, [{"op": "remove", "path": "/foo/1"}], {"foo": ["bar", "baz"]}),
    (
        {"baz": "qux", "foo": "bar"},
        [{"op": "replace", "path": "/baz", "value": "boo"}],
        {"baz": "boo", "foo": "bar"},
    ),
    (
        {"foo": {"bar": "baz", "waldo": "fred"}, "qux": {"corge": "grault"}},
        [{"op": "move", "from": "/foo/waldo", "path": "/qux/thud"}],
        {"foo": {"bar": "baz"}, "qux": {"corge": "grault", "thud": "fred"}},
    ),
    (
        {"foo": ["all", "grass", "cows", "eat"]},
        [{"op": "move", "from": "/foo/1", "path": "/foo/3"}],
        {"foo": ["all", "cows", "eat", "grass"]},
    ),
    (
        {"baz": "qux", "foo": ["a", 2, "c"]},
        [{"op": "test", "path": "/baz", "value": "qux"}, {"op": "test", "path": "/foo/1", "value": 2}],
        {"baz": "qux", "foo": ["a", 2, "c"]},
    ),
    (
        {"foo": "bar"},
        [{"op": "add", "path": "/child", "value": {"grandchild": {}}}],
        {"foo": "bar", "child": {"grandchild": {}}},
    ),
    (
        {"foo": "bar"},
        [{"op": "add", "path": "/baz", "value": "qux", "xyz": 123}],
        {"foo": "bar", "baz": "qux"},
    ),
    ({"/": 9, "~1": 10}, [{"op": "test", "path": "/~01", "value": 10}], {"/": 9, "~1": 10}),
    ({"foo": ["bar"]}, [{"op": "add", "path": "/foo/-", "value": ["abc"]}], {"foo": ["bar", ["abc"]]}),
    ({"foo": 1}, [{"op": "add", "path": "/foo", "value": None}], {"foo": None}),
    ({"foo": [1]}, [{"op": "add", "path": "/foo/1", "value": 2}], {"foo": [1, 2]}),
    ({"foo": [1]}, [{"op": "replace", "path": "/foo/0", "value": 2}], {"foo": [2]}),
    ({"foo": 1}, [{"op": "add", "path": "", "value": [1]}], [1]),
    ({"foo": 1}, [{"op": "replace", "path": "", "value": 2}], 2),
    ({"a": {"b": 1}}, [{"op": "copy", "from": "/a", "path": "/c"}], {"a": {"b": 1}, "c": {"b": 1}}),
    ({"a": {"b": 1}}, [{"op": "copy", "from": "", "path": "/c"}], {"a": {"b": 1}, "c": {"a": {"b": 1}}}),
    ({"a": {"b": 1}}, [{"op": "move", "from": "/a/b", "path": "/a"}], {"a": 1}),
    ({"a": 1}, [{"op": "move", "from": "/a", "path": "/a"}], {"a": 1}),
    ({"a": 1.0}, [{"op": "test", "path": "/a", "value": 1}], {"a": 1.0}),
    ({"a": [{"b": None}]}, [{"op": "test", "path": "", "value": {"a": [{"b": None}]}}], {"a": [{"b": None}]}),
    ({}, [], {}),
]


@pytest.mark.parametrize(("document", "patch", "result"), APPLIED)
def test_operations_apply(document: Any, patch: list[dict[str, Any]], result: Any) -> None:
    before = copy.deepcopy((document, patch))
    assert patched(document, patch) == result
    assert (document, patch) == before


@pytest.mark.parametrize(
    ("document", "operation", "problem"),
    [
        ({"baz": "qux"}, {"op": "test", "path": "/baz", "value": "bar"}, "another value is there"),
        ({"foo": "bar"}, {"op": "add", "path": "/baz/bat", "value": "qux"}, 'there is no "baz" in the object'),
        ({"a": "b"}, {"op": "add", "path": "/a/c", "value": 1}, 'neither object nor array at "/a"'),
        ({"a": [1]}, {"op": "add", "path": "/a/2", "value": 1}, 'can\'t be put at "2" of an array of 1'),
        ({"a": [1]}, {"op": "add", "path": "/a/01", "value": 1}, 'can\'t be put at "01"'),
        ({"a": [1]}, {"op": "add", "path": "/a/b", "value": 1}, 'can\'t be put at "b"'),
        ({"a": [1]}, {"op": "remove", "path": "/a/-"}, 'no item "-"'),
        ({"a": [1]}, {"op": "replace", "path": "/a/1", "value": 1}, 'no item "1"'),
        ({"a": 1}, {"op": "remove", "path": "/b"}, 'no "b"'),
        ({"a": 1}, {"op": "remove", "path": ""}, "the whole document can't be removed"),
        ({"a": 1}, {"op": "replace", "path": "/b", "value": 1}, 'no "b"'),
        ({"a": {"b": 1}}, {"op": "move", "from": "/a", "path": "/a/b/c"}, "can't be moved into itself"),
        ({"a": 1}, {"op": "move", "from": "/b", "path": "/c"}, 'no "b"'),
        ({"a": 1}, {"op": "copy", "from": "/b", "path": "/c"}, 'no "b"'),
        ({"a": 1}, {"op": "test", "path": "/a", "value": True}, "another value"),
        ({"a": 1}, {"op": "test", "path": "/a", "value": "1"}, "another value"),
        ({"a": [1, 2]}, {"op": "test", "path": "/a", "value": [1]}, "another value"),
        ({"a": {"b": 0}}, {"op": "test", "path": "/a", "value": {"b": False}}, "another value"),
        ({}, {"op": "test", "path": "/a", "value": None}, 'no "a"'),
    ],
)
def test_operations_that_do_not_fit_are_told_and_change_nothing(
    document: Any, operation: dict[str, Any], problem: str
) -> None:
    before = copy.deepcopy(document)
    with pytest.raises(JsonPatchError) as raised:
        patched(document, [{"op": "test", "path": "", "value": before}, operation])
    assert str(raised.value).startswith(f'operation 1 of the JSON patch ({operation["op"]} "{operation["path"]}"): ')
    assert problem in str(raised.value)
    assert raised.value.index == 1
    assert document == before


def test_a_patch_that_fails_late_changes_nothing() -> None:
    document = {"spec": {"items": [1, 2, 3]}}
    operations = [
        JsonPatchRemove(path="/spec/items/0"),
        JsonPatchAdd(path="/spec/items/-", value=4),
        JsonPatchTest(path="/spec/items", value="never"),
    ]
    with pytest.raises(JsonPatchError):
        apply_json_patch(document, operations)
    assert document == {"spec": {"items": [1, 2, 3]}}


def test_values_are_not_changed_by_later_operations() -> None:
    value: dict[str, Any] = {"inner": []}
    operations = [JsonPatchAdd(path="/a", value=value), JsonPatchAdd(path="/a/inner/-", value=1)]
    assert apply_json_patch({}, operations) == {"a": {"inner": [1]}}
    assert value == {"inner": []}
    copies = [JsonPatchCopy(from_="/a", path="/b"), JsonPatchAdd(path="/b/c", value=1)]
    assert apply_json_patch({"a": {}}, copies) == {"a": {}, "b": {"c": 1}}


@given(JSON, JSON)
def test_what_was_added_is_there_and_can_be_taken_back(document: Any, value: Any) -> None:
    outer = {"document": document}
    pointer = JsonPointer("/document")
    inner = document
    while is_object(inner) and inner:
        pointer = pointer / next(iter(inner))
        inner = pointer.resolve(outer)
    inserts = is_array(inner)
    if is_array(inner):
        pointer = pointer / len(inner)
    before = copy.deepcopy(outer)
    added = apply_json_patch(outer, [JsonPatchAdd(path=pointer, value=value)])
    assert pointer.resolve(added) == value
    undo = JsonPatchRemove(path=pointer) if inserts else JsonPatchReplace(path=pointer, value=inner)
    assert apply_json_patch(added, [JsonPatchTest(path=pointer, value=value), undo]) == before
    assert outer == before


@pytest.mark.parametrize(
    ("patch", "problem"),
    [
        ({"op": "add"}, "a JSON patch is an array of operations"),
        (["add"], "operation 0 of the JSON patch is no object"),
        ([{"path": "/a"}], "op None is none of add, remove, replace, move, copy, test"),
        ([{"op": ["add"], "path": "/a"}], "is none of"),
        ([{"op": "increase", "path": "/a"}], "op 'increase' is none of"),
        ([{"op": "remove"}], '(remove) has no "path"'),
        ([{"op": "add", "path": "/a"}], '(add) has no "value"'),
        ([{"op": "test", "path": "/a"}], '(test) has no "value"'),
        ([{"op": "move", "path": "/a"}], '(move) has no "from"'),
        ([{"op": "remove", "path": "/a"}, {"op": "remove", "path": "a"}], "operation 1 of the JSON patch (remove):"),
        ([{"op": "remove", "path": 3}], "a string or a JsonPointer is needed"),
    ],
)
def test_what_is_no_patch_is_refused(patch: Any, problem: str) -> None:
    with pytest.raises(InvalidArgument) as raised:
        parse_json_patch(patch)
    assert problem in str(raised.value)


@pytest.mark.parametrize(
    "operation",
    [
        JsonPatchAdd(path="/a", value=None),
        JsonPatchRemove(path="/a~1b"),
        JsonPatchReplace(path="", value={"x": [1]}),
        JsonPatchMove(from_="/a", path="/b"),
        JsonPatchCopy(from_="/a", path="/b/-"),
        JsonPatchTest(path="/a", value=False),
    ],
)
def test_operations_are_read_as_they_are_written(operation: JsonPatchOperation) -> None:
    assert parse_json_patch([operation.to_dict()]) == [operation]


def test_paths_are_strings_or_pointers_and_values_stay_out_of_the_repr() -> None:
    assert JsonPatchAdd(path=JsonPointer.of("data", "a/b"), value="s3cret") == JsonPatchAdd("/data/a~1b", "s3cret")
    assert repr(JsonPatchAdd(path="/data/password", value="s3cret")) == "JsonPatchAdd(path='/data/password')"
    assert JsonPatchAdd(path="/a", value=1) != JsonPatchReplace(path="/a", value=1)
    with pytest.raises(InvalidArgument, match="does not begin with"):
        JsonPatchRemove(path="spec")
