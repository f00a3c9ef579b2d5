"""The containers of a pod: which one is meant, and what its status says, in the words of API server and kubelet."""

from __future__ import annotations

from typing import Final

from kubex.core._go_text import go_quoted
from kubex.testing.failures import ApiFailure, bad_request
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject

__all__ = [
    "check_loggable",
    "chosen_container",
    "container_names",
    "has_ended",
    "no_previous",
    "not_started",
    "status_of",
    "waits",
]

_KINDS: Final = ("initContainers", "containers", "ephemeralContainers")
_STATUSES: Final = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")
_WAITING_FOR: Final = {
    "ErrImagePull": "image can't be pulled",
    "ImagePullBackOff": "trying and failing to pull image",
}


def container_names(pod: JsonObject) -> list[str]:
    """Name the containers of a pod, in the order in which they start."""
    spec = object_at(pod, "spec")
    return [each["name"] for kind in _KINDS for each in list_at(spec, kind)]


def chosen_container(pod: JsonObject, asked: str) -> str:
    """Give the container that a request is for.

    Args:
        pod: the object.
        asked: the name in the request; `""` where there is none.

    Raises:
        ApiFailure: the pod has no such container, or several, and the request names none (400).
    """
    name: str = pod["metadata"]["name"]
    names = container_names(pod)
    if asked:
        if asked not in names:
            raise bad_request(f"container {asked} is not valid for pod {name}")
        return asked
    containers = list_at(object_at(pod, "spec"), "containers")
    if len(containers) != 1:
        raise bad_request(f"a container name must be specified for pod {name}, choose one of: [{' '.join(names)}]")
    only: str = containers[0]["name"]
    return only


def status_of(pod: JsonObject, container: str) -> JsonObject | None:
    """Give what a pod's status says of a container; `None` where it says nothing."""
    status = object_at(pod, "status")
    for kind in _STATUSES:
        for each in list_at(status, kind):
            if each.get("name") == container:
                found: JsonObject = each
                return found
    return None


def has_ended(pod: JsonObject, container: str) -> bool:
    """Whether a container has ended, as far as the pod's status says."""
    status = status_of(pod, container)
    if status is None:
        return object_at(pod, "status").get("phase") in ("Succeeded", "Failed")
    return "terminated" in object_at(status, "state")


def waits(pod: JsonObject, container: str) -> bool:
    """Whether a pod's status says that a container neither runs nor has ended."""
    status = status_of(pod, container)
    return status is not None and not {"running", "terminated"} & object_at(status, "state").keys()


def check_loggable(pod: JsonObject, container: str, *, previous: bool) -> None:
    """Check that a container has a log.

    Args:
        pod: the object, whose status says something of the container.
        container: its name.
        previous: whether the log before the last restart is asked for.

    Raises:
        ApiFailure: it has none (400).
    """
    status: JsonObject = status_of(pod, container) or {}
    state = object_at(status, "state")
    if "terminated" in object_at(status, "lastState"):
        return  # between two runs the log is that of the one before
    if previous:
        raise no_previous(pod, container)
    if "running" in state or "terminated" in state:
        return
    raise not_started(pod, container, object_at(state, "waiting").get("reason"))


def not_started(pod: JsonObject, container: str, reason: str | None) -> ApiFailure:
    """The container waits for something (400)."""
    place = f"container {go_quoted(container)} in pod {go_quoted(pod['metadata']['name'])}"
    if not reason:
        return bad_request(f"{place} is waiting to start - no logs yet")
    return bad_request(f"{place} is waiting to start: {_WAITING_FOR.get(reason, reason)}")


def no_previous(pod: JsonObject, container: str) -> ApiFailure:
    """There is no container before this one (400)."""
    name = pod["metadata"]["name"]
    return bad_request(f"previous terminated container {go_quoted(container)} in pod {go_quoted(name)} not found")
