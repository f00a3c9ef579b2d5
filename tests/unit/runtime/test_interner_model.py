"""A store that keeps equal parts once, beside one that does not: nobody can tell which is which."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kubex.core.codec import codec_for, encode
from kubex.runtime import ObjectKey, Store
from kubex_core.models.dynamic_object import DynamicObject
from tests.unit.runtime.interned_objects import Free, Modelled, assert_no_part_is_twice, exactly

SCALARS = st.one_of(
    st.none(), st.booleans(), st.sampled_from([0, 1, 1.0, -0.0, 0.0, 443, 2**40, "", "0", "1", "true", "a", "web"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)),
    max_leaves=12,
)
PART: st.SearchStrategy[Any] = st.recursive(
    st.fixed_dictionaries({}, optional={"size": st.sampled_from([1, "1", None]), "more": SCALARS}),
    lambda inner: st.fixed_dictionaries({"parts": st.lists(inner, max_size=2)}, optional={"more": JSON}),
    max_leaves=4,
)
METADATA = st.fixed_dictionaries(
    {},
    optional={
        "labels": st.dictionaries(st.sampled_from("xyz"), st.sampled_from(["", "a", "b"]), max_size=2),
        "finalizers": st.lists(st.sampled_from(["a", "b"]), max_size=2),
        "creationTimestamp": st.sampled_from(["2026-01-12T08:00:00Z", "2026-01-12T09:00:00+01:00"]),
    },
)


def objects(spec: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.tuples(st.integers(0, 5), METADATA, spec), max_size=80).map(
        lambda drawn: [
            {
                "apiVersion": "example.com/v1",
                "kind": "Free",
                "metadata": {"name": f"name-{number}", "namespace": "shop", "uid": "1", **metadata},
                "spec": spec,
            }
            for number, metadata, spec in drawn
        ]
    )


@given(drawn=objects(JSON), kind=st.sampled_from([Free, DynamicObject]))
def test_a_store_that_interns_holds_what_another_holds(drawn: list[dict[str, Any]], kind: type[Any]) -> None:
    _compare(drawn, kind)


@given(drawn=objects(PART))
def test_so_it_does_of_pydantic_models(drawn: list[dict[str, Any]]) -> None:
    _compare([{**each, "kind": "Modelled"} for each in drawn], Modelled)


def _compare(drawn: list[dict[str, Any]], kind: type[Any]) -> None:
    """Put, replace and remove objects in two stores, and look at all of them after each step."""
    plain, interning = Store[Any](), Store[Any](intern_parts=True)
    for step, content in enumerate(drawn):
        data = encode(content)
        for store in (plain, interning):
            obj = codec_for(kind).decode(data)
            if step % 5 == 4:
                store.remove(obj)
            elif step % 11 == 10:
                store.replace({ObjectKey.of(obj): obj, **dict(zip(store.keys(), store.values(), strict=True))}, "1")
            else:
                store.apply(obj)
        assert interning.keys() == plain.keys()
        for one, other in zip(plain.values(), interning.values(), strict=True):
            assert exactly(one) == exactly(other)
    assert_no_part_is_twice(interning.values())
