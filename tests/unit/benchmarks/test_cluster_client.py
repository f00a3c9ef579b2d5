"""Rows of pods are the same, however a library calls the fields."""

from __future__ import annotations

import pytest

from benchmarks.answers import digest
from benchmarks.cluster_client import POD, row_of, snake_case
from benchmarks.libraries import COMPILED, LIBRARIES, Library
from benchmarks.pods import make_pods, pod_json
from kubex.core.codec import codec_for
from kubex.k8s.v1_35.core.v1.pod import Pod


@pytest.mark.parametrize(
    ("name", "expected"),
    [("podIP", "pod_ip"), ("containerID", "container_id"), ("resourceVersion", "resource_version"), ("uid", "uid")],
)
def test_names_of_fields_in_snake_case(name: str, expected: str) -> None:
    assert snake_case(name) == expected


def test_a_model_and_a_dict_have_the_same_row() -> None:
    for pod in make_pods(5):
        model = codec_for(Pod).decode(pod_json(pod))
        assert row_of(model, POD, snake_case) == row_of(pod, POD)


def test_another_pod_has_another_digest() -> None:
    one, other = make_pods(2)
    assert digest([row_of(one, POD)]) != digest([row_of(other, POD)])


@pytest.mark.parametrize(
    "library", [each for each in (*LIBRARIES, *COMPILED) if not each.is_kubex], ids=lambda it: it.name
)
def test_the_release_of_every_library_is_pinned(library: Library) -> None:
    assert library.release[0].isdigit()
