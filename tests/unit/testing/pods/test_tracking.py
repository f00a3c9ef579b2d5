from __future__ import annotations

from typing import Any

import pytest

from kubex.testing.failures import ApiFailure
from kubex.testing.pods.containers import check_loggable, chosen_container, has_ended, waits
from kubex.testing.pods.tracking import ContainerTracker
from tests.unit.testing.clusters import Cluster, pod


class Pods:
    """A cluster with a pod, and what is known of its container `main`."""

    def __init__(self) -> None:
        self.cluster = Cluster()
        self.tracker = ContainerTracker(self.cluster.operations.cluster)
        self.cluster.create("v1/pods", pod("web-0"))
        self.ends: list[str] = []

    @property
    def pod(self) -> dict[str, Any]:
        found = self.cluster.get("v1/pods", "web-0")
        assert found is not None
        return found

    @property
    def container(self) -> str:
        return chosen_container(self.pod, "")

    def write(self, text: bytes) -> None:
        self.tracker.write(self.pod, self.container, text, previous=False)

    def written(self) -> list[bytes]:
        return [line.text for line in self.tracker.log(self.pod, self.container).since(0)]

    def put_status(self, state: dict[str, Any], restarts: int = 0, last: dict[str, Any] | None = None) -> None:
        status = {
            "name": self.container,
            "state": state,
            "lastState": last or {},
            "restartCount": restarts,
            "image": "x",
            "imageID": "",
            "ready": False,
        }
        body = {"status": {"containerStatuses": [status]}}
        self.cluster.patch("v1/pods", "web-0", body, subresource="status")


@pytest.fixture
def pods() -> Pods:
    return Pods()


RUNNING: dict[str, Any] = {"running": {}}
ENDED: dict[str, Any] = {"terminated": {"exitCode": 1}}


def test_a_log_goes_with_its_pod(pods: Pods) -> None:
    pods.write(b"a\n")
    log = pods.tracker.log(pods.pod, pods.container)
    pods.cluster.delete("v1/pods", "web-0")
    assert log.has_ended
    pods.cluster.create("v1/pods", pod("web-0"))
    assert pods.written() == []
    assert not pods.tracker.has_log(pods.pod, pods.container)


def test_a_restart_begins_a_new_log(pods: Pods) -> None:
    pods.put_status(RUNNING)
    pods.write(b"first\n")
    first = pods.tracker.log(pods.pod, pods.container)
    pods.put_status(ENDED)
    assert first.has_ended
    assert pods.tracker.log(pods.pod, pods.container) is first
    pods.put_status(RUNNING, restarts=1, last=ENDED)
    pods.write(b"second\n")
    assert pods.written() == [b"second\n"]
    assert pods.tracker.previous_log(pods.pod, pods.container) is first


def test_a_log_that_is_looked_at_late_has_ended(pods: Pods) -> None:
    pods.put_status(ENDED)
    assert pods.tracker.log(pods.pod, pods.container).has_ended
    pods.put_status(RUNNING)
    assert not pods.tracker.log(pods.pod, pods.container).has_ended


@pytest.mark.parametrize("how", ["ended", "restarted", "deleted"])
def test_who_waits_for_the_end_of_a_container_is_told(pods: Pods, how: str) -> None:
    pods.put_status(RUNNING)
    ends: list[str] = []
    pods.tracker.on_end(pods.pod, pods.container, lambda: ends.append("container"))
    pods.tracker.on_pod_end(pods.pod, lambda: ends.append("pod"))
    forget = pods.tracker.on_end(pods.pod, pods.container, lambda: ends.append("never"))
    forget()
    if how == "ended":
        pods.put_status(ENDED)
    elif how == "restarted":
        pods.put_status(RUNNING, restarts=1)
    else:
        pods.cluster.delete("v1/pods", "web-0")
    assert ends == (["container", "pod"] if how == "deleted" else ["container"])


def test_a_pod_that_has_ended_ends_what_says_nothing_else(pods: Pods) -> None:
    ends: list[str] = []
    pods.tracker.on_end(pods.pod, pods.container, lambda: ends.append("container"))
    pods.tracker.on_pod_end(pods.pod, lambda: ends.append("pod"))
    pods.cluster.patch("v1/pods", "web-0", {"status": {"phase": "Failed"}}, subresource="status")
    assert ends == ["container", "pod"]


def test_lines_of_before_the_last_restart_can_be_given(pods: Pods) -> None:
    pods.tracker.write(pods.pod, pods.container, b"old\n", previous=True)
    previous = pods.tracker.previous_log(pods.pod, pods.container)
    assert previous is not None
    assert [line.text for line in previous.since(0)] == [b"old\n"]
    assert previous.has_ended
    assert pods.written() == []


@pytest.mark.parametrize(
    ("state", "last", "previous", "message"),
    [
        ({"running": {}}, {}, False, ""),
        ({"terminated": {"exitCode": 0}}, {}, False, ""),
        ({"running": {}}, {}, True, 'previous terminated container "c" in pod "web-0" not found'),
        ({"running": {}}, ENDED, True, ""),
        ({"waiting": {"reason": "CrashLoopBackOff"}}, ENDED, False, ""),
        ({"waiting": {"reason": "ContainerCreating"}}, {}, False, "is waiting to start: ContainerCreating"),
        ({"waiting": {"reason": "ErrImagePull"}}, {}, False, "is waiting to start: image can't be pulled"),
        (
            {"waiting": {"reason": "ImagePullBackOff"}},
            {},
            False,
            "is waiting to start: trying and failing to pull image",
        ),
        ({}, {}, False, "is waiting to start - no logs yet"),
    ],
)
def test_whether_there_is_a_log(state: dict[str, Any], last: dict[str, Any], previous: bool, message: str) -> None:
    status = {"name": "c", "state": state, "lastState": last}
    object_ = {"metadata": {"name": "web-0"}, "spec": {}, "status": {"containerStatuses": [status]}}
    assert waits(object_, "c") == (not {"running", "terminated"} & state.keys())
    assert has_ended(object_, "c") == ("terminated" in state)
    if not message:
        check_loggable(object_, "c", previous=previous)
        return
    with pytest.raises(ApiFailure) as caught:
        check_loggable(object_, "c", previous=previous)
    assert caught.value.code == 400
    assert message in str(caught.value)


def test_which_container_is_meant() -> None:
    object_: dict[str, Any] = {
        "metadata": {"name": "web-0"},
        "spec": {"initContainers": [{"name": "i"}], "containers": [{"name": "a"}, {"name": "b"}]},
    }
    assert [chosen_container(object_, name) for name in ("a", "b", "i")] == ["a", "b", "i"]
    with pytest.raises(ApiFailure, match="container x is not valid for pod web-0"):
        chosen_container(object_, "x")
    with pytest.raises(ApiFailure, match=r"must be specified for pod web-0, choose one of: \[i a b\]"):
        chosen_container(object_, "")
    del object_["spec"]["containers"][1]
    assert chosen_container(object_, "") == "a"
