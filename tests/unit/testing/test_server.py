"""`ApiServer`: its start and end, what it gives its clients, faults and recorded requests, with kubex's own client."""

# Long because a server's start, its end, its files and its forms of use are tried here side by side.

from __future__ import annotations

import asyncio
import gc
import json
import socket
import ssl
import subprocess
import sys
import threading
import urllib.request
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

from kubex.api import Api
from kubex.client import ClientChoise, create_client
from kubex.client.base import BaseClient
from kubex.configuration import configure_from_kubeconfig
from kubex.core.exceptions import Gone, InvalidArgument, KubexApiError, KubexClientException, NotFound
from kubex.core.patch import MergePatch
from kubex.core.watch_event import Bookmark, EventType
from kubex.k8s.v1_35.core.v1 import ConfigMap, Namespace
from kubex.testing import ApiServer
from kubex.testing.snapshots import SnapshotError
from kubex_core.models.metadata import ObjectMetadata
from tests.leaks import open_descriptors

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["aiohttp", "httpx"])
def library(request: pytest.FixtureRequest) -> ClientChoise:
    return ClientChoise(request.param)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def running() -> Iterator[ApiServer]:
    with ApiServer() as server:
        yield server


@pytest.fixture
def server(running: ApiServer) -> ApiServer:
    running.reset()
    return running


@pytest.fixture
async def client(server: ApiServer, library: ClientChoise) -> AsyncIterator[BaseClient]:
    async with await create_client(server.configuration, library) as client:
        yield client


def config_map(name: str, **labels: str) -> ConfigMap:
    return ConfigMap(metadata=ObjectMetadata(name=name, labels=labels or None))


def test_nothing_is_left_of_a_server() -> None:
    gc.collect()  # what other tests left to it is not ours
    descriptors, threads = open_descriptors(), set(threading.enumerate())
    with ApiServer() as server:
        kubeconfig = server.kubeconfig
        assert urllib.request.urlopen(f"{server.url}/readyz", timeout=5).read() == b"ok"
        open_watch = socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])))
        open_watch.sendall(b"GET /api/v1/pods?watch=true HTTP/1.1\r\nHost: x\r\n\r\n")
        assert open_watch.recv(100).startswith(b"HTTP/1.1 200")
        assert kubeconfig.stat().st_mode & 0o777 == 0o600
    with open_watch:
        while open_watch.recv(1000):
            pass
    assert not kubeconfig.parent.exists()
    assert set(threading.enumerate()) == threads
    assert open_descriptors() <= descriptors


def test_a_server_with_tls_ends_whether_its_peers_take_leave_or_not() -> None:
    gc.collect()
    descriptors = open_descriptors()
    with ApiServer(tls=True) as server:
        authority = server.configuration.server_ca_data
        assert authority is not None
        trusting = ssl.create_default_context(cadata=authority.decode())
        plain = socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=5)
        peer = trusting.wrap_socket(plain, server_hostname="127.0.0.1")
        peer.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert peer.recv(100).startswith(b"HTTP/1.1 200")
    with peer:
        assert {number for number, *_ in open_descriptors() - descriptors} == {peer.fileno()}


async def test_an_async_server_through_its_kubeconfig() -> None:
    async with ApiServer() as server:
        configuration = await configure_from_kubeconfig(path=server.kubeconfig)
        async with await create_client(configuration) as client:
            found = await Api(Namespace, client).list()
    assert {namespace.metadata.name for namespace in found.items} >= {"default", "kube-system"}


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.02])
async def test_nothing_is_left_of_a_server_whose_start_is_cancelled(seconds: float) -> None:
    await anyio.to_thread.run_sync(gc.collect)  # and a thread of anyio's own, which stays
    descriptors, threads = open_descriptors(), _server_threads()

    async def use() -> None:
        async with ApiServer():
            await anyio.sleep_forever()

    task = asyncio.create_task(use())
    await asyncio.sleep(seconds)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert _server_threads() == threads
    assert open_descriptors() <= descriptors


async def test_entering_a_server_that_runs_does_not_stop_it() -> None:
    async with ApiServer() as server:
        with pytest.raises(InvalidArgument, match="running already"):
            await server.__aenter__()
        assert server.requests == []


def test_a_start_that_is_interrupted_leaves_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = _server_threads()

    def interrupted(future: Future[object], timeout: float | None = None) -> object:
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(Future, "result", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ApiServer().start()
    assert _server_threads() == threads


def test_a_program_that_forgets_to_stop_its_server_ends() -> None:
    assert _output_of("from kubex.testing import ApiServer; ApiServer().start(); print('end')") == "end"


def _server_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "kubex-api-server"}


