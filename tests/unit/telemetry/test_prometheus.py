from __future__ import annotations

from contextlib import aclosing

import anyio
import anyio.to_thread
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from kubex.api import Api
from kubex.client import ClientChoice, ClientOptions, RetryPolicy, create_client
from kubex.configuration import ClientConfiguration
from kubex.core.exceptions import KubexApiError
from kubex.k8s.v1_35.core.v1.config_map import ConfigMap
from kubex.runtime import Informer, LeaderElector
from kubex.telemetry.prometheus import MetricsCollector, PrometheusHooks
from kubex.testing import ApiServer
from kubex_core.models.metadata import ObjectMetadata

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


async def test_requests_and_retries_are_counted(server: ApiServer) -> None:
    registry = CollectorRegistry()
    options = ClientOptions(hooks=[PrometheusHooks(registry)], retry=RetryPolicy(max_retries=1, initial_delay=0.001))
    async with await create_client(server.configuration, ClientChoice.HTTPX, options) as client:
        config_maps = Api(ConfigMap, client, namespace="default")
        await config_maps.create(ConfigMap(metadata=ObjectMetadata(name="a"), data={}))
        server.faults.status(503, verb="get", kind="ConfigMap")
        await config_maps.get("a")
        assert await config_maps.get_or_none("b") is None
        await config_maps.list()
        async with aclosing(config_maps.watch(resource_version="0")) as events:
            await anext(events)
    labels = {"group": "", "resource": "configmaps"}

    def count(verb: str, status: str) -> float | None:
        return registry.get_sample_value(
            "kubex_request_duration_seconds_count", {**labels, "verb": verb, "status": status}
        )

    assert count("create", "201") == 1
    assert count("get", "503") == 1
    assert count("get", "200") == 1
    assert count("get", "404") == 1
    assert count("list", "200") == 1
    assert count("watch", "200") == 1
    assert registry.get_sample_value("kubex_request_retries_total", {**labels, "verb": "get"}) == 1


async def test_a_failure_has_the_name_of_its_error() -> None:
    registry = CollectorRegistry()
    with ApiServer() as server:
        configuration = server.configuration
    options = ClientOptions(hooks=[PrometheusHooks(registry)], retry=None)
    async with await create_client(configuration, ClientChoice.HTTPX, options) as client:
        with pytest.raises(Exception, match="config"):
            await Api(ConfigMap, client, namespace="default").get("a")
    labels = {"verb": "get", "group": "", "resource": "configmaps", "status": "ConnectionFailed"}
    assert registry.get_sample_value("kubex_request_duration_seconds_count", labels) == 1


async def test_what_is_cancelled(server: ApiServer) -> None:
    registry = CollectorRegistry()
    options = ClientOptions(hooks=[PrometheusHooks(registry)])
    server.faults.latency(60)
    async with await create_client(server.configuration, ClientChoice.HTTPX, options) as client:
        with anyio.move_on_after(0.05):
            await Api(ConfigMap, client, namespace="default").get("a")
    labels = {"verb": "get", "group": "", "resource": "configmaps", "status": "cancelled"}
    assert registry.get_sample_value("kubex_request_duration_seconds_count", labels) == 1


async def test_caches_and_elections_are_read_in_any_thread(server: ApiServer) -> None:
    registry = CollectorRegistry()
    async with await create_client(server.configuration, client_class=ClientChoice.HTTPX) as client:
        config_maps = Api(ConfigMap, client, namespace="default")
        await config_maps.create(ConfigMap(metadata=ObjectMetadata(name="a"), data={}))
        elector = LeaderElector(client, "work", identity="me")
        async with Informer(config_maps, label_selector="!other") as cache:
            registry.register(MetricsCollector(cache, elector))
            await cache.wait_synced(30)
            here = generate_latest(registry).decode()
            there = (await anyio.to_thread.run_sync(generate_latest, registry)).decode()
    labels = 'content="object",group="",namespace="default",resource="configmaps",selector="!other"'
    for text in (here, there):
        objects = next(line for line in text.splitlines() if line.startswith("kubex_cache_objects{"))
        assert objects.endswith("} 1.0")
        assert sorted(objects.partition("{")[2].partition("}")[0].split(",")) == sorted(labels.split(","))
        assert 'kubex_leader{identity="me",lease="work"} 0.0' in text or (
            'kubex_leader{lease="work",identity="me"} 0.0' in text
        )
        assert "kubex_watch_lists_total" in text


async def test_after_the_event_loop_there_is_nothing() -> None:
    registry = CollectorRegistry()

    async def work() -> None:
        async with await create_client(ClientConfiguration(url="http://127.0.0.1:1"), ClientChoice.HTTPX) as client:
            registry.register(MetricsCollector(LeaderElector(client, "work")))
        assert "kubex_leader" in generate_latest(registry).decode()

    await anyio.to_thread.run_sync(anyio.run, work)
    assert "kubex" not in generate_latest(registry).decode()


async def test_a_refusal_counts_with_its_status(server: ApiServer) -> None:
    registry = CollectorRegistry()
    options = ClientOptions(hooks=[PrometheusHooks(registry)])
    async with await create_client(server.configuration, ClientChoice.HTTPX, options) as client:
        config_maps = Api(ConfigMap, client, namespace="default")
        with pytest.raises(KubexApiError):
            await config_maps.create(ConfigMap(metadata=ObjectMetadata(name="Not_A_Name"), data={}))
    labels = {"verb": "create", "group": "", "resource": "configmaps", "status": "422"}
    assert registry.get_sample_value("kubex_request_duration_seconds_count", labels) == 1
