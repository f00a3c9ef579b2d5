"""The metrics of each part of the runtime."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from kubex.api._metadata import MetadataAccessor
from kubex.runtime.metrics import Metric, Sample
from kubex_core.models.resource_config import ResourceConfig

if TYPE_CHECKING:
    from kubex.runtime._controller_run import ControllerRun
    from kubex.runtime._watch_driver import Selection
    from kubex.runtime.leader_election import LeaderElector

__all__ = ["WatchCounts", "cache_metrics", "controller_metrics", "election_metrics", "no_cache_metrics"]


class _Kind(NamedTuple):
    """What is known of a metric beforehand, and the attribute that has its value."""

    name: str
    kind: Literal["counter", "gauge"]
    text: str
    attribute: str
    unit: Literal["s"] | None = None

    def metric(self, samples: Iterable[tuple[dict[str, str], object]]) -> Metric:
        """Give the metric, of labels and what has the attribute."""
        values = tuple(Sample(labels, float(getattr(each, self.attribute))) for labels, each in samples)
        return Metric(f"kubex.{self.name}", self.kind, self.text, values, self.unit)


_QUEUE: Final = (
    _Kind("workqueue.depth", "gauge", "Keys that wait.", "depth"),
    _Kind("workqueue.delayed", "gauge", "Keys whose time has not come.", "delayed"),
    _Kind("workqueue.running", "gauge", "Keys that are worked on.", "running"),
    _Kind("workqueue.adds", "counter", "Keys that came.", "added"),
    _Kind("workqueue.retries", "counter", "Keys that came again after a failure.", "retried"),
    _Kind("workqueue.longest_wait", "gauge", "How long the oldest key has waited.", "longest_wait", "s"),
    _Kind("workqueue.longest_running", "gauge", "How long a key has been worked on.", "longest_run", "s"),
)
_RESULTS: Final = {
    "success": "succeeded",
    "requeue": "requeued",
    "error": "failed",
    "terminal_error": "terminal",
}
_TIME: Final = _Kind("controller.reconcile_time", "counter", "How long all calls took together.", "seconds", "s")
_READY: Final = _Kind("controller.ready", "gauge", "Whether the caches are there.", "is_ready")
_CACHE: Final = (
    _Kind("cache.objects", "gauge", "Objects in a cache.", "objects"),
    _Kind("cache.synced", "gauge", "Whether the first list is there.", "is_synced"),
    _Kind("watch.changes", "counter", "Changes that a watch has told of.", "changes"),
    _Kind("watch.lists", "counter", "Lists that a watch began with.", "lists"),
    _Kind("watch.failures", "counter", "Failures that a watch went on after.", "failures"),
)
_LEADER: Final = (
    _Kind("leader", "gauge", "Whether this process leads.", "is_leader"),
    _Kind("leader.terms", "counter", "How often it came to lead.", "terms"),
)


@dataclass
class WatchCounts:
    """What a watch has seen since the beginning, and what is in its cache."""

    changes: int = 0
    lists: int = 0
    failures: int = 0
    objects: int = 0
    is_synced: bool = False


def controller_metrics(runs: Iterable[ControllerRun[Any]]) -> list[Metric]:
    """Give those of controllers and of their queues."""
    of_controller = [({"controller": run.controller.name}, run) for run in runs]
    queues = [({"name": run.controller.name}, run.queue.metrics()) for _, run in of_controller]
    outcomes = [(labels, run.outcomes) for labels, run in of_controller]
    results = tuple(
        Sample({**labels, "result": result}, float(getattr(each, attribute)))
        for labels, each in outcomes
        for result, attribute in _RESULTS.items()
    )
    return [
        *(each.metric(queues) for each in _QUEUE),
        Metric("kubex.controller.reconcile", "counter", "Calls, by how they ended.", results),
        _TIME.metric(outcomes),
        _READY.metric(of_controller),
    ]


def cache_metrics(source: object, selection: Selection, counts: WatchCounts) -> list[Metric]:
    """Give those of a cache and of the watch that keeps it."""
    labels = _cache_labels(source, selection)
    return [each.metric([(labels, counts)]) for each in _CACHE]


def no_cache_metrics() -> list[Metric]:
    """Give those of caches, of which there is none yet."""
    return [each.metric(()) for each in _CACHE]


def _cache_labels(source: object, selection: Selection) -> dict[str, str]:
    resource_type = getattr(source, "resource_type", None)
    config = getattr(resource_type, "__RESOURCE_CONFIG__", None)
    namespace = getattr(source, "namespace", None) if selection.namespace is ... else selection.namespace
    selectors = (str(each) for each in (selection.label_selector, selection.field_selector) if each is not None)
    return {
        "group": config.group if isinstance(config, ResourceConfig) else "",
        "resource": config.plural if isinstance(config, ResourceConfig) else type(source).__name__,
        "content": "metadata" if isinstance(source, MetadataAccessor) else "object",
        "namespace": namespace or "",
        "selector": ";".join(selectors),
    }


def election_metrics(elector: LeaderElector | None) -> list[Metric]:
    """Give those of an election, without a value where there is none."""
    samples = [] if elector is None else [({"lease": elector.name, "identity": elector.identity}, elector)]
    return [each.metric(samples) for each in _LEADER]