async def test_tls(library: ClientChoise) -> None:
    with ApiServer(tls=True) as server:
        assert server.url.startswith("https://127.0.0.1:")
        configuration = await configure_from_kubeconfig(path=server.kubeconfig)
        async with await create_client(configuration, library) as client:
            assert (await Api(Namespace, client).get("default")).metadata.name == "default"


def test_what_a_server_that_does_not_run_says() -> None:
    server = ApiServer()
    with pytest.raises(InvalidArgument, match="not running"):
        _ = server.url
    server.stop()
    with server, pytest.raises(InvalidArgument, match="running already"):
        server.start()
    with pytest.raises(InvalidArgument, match=r"1\.20"):
        ApiServer(version="1.20")


def test_a_taken_port_is_told_and_leaves_nothing(server: ApiServer) -> None:
    before = open_descriptors()
    with pytest.raises(OSError, match="in use"), ApiServer(port=int(server.url.rpartition(":")[2])):
        pass
    assert open_descriptors() <= before


async def test_a_reset_begins_anew_at_the_same_address(server: ApiServer, client: BaseClient) -> None:
    api = Api(ConfigMap, client, namespace="default")
    await api.create(config_map("a"))
    ended, url = asyncio.Event(), server.url

    async def follow() -> None:
        async for _ in api.watch():
            pass
        ended.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(follow)
        while not any(request.verb == "watch" for request in server.requests):  # noqa: ASYNC110 - another thread's
            await anyio.sleep(0.01)
        server.reset()
        with anyio.fail_after(5):
            await ended.wait()
    assert server.url == url
    assert server.requests == []
    with pytest.raises(NotFound):
        await api.get("a")


async def test_what_was_asked(server: ApiServer, client: BaseClient) -> None:
    api = Api(ConfigMap, client, namespace="default")
    await api.create(config_map("a"))
    await api.patch("a", MergePatch({"data": {"x": "1"}}), field_manager="me")
    await api.list(label_selector="x=y")
    await api.delete("a")
    asked = [(each.verb, each.resource, each.namespace, each.name) for each in server.requests]
    place = ("configmaps", "default")
    assert asked == [("create", *place, ""), ("patch", *place, "a"), ("list", *place, ""), ("delete", *place, "a")]
    assert server.requests[1].query == {"fieldManager": "me"}
    assert server.requests[2].query == {"labelSelector": "x=y"}
    assert server.requests[0].user_agent
    sent = {"Authorization": "Bearer secret", "X-A": "b", "Sec-WebSocket-Protocol": "base64url.bearer.secret"}
    request = urllib.request.Request(f"{server.url}/version?a=1&a=2", headers=sent)
    urllib.request.urlopen(request, timeout=5).close()  # noqa: ASYNC210 - nothing else runs here
    assert server.requests[-1].path == "/version"
    assert server.requests[-1].query == {"a": "1"}
    headers = server.requests[-1].headers
    assert headers["x-a"] == headers["X-A"] == "b"
    assert {name.lower() for name in headers} >= {"x-a", "host"}
    shown = [str(getattr(server.requests[-1], name)) for name in dir(server.requests[-1]) if not name.startswith("_")]
    assert "secret" not in repr((headers, server.requests[-1], shown))


async def test_a_status_on_purpose(server: ApiServer, client: BaseClient) -> None:
    api = Api(ConfigMap, client, namespace="default")
    server.faults.status(403, verb="create", kind="ConfigMap", message="not today")
    await api.list()
    with pytest.raises(KubexApiError, match="not today"):
        await api.create(config_map("a"))
    await api.create(config_map("a"))
    server.faults.status(503, retry_after=7, count=1)
    with pytest.raises(urllib.request.HTTPError) as caught:
        urllib.request.urlopen(f"{server.url}/api/v1/pods", timeout=5)  # noqa: ASYNC210 - nothing else runs here
    assert caught.value.headers["Retry-After"] == "7"
    caught.value.close()


async def test_latency_on_purpose(server: ApiServer, client: BaseClient) -> None:
    server.faults.latency(0.2, verb="list", count=1)
    api = Api(ConfigMap, client, namespace="default")
    started = anyio.current_time()
    await api.list()
    assert anyio.current_time() - started >= 0.2


async def test_a_reset_connection_on_purpose(server: ApiServer, client: BaseClient) -> None:
    server.faults.reset(verb="create")
    api = Api(ConfigMap, client, namespace="default")
    with pytest.raises(KubexClientException):
        await api.create(config_map("a"))
    assert (await api.list()).items == []


