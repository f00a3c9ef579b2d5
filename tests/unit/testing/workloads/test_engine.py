"""Controllers look at what changes: at their own changes, too, unless they say that these give them nothing to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kubex.testing.failures import ApiFailure
from kubex.testing.storage import Key
from kubex.testing.workloads.controller import Change, Writes
from kubex.testing.workloads.engine import Engine
from kubex.testing.workloads.state import State
from kubex.testing.workloads.writer import Writer
from kubex.testing.workloads.writes import Update, Write
from tests.unit.testing.clusters import pod
from tests.unit.testing.workloads.moving import MovingCluster, template

MAPS = "configmaps"


class Keeper:
    """Has all ConfigMaps of a namespace say the same, and counts how often it looks at one."""

    component = "keeper"
    manager = "kube-controller-manager"
    places = (MAPS,)

    def __init__(self, *, is_last: bool) -> None:
        self.looks = 0
        self._is_last = is_last

    def concerned(self, state: State, change: Change) -> Iterator[Key]:
        if change.after is not None and change.key.namespace == "shop" and change.key.name == "kept":
            yield change.key

    def reconcile(self, state: State, key: Key) -> Writes:
        self.looks += 1
        held = state.get(MAPS, key)
        if held is not None and held.get("data") != {"said": "hello"}:
            yield Update(MAPS, {**held, "data": {"said": "hello"}}, is_last=self._is_last)


class Onlooker:
    """Counts how often it looks at a ConfigMap."""

    component = "onlooker"
    manager = "kube-controller-manager"
    places = (MAPS,)

    def __init__(self) -> None:
        self.looks = 0

    def concerned(self, state: State, change: Change) -> Iterator[Key]:
        if change.key == Key("shop", "kept"):
            yield change.key

    def reconcile(self, state: State, key: Key) -> Writes:
        self.looks += 1
        yield from ()


@pytest.mark.parametrize(("is_last", "looks"), [(True, 1), (False, 2)])
def test_a_last_change_is_not_looked_at_by_who_made_it(is_last: bool, looks: int) -> None:
    cluster = MovingCluster()
    cluster.movement.close()
    keeper, other = Keeper(is_last=is_last), Onlooker()
    engine = Engine(cluster.operations, cluster.movement.state, [other, keeper], cluster.movement.asking)

    def settle() -> None:
        while engine.step():
            pass

    cluster.create("v1/configmaps", {"metadata": {"name": "kept"}, "data": {"said": "goodbye"}})
    settle()
    assert cluster.there("v1/configmaps", "kept")["data"] == {"said": "hello"}
    assert keeper.looks == looks
    assert other.looks == 2, "others look at it"

    cluster.patch("v1/configmaps", "kept", {"data": {"said": "something else"}})
    settle()
    assert cluster.there("v1/configmaps", "kept")["data"] == {"said": "hello"}, "what others change is looked at"
    assert keeper.looks == 2 * looks


def test_what_another_writes_over_a_status_is_put_right() -> None:
    cluster = MovingCluster()
    body = {"selector": {"matchLabels": {"app": "web"}}, "template": template(), "replicas": 2}
    cluster.create("apps/v1/replicasets", {"metadata": {"name": "web"}, "spec": body})
    cluster.advance(2)
    assert cluster.status("apps/v1/replicasets", "web")["readyReplicas"] == 2
    cluster.patch(
        "apps/v1/replicasets", "web", {"status": {"readyReplicas": 1, "availableReplicas": 1}}, subresource="status"
    )
    cluster.advance(1)
    assert cluster.status("apps/v1/replicasets", "web")["readyReplicas"] == 2


def test_a_status_that_is_refused_is_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    write, refused = Writer.write, list[Write]()

    def refuse_first(self: Writer, asked: Write, *args: Any) -> None:
        if isinstance(asked, Update) and asked.place == "pods" and not refused:
            refused.append(asked)
            raise ApiFailure(403, "Forbidden", "not now")
        write(self, asked, *args)

    monkeypatch.setattr(Writer, "write", refuse_first)
    cluster = MovingCluster()
    cluster.create("v1/pods", pod("web"))
    assert refused
    cluster.advance(0.05)  # before anything else is to be told of it
    assert cluster.status("v1/pods", "web").get("containerStatuses"), "what was refused at first"
