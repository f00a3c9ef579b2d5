"""Widgets in a fake cluster: what the tests of the runtime follow."""

from __future__ import annotations

from typing import Any, Final

from kubex.api import Api
from tests.unit.api.resources import Widget
from tests.unit.runtime.fake_cluster import FakeClient, FakeCluster, Object

WIDGETS: Final = "apis/example.com/v1/widgets"


def widget(name: str, size: int = 1, namespace: str = "shop", **metadata: Any) -> Object:
    return {
        "apiVersion": "example.com/v1",
        "kind": "Widget",
        "metadata": {"name": name, "namespace": namespace, **metadata},
        "spec": {"size": size},
    }


def put(cluster: FakeCluster, name: str, size: int = 1, **metadata: Any) -> Object:
    return cluster.put(WIDGETS, widget(name, size, **metadata))


def remove(cluster: FakeCluster, name: str) -> None:
    cluster.remove(WIDGETS, "shop", name)


def widgets(cluster: FakeCluster) -> Api[Widget]:
    return Api(Widget, FakeClient(cluster), namespace="shop")
