"""JSON as it is bound to variables, the names of fields, and where fields are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.testing.expressions.escaping import RESERVED_WORDS, escaped
from kubex.testing.expressions.field_paths import normalized_path
from kubex.testing.expressions.literals import literal_problems
from kubex.testing.expressions.values import bound_value


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("plain", "plain"),
        ("namespace", "__namespace__"),
        ("a-b.c/d", "a__dash__b__dot__c__slash__d"),
        ("a__b", "a__underscores__b"),
        ("a_b", "a_b"),
        ("1a", None),
        ("a b", None),
        ("ä", None),
        ("", None),
    ],
)
def test_names_of_fields(name: str, said: str | None) -> None:
    assert escaped(name) == said


@given(st.text(alphabet="ab_-./", min_size=1), st.text(alphabet="ab_-./", min_size=1))
def test_different_names_stay_different(one: str, other: str) -> None:
    assert (escaped(one) == escaped(other)) == (one == other)


@given(st.one_of(st.text(), st.sampled_from(sorted(RESERVED_WORDS))))
def test_what_can_be_said_is_an_identifier(name: str) -> None:
    said = escaped(name)
    assert said is None or (said.isidentifier() and said.isascii() and said not in RESERVED_WORDS)


def test_values_are_typed_by_their_schema() -> None:
    schema: dict[str, Any] = {
        "properties": {
            "share": {"type": "number"},
            "data": {"type": "string", "format": "byte"},
            "day": {"type": "string", "format": "date"},
            "odd": {"type": "string", "format": "duration"},
            "a-b": {"type": "array", "items": {"properties": {"in": {"type": "integer"}}}},
            "none": {"type": "string", "nullable": True},
            "part": {"type": "object", "x-kubernetes-embedded-resource": True},
        }
    }
    value = {
        "share": 1,
        "data": "aGk=",
        "day": "2026-01-02",
        "odd": "no duration",
        "a-b": [{"in": 1}],
        "none": None,
        "part": {"kind": "Pod", "metadata": {"name": "n", "labels": {"a": "b"}}},
    }
    bound = bound_value({"metadata": {"name": "n", "uid": "u"}, **value}, schema, whole=True)
    assert bound["metadata"] == {"name": "n"}
    assert (type(bound["share"]), bound["data"], bound["odd"]) == (float, b"hi", "no duration")
    assert "none" not in bound
    assert bound["day"].ToJsonString() == "2026-01-02T00:00:00Z"
    assert bound["a__dash__b"] == [{"__in__": 1, "in": 1}]
    assert bound["part"] == {"kind": "Pod", "metadata": {"name": "n"}}


SCHEMA: dict[str, Any] = {
    "properties": {
        "spec": {"properties": {"a.b": {"type": "string"}, "it's": {"type": "string"}}},
        "labels": {"additionalProperties": {"properties": {"x": {"type": "string"}}}},
        "list": {"type": "array", "items": {"type": "string"}},
    }
}


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (".spec", "spec"),
        (".spec['a.b']", "spec.a.b"),
        (r"['spec']['it\'s']", "spec.it's"),
        (".labels['k'].x", "labels[k].x"),
        (".labels.k", "labels[k]"),
        (".none", None),
        ("spec", None),
        (".list[0]", None),
        (".spec[a]", None),
        (".spec.", None),
        (r".spec['\x']", None),
    ],
)
def test_paths_of_rules(path: str, field: str | None) -> None:
    assert normalized_path(path, SCHEMA) == field


@given(st.text())
def test_any_text_can_be_a_path(text: str) -> None:
    assert normalized_path(text, SCHEMA) is None or text.startswith((".", "[")) or not text


@given(st.text(alphabet="ab'\"()\\/.r \nmatches", max_size=30))
def test_any_text_can_be_looked_through_for_literals(text: str) -> None:
    for line in filter(None, literal_problems(text).split("\n")):
        assert line.startswith(("ERROR: <input>:", " | "))


@pytest.mark.parametrize(
    ("expression", "problems"),
    [
        ("self.matches('(')", "ERROR: <input>:1:14: invalid matches argument\n | self.matches('(')\n | .............^"),
        (r"self.matches(r'\d+') && self.matches('\\d')", ""),
        ("timestamp('2026-01-01') < timestamp(self)", "ERROR: <input>:1:11: invalid timestamp argument"),
        ("timestamp('2026-01-01T00:00:00Z') < timestamp('2026-13-01T00:00:00Z')", "ERROR: <input>:1:47: "),
        ("self == 'matches(' || self.matches('a') // self.matches('(')", ""),
        ("self.duration('x') || lookup_duration('x') || matches('(')", ""),
    ],
)
def test_literals(expression: str, problems: str) -> None:
    assert literal_problems(expression).startswith(problems)
    assert bool(literal_problems(expression)) == bool(problems)