async def test_a_watch_that_is_gone_on_purpose(server: ApiServer, client: BaseClient) -> None:
    api = Api(ConfigMap, client, namespace="default")
    for name in "abcd":
        await api.create(config_map(name))
    server.faults.watch(gone_after=3)
    seen: list[str | None] = []
    with pytest.raises(Gone), anyio.fail_after(5):
        async for event in api.watch():
            seen.append(event.object.metadata.name)
    assert seen == ["a", "b", "c"]
    events = [event async for event in api.watch(timeout_seconds=1)]
    assert len(events) == 4


@pytest.mark.parametrize("way", ["truncated_after", "reset_after"])
async def test_a_watch_that_breaks_off_on_purpose(server: ApiServer, client: BaseClient, way: str) -> None:
    api = Api(ConfigMap, client, namespace="default")
    for name in "abc":
        await api.create(config_map(name))
    server.faults.watch(**{way: 2})  # type: ignore[arg-type]
    seen: list[str | None] = []
    with pytest.raises(KubexClientException), anyio.fail_after(5):
        async for event in api.watch():
            seen.append(event.object.metadata.name)
    assert seen == ["a", "b"] or (way == "reset_after" and seen == ["a", "b"][: len(seen)])


async def test_a_watch_that_stalls_on_purpose(server: ApiServer, client: BaseClient) -> None:
    api = Api(ConfigMap, client, namespace="default")
    for name in "ab":
        await api.create(config_map(name))
    server.faults.watch(stalled_after=1)
    seen: list[str | None] = []
    with anyio.move_on_after(0.3) as scope:
        async for event in api.watch(timeout_seconds=1):
            seen.append(event.object.metadata.name)
    assert scope.cancelled_caught
    assert seen == ["a"]


async def test_bookmarks_dropped_on_purpose(server: ApiServer, client: BaseClient) -> None:
    api = Api(ConfigMap, client, namespace="default")
    await api.create(config_map("a"))
    for dropped in (True, False):
        if dropped:
            server.faults.watch(drop_bookmarks=True)
        events = [event async for event in api.watch(send_initial_events=True, timeout_seconds=1)]
        assert [event.type for event in events if isinstance(event.object, Bookmark)] == (
            [] if dropped else [EventType.BOOKMARK]
        )


async def test_a_clock_that_is_off(server: ApiServer, client: BaseClient) -> None:
    api = Api(ConfigMap, client, namespace="default")
    server.faults.clock_skew(3600)
    ahead = (await api.create(config_map("a"))).metadata.creation_timestamp
    server.faults.clear()
    now = (await api.create(config_map("b"))).metadata.creation_timestamp
    assert ahead is not None
    assert now is not None
    assert 3590 < (ahead - now).total_seconds() <= 3600


async def test_a_reset_sets_the_clock_right(server: ApiServer, client: BaseClient) -> None:
    server.faults.clock_skew(-86_400)
    server.reset()
    created = (await Api(Namespace, client).get("default")).metadata.creation_timestamp
    assert created is not None
    assert abs((datetime.now(UTC) - created).total_seconds()) < 3600


async def test_a_snapshot_that_can_not_be_loaded_leaves_faults_as_they_are(server: ApiServer, tmp_path: Path) -> None:
    server.faults.clock_skew(60)
    with pytest.raises(SnapshotError):
        server.load(tmp_path / "missing.json")
    bad = {"format": "kubex.testing/snapshot", "formatVersion": 1, "kubernetesVersion": "1.35", "resourceVersion": "9"}
    (tmp_path / "bad.json").write_text(json.dumps({**bad, "objects": {"nothings": [{"kind": "Nothing"}]}}))
    with pytest.raises(SnapshotError):
        server.load(tmp_path / "bad.json")
    assert server.faults.clock.skew_seconds == 60


async def test_a_request_that_is_kept_waiting_asks_the_cluster_after_a_reset(
    server: ApiServer, client: BaseClient
) -> None:
    api = Api(ConfigMap, client, namespace="default")
    server.faults.latency(0.3, verb="create")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(api.create, config_map("a"))
        while not server.requests:  # noqa: ASYNC110 - another thread's
            await anyio.sleep(0.01)
        server.reset()
    assert (await api.get("a")).metadata.name == "a"


def _code(server: ApiServer, path: str = "/api/v1/pods") -> int:
    try:
        with urllib.request.urlopen(f"{server.url}{path}", timeout=5) as answer:
            return int(answer.status)
    except urllib.request.HTTPError as error:
        with error:
            return error.code


