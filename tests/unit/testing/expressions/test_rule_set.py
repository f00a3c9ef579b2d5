"""The rules of schemas, at every level: what they have against objects, new and changed."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.testing.expressions.rule_set import RuleSet

Schema = dict[str, Any]


def ruled(schema: Schema, *rules: str | Schema) -> Schema:
    listed = [{"rule": each} if isinstance(each, str) else each for each in rules]
    return {**schema, "x-kubernetes-validations": listed}


def object_of(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties}


INTEGER: Schema = {"type": "integer"}
TEXT: Schema = {"type": "string"}


def found(schema: Schema, value: Any, old: Any = None, *, whole: bool = False) -> list[str]:
    return [f"{each.field}: {each.message}" for each in RuleSet(schema, whole=whole).broken(value, old).causes]


def warned(schema: Schema, value: Any, old: Any) -> list[str]:
    return [f"{each.field}: {each.message}" for each in RuleSet(schema).broken(value, old).warnings]


def test_rules_of_every_level() -> None:
    items = ruled(object_of(x=ruled(INTEGER, "self > 0")), "self.x < 9")
    schema = ruled(
        object_of(
            spec=ruled(
                object_of(
                    n=ruled(INTEGER, "self > 1"),
                    list={"type": "array", "items": items},
                    map={"type": "object", "additionalProperties": ruled(TEXT, "self.size() < 3")},
                ),
                "self.n < 5",
            )
        ),
        "self.metadata.name == 'a'",
    )
    value = {"metadata": {"name": "b"}, "spec": {"n": 0, "list": [{"x": 1}, {"x": 9}, {"x": 0}], "map": {"k": "long"}}}
    assert found(schema, value, whole=True) == [
        "<nil>: Invalid value: failed rule: self.metadata.name == 'a'",
        "spec.n: Invalid value: 0: failed rule: self > 1",
        "spec.list[1]: Invalid value: failed rule: self.x < 9",
        "spec.list[2].x: Invalid value: 0: failed rule: self > 0",
        'spec.map[k]: Invalid value: "long": failed rule: self.size() < 3',
    ]
    assert found(schema, {"metadata": {"name": "a"}, "spec": {"n": 2}}, whole=True) == []


@pytest.mark.parametrize(
    ("rule", "cause"),
    [
        ({"rule": "self.n > 1 "}, "<nil>: Invalid value: failed rule: self.n > 1"),
        ({"rule": "self.n > 1", "message": " more "}, "<nil>: Invalid value: more"),
        (
            {"rule": "self.n > 1", "message": "m", "messageExpression": "string(self.n) + ' is few '"},
            "<nil>: Invalid value: 1 is few",
        ),
        ({"rule": "self.n > 1", "message": "m", "messageExpression": "self.none"}, "<nil>: Invalid value: m"),
        ({"rule": "self.n > 1", "message": "m", "messageExpression": "'a\\nb'"}, "<nil>: Invalid value: m"),
        ({"rule": "self.n > 1", "message": "m", "messageExpression": "' '"}, "<nil>: Invalid value: m"),
        ({"rule": "self.n > 1", "fieldPath": ".n"}, "n: Invalid value: failed rule: self.n > 1"),
        (
            {"rule": "self.n > 1", "reason": "FieldValueForbidden", "fieldPath": ".n"},
            "n: Forbidden: failed rule: self.n > 1",
        ),
        ({"rule": "self.n > 1", "reason": "FieldValueRequired"}, "<nil>: Required value: failed rule: self.n > 1"),
        ({"rule": "self.n > 1", "reason": "FieldValueDuplicate"}, "<nil>: Duplicate value"),
        (
            {"rule": "self.none == ''"},
            "<nil>: Invalid value: \"object\": no such key: none evaluating rule: self.none == ''",
        ),
        (
            {"rule": "self.n / 0 == 1", "message": "m"},
            '<nil>: Invalid value: "object": division by zero evaluating rule: m',
        ),
        (
            {"rule": "self.port < 5"},
            "<nil>: Invalid value: \"object\": 'no such overload': call arguments did not match a supported operator, "
            "function or macro signature for rule: self.port < 5",
        ),
        (
            {"rule": "self.x"},
            '<nil>: Invalid value: "object": rule compile error: compilation failed: ERROR: <input>:1:5: undefined '
            "field "
            "'x'\n | self.x\n | ....^",
        ),
    ],
)
def test_what_is_said(rule: Schema, cause: str) -> None:
    schema = ruled(object_of(n=INTEGER, none=TEXT, port={"x-kubernetes-int-or-string": True}), rule)
    assert found(schema, {"n": 1, "port": "http"}) == [cause]


def test_a_path_begins_where_its_rule_is() -> None:
    inner = ruled(object_of(a=TEXT), {"rule": "false", "fieldPath": ".a"})
    keyed = ruled({"type": "object", "additionalProperties": TEXT}, {"rule": "false", "fieldPath": "['k']"})
    schema = object_of(spec=inner, map=keyed)
    assert found(schema, {"spec": {}, "map": {}}) == [
        "spec.a: Invalid value: failed rule: false",
        "map.[k]: Invalid value: failed rule: false",
    ]


def test_scalars_are_shown_with_another_reason() -> None:
    twice = ruled(TEXT, {"rule": "false", "reason": "FieldValueDuplicate"})
    assert found(object_of(a=twice), {"a": "x"}) == ['a: Duplicate value: "x"']


def test_rules_about_changes_wait_for_one() -> None:
    schema = object_of(n=ruled(INTEGER, {"rule": "self >= oldSelf", "message": "no less"}))
    assert found(schema, {"n": 1}) == []
    assert found(schema, {"n": 1}, {}) == []
    assert found(schema, {"n": 1}, {"n": 1}) == []
    assert found(schema, {"n": 1}, {"n": 2}) == ["n: Invalid value: 1: no less"]


def test_an_optional_old_value() -> None:
    rule = {"rule": "oldSelf.hasValue() || self == 1", "optionalOldSelf": True, "message": "begin with 1"}
    schema = object_of(n=ruled(INTEGER, rule))
    assert found(schema, {"n": 1}) == found(schema, {"n": 5}, {"n": 1}) == []
    assert found(schema, {"n": 2}) == found(schema, {"n": 2}, {}) == ["n: Invalid value: 2: begin with 1"]


def test_items_of_a_list_that_is_a_map_are_compared_by_their_keys() -> None:
    item = object_of(name=TEXT, n=ruled(INTEGER, "self >= oldSelf"))
    by_keys = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
    schema = object_of(list={"type": "array", "items": item, **by_keys})
    old = {"list": [{"name": "a", "n": 2}, {"name": "b", "n": 5}]}
    assert found(schema, {"list": [{"name": "b", "n": 5}, {"name": "a", "n": 1}, {"name": "c", "n": 0}]}, old) == [
        "list[1].n: Invalid value: 1: failed rule: self >= oldSelf"
    ]


def test_what_has_not_changed_may_stay_as_it_is() -> None:
    schema = object_of(
        a=ruled(INTEGER, "self > 5"),
        b=ruled(object_of(x=INTEGER, y=INTEGER), "self.x > 5"),
        c={"type": "array", "items": ruled(INTEGER, "self > 5")},
        d=ruled(INTEGER, "self > oldSelf"),
    )
    old = {"a": 1, "b": {"x": 1, "y": 1}, "c": [1, 2], "d": 1}
    assert found(schema, old, old) == ["d: Invalid value: 1: failed rule: self > oldSelf"]
    assert warned(schema, old, old) == [
        "a: Invalid value: 1: failed rule: self > 5",
        "b: Invalid value: failed rule: self.x > 5",
        "c[0]: Invalid value: 1: failed rule: self > 5",
        "c[1]: Invalid value: 2: failed rule: self > 5",
    ]
    changed = {"a": 2, "b": {"x": 1, "y": 2}, "c": [1, 2, 3], "d": 2}
    assert [each.partition(":")[0] for each in found(schema, changed, old)] == ["a", "b", "c[0]", "c[1]", "c[2]"]


def test_null_has_no_rules() -> None:
    schema = object_of(n={**ruled(INTEGER, "self > 5"), "nullable": True})
    assert found(schema, {"n": None}) == []
    assert found(ruled(schema, "!has(self.n)"), {"n": None}) == []


def test_an_embedded_object_has_a_name() -> None:
    part = {**object_of(), "x-kubernetes-embedded-resource": True, "x-kubernetes-preserve-unknown-fields": True}
    schema = object_of(part=ruled(part, "self.metadata.name == 'a' && self.kind == 'Pod'"))
    assert found(schema, {"part": {"kind": "Pod", "metadata": {"name": "a"}}}) == []
    assert len(found(schema, {"part": {"kind": "Pod", "metadata": {"name": "b"}}})) == 1
