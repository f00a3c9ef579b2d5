"""Random strategic merge patches of a pod's spec, with directives right and wrong."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.e2e.patched_values import NAMES, VALUES, Object, Objects, joined_members, nullable, optional

BAD_ORDERS: st.SearchStrategy[Any] = st.just("x") | st.just(["a"]) | st.just([dict[str, str]()])


def strategic_patches() -> Objects:
    """Strategic merge patches of a pod's spec, with directives right and wrong."""
    directives = st.sampled_from(["delete", "delete", "replace", "merge", "bogus", 5])
    environment = st.fixed_dictionaries({}, optional={"name": NAMES, "value": nullable(VALUES), "$patch": directives})
    ports = st.fixed_dictionaries(
        {"containerPort": st.sampled_from([80, 81, 80.0])}, optional={"protocol": st.just("UDP"), "$patch": directives}
    )
    in_containers: dict[str, st.SearchStrategy[Any]] = {
        "name": NAMES,
        "image": nullable(st.sampled_from(["x:1", "y:1"])),
        "env": st.lists(environment, max_size=3),
        "ports": st.lists(ports, max_size=2),
        "args": nullable(st.lists(VALUES, max_size=2)),
        "$patch": directives,
        "$retainKeys": st.sampled_from([["name", "image"], ["name", "image", "env", "ports", "args"], "x"]),
        "$setElementOrder/env": _orders(),
    }
    containers = optional(**in_containers)
    members: dict[str, st.SearchStrategy[Any]] = {
        "containers": nullable(st.lists(_usual(containers), max_size=3)),
        "nodeSelector": nullable(st.dictionaries(NAMES, nullable(VALUES)) | st.just({"$patch": "replace", "a": "1"})),
        "tolerations": st.lists(st.just({"key": "a", "operator": "Exists"}), max_size=2),
        "$setElementOrder/containers": _orders() | BAD_ORDERS,
        "$deleteFromPrimitiveList/tolerations": st.just(["x"]),
        "$retainKeys": st.sampled_from([["containers"], ["containers", "nodeSelector", "tolerations"]]),
        "$patch": directives,
    }
    return optional(**members).filter(_has_one_outcome)


def _has_one_outcome(patch: Object) -> bool:
    """Leave out what ends in one way or another, by the order in which the server happens to go through the patch."""
    return not {"tolerations", "$deleteFromPrimitiveList/tolerations"} <= patch.keys()


def _usual(items: Objects) -> Objects:
    """Objects that mostly have a name and no directive, as what is wrong hides all that follows."""
    named = st.builds(joined_members, items, st.fixed_dictionaries({"name": NAMES}))
    without = named.map(lambda item: {name: value for name, value in item.items() if name != "$patch"})
    return without | named | items


def _orders() -> st.SearchStrategy[Any]:
    return st.lists(NAMES, unique=True, max_size=3).map(lambda names: [{"name": name} for name in names])
