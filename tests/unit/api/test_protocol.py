"""Accessors: there with the marker, made once, and refused without it."""

from __future__ import annotations

import pytest

from kubex.api import Api
from kubex.api._logs import LogsAccessor
from kubex.api._protocol import CachedSubresourceDescriptor
from kubex.core.exceptions import KubexException
from tests.unit.api.resources import Backup, Rack, Widget
from tests.unit.api.stub import StubClient


def test_an_accessor_is_made_once_per_api() -> None:
    api = Api(Widget, StubClient(), namespace="shop")
    assert isinstance(api.logs, LogsAccessor)
    assert api.logs is api.logs
    assert api.metadata is api.metadata
    assert api.logs is not Api(Widget, StubClient()).logs


@pytest.mark.parametrize(
    "accessor",
    [
        "logs",
        "exec",
        "copy",
        "attach",
        "scale",
        "eviction",
        "ephemeral_containers",
        "resize",
        "token",
        "binding",
        "approval",
        "finalize",
    ],
)
def test_an_accessor_without_its_marker_is_refused(accessor: str) -> None:
    api = Api(Backup, StubClient())
    with pytest.raises(NotImplementedError, match=f"Backup has no {accessor}") as caught:
        getattr(api, accessor)
    assert isinstance(caught.value, KubexException)
    assert not hasattr(api, accessor)
    assert getattr(api, accessor, None) is None
    assert hasattr(api, "status")


def test_markers_decide_one_by_one() -> None:
    api = Api(Rack, StubClient())
    assert api.approval is not None
    assert api.finalize is not None
    with pytest.raises(NotImplementedError):
        _ = api.status


def test_the_class_gives_the_descriptor() -> None:
    assert isinstance(Api.logs, CachedSubresourceDescriptor)
