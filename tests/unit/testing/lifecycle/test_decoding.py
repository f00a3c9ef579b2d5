from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.testing.lifecycle import decoding
from kubex.testing.lifecycle.decoding import WrongType, decode
from tests.unit.testing.schemas import schema_of

POD = schema_of("Pod")

# Names that meet in pods, so that values come where they belong, and where they don't.
NAMES = st.sampled_from(
    (
        *("metadata", "labels", "creationTimestamp", "spec", "containers", "name", "image", "ports", "containerPort"),
        *(
            "resources",
            "limits",
            "cpu",
            "livenessProbe",
            "httpGet",
            "port",
            "hostNetwork",
            "volumes",
            "emptyDir",
            "odd",
        ),
    )
)
SCALARS = st.sampled_from((None, True, False, 0, 1, -1, 2**31, 2**63, 1.5, "", "a", "1Gi", "2026-01-12T08:00:00Z"))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=20
)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_the_quick_look_finds_what_the_long_one_does(pod: dict[str, Any]) -> None:
    unknown: list[str] = []
    try:
        decoding._check_object(pod, POD, decoding._Place("Pod", (), ""), unknown)
    except WrongType:
        assert not decoding._fits(pod, POD)
    else:
        assert decoding._fits(pod, POD) == (not unknown)


def test_what_is_wrong_is_told_with_its_place() -> None:
    with pytest.raises(WrongType, match=r"spec\.containers\.image of type string"):
        decode({"spec": {"containers": [{"image": 1}]}}, POD)
    found = decode({"spec": {"containers": [{"name": "a"}, {"imagee": "b"}]}, "odd": 1}, POD)
    assert found.unknown_fields == ["spec.containers[1].imagee", "odd"]
