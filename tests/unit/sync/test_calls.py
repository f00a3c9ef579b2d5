from __future__ import annotations

import signal
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, cast

import anyio
import pytest

from kubex import conditions
from kubex.api import Api as AsynchronousApi
from kubex.api import discover as discover_asynchronously
from kubex.client import ClientChoice
from kubex.client import create_client as create_asynchronous_client
from kubex.core.exceptions import (
    InvalidArgument,
    InvalidType,
    KubexClientException,
    NotFound,
    RequestTimeout,
    WaitTimeout,
)
from kubex.core.patch import MergePatch
from kubex.core.watch_event import EventType
from kubex.k8s.v1_35.apps.v1 import Deployment
from kubex.k8s.v1_35.core.v1 import ConfigMap, Namespace
from kubex.runtime import wait_for as wait_asynchronously
from kubex.sync import (
    Api,
    Client,
    Informer,
    apply_manifests,
    create_api,
    create_client,
    discover,
    dynamic_api,
    wait_for,
)
from kubex.testing import ApiServer
from tests.unit.sync.conftest import config_map


def test_the_life_of_an_object(config_maps: Api[ConfigMap]) -> None:
    created = config_maps.create(config_map("a"))
    assert config_maps.get("a") == created
    patched = config_maps.patch("a", MergePatch({"data": {"c": "d"}}))
    assert patched.data == {"a": "b", "c": "d"}

    def change(each: ConfigMap) -> None:
        each.data = {"e": "f"}

    assert config_maps.edit("a", change).data == {"e": "f"}
    assert [each.metadata.name for each in config_maps.list().items] == ["a"]
    config_maps.delete("a")
    assert config_maps.get_or_none("a") is None


def test_accessors_and_metadata(client: Client, config_maps: Api[ConfigMap]) -> None:
    config_maps.create(config_map("a"))
    assert config_maps.metadata.get("a").metadata.name == "a"
    assert config_maps.metadata is config_maps.metadata
    namespaces = Api(Namespace, client)
    assert namespaces.status.get("default").status is not None
    assert namespaces.status is namespaces.status
    with pytest.raises(NotImplementedError, match="ConfigMap has no scale"):
        _ = config_maps.scale
    assert namespaces.subresource("status", Namespace).get("default").metadata.name == "default"
    assert Api(Deployment, client, namespace="default").resource_type is Deployment


def test_clients_and_apis_of_the_other_kind_are_refused(client: Client, config_maps: Api[ConfigMap]) -> None:
    stranger: Any = client.asynchronous
    for make in (
        lambda: Api(ConfigMap, stranger),
        lambda: create_api(ConfigMap, client=stranger),
        lambda: discover(stranger),
        lambda: dynamic_api(stranger, "v1", "ConfigMap"),
        lambda: apply_manifests(stranger, [], field_manager="test"),
    ):
        with pytest.raises(InvalidType, match=r"as `kubex.sync.create_client\(\)` gives it, is needed, and not an Aio"):
            make()
    asynchronous: Any = config_maps.asynchronous
    for wait in (
        lambda: wait_for(asynchronous, "a", conditions.deleted, timeout=1),
        lambda: Informer(asynchronous),
    ):
        with pytest.raises(InvalidType, match=r"an Api of kubex.sync is needed, and not one of kubex: that one is awa"):
            wait()
    with pytest.raises(InvalidType, match=r"an Api of kubex.sync is needed, and not the class ConfigMap"):
        wait_for(cast("Any", ConfigMap), "a", conditions.deleted, timeout=1)


def test_a_client_that_was_not_awaited_is_refused() -> None:
    made: Any = create_asynchronous_client()
    try:
        with pytest.raises(InvalidType, match="is needed, and not a coroutine"):
            Api(ConfigMap, made)
    finally:
        made.close()


@pytest.mark.anyio
async def test_blocking_ones_are_refused_by_what_is_awaited(client: Client, config_maps: Api[ConfigMap]) -> None:
    blocking: Any = client
    with pytest.raises(InvalidType, match=r"is needed, and not one of kubex.sync: that is for kubex.sync.Api"):
        AsynchronousApi(ConfigMap, blocking)
    with pytest.raises(InvalidType, match=r"is needed, and not one of kubex.sync"):
        await discover_asynchronously(blocking)
    api: Any = config_maps
    for source in (api, api.metadata):
        with pytest.raises(InvalidType, match=r"that is for kubex.sync.wait_for"):
            await wait_asynchronously(source, "a", conditions.deleted, timeout=1)


def test_wrong_arguments_are_refused_before_a_request(server: ApiServer, config_maps: Api[ConfigMap]) -> None:
    before = len(server.requests)
    with pytest.raises(InvalidArgument):
        config_maps.get("a/b")
    with pytest.raises(InvalidArgument):
        config_maps.pages(page_size=0)
    assert len(server.requests) == before