def test_a_request_is_ended_by_one_fault(server: ApiServer) -> None:
    server.faults.status(503)
    server.faults.latency(0.001, count=1)
    server.faults.status(409)
    assert [_code(server) for _ in range(3)] == [503, 409, 200]
    server.faults.status(503, verb="list", count=2)
    server.faults.watch(gone_after=0)
    server.faults.watch(drop_bookmarks=True)
    server.faults.status(500, verb="watch")
    watch = "/api/v1/pods?watch=true&timeoutSeconds=1"
    assert [_code(server, watch), _code(server), _code(server, watch)] == [200, 503, 500]


@pytest.mark.parametrize(
    ("fault", "why"), [({"verb": "lsit"}, "verb is one of get, list"), ({"kind": "pods"}, "'Pod', and not 'pods'")]
)
def test_a_fault_that_would_never_come_is_refused(fault: dict[str, str], why: str) -> None:
    with pytest.raises(InvalidArgument, match=why):
        ApiServer().faults.latency(1, **fault)  # type: ignore[arg-type]


async def test_compaction(server: ApiServer, client: BaseClient) -> None:
    api = Api(ConfigMap, client, namespace="default")
    version = (await api.list()).metadata.resource_version
    await api.create(config_map("a"))
    server.compact()
    with pytest.raises(Gone):
        async for _ in api.watch(resource_version=version, timeout_seconds=1):
            pass


async def test_a_watch_that_has_much_to_tell_at_once(client: BaseClient) -> None:
    """It is told in pieces, of which this takes some."""
    api = Api(ConfigMap, client, namespace="default")
    names = [f"large-{number:02}" for number in range(10)]
    for name in names:
        await api.create(ConfigMap(metadata=ObjectMetadata(name=name), data={"text": 30_000 * name[-1]}))
    async with aclosing(api.watch(resource_version="0", timeout_seconds=5)) as events:
        told = [await anext(events) for _ in names]
    found = [event.object for event in told if isinstance(event.object, ConfigMap)]
    assert [each.metadata.name for each in found] == names
    assert [(each.data or {})["text"] for each in found] == [30_000 * name[-1] for name in names]


async def test_watching_ends_with_its_client(server: ApiServer, client: BaseClient) -> None:
    api = Api(ConfigMap, client, namespace="default")
    await api.create(config_map("a"))
    async with aclosing(api.watch()) as stream:
        async for _ in stream:
            break
    with anyio.fail_after(5):
        while open_watches(server):  # noqa: ASYNC110 - another thread's
            await anyio.sleep(0.01)


def open_watches(server: ApiServer) -> int:
    running = server._running
    assert running is not None
    return running.call(lambda: len(running.application.streams))


def test_importing_the_package_loads_no_server() -> None:
    assert _loaded_by("import kubex.testing") == set()


def test_importing_the_server_loads_all_that_it_takes_to_start() -> None:
    """Nothing is left that a test's first start would have to pay for."""
    assert _loaded_by("from kubex.testing import ApiServer") == {"aiohttp"}
    started = "with ApiServer() as server: urllib.request.urlopen(server.url + '/api/v1/namespaces').read()"
    code = f"""
import sys, urllib.request
from kubex.testing import ApiServer
from kubex.testing.snapshots import SnapshotError
before = set(sys.modules)
{started}
print(*(name for name in set(sys.modules) - before if name.startswith(("kubex.testing", "aiohttp"))))
"""
    assert _output_of(code) == ""


@pytest.mark.parametrize(
    ("packages", "libraries"),
    [
        (["aiohttp"], "aiohttp"),
        (["cronsim"], "cronsim"),
        (["jsonschema", "re2"], "google-re2, jsonschema"),
        (["aiohttp", "cronsim", "jsonschema", "re2"], "aiohttp, cronsim, google-re2, jsonschema"),
    ],
)
def test_without_its_libraries_the_start_says_what_to_install(packages: list[str], libraries: str) -> None:
    code = f"""
import sys
sys.modules.update(dict.fromkeys({packages}))
from kubex.testing import ApiServer
from kubex.testing.snapshots import SnapshotError
try:
    ApiServer().start()
except Exception as error:
    print(type(error).__name__, error)
"""
    assert _output_of(code) == f"ConfigurationError the server in memory needs {libraries}: install kubex[testing]"


def _loaded_by(statement: str) -> set[str]:
    found = _output_of(f"{statement}\nimport sys; print(*{{'aiohttp', 'cryptography'}} & set(sys.modules))")
    return set(found.split())


def _output_of(code: str) -> str:
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return answer.stdout.strip()


def test_the_kubeconfig_is_kubectls(server: ApiServer) -> None:
    assert Path(server.kubeconfig).read_text().count("kubex-testing") >= 3
