from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.core.exceptions import InvalidArgument
from kubex.core.selectors import LabelOperator, LabelRequirement, LabelSelector

KEYS = st.sampled_from(["a", "b", "in", "notin", "app", "example.com/app"])
VALUES = st.sampled_from(["", "1", "2", "10", "web", "in", "notin", "a.b_c-d"])
LABELS = st.dictionaries(KEYS, VALUES)
OPERATORS = st.sampled_from(
    [
        LabelOperator.EQUALS,
        LabelOperator.DOUBLE_EQUALS,
        LabelOperator.NOT_EQUALS,
        LabelOperator.IN,
        LabelOperator.NOT_IN,
    ]
)
REQUIREMENTS = (
    st.builds(LabelRequirement, KEYS, OPERATORS, VALUES.map(lambda value: (value,)))
    | st.builds(
        LabelRequirement,
        KEYS,
        st.sampled_from([LabelOperator.IN, LabelOperator.NOT_IN]),
        st.sets(VALUES, min_size=1).map(tuple),
    )
    | st.builds(LabelRequirement, KEYS, st.sampled_from([LabelOperator.EXISTS, LabelOperator.DOES_NOT_EXIST]))
    | st.builds(
        LabelRequirement,
        KEYS,
        st.sampled_from([LabelOperator.GREATER_THAN, LabelOperator.LESS_THAN]),
        st.integers(0, 2**63 - 1).map(lambda number: (str(number),)),
    )
)
SELECTORS = st.lists(REQUIREMENTS, max_size=5).map(LabelSelector)


# text, as Go prints it: answers of labels.Parse.
@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("", ""),
        (" \t\r\n", ""),
        ("a=b", "a=b"),
        ("a==b", "a==b"),
        (" a\n=\tb ", "a=b"),
        ("b=1,a=2", "a=2,b=1"),
        ("a", "a"),
        ("!a", "!a"),
        ("! a", "!a"),
        ("a=", "a="),
        ("a!=,b", "a!=,b"),
        ("a in (c,b)", "a in (b,c)"),
        ("a in(b,b)", "a in (b)"),
        ("a in (b,)", "a in (,b)"),
        ("a in (,,b)", "a in (,b)"),
        ("a notin ()", "a notin ()"),
        ("in in (in,notin)", "in in (in,notin)"),
        ("in", "in"),
        ("!notin,in=notin", "in=notin,!notin"),
        ("a>1,b<2", "a>1,b<2"),
        ("a=b\0", "a=b"),
        ("x in (foo,,baz),y,z notin ()", "x in (,baz,foo),y,z notin ()"),
        ("example.com/app=web", "example.com/app=web"),
    ],
)
def test_reads_and_prints(text: str, printed: str) -> None:
    assert str(LabelSelector.parse(text)) == printed


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a b", 'label selector "a b", character 3: found "b" where one of "="'),
        ("a=b c", 'label selector "a=b c", character 5: found "c" where "," or the end is expected'),
        ("a,", 'label selector "a,", character 3: found the end where a label key or "!" is expected'),
        (",a", 'character 1: found "," where a label key or "!" is expected'),
        ("!", "character 2: found the end where a label key is expected"),
        ("!!a", 'character 2: found "!" where a label key is expected'),
        ("!a=b", 'character 3: found "="'),
        ("a in", 'character 5: found the end where "(" is expected'),
        ("a in b", 'character 6: found "b" where "(" is expected'),
        ("a in (b", 'character 8: found the end where "," or ")" is expected'),
        ("a in (b c)", 'character 9: found "c" where "," or ")" is expected'),
        ("a in (=)", 'character 7: found "=" where ",", ")" or a label value is expected'),
        ("a===b", 'character 4: found "=" where a label value is expected'),
        ("a = = b", 'character 5: found "=" where a label value is expected'),
        ("a In (b)", 'character 3: found "In" where one of'),
        ("a>b", 'character 3: label "a": ">" needs a whole number of 64 bits, not "b"'),
        ("a>9223372036854775808", "needs a whole number of 64 bits"),
        ("a>", "needs a whole number of 64 bits"),
        ("-a=b", 'character 1: the key\'s name "-a" must consist of letters'),
        ("ü=b", "must consist of letters"),
        ("a/b/c=d", 'character 1: the prefix "a/b" must be a DNS name'),
        ("A/b=c", 'the prefix "A" must be a DNS name'),
        ("/a", 'the prefix before "/" is empty'),
        ("a/", "the key's name is empty"),
        ("a=b/c", 'character 3: label "a": the value "b/c" must consist of letters'),
        ("a in (b,-)", 'character 6: label "a": the value "-" must'),
        (f"a={'b' * 64}", "is longer than 63 characters"),
        (f"{'b' * 64}=a", "is longer than 63 characters"),
        ("a\u00a0=b", "must consist of letters"),
    ],
)
def test_what_is_no_selector_is_refused_and_told_where(text: str, problem: str) -> None:
    with pytest.raises(InvalidArgument) as raised:
        LabelSelector.parse(text)
    assert problem in str(raised.value)


@pytest.mark.parametrize("value", [None, 3, b"a=b"])
def test_other_types_are_refused(value: Any) -> None:
    with pytest.raises(InvalidArgument, match="a string or a LabelSelector is needed"):
        LabelSelector.parse(value)


@given(SELECTORS)
def test_its_own_text_is_the_same_selector(selector: LabelSelector) -> None:
    again = LabelSelector.parse(str(selector))
    assert again == selector
    assert hash(again) == hash(selector)
    assert str(again) == str(selector)


