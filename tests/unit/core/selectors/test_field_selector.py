from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.core.exceptions import InvalidArgument
from kubex.core.selectors import FieldRequirement, FieldSelector

FIELDS = st.sampled_from(["status.phase", "metadata.name", "spec.nodeName", "a b", "a!b"])
VALUES = st.text("ab\\,=! \n", max_size=5) | st.text(max_size=5)
REQUIREMENTS = st.builds(FieldRequirement, FIELDS, VALUES, st.booleans())
SELECTORS = st.lists(REQUIREMENTS, max_size=4).map(FieldSelector)


# text, as Go prints it: answers of fields.ParseSelector.
@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("", ""),
        (",", ""),
        ("a=b", "a=b"),
        ("a==b", "a=b"),
        ("a!=b", "a!=b"),
        ("b=1,a=2", "a=2,b=1"),
        ("a=", "a="),
        ("=", ""),
        ("a= b ", "a= b "),
        (" a=b", " a=b"),
        (r"a=b\,c\=d\\e", r"a=b\,c\=d\\e"),
        ("a!b=c", "a!b=c"),
        ("status.phase!=Running,,metadata.name=web-0", "metadata.name=web-0,status.phase!=Running"),
    ],
)
def test_reads_and_prints(text: str, printed: str) -> None:
    assert str(FieldSelector.parse(text)) == printed


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a", 'field selector "a", character 1: found "a" where field=value or field!=value is expected'),
        ("a=b,c", 'field selector "a=b,c", character 5: found "c"'),
        ("a in (b)", 'found "a in (b)"'),
        ("a=b=c", 'character 4: "=" in a value needs a "\\" before it'),
        ("a===b", 'character 4: "="'),
        ("a=b\\c", 'character 4: the "\\" escapes nothing'),
        ("z=1,a=b\\", 'character 8: the "\\" escapes nothing'),
    ],
)
def test_what_is_no_selector_is_refused_and_told_where(text: str, problem: str) -> None:
    with pytest.raises(InvalidArgument) as raised:
        FieldSelector.parse(text)
    assert problem in str(raised.value)


@pytest.mark.parametrize("value", [None, 3, b"a=b"])
def test_other_types_are_refused(value: Any) -> None:
    with pytest.raises(InvalidArgument, match="a string or a FieldSelector is needed"):
        FieldSelector.parse(value)


@given(SELECTORS)
def test_its_own_text_is_the_same_selector(selector: FieldSelector) -> None:
    again = FieldSelector.parse(str(selector))
    assert again == selector
    assert hash(again) == hash(selector)


@given(st.text("ab=!,\\ ", max_size=10) | st.text(max_size=8))
def test_any_text_is_a_selector_or_refused(text: str) -> None:
    try:
        selector = FieldSelector.parse(text)
    except InvalidArgument:
        return
    assert FieldSelector.parse(str(selector)) == selector


@given(SELECTORS, SELECTORS, st.dictionaries(FIELDS, VALUES))
def test_matches_when_all_match(first: FieldSelector, second: FieldSelector, fields: dict[str, str]) -> None:
    both = first & second
    assert both.matches(fields) == (first.matches(fields) and second.matches(fields))
    assert both == second & first


@given(FIELDS, VALUES)
def test_builds_and_matches(field: str, value: str) -> None:
    assert FieldSelector().equals(field, value).matches({field: value})
    assert not FieldSelector().not_equals(field, value).matches({field: value})
    assert FieldSelector().equals(field, value).matches({}) == (not value)
    assert FieldSelector().matches({})


@pytest.mark.parametrize("field", ["a=b", "a,b", "a!", "a==", "", "!"])
def test_fields_that_can_not_be_written_are_refused(field: str) -> None:
    with pytest.raises(InvalidArgument, match="is no field that a selector can name"):
        FieldSelector().equals(field, "")


def test_is_a_value() -> None:
    selector = FieldSelector().equals("status.phase", "Running").not_equals("spec.nodeName", "node-7")
    assert repr(selector) == "FieldSelector.parse('status.phase=Running,spec.nodeName!=node-7')"
    assert selector.requirements[1] == FieldRequirement("spec.nodeName", "node-7", negated=True)
    assert pickle.loads(pickle.dumps(selector)) == selector
    assert selector != str(selector)
