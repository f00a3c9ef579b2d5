"""What random objects and patches are made of: few names and values, so that they meet."""

from __future__ import annotations

from typing import Any, TypeAlias

from hypothesis import strategies as st

Object: TypeAlias = dict[str, Any]
Objects: TypeAlias = st.SearchStrategy[Object]

NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.sampled_from(["1", "2"])
LABELS = st.dictionaries(NAMES, VALUES, max_size=2)
FINALIZERS = st.lists(st.sampled_from(["example.com/a", "example.com/b", "example.com/c"]), unique=True, max_size=3)


def optional(**members: st.SearchStrategy[Any]) -> Objects:
    return st.fixed_dictionaries({}, optional=members)


def keyed(items: Objects, key: str, least: int = 0, most: int = 3) -> st.SearchStrategy[list[Object]]:
    return st.lists(items, unique_by=lambda item: str(item[key]), min_size=least, max_size=most)


def nullable(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


def joined_members(first: Object, second: Object) -> Object:
    return {**first, **second}


METADATA = optional(labels=LABELS, annotations=LABELS, finalizers=FINALIZERS)
# What clients may send of their own: the ways to be rid of the owners, and what can't be read.
MANAGED_METADATA = optional(
    labels=LABELS,
    finalizers=FINALIZERS,
    managedFields=st.just([]) | st.just([dict[str, str]()]) | st.just([{"manager": "x"}]),
)
METADATA_PATCHES = optional(
    labels=nullable(st.dictionaries(NAMES, nullable(VALUES), max_size=2)),
    annotations=nullable(st.dictionaries(NAMES, nullable(VALUES), max_size=2)),
    finalizers=nullable(FINALIZERS),
)
