"""Which definition stands in which module."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import TopologicalSorter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.codegen.document import DocumentError
from tools.codegen.intermediate import (
    Api,
    Definition,
    Field,
    GroupVersionKind,
    ListOf,
    Package,
    Reference,
    Resource,
)
from tools.codegen.partition import Module, partition


def _api(edges: Mapping[str, list[str]], resources: set[str]) -> Api:
    """Make definitions `a.Name`, the part before the point being the package, that lead to each other."""
    definitions: dict[str, Definition] = {}
    for name, targets in edges.items():
        package, _, class_ = name.partition(".")
        kind = GroupVersionKind(package, "v1", class_)
        definitions[name] = Definition(
            name,
            class_,
            Package(package, "v1", package),
            tuple(Field(f"f{at}", ListOf(Reference(target))) for at, target in enumerate(targets)),
            resource=Resource(kind, class_.lower(), namespaced=False) if name in resources else None,
        )
    return Api("1.35.4", dict(sorted(definitions.items())))


def _placed(edges: Mapping[str, list[str]], resources: set[str]) -> dict[str, list[str]]:
    return {
        f"{module.package.group}.{module.name}": [each.name for each in module.definitions]
        for module in partition(_api(edges, resources))
    }


def test_what_only_one_resource_leads_to_stands_with_it() -> None:
    edges = {"a.Pod": ["a.Spec", "a.Status"], "a.Spec": ["a.Item"], "a.Status": ["a.Item"], "a.Item": []}
    assert _placed(edges, {"a.Pod"}) == {"a.pod": ["a.Pod", "a.Item", "a.Spec", "a.Status"]}


def test_what_several_lead_to_has_a_module_with_what_only_it_leads_to() -> None:
    edges = {"a.Pod": ["a.Spec"], "a.Job": ["a.Spec"], "a.Spec": ["a.Item"], "a.Item": ["a.Part"], "a.Part": []}
    assert _placed(edges, {"a.Pod", "a.Job"}) == {
        "a.pod": ["a.Pod"],
        "a.job": ["a.Job"],
        "a.spec": ["a.Spec", "a.Item", "a.Part"],
    }


def test_what_the_parts_of_two_modules_share_has_its_own() -> None:
    edges = {"a.Pod": ["a.Left"], "a.Job": ["a.Right"], "a.Left": ["a.Both"], "a.Right": ["a.Both"], "a.Both": []}
    assert _placed(edges, {"a.Pod", "a.Job"}) == {
        "a.pod": ["a.Pod", "a.Left"],
        "a.job": ["a.Job", "a.Right"],
        "a.both": ["a.Both"],
    }


def test_a_resource_always_has_its_own_module() -> None:
    edges = {"a.Set": ["a.Claim"], "a.Claim": []}
    assert _placed(edges, {"a.Set", "a.Claim"}) == {"a.set": ["a.Set"], "a.claim": ["a.Claim"]}


def test_circles_stay_together() -> None:
    edges = {"a.Pod": ["a.Tree"], "a.Tree": ["a.Branch", "a.Tree"], "a.Branch": ["a.Tree", "a.Leaf"], "a.Leaf": []}
    assert _placed(edges, {"a.Pod"}) == {"a.pod": ["a.Pod", "a.Branch", "a.Leaf", "a.Tree"]}
    edges["a.Job"] = ["a.Leaf", "a.Branch"]
    assert _placed(edges, {"a.Pod", "a.Job"}) == {
        "a.pod": ["a.Pod"],
        "a.job": ["a.Job"],
        "a.branch": ["a.Branch", "a.Tree"],
        "a.leaf": ["a.Leaf"],
    }


def test_a_module_has_definitions_of_one_package_even_where_paths_return_to_it() -> None:
    edges = {"a.Pod": ["b.Middle", "a.Item"], "b.Middle": ["a.Item", "b.Own"], "b.Own": [], "a.Item": []}
    assert _placed(edges, {"a.Pod"}) == {
        "a.pod": ["a.Pod"],
        "a.item": ["a.Item"],
        "b.middle": ["b.Middle", "b.Own"],
    }


def test_a_circle_across_packages_is_refused() -> None:
    with pytest.raises(DocumentError, match="several packages"):
        _placed({"a.Pod": ["b.Other"], "b.Other": ["a.Pod"]}, {"a.Pod"})


def test_kinds_that_differ_in_capitals_alone_have_different_modules() -> None:
    assert sorted(_placed({"a.HTTPRoute": [], "a.HttpRoute": []}, {"a.HTTPRoute", "a.HttpRoute"})) == [
        "a.http_route",
        "a.http_route_",
    ]


def test_lists_stand_with_their_resource(golden_api: Api) -> None:
    (module,) = (each for each in partition(golden_api) if each.package.version == "v1" and each.name == "order")
    assert [each.class_name for each in module.definitions] == ["Order", "OrderList", "OrderStatus"]


def check_partition(api: Api, modules: list[Module]) -> None:
    """Check what holds for every partition."""
    placed = {each.name: module for module in modules for each in module.definitions}
    assert sum(len(module.definitions) for module in modules) == len(placed), "a definition stands in two modules"
    graph: dict[tuple[Package, str], set[tuple[Package, str]]] = {}
    for module in modules:
        assert {each.package for each in module.definitions} == {module.package}
        assert sum(each.resource is not None for each in module.definitions) <= 1 or _is_circle(module)
        needed = {placed[name] for each in module.definitions for name in each.references() if name in placed}
        graph[module.package, module.name] = {(each.package, each.name) for each in needed if each is not module}
    assert len(graph) == len(modules), "two modules have one name"
    TopologicalSorter(graph).prepare()  # raises CycleError


def _is_circle(module: Module) -> bool:
    """Whether the resources of a module lead to each other."""
    names = {each.name for each in module.definitions}
    return all(each.references() & names for each in module.definitions if each.resource is not None)


NAMES = [f"{package}.K{number}" for package in "ab" for number in range(6)]


@given(
    st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=4), min_size=1),
    st.sets(st.sampled_from(NAMES), min_size=1),
)
def test_any_graph(edges: dict[str, list[str]], resources: set[str]) -> None:
    whole = {name: edges.get(name, []) for name in {*edges, *(each for targets in edges.values() for each in targets)}}
    api = _api(whole, resources)
    try:
        modules = partition(api)
    except DocumentError:
        # The one graph that has no partition: a circle across packages.
        assert any(
            _leads(whole, name, other) and _leads(whole, other, name)
            for name in whole
            for other in whole
            if name[0] != other[0]
        )
        return
    assert {each.name for module in modules for each in module.definitions} == whole.keys()
    check_partition(api, modules)


def _leads(edges: Mapping[str, list[str]], start: str, end: str) -> bool:
    seen: set[str] = set()
    waiting = list(edges[start])
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += edges[name]
    return end in seen


def test_golden_partition(golden_api: Api) -> None:
    check_partition(golden_api, partition(golden_api))
