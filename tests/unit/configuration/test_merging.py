"""Merging: the first of anything stays, whole and in order. `kubectl config view` gave the tables' results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.configuration.configuration import KubeConfig
from kubex.configuration.merging import merge_kubeconfigs
from tests.unit.configuration.documents import documents


def merged(*contents: dict[str, Any]) -> dict[str, Any]:
    config = merge_kubeconfigs(KubeConfig.model_validate(content) for content in contents)
    return config.model_dump(by_alias=True, exclude_defaults=True, mode="json")


def cluster(name: str, **keys: str) -> dict[str, Any]:
    return {"name": name, "cluster": keys}


CASES: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "nothing": ([], {}),
    "empty files": ([{}, {}], {}),
    "scalar": ([{"current-context": "a"}, {"current-context": "b"}], {"current-context": "a"}),
    "scalar only later": ([{}, {"current-context": "b"}], {"current-context": "b"}),
    "empty scalar": ([{"current-context": ""}, {"current-context": "b"}], {"current-context": "b"}),
    "an entry is not completed by a later one": (
        [{"clusters": [cluster("a", server="1")]}, {"clusters": [cluster("a", server="2", proxy="x")]}],
        {"clusters": [cluster("a", server="1")]},
    ),
    "order": (
        [{"clusters": [cluster("z"), cluster("y")]}, {"clusters": [cluster("x"), cluster("y"), cluster("a")]}],
        {"clusters": [{"name": "z"}, {"name": "y"}, {"name": "x"}, {"name": "a"}]},
    ),
    "kinds of entries don't meet": (
        [
            {"users": [{"name": "a", "user": {"token": "1"}}]},
            {"contexts": [{"name": "a", "context": {"user": "a"}}]},
        ],
        {
            "users": [{"name": "a", "user": {"token": "1"}}],
            "contexts": [{"name": "a", "context": {"user": "a"}}],
        },
    ),
    "false is an empty value": (
        [{"preferences": {"colors": False}}, {"preferences": {"colors": True}}],
        {"preferences": {"colors": True}},
    ),
    "extensions": (
        [
            {"extensions": [{"name": "e", "extension": {"a": 1}}]},
            {"extensions": [{"name": "e", "extension": {"a": 2}}, {"name": "f", "extension": {"a": 3}}]},
        ],
        {"extensions": [{"name": "e", "extension": {"a": 1}}, {"name": "f", "extension": {"a": 3}}]},
    ),
    "unknown keys of preferences": (
        [{"preferences": {"new": 1, "null": None}}, {"preferences": {"new": 2, "newer": 3, "null": 4}}],
        {"preferences": {"new": 1, "newer": 3, "null": 4}},
    ),
    "unknown keys": ([{"new": {"a": 1}}, {"new": {"b": 2}, "newer": 3}], {"new": {"a": 1}, "newer": 3}),
}


@pytest.mark.parametrize(("contents", "result"), CASES.values(), ids=CASES.keys())
def test_merging(contents: list[dict[str, Any]], result: dict[str, Any]) -> None:
    assert merged(*contents) == result


def test_files_are_remembered() -> None:
    one, two = (KubeConfig().with_origin(Path(name)) for name in ("one", "two"))
    assert merge_kubeconfigs([one, two]).files == (Path("one"), Path("two"))


_configs = documents.map(KubeConfig.model_validate)


def same(one: KubeConfig, two: KubeConfig) -> bool:
    return one.model_dump() == two.model_dump() and one.files == two.files


@given(_configs, _configs, _configs)
def test_it_does_not_matter_which_are_merged_first(a: KubeConfig, b: KubeConfig, c: KubeConfig) -> None:
    in_two_ways = (merge_kubeconfigs([merge_kubeconfigs([a, b]), c]), merge_kubeconfigs([a, merge_kubeconfigs([b, c])]))
    assert same(*in_two_ways)
    assert same(merge_kubeconfigs([a, b, c]), in_two_ways[0])


@given(_configs)
def test_one_stays_what_it_is_and_twice_is_once(a: KubeConfig) -> None:
    once = merge_kubeconfigs([a])
    assert same(once, merge_kubeconfigs([a, a]))
    assert once.clusters == a.clusters
    assert once.users == a.users
    assert once.contexts == a.contexts


@given(st.lists(_configs, max_size=3))
def test_nothing_is_changed_and_nothing_is_lost(configs: list[KubeConfig]) -> None:
    before = [config.model_dump() for config in configs]
    result = merge_kubeconfigs(configs)
    assert [config.model_dump() for config in configs] == before
    assert {entry.name for entry in result.users} == {entry.name for config in configs for entry in config.users}
    assert set(result.model_extra or {}) == {key for config in configs for key in config.model_extra or {}}
