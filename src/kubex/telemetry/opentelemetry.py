"""Spans and metrics for OpenTelemetry, by its semantic conventions; extra `kubex[otel]`.

Example:
    ```python
    client = await create_client(options=ClientOptions(hooks=[OpenTelemetryHooks()]))
    observe(manager)
    ```

https://opentelemetry.io/docs/specs/semconv/http/
https://opentelemetry.io/docs/specs/semconv/registry/attributes/k8s/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from kubex._version import __version__
from kubex.client.hooks import Hooks, Outcome, Retry
from kubex.core.request import Request
from kubex.runtime.metrics import Measured, Metric
from kubex.telemetry._gathering import gathering
from kubex.telemetry._request_names import RequestName, name_of

try:
    from opentelemetry import metrics, propagate, trace
    from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation
    from opentelemetry.trace import Span, SpanKind, Status, StatusCode, TracerProvider
except ImportError as _missing:
    raise ImportError("OpenTelemetry needs the extra: pip install 'kubex[otel]'") from _missing

__all__ = ["OpenTelemetryHooks", "observe"]

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
_NAMED: Final = {
    "pods": "k8s.pod.name",
    "nodes": "k8s.node.name",
    "namespaces": "k8s.namespace.name",
    "deployments": "k8s.deployment.name",
    "replicasets": "k8s.replicaset.name",
    "replicationcontrollers": "k8s.replicationcontroller.name",
    "statefulsets": "k8s.statefulset.name",
    "daemonsets": "k8s.daemonset.name",
    "jobs": "k8s.job.name",
    "cronjobs": "k8s.cronjob.name",
    "horizontalpodautoscalers": "k8s.hpa.name",
    "resourcequotas": "k8s.resourcequota.name",
}
"""Resources whose objects' names the conventions have an attribute for."""


class _Sending(NamedTuple):
    request: Request
    span: Span


class OpenTelemetryHooks(Hooks):
    """Makes a span of each sending of a request, passes the trace on to the API server, and times requests.

    Spans are of kind `client` and named `GET /api/v1/namespaces/{namespace}/pods/{name}`; what is sent again has a span
    of its own, with `http.request.resend_count`. Metrics: `http.client.request.duration`, `kubex.client.retries`,
    `kubex.client.credential_refreshes`. One may serve several clients.

    Args:
        tracer_provider: OpenTelemetry's global one where left out.
        meter_provider: likewise.
    """

    def __init__(
        self, *, tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None
    ) -> None:
        self._tracer = trace.get_tracer("kubex", __version__, tracer_provider)
        meter = metrics.get_meter("kubex", __version__, meter_provider)
        self._seconds = meter.create_histogram(
            "http.client.request.duration",
            unit="s",
            description="How long requests took; streams up to their beginning.",
            explicit_bucket_boundaries_advisory=_BUCKETS,
        )
        self._retries = meter.create_counter(
            "kubex.client.retries", unit="{retry}", description="Requests that were sent again."
        )
        self._refreshes = meter.create_counter(
            "kubex.client.credential_refreshes",
            unit="{refresh}",
            description="Credentials that took the place of others.",
        )
        # What is under way in this task, and what is about to be sent for the so-manyth time.
        self._sending: ContextVar[_Sending | None] = ContextVar("kubex_sending", default=None)
        self._resending: ContextVar[tuple[Request, int] | None] = ContextVar("kubex_resending", default=None)

    def before_request(self, request: Request, headers: dict[str, str]) -> None:
        """Begin the span."""
        name = name_of(request)
        resent, _ = self._resending.get(), self._resending.set(None)
        attributes: dict[str, str | int] = {
            "http.request.method": request.method,
            "url.template": name.template,
            **_of_kubernetes(name),
        }
        if resent is not None and resent[0] is request:
            attributes["http.request.resend_count"] = resent[1]
        span = self._tracer.start_span(f"{request.method} {name.template}", kind=SpanKind.CLIENT, attributes=attributes)
        self._sending.set(_Sending(request, span))
        propagate.inject(headers, context=trace.set_span_in_context(span))

    def after_response(self, request: Request, outcome: Outcome) -> None:
        """End the span, and time the request."""
        host, port = _server(outcome.url)
        name = name_of(request)
        measured: dict[str, str | int] = {
            "http.request.method": request.method,
            "url.template": name.template,
            "server.address": host,
            "server.port": port,
        }
        if outcome.status is not None:
            measured["http.response.status_code"] = outcome.status
        if outcome.error is not None:
            measured["error.type"] = type(outcome.error).__name__
        elif outcome.was_cancelled:
            measured["error.type"] = "cancelled"
        elif outcome.status is not None and outcome.status >= 400:
            measured["error.type"] = str(outcome.status)
        self._seconds.record(outcome.seconds, measured)
        sending, _ = self._sending.get(), self._sending.set(None)
        if sending is None or sending.request is not request:
            return
        span = sending.span
        # The query of a command's request is the command, which is nobody else's.
        is_command = name.resource.endswith(("/exec", "/attach"))
        span.set_attributes({**measured, "url.full": outcome.url.partition("?")[0] if is_command else outcome.url})
        if "error.type" in measured:
            text = str(outcome.error) if outcome.error is not None else None
            span.set_status(Status(StatusCode.ERROR, text))
        span.end()

    def on_retry(self, request: Request, retry: Retry) -> None:
        """Count it, and note it in the span that the program is in."""
        self._resending.set((request, retry.number))
        self._retries.add(1, {"url.template": name_of(request).template})
        trace.get_current_span().add_event(
            "kubex.retry", {"number": retry.number, "delay": retry.delay, "reason": retry.reason}
        )

    def on_refresh(self, request: Request, was_rejected: bool) -> None:
        """Count it."""
        self._refreshes.add(1, {"reason": "rejected" if was_rejected else "expiry"})


def observe(*measured: Measured, meter_provider: MeterProvider | None = None) -> None:
    """Have OpenTelemetry read the metrics of controllers, queues, caches, watches and elections.

    It is called in the event loop that these run in.

    Args:
        measured: a `Manager`, `InformerFactory`, `Informer` or `LeaderElector`, any number of them.
        meter_provider: OpenTelemetry's global one where left out.
    """
    meter = metrics.get_meter("kubex", __version__, meter_provider)
    gather = gathering(measured)
    for each in gather():
        make = meter.create_observable_counter if each.kind == "counter" else meter.create_observable_gauge
        make(each.name, [_observations(gather, each.name)], unit=each.unit or "1", description=each.text)


def _observations(gather: Callable[[], list[Metric]], name: str) -> Callable[[CallbackOptions], Iterable[Observation]]:
    def observations(options: CallbackOptions) -> Iterable[Observation]:
        return [
            Observation(value, dict(labels)) for each in gather() if each.name == name for labels, value in each.samples
        ]

    return observations


def _of_kubernetes(name: RequestName) -> dict[str, str]:
    attributes = {} if name.namespace is None else {"k8s.namespace.name": name.namespace}
    attribute = _NAMED.get(name.resource.partition("/")[0])
    if attribute is not None and name.name is not None:
        attributes[attribute] = name.name
    return attributes


def _server(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return _address(parts.scheme, parts.netloc)


@lru_cache(maxsize=64)
def _address(scheme: str, netloc: str) -> tuple[str, int]:
    parts = urlsplit(f"//{netloc}")
    return parts.hostname or "", parts.port or (443 if scheme == "https" else 80)
