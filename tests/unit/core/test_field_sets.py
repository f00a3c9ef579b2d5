from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.core.exceptions import InvalidArgument
from kubex.core.field_sets import FieldSet, Path

ELEMENTS = ["f:a", "f:b", "f:c", 'k:{"name":"x"}', 'k:{"name":"y"}', 'v:"z"', "i:0"]
PATHS = st.lists(st.sampled_from(ELEMENTS), min_size=1, max_size=4).map(tuple)
SETS = st.sets(PATHS, max_size=12)


def begins(path: Path, prefix: Path) -> bool:
    return path[: len(prefix)] == prefix


@given(SETS)
def test_a_set_has_the_paths_it_was_made_of(paths: set[Path]) -> None:
    fields = FieldSet.of(*paths)
    assert set(fields) == paths
    assert len(list(fields)) == len(paths)
    assert bool(fields) == bool(paths)
    assert all(path in fields for path in paths)
    assert all((*path, "f:other") not in fields for path in paths)


@given(SETS, SETS)
def test_sets_are_joined_as_any_others(left: set[Path], right: set[Path]) -> None:
    one, other = FieldSet.of(*left), FieldSet.of(*right)
    assert one | other == FieldSet.of(*(left | right))
    assert one & other == FieldSet.of(*(left & right))
    assert one - other == FieldSet.of(*(left - right))
    assert (set(one), set(other)) == (left, right), "an operand was changed"


@given(SETS, SETS)
def test_whole_subtrees_can_be_left_out(left: set[Path], right: set[Path]) -> None:
    rest = {path for path in left if not any(begins(path, gone) for gone in right)}
    assert FieldSet.of(*left).without_subtrees(FieldSet.of(*right)) == FieldSet.of(*rest)


@given(SETS)
def test_leaves_are_what_has_nothing_below(paths: set[Path]) -> None:
    leaves = {path for path in paths if not any(other != path and begins(other, path) for other in paths)}
    assert FieldSet.of(*paths).leaves() == FieldSet.of(*leaves)


@given(SETS, st.sampled_from(ELEMENTS))
def test_what_is_below_an_element(paths: set[Path], element: str) -> None:
    expected = {path[1:] for path in paths if path[0] == element and len(path) > 1}
    assert FieldSet.of(*paths).below(element) == FieldSet.of(*expected)


@given(SETS)
def test_patterns_keep_what_is_on_their_way_and_below(paths: set[Path]) -> None:
    def matches(path: Path) -> bool:
        return path[0] == "f:a" and (len(path) < 3 or path[2] == "f:b")

    kept = {path for path in paths if matches(path)}
    assert FieldSet.of(*paths).matching({"f:a": {"*": {"f:b": {}}}}) == FieldSet.of(*kept)


@given(SETS)
def test_a_set_reads_back_as_it_was_written(paths: set[Path]) -> None:
    fields = FieldSet.of(*paths)
    written = fields.to_fields_v1()
    assert FieldSet.parse(written) == fields
    assert json.dumps(FieldSet.parse(written).to_fields_v1()) == json.dumps(written)


def test_it_is_written_as_the_server_writes_it() -> None:
    paths: list[Path] = [
        ("f:spec", "f:containers", 'k:{"name":"b"}'),
        ("f:spec", "f:containers", 'k:{"name":"a"}', "f:image"),
        ("f:spec", "f:containers", 'k:{"name":"a"}'),
        ("f:metadata", "f:labels"),
        ("f:metadata", "f:labels", "f:z"),
        ("f:metadata", "f:labels", "f:a"),
        ("f:spec", "f:ports", 'k:{"port":80}'),
        ("f:spec", "f:ports", 'k:{"port":9}'),
    ]
    assert json.dumps(FieldSet.of(*paths).to_fields_v1()) == json.dumps(
        {
            "f:metadata": {"f:labels": {".": {}, "f:a": {}, "f:z": {}}},
            "f:spec": {
                "f:containers": {'k:{"name":"a"}': {".": {}, "f:image": {}}, 'k:{"name":"b"}': {}},
                "f:ports": {'k:{"port":9}': {}, 'k:{"port":80}': {}},
            },
        }
    )


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ({}, []),
        ({".": {}}, []),
        ({"f:a": None}, [("f:a",)]),
        ({"f:a": {".": {}}}, [("f:a",)]),
        ({"f:a": {"x:unknown": {}}}, [("f:a",)]),
        ({"x:unknown": {"f:a": {}}}, []),
        ({'k:{"b":1, "a":2}': {"f:a": {}}}, [('k:{"a":2,"b":1}', "f:a")]),
    ],
)
def test_what_clients_write_is_read(source: dict[str, Any], paths: list[Path]) -> None:
    assert FieldSet.parse(source) == FieldSet.of(*paths)


@pytest.mark.parametrize("source", [[], "x", {"f:a": 1}, {"f:a": []}, {"fa": {}}, {"k:{": {}}, {"": {}}])
def test_what_is_no_set_of_fields_is_refused(source: Any) -> None:
    with pytest.raises(InvalidArgument):
        FieldSet.parse(source)


def test_members_come_before_what_is_below_them() -> None:
    fields = FieldSet.of(("f:b",), ("f:a", "f:x"), ("f:a",), ("f:c", "f:y"))
    assert list(fields) == [("f:a",), ("f:b",), ("f:a", "f:x"), ("f:c", "f:y")]
    assert repr(fields) == "FieldSet.parse({'f:a': {'.': {}, 'f:x': {}}, 'f:b': {}, 'f:c': {'f:y': {}}})"
