from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anyio
import anyio.to_thread
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from kubex.api import Api
from kubex.client import BaseClient, ClientChoice, ClientOptions, RetryPolicy, create_client
from kubex.core.exceptions import ConnectionFailed
from kubex.k8s.v1_35.core.v1.config_map import ConfigMap
from kubex.k8s.v1_35.core.v1.node import Node
from kubex.runtime import Informer
from kubex.telemetry.opentelemetry import OpenTelemetryHooks, observe
from kubex.testing import ApiServer
from kubex_core.models.metadata import ObjectMetadata

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


class Telemetry:
    """Keeps the spans and metrics of a test."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self._exporter))
        self._reader = InMemoryMetricReader()
        self.meters = MeterProvider([self._reader])
        self.hooks = OpenTelemetryHooks(tracer_provider=self.tracers, meter_provider=self.meters)

    async def client(self, server: ApiServer, **options: Any) -> BaseClient:
        return await create_client(
            server.configuration, ClientChoice.HTTPX, ClientOptions(hooks=[self.hooks], **options)
        )

    def spans(self) -> list[ReadableSpan]:
        return list(self._exporter.get_finished_spans())

    def points(self) -> dict[str, list[Any]]:
        data = self._reader.get_metrics_data()
        assert data is not None
        return {
            metric.name: list(metric.data.data_points)
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }


def attributes_of(span: ReadableSpan) -> Mapping[str, Any]:
    assert span.attributes is not None
    return span.attributes


async def test_a_request_has_a_span_and_passes_it_on(server: ApiServer) -> None:
    telemetry = Telemetry()
    async with await telemetry.client(server) as client:
        with telemetry.tracers.get_tracer("program").start_as_current_span("work") as work:
            await Api(Node, client).get_or_none("a")
    (span, _) = telemetry.spans()
    assert span.name == "GET /api/v1/nodes/{name}"
    assert span.kind is SpanKind.CLIENT
    assert span.parent is not None
    assert span.parent.span_id == work.get_span_context().span_id
    attributes = attributes_of(span)
    assert attributes["http.request.method"] == "GET"
    assert attributes["url.template"] == "/api/v1/nodes/{name}"
    assert attributes["url.full"] == f"{server.url}/api/v1/nodes/a"
    assert attributes["server.address"] == "127.0.0.1"
    assert attributes["server.port"] == int(server.url.rpartition(":")[2])
    assert attributes["http.response.status_code"] == 404
    assert attributes["error.type"] == "404"
    assert attributes["k8s.node.name"] == "a"
    assert span.status.status_code is StatusCode.ERROR
    context = span.get_span_context()
    assert context is not None
    sent = server.requests[-1].headers["traceparent"]
    assert sent.split("-")[1:3] == [f"{context.trace_id:032x}", f"{context.span_id:016x}"]


async def test_what_is_sent_again_has_a_span_for_each(server: ApiServer) -> None:
    telemetry = Telemetry()
    async with await telemetry.client(server, retry=RetryPolicy(initial_delay=0.001)) as client:
        config_maps = Api(ConfigMap, client, namespace="default")
        server.faults.status(503, verb="list", kind="ConfigMap", count=2)
        with telemetry.tracers.get_tracer("program").start_as_current_span("work"):
            await config_maps.list()
        await config_maps.list()
    first, second, third, work, other = telemetry.spans()
    assert [attributes_of(each).get("http.request.resend_count") for each in (first, second, third, other)] == [
        None,
        1,
        2,
        None,
    ]
    assert [attributes_of(each)["http.response.status_code"] for each in (first, second, third)] == [503, 503, 200]
    assert third.status.status_code is StatusCode.UNSET
    assert attributes_of(third)["k8s.namespace.name"] == "default"
    assert [event.name for event in work.events] == ["kubex.retry", "kubex.retry"]
    (retries,) = telemetry.points()["kubex.client.retries"]
    assert retries.value == 2


async def test_requests_at_the_same_time_keep_their_own_spans(server: ApiServer) -> None:
    telemetry = Telemetry()
    names = [f"n{number}" for number in range(20)]
    async with await telemetry.client(server) as client, anyio.create_task_group() as tasks:
        for name in names:
            tasks.start_soon(Api(Node, client).get_or_none, name)
    assert sorted(attributes_of(each)["k8s.node.name"] for each in telemetry.spans()) == sorted(names)
    for span in telemetry.spans():
        assert attributes_of(span)["url.full"].endswith(f"/{attributes_of(span)['k8s.node.name']}")
    (durations,) = telemetry.points()["http.client.request.duration"]
    assert durations.count == 20
    assert durations.attributes["url.template"] == "/api/v1/nodes/{name}"


async def test_a_failure_is_the_spans_error() -> None:
    telemetry = Telemetry()
    with ApiServer() as server:
        configuration = server.configuration
    options = ClientOptions(hooks=[telemetry.hooks], retry=None)
    async with await create_client(configuration, ClientChoice.HTTPX, options) as client:
        with pytest.raises(ConnectionFailed):
            await Api(Node, client).get("a")
    (span,) = telemetry.spans()
    assert attributes_of(span)["error.type"] == "ConnectionFailed"
    assert "http.response.status_code" not in attributes_of(span)
    assert span.status.status_code is StatusCode.ERROR


async def test_what_is_cancelled_ends_its_span(server: ApiServer) -> None:
    telemetry = Telemetry()
    server.faults.latency(60)
    async with await telemetry.client(server) as client:
        with anyio.move_on_after(0.05):
            await Api(Node, client).get("a")
    (span,) = telemetry.spans()
    assert attributes_of(span)["error.type"] == "cancelled"


async def test_caches_are_observed_from_another_thread(server: ApiServer) -> None:
    telemetry = Telemetry()
    async with await telemetry.client(server) as client:
        config_maps = Api(ConfigMap, client, namespace="default")
        async with Informer(config_maps) as cache:
            observe(cache, meter_provider=telemetry.meters)
            await cache.wait_synced(30)
            await config_maps.create(ConfigMap(metadata=ObjectMetadata(name="a"), data={}))
            with anyio.fail_after(30):
                while cache.get("a") is None:  # noqa: ASYNC110
                    await anyio.sleep(0.01)
            points = await anyio.to_thread.run_sync(telemetry.points)
            assert points["kubex.cache.objects"][0].value == len(cache)
            assert points["kubex.watch.changes"][0].value == 1
            assert points["kubex.cache.synced"][0].attributes["resource"] == "configmaps"
