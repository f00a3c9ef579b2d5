"""What rules allow, and what of some others do not cover."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.testing.access.attributes import Attributes
from kubex.testing.access.rules import allows, described, uncovered
from kubex.testing.access.users import User

JANE = User("jane")


def some(*values: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)


def rules() -> st.SearchStrategy[list[dict[str, Any]]]:
    of_resources: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {
            "apiGroups": some("", "apps", "*"),
            "resources": some("pods", "pods/log", "*/log", "*"),
            "verbs": some("get", "list", "*"),
        },
        optional={"resourceNames": some("a", "b")},
    )
    of_paths: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {"nonResourceURLs": some("/x", "/x/*", "/*", "*"), "verbs": some("get", "*")}
    )
    return st.lists(st.one_of(of_resources, of_paths), max_size=3)


def requests() -> st.SearchStrategy[Attributes]:
    of_resources = st.builds(
        Attributes,
        user=st.just(JANE),
        verb=st.sampled_from(["get", "list", "delete"]),
        group=st.sampled_from(["", "apps"]),
        resource=st.sampled_from(["pods", "nodes"]),
        subresource=st.sampled_from(["", "log"]),
        name=st.sampled_from(["", "a", "c"]),
    )
    paths = st.sampled_from(["/x", "/x/y", "/", "/z"])
    of_paths = st.builds(Attributes, user=st.just(JANE), verb=st.just("get"), path=paths, is_path=st.just(True))
    return st.one_of(of_resources, of_paths)


@given(held=rules(), wanted=rules(), asked=requests())
def test_who_holds_what_covers_others_may_do_what_they_allow(
    held: list[dict[str, Any]], wanted: list[dict[str, Any]], asked: Attributes
) -> None:
    if any(allows(rule, asked) for rule in [*held, *uncovered(held, wanted)]):
        return
    assert not any(allows(rule, asked) for rule in wanted)


@given(held=rules())
def test_rules_cover_themselves(held: list[dict[str, Any]]) -> None:
    assert uncovered(held, held) == []


@pytest.mark.parametrize(
    ("rule", "asked", "allowed"),
    [
        ({"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}, {"resource": "pods", "subresource": "log"}, False),
        ({"apiGroups": [""], "resources": ["*"], "verbs": ["get"]}, {"resource": "pods", "subresource": "log"}, True),
        ({"apiGroups": [""], "resources": ["*/log"], "verbs": ["get"]}, {"resource": "pods"}, False),
        (
            {"apiGroups": [""], "resources": ["pods/*"], "verbs": ["get"]},
            {"resource": "pods", "subresource": "x"},
            False,
        ),
        ({"nonResourceURLs": ["/x*"], "verbs": ["get"]}, {"path": "/xy", "is_path": True}, True),
        ({"nonResourceURLs": ["/x/*"], "verbs": ["get"]}, {"path": "/x", "is_path": True}, False),
        ({"nonResourceURLs": ["*"], "verbs": ["get"]}, {"resource": "pods"}, False),
    ],
)
def test_what_a_rule_allows(rule: dict[str, Any], asked: dict[str, Any], allowed: bool) -> None:
    assert allows(rule, Attributes(user=JANE, verb="get", **asked)) is allowed


def test_what_is_missing_is_told_by_resource() -> None:
    held = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    wanted = [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "delete"]},
        {"apiGroups": [""], "resources": ["pods"], "resourceNames": ["a", "b"], "verbs": ["list"]},
        {"nonResourceURLs": ["/x"], "verbs": ["get"]},
    ]
    assert described(uncovered(held, wanted)) == [
        '{APIGroups:[""], Resources:["pods"], ResourceNames:["a"], Verbs:["list"]}',
        '{APIGroups:[""], Resources:["pods"], ResourceNames:["b"], Verbs:["list"]}',
        '{APIGroups:[""], Resources:["pods"], Verbs:["list" "delete"]}',
        '{NonResourceURLs:["/x"], Verbs:["get"]}',
    ]
