"""The generated modules are as their source."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import kubex
import kubex.api
import kubex.sync
from kubex.sync import _accessors

APIS = [(kubex.api.Api, kubex.sync.Api)]
ACCESSORS = [
    (accessor.__orig_bases__[0].__args__[0], accessor)
    for accessor in (getattr(_accessors, name) for name in _accessors.__all__)
]


def public(class_: type[Any]) -> dict[str, Any]:
    """Give the public methods, properties and accessors that are not of the bases written by hand."""
    by_hand = ("resource_type", "namespace", "client", "asynchronous", "thread", "of", "request_builder")
    found = {name: value for name, value in inspect.getmembers(class_) if not name.startswith("_")}
    return {name: value for name, value in found.items() if name not in by_hand and not isinstance(value, str)}


def parameters(function: Any) -> list[tuple[str, Any, Any]]:
    """Names, kinds and defaults; what stands for type variables is the typing tests' affair."""
    return [(each.name, each.kind, each.default) for each in inspect.signature(function).parameters.values()]


def test_an_informer_is_made_with_the_same_parameters() -> None:
    assert parameters(kubex.sync.Informer) == parameters(kubex.Informer)


@pytest.mark.parametrize(("asynchronous", "blocking"), [*APIS, *ACCESSORS])
def test_every_method_is_there_with_its_parameters(asynchronous: Any, blocking: type[Any]) -> None:
    source = getattr(asynchronous, "__origin__", asynchronous)
    wanted, found = public(source), public(blocking)
    assert set(found) == set(wanted)
    for name, method in wanted.items():
        if inspect.isfunction(method):
            assert parameters(found[name]) == parameters(method), name
