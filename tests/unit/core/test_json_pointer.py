from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.core._json_value import is_array, is_object
from kubex.core.exceptions import InvalidArgument, PathNotFound
from kubex.core.json_pointer import JsonPointer, array_index

TOKENS = st.lists(st.text(max_size=6) | st.integers(min_value=0), max_size=6)

# The document and the answers of RFC 6901, section 5.
RFC_DOCUMENT: dict[str, Any] = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", RFC_DOCUMENT),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/e^f", 3),
        ("/g|h", 4),
        ("/i\\j", 5),
        ('/k"l', 6),
        ("/ ", 7),
        ("/m~0n", 8),
    ],
)
def test_resolves_the_rfc_examples(text: str, value: Any) -> None:
    assert JsonPointer(text).resolve(RFC_DOCUMENT) == value


@given(TOKENS)
def test_text_and_tokens_say_the_same(tokens: list[str | int]) -> None:
    pointer = JsonPointer.of(*tokens)
    assert JsonPointer(str(pointer)) == pointer
    assert pointer.tokens == tuple(str(token) for token in tokens)
    assert hash(JsonPointer(str(pointer))) == hash(pointer)


@given(TOKENS, st.text())
def test_slash_adds_one_token_whatever_is_in_it(tokens: list[str | int], name: str) -> None:
    pointer = JsonPointer.of(*tokens) / name
    assert pointer.tokens[-1] == name
    assert pointer.parent == JsonPointer.of(*tokens)


@given(
    st.recursive(
        st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=4), inner), max_leaves=12
    )
)
def test_every_place_of_a_document_is_found(document: Any) -> None:
    def check(pointer: JsonPointer, value: Any) -> None:
        assert JsonPointer(str(pointer)).resolve(document) is value
        if is_object(value):
            for name, member in value.items():
                check(pointer / name, member)
        if is_array(value):
            for index, item in enumerate(value):
                check(pointer / index, item)

    check(JsonPointer(), document)


def test_escapes_are_undone_in_the_right_order() -> None:
    assert JsonPointer("/~01").tokens == ("~1",)
    assert str(JsonPointer.of("~1", "a/b")) == "/~01/a~1b"


def test_is_a_value() -> None:
    pointer = JsonPointer.of("metadata", "labels") / "example.com/app"
    assert str(pointer) == "/metadata/labels/example.com~1app"
    assert repr(pointer) == "JsonPointer('/metadata/labels/example.com~1app')"
    assert JsonPointer(pointer) == pointer
    assert pointer != "/metadata/labels/example.com~1app"
    assert copy.deepcopy(pointer) == pointer
    assert pickle.loads(pickle.dumps(pointer)) == pointer


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("spec/replicas", 'does not begin with "/" (did you mean "/spec/replicas"?)'),
        ("/a/b~c", 'the "~" at character 5'),
        ("/a~2", 'the "~" at character 3'),
        ("/a~", 'the "~" at character 3'),
        (None, "a string or a JsonPointer is needed"),
        (7, "a string or a JsonPointer is needed"),
    ],
)
def test_bad_text_is_refused(text: Any, problem: str) -> None:
    with pytest.raises(InvalidArgument) as raised:
        JsonPointer(text)
    assert problem in str(raised.value)


@pytest.mark.parametrize("token", [-1, True, 1.0, None])
def test_bad_tokens_are_refused(token: Any) -> None:
    with pytest.raises(InvalidArgument, match="a name or an index of 0 or more"):
        JsonPointer.of("spec", token)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("/spec/x", '"/spec/x": there is no "x" in the object at "/spec"'),
        ("/spec/items/2", '"/spec/items/2": there is no item "2" in the array of 2 at "/spec/items"'),
        ("/spec/items/-", 'no item "-"'),
        ("/spec/items/01", 'no item "01"'),
        ("/spec/items/-1", 'no item "-1"'),
        ("/spec/items/٣", 'no item "٣"'),
        ("/spec/name/x", 'neither object nor array to hold "x" at "/spec/name"'),
        ("/spec/null/x", "neither object nor array"),
    ],
)
def test_missing_places_are_told(text: str, problem: str) -> None:
    document = {"spec": {"items": [1, 2], "name": "web", "null": None}}
    with pytest.raises(PathNotFound) as raised:
        JsonPointer(text).resolve(document)
    assert problem in str(raised.value)
    assert isinstance(raised.value, LookupError)
    assert isinstance(raised.value, ValueError)


def test_the_whole_document_has_no_parent() -> None:
    with pytest.raises(InvalidArgument):
        _ = JsonPointer().parent


@pytest.mark.parametrize(
    ("token", "index"), [("0", 0), ("10", 10), ("01", None), ("-", None), ("", None), ("+1", None), ("1\n", None)]
)
def test_array_index(token: str, index: int | None) -> None:
    assert array_index(token) == index
