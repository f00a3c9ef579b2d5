from __future__ import annotations

import pytest

from kubex.core.exceptions import InvalidArgument
from kubex.core.path_elements import canonical, element_text, field, key, order, path_text, value


def test_elements_are_written_as_the_server_writes_them() -> None:
    assert field("spec") == "f:spec"
    assert key({"protocol": "TCP", "containerPort": 80}) == 'k:{"containerPort":80,"protocol":"TCP"}'
    assert value("a<b") == 'v:"a\\u003cb"'


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("f:a b", "f:a b"),
        ("f:", "f:"),
        ('k:{ "b": 1.0, "a": "x" }', 'k:{"a":"x","b":1}'),
        ('v: "a"', 'v:"a"'),
        ("v:1.50", "v:1.5"),
        ("i:07", "i:7"),
        ("x:what a later version may have", None),
    ],
)
def test_each_has_one_spelling(given: str, expected: str | None) -> None:
    assert canonical(given) == expected


@pytest.mark.parametrize("element", ["", "f", "fspec", "k:[]", "k:{", "v:", "i:x"])
def test_what_is_no_element_is_refused(element: str) -> None:
    with pytest.raises(InvalidArgument):
        canonical(element)


def test_they_are_in_the_server_s_order() -> None:
    elements = [
        "f:a", "f:b",
        'k:{"a":1}', 'k:{"a":9}', 'k:{"a":10}', 'k:{"a":"1"}', 'k:{"a":"1","b":2}', 'k:{"a":true}', 'k:{"b":1}',
        "v:9", "v:10", 'v:"10"', 'v:"9"', "v:false", "v:true", "i:2", "i:10",
    ]  # fmt: skip
    mixed = sorted(elements)
    assert mixed != elements
    assert sorted(mixed, key=order) == elements


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ("f:a.b", ".a.b"),
        ('k:{"containerPort":80,"protocol":"TCP"}', '[containerPort=80,protocol="TCP"]'),
        ('k:{"name":null}', "[name=null]"),
        ('v:"a"', '[="a"]'),
        ("v:true", "[=true]"),
        ("v:[1,2]", "[=[1,2]]"),
        ('k:{"a":{"b":1}}', "[a=b=1]"),
        ("i:3", "[3]"),
    ],
)
def test_errors_name_them(element: str, text: str) -> None:
    assert element_text(element) == text


def test_errors_name_paths() -> None:
    assert path_text(("f:spec", "f:containers", 'k:{"name":"a"}', "f:image")) == '.spec.containers[name="a"].image'
