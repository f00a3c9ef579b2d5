"""A blocking client that is closed ends at once, and all that other threads do with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from kubex.client import ClientChoice
from kubex.core.exceptions import ClientClosed
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex.sync import Api, Client, Informer, create_client, wait_for
from kubex.testing import ApiServer
from tests.unit.sync.conftest import config_map

pytestmark = pytest.mark.usefixtures("no_leaks")


@pytest.fixture(params=[ClientChoice.AIOHTTP, ClientChoice.HTTPX], ids=["aiohttp", "httpx"])
def client(request: pytest.FixtureRequest, server: ApiServer) -> Iterator[Client]:
    client = create_client(server.configuration, client_class=request.param)
    yield client
    client.close()


def close_at_once(client: Client) -> None:
    began = time.monotonic()
    client.close()
    assert time.monotonic() - began < 3


def watches(config_maps: Api[ConfigMap]) -> None:
    for _ in config_maps.watch():
        pass


def waits(config_maps: Api[ConfigMap]) -> None:
    wait_for(config_maps, "a", lambda each: False, timeout=60)


def gets(config_maps: Api[ConfigMap]) -> None:
    config_maps.get("slow")


@pytest.mark.parametrize("work", [watches, waits, gets])
def test_while_another_thread_waits(
    server: ApiServer, client: Client, work: Callable[[Api[ConfigMap]], object]
) -> None:
    config_maps = Api(ConfigMap, client, namespace="default")
    config_maps.create(config_map("a"))
    server.faults.latency(20, verb="get", kind="ConfigMap")
    with ThreadPoolExecutor(1) as threads:
        working = threads.submit(work, config_maps)
        time.sleep(0.5)
        assert not working.done()
        close_at_once(client)
        with pytest.raises(ClientClosed, match="closed"):
            working.result(timeout=5)


def test_while_something_pauses(server: ApiServer, client: Client) -> None:
    """A wait that failed goes on in some seconds, in which nothing is under way."""
    server.faults.status(500, verb="list", kind="ConfigMap")
    with ThreadPoolExecutor(1) as threads:
        working = threads.submit(waits, Api(ConfigMap, client, namespace="default"))
        while not server.requests:
            time.sleep(0.01)
        time.sleep(0.1)
        close_at_once(client)
        with pytest.raises(ClientClosed, match="closed"):
            working.result(timeout=5)


def test_while_nobody_asks_for_the_next_event(client: Client) -> None:
    config_maps = Api(ConfigMap, client, namespace="default")
    config_maps.create(config_map("a"))
    events = config_maps.watch(resource_version="0")
    assert next(events).object.metadata.name == "a"
    close_at_once(client)
    with pytest.raises(ClientClosed, match="closed"):
        next(events)
    events.close()


def test_within_a_context(client: Client) -> None:
    was_left = False
    with Informer(Api(ConfigMap, client, namespace="default")) as cache:
        cache.wait_synced(timeout=10)
        close_at_once(client)
        with pytest.raises(ClientClosed, match="closed"):
            cache.values()
        was_left = True
    assert was_left
