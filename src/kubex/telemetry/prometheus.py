"""Metrics for Prometheus, in a registry of `prometheus_client`; extra `kubex[prometheus]`.

Example:
    ```python
    client = await create_client(options=ClientOptions(hooks=[PrometheusHooks()]))
    REGISTRY.register(MetricsCollector(manager))
    start_http_server(9090)
    ```

https://prometheus.io/docs/practices/naming/
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from kubex.client.hooks import Hooks, Outcome, Retry
from kubex.core.request import Request
from kubex.runtime.metrics import Measured, Metric
from kubex.telemetry._gathering import gathering
from kubex.telemetry._request_names import name_of

try:
    from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
    from prometheus_client.registry import Collector
except ImportError as _missing:
    raise ImportError("metrics for Prometheus need the extra: pip install 'kubex[prometheus]'") from _missing

__all__ = ["MetricsCollector", "PrometheusHooks"]

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0)


class PrometheusHooks(Hooks):
    """Counts and times a client's requests.

    `kubex_request_duration_seconds` by `verb`, `group`, `resource` (`pods/log`) and `status` (a number, or the class
    of the error); `kubex_request_retries_total`; `kubex_credential_refreshes_total` by `reason` (`expiry`, `rejected`).
    One may serve several clients.

    Args:
        registry: where they are registered; `prometheus_client`'s own where left out.
        buckets: upper bounds of the histogram, in seconds.

    Raises:
        ValueError: the registry has these metrics already.
    """

    def __init__(self, registry: CollectorRegistry = REGISTRY, *, buckets: Sequence[float] = _BUCKETS) -> None:
        labels = ("verb", "group", "resource")
        self._seconds = Histogram(
            "kubex_request_duration_seconds",
            "How long requests took; streams up to their beginning.",
            (*labels, "status"),
            registry=registry,
            buckets=buckets,
        )
        self._retries = Counter("kubex_request_retries", "Requests that were sent again.", labels, registry=registry)
        self._refreshes = Counter(
            "kubex_credential_refreshes", "Credentials that took the place of others.", ("reason",), registry=registry
        )

    def after_response(self, request: Request, outcome: Outcome) -> None:
        """Count and time it."""
        status = type(outcome.error).__name__ if outcome.error is not None else str(outcome.status)
        if outcome.was_cancelled:
            status = "cancelled"
        self._seconds.labels(*_labels(request), status).observe(outcome.seconds)

    def on_retry(self, request: Request, retry: Retry) -> None:
        """Count it."""
        self._retries.labels(*_labels(request)).inc()

    def on_refresh(self, request: Request, was_rejected: bool) -> None:
        """Count it."""
        self._refreshes.labels("rejected" if was_rejected else "expiry").inc()


class MetricsCollector(Collector):
    """Gives a registry the metrics of controllers, queues, caches, watches and elections, as they are when it asks.

    It is made in the event loop that these run in, and asked from any thread.

    Args:
        measured: a `Manager`, `InformerFactory`, `Informer` or `LeaderElector`, any number of them.

    Example:
        ```python
        async with Informer(pods) as cache:
            REGISTRY.register(MetricsCollector(cache))
        ```
    """

    def __init__(self, *measured: Measured) -> None:
        self._gather = gathering(measured)

    def collect(self) -> Iterable[CounterMetricFamily | GaugeMetricFamily]:
        """Give the metrics; none once the event loop has ended."""
        return [_family(each) for each in self._gather()]


def _labels(request: Request) -> tuple[str, str, str]:
    name = name_of(request)
    verb = name.verb(request.method)
    if verb == "list" and request.query_params is not None and request.query_params.get("watch") == "true":
        verb = "watch"
    return verb, name.group, name.resource or name.template


def _family(metric: Metric) -> CounterMetricFamily | GaugeMetricFamily:
    names = list(metric.samples[0].labels) if metric.samples else []
    family = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    made = family(metric.prometheus_name, metric.text, labels=names)
    for labels, value in metric.samples:
        made.add_metric(list(labels.values()), value)
    return made