class TestIteration:
    def test_all_pages(self, config_maps: Api[ConfigMap]) -> None:
        for number in range(7):
            config_maps.create(config_map(f"a{number}"))
        assert [len(page.items) for page in config_maps.pages(page_size=3)] == [3, 3, 1]
        assert len(list(config_maps.iterate(page_size=2))) == 7

    def test_pages_are_fetched_when_they_are_asked_for(self, server: ApiServer, config_maps: Api[ConfigMap]) -> None:
        for number in range(4):
            config_maps.create(config_map(f"a{number}"))
        before = len(server.requests)
        with closing(config_maps.pages(page_size=1)) as pages:
            next(pages)
            time.sleep(0.05)  # in which another one would come
            assert len(server.requests) == before + 1

    def test_nothing_is_sent_before_the_first_step(self, server: ApiServer, config_maps: Api[ConfigMap]) -> None:
        before = len(server.requests)
        config_maps.watch()
        assert len(server.requests) == before

    def test_a_watch_that_is_left_is_closed(self, config_maps: Api[ConfigMap]) -> None:
        with closing(config_maps.watch()) as events:
            config_maps.create(config_map("a"))
            for event in events:
                assert event.type is EventType.ADDED
                break
        assert list(events) == []

    def test_more_than_is_fetched_ahead(self, config_maps: Api[ConfigMap]) -> None:
        names = [f"a{number}" for number in range(300)]
        for name in names:
            config_maps.create(config_map(name))
        seen: list[str | None] = []
        with closing(config_maps.watch(resource_version="0")) as events:
            for event in events:
                seen.append(event.object.metadata.name)
                if len(seen) == len(names):
                    break
        assert sorted(seen, key=str) == sorted(names)

    def test_what_fails_is_raised_after_what_came_before(self, server: ApiServer, config_maps: Api[ConfigMap]) -> None:
        config_maps.create(config_map("a"))
        config_maps.create(config_map("b"))
        server.faults.watch(kind="ConfigMap", truncated_after=1)
        seen = 0
        with pytest.raises(KubexClientException):
            for _ in config_maps.watch(resource_version="0"):
                seen += 1
        assert seen == 1


class TestErrors:
    def test_the_traceback_is_of_the_calls_alone(self, config_maps: Api[ConfigMap]) -> None:
        with pytest.raises(NotFound) as caught:
            config_maps.get("nothing")
        files = [frame.filename for frame in traceback.extract_tb(caught.value.__traceback__)]
        assert files[0] == __file__
        assert not [file for file in files if "concurrent" in file or "anyio" in file]
        assert caught.value.__context__ is None

    def test_a_closed_client(self, server: ApiServer) -> None:
        with create_client(server.configuration) as client:
            config_maps = Api(ConfigMap, client, namespace="default")
            events = config_maps.watch()
        with pytest.raises(KubexClientException, match="closed"):
            config_maps.get("a")
        with pytest.raises(KubexClientException, match="closed"):
            next(events)
        client.close()

    def test_time_outs(self, server: ApiServer, config_maps: Api[ConfigMap]) -> None:
        server.faults.latency(5, verb="get", kind="ConfigMap")
        with pytest.raises(RequestTimeout):
            config_maps.get("a", request_timeout=0.05)

    def test_a_call_from_a_callback(self, config_maps: Api[ConfigMap]) -> None:
        config_maps.create(config_map("a"))

        def change(each: ConfigMap) -> None:
            config_maps.get("a")

        with pytest.raises(RuntimeError, match="calls back"):
            config_maps.edit("a", change)

    def test_an_interruption_cancels_the_request(self, server: ApiServer, config_maps: Api[ConfigMap]) -> None:
        server.faults.latency(30, verb="get", kind="ConfigMap", count=1)
        main = threading.main_thread().ident
        assert main is not None
        timer = threading.Timer(0.2, signal.pthread_kill, (main, signal.SIGINT))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            config_maps.get("a")
        timer.join()
        assert config_maps.get_or_none("a") is None

    def test_an_interruption_ends_a_watch(self, config_maps: Api[ConfigMap]) -> None:
        main = threading.main_thread().ident
        assert main is not None
        timer = threading.Timer(0.2, signal.pthread_kill, (main, signal.SIGINT))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            next(config_maps.watch())
        timer.join()


class TestThreads:
    def test_in_a_running_event_loop(self, server: ApiServer) -> None:
        async def cell() -> str | None:
            with create_client(server.configuration) as client:
                return Api(Namespace, client).get("default").metadata.name

        assert anyio.run(cell) == "default"

    def test_several_threads_share_a_client(self, config_maps: Api[ConfigMap]) -> None:
        names = [f"a{number}" for number in range(40)]
        with ThreadPoolExecutor(8) as pool:
            created = list(pool.map(config_maps.create, map(config_map, names)))
        assert [each.metadata.name for each in created] == names
        assert len(config_maps.list().items) == 40

    @pytest.mark.parametrize("choice", [ClientChoice.AIOHTTP, ClientChoice.HTTPX])
    def test_both_libraries(self, server: ApiServer, choice: ClientChoice) -> None:
        with create_client(server.configuration, choice) as client:
            assert Api(Namespace, client).get("default").metadata.name == "default"


class TestFunctions:
    def test_discovery_and_dynamic_access(self, client: Client) -> None:
        assert discover(client).resource("apps/v1", "Deployment").plural == "deployments"
        namespaces = dynamic_api(client, "v1", "Namespace")
        assert namespaces.get("default")["metadata"]["name"] == "default"
        assert namespaces.client is client

    def test_waiting(self, config_maps: Api[ConfigMap]) -> None:
        config_maps.create(config_map("a"))
        assert wait_for(config_maps, "a", lambda each: each.data == {"a": "b"}, timeout=10).metadata.name == "a"
        assert wait_for(config_maps, "b", conditions.deleted, timeout=10) is None
        with pytest.raises(WaitTimeout):
            wait_for(config_maps, "b", lambda each: True, timeout=0.05)

    def test_manifests(self, client: Client, config_maps: Api[ConfigMap]) -> None:
        apply_manifests(client, [config_map("a")], field_manager="me").check()
        assert config_maps.get("a").data == {"a": "b"}

    def test_an_api_with_a_client_of_its_own(
        self, server: ApiServer, tmp_path: object, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("KUBECONFIG", str(server.kubeconfig))
        with create_api(Namespace) as namespaces:
            assert namespaces.get("default").metadata.name == "default"
        with pytest.raises(KubexClientException, match="closed"):
            namespaces.get("default")
