"""The containers of a cluster as those see them who talk to them: their logs, and when they end."""

from __future__ import annotations

from collections.abc import Callable

from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.pods.containers import has_ended, status_of
from kubex.testing.pods.logs import ContainerLog
from kubex.testing.storage import Entry, JsonObject, Key

__all__ = ["ContainerTracker"]


class _Container:
    """A container of one pod, from the first question about it to the pod's end."""

    def __init__(self, name: str, log: ContainerLog) -> None:
        self.name = name
        self.log = log
        self.previous: ContainerLog | None = None
        self.listeners: list[Callable[[], None]] = []

    def end(self) -> None:
        self.log.finish()
        for listener in tuple(self.listeners):
            listener()


class ContainerTracker:
    """Keeps what is known of containers beside their objects, as long as their pods are there.

    Args:
        cluster: the cluster whose pods they are.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        pods = cluster.registry.find("", "v1", "pods")
        self._place = pods.storage if pods is not None else ""
        self._by_pod: dict[str, dict[str, _Container]] = {}
        cluster.observers.append(self._changed)

    def log(self, pod: JsonObject, container: str) -> ContainerLog:
        """Give the log of a container since its last start."""
        return self._container(pod, container).log

    def previous_log(self, pod: JsonObject, container: str) -> ContainerLog | None:
        """Give the log of a container before its last start; `None` if there was none."""
        return self._container(pod, container).previous

    def write(self, pod: JsonObject, container: str, text: bytes, *, previous: bool) -> None:
        """Add lines to the log of a container, or to the one before its last start."""
        known = self._container(pod, container)
        log = known.log
        if previous:
            log = known.previous if known.previous is not None else ContainerLog(self._cluster.clock.now)
            log.finish()
            known.previous = log
        log.write(text)

    def has_log(self, pod: JsonObject, container: str) -> bool:
        """Whether anything was written for a container."""
        known = self._by_pod.get(pod["metadata"]["uid"], {}).get(container)
        return known is not None and (bool(known.log) or known.previous is not None)

    def on_end(self, pod: JsonObject, container: str, callback: Callable[[], None]) -> Callable[[], None]:
        """Have something called when a container ends, or its pod is gone; gives what takes that back."""
        listeners = self._container(pod, container).listeners
        listeners.append(callback)
        return lambda: listeners.remove(callback)

    def on_pod_end(self, pod: JsonObject, callback: Callable[[], None]) -> Callable[[], None]:
        """Have something called when a pod has ended, or is gone; gives what takes that back."""
        return self.on_end(pod, "", callback)  # no container is called that: the pod's phase tells

    def _container(self, pod: JsonObject, name: str) -> _Container:
        containers = self._by_pod.setdefault(pod["metadata"]["uid"], {})
        found = containers.get(name)
        if found is None:
            found = containers[name] = _Container(name, ContainerLog(self._cluster.clock.now))
            found.log.has_ended = has_ended(pod, name)
        return found

    def _restart(self, container: _Container) -> None:
        container.end()
        container.previous, container.log = container.log, ContainerLog(self._cluster.clock.now)

    def _changed(self, place: str, key: Key, previous: Entry | None, entry: Entry | None) -> None:
        if place != self._place or previous is None or not self._by_pod:
            return
        uid = previous.state["metadata"]["uid"]
        if entry is None:
            for container in self._by_pod.pop(uid, {}).values():
                container.end()
            return
        for container in self._by_pod.get(uid, {}).values():
            if _restarts(entry.state, container.name) > _restarts(previous.state, container.name):
                self._restart(container)
            ended, had_ended = has_ended(entry.state, container.name), has_ended(previous.state, container.name)
            if ended and not had_ended:
                container.end()
            elif not ended:
                container.log.has_ended = False  # a status can be written anew


def _restarts(pod: JsonObject, container: str) -> int:
    count = (status_of(pod, container) or {}).get("restartCount")
    return count if isinstance(count, int) else 0