@given(SELECTORS, SELECTORS, LABELS)
def test_matches_when_all_match(first: LabelSelector, second: LabelSelector, labels: dict[str, str]) -> None:
    both = first & second
    assert both.matches(labels) == (first.matches(labels) and second.matches(labels))
    assert both == second & first


@given(st.text("ab in(),=!<>\t\0-/", max_size=12) | st.text(max_size=8))
def test_any_text_is_a_selector_or_refused(text: str) -> None:
    try:
        selector = LabelSelector.parse(text)
    except InvalidArgument:
        return
    assert LabelSelector.parse(str(selector)) == selector


@given(KEYS, VALUES, VALUES, LABELS)
def test_builds_what_its_text_says(key: str, value: str, other: str, labels: dict[str, str]) -> None:
    everything = LabelSelector()
    assert everything.equals(key, value) == LabelSelector.parse(f"{key}={value}")
    assert everything.not_equals(key, value) == LabelSelector.parse(f"{key}!={value}")
    assert everything.is_in(key, value, other) == LabelSelector.parse(f"{key} in ({value},{other})")
    assert everything.not_in(key, value, other) == LabelSelector.parse(f"{key} notin ({value},{other})")
    assert everything.exists(key) == LabelSelector.parse(key)
    assert everything.lacks(key) == LabelSelector.parse(f"!{key}")
    assert everything.greater_than(key, 3) == LabelSelector.parse(f"{key}>3")
    assert everything.less_than(key, 3) == LabelSelector.parse(f"{key}<3")
    assert everything == LabelSelector.parse("")
    assert LabelSelector.from_labels(labels).matches(labels)
    assert LabelSelector.from_labels(labels).matches({**labels, "another": "x"})


def test_nothing_matches_nothing_here_and_on_the_server() -> None:
    nothing = LabelSelector.nothing()
    assert not nothing.matches({})
    assert not nothing.matches({"nothing": ""})
    assert LabelSelector.parse(str(nothing)) == nothing
    assert str(nothing)


@pytest.mark.parametrize(
    ("value", "greater", "less"),
    [
        ("4", True, False),
        ("3", False, False),
        ("2", False, True),
        ("-1", False, True),
        ("+4", True, False),
        ("04", True, False),
        ("x", False, False),
        ("", False, False),
        ("4.0", False, False),
        ("9223372036854775808", False, False),
        ("٤", False, False),
        pytest.param("9" * 10_000, False, False, id="long"),
    ],
)
def test_compares_numbers(value: str, greater: bool, less: bool) -> None:
    assert LabelSelector().greater_than("n", 3).matches({"n": value}) is greater
    assert LabelSelector().less_than("n", 3).matches({"n": value}) is less
    assert not LabelSelector().less_than("n", 3).matches({})


@pytest.mark.parametrize(
    "build",
    [
        lambda: LabelSelector().equals("-", "b"),
        lambda: LabelSelector().equals("a", "b,c"),
        lambda: LabelSelector().is_in("a"),
        lambda: LabelSelector().not_in("a", "b c"),
        lambda: LabelSelector().exists(""),
        lambda: LabelSelector().greater_than("a", 2**63),
        lambda: LabelSelector().greater_than("a", -1),
        lambda: LabelSelector.from_labels({"a": "b c"}),
        lambda: LabelRequirement("a", LabelOperator.EXISTS, ("b",)),
        lambda: LabelRequirement("a", LabelOperator.EQUALS, ("b", "c")),
        lambda: LabelRequirement("a", LabelOperator.EQUALS),
    ],
)
def test_what_no_label_can_have_is_refused(build: Callable[[], object]) -> None:
    with pytest.raises(InvalidArgument, match='label "'):
        build()


class Expression(msgspec.Struct):
    key: str
    operator: str
    values: list[str] | None = None


class Model(msgspec.Struct):
    match_labels: dict[str, str] | None = None
    match_expressions: list[Expression] | None = None


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (Model(), ""),
        (Model(match_labels={"b": "1", "a": ""}), "a=,b=1"),
        (
            Model({"z": "1"}, [Expression("a", "In", ["y", "x"]), Expression("b", "NotIn", [""])]),
            "a in (x,y),b notin (),z=1",
        ),
        (Model(None, [Expression("a", "Exists"), Expression("b", "DoesNotExist", [])]), "a,!b"),
    ],
)
def test_reads_the_api_model(model: Model, text: str) -> None:
    selector = LabelSelector.from_model(model)
    assert str(selector) == text
    expressions = [msgspec.to_builtins(expression) for expression in model.match_expressions or []]
    as_dict = {"matchLabels": model.match_labels, "matchExpressions": expressions}
    assert LabelSelector.from_model(as_dict) == selector


def test_no_api_model_selects_nothing_and_an_empty_one_everything() -> None:
    assert LabelSelector.from_model(None) == LabelSelector.nothing()
    assert LabelSelector.from_model({}).matches({})
    assert LabelSelector.from_model({}).matches(None)


@pytest.mark.parametrize("operator", ["Gt", "in", "", "Equals"])
def test_operators_that_the_api_does_not_have_are_refused(operator: str) -> None:
    with pytest.raises(InvalidArgument, match="is no operator; there are In, NotIn, Exists, DoesNotExist"):
        LabelSelector.from_model(Model(None, [Expression("a", operator, ["1"])]))


def test_is_a_value() -> None:
    selector = LabelSelector.parse("b=1,a")
    assert repr(selector) == "LabelSelector.parse('a,b=1')"
    assert [requirement.key for requirement in selector.requirements] == ["a", "b"]
    assert pickle.loads(pickle.dumps(selector)) == selector
    assert selector != "a,b=1"
