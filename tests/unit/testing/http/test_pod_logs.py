"""Logs over HTTP."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubex.core.exceptions import InvalidArgument
from kubex.testing import ApiServer
from tests.unit.testing.http.conftest import RawClient
from tests.unit.testing.http.pods import PODS, make_pod, open_streams, set_status

LOG = f"{PODS}/web-0/log"


@pytest.fixture
def pod_server(server: ApiServer) -> ApiServer:
    """A server with a pod `web-0` that has written three lines."""
    make_pod(server)
    server.pods.log("web-0", "one\ntwo\n")
    server.pods.log("web-0", b"three")
    return server


def until(fulfilled: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not fulfilled():
        assert time.monotonic() < end
        time.sleep(0.01)


class Follower:
    """Follows a log as its bytes."""

    def __init__(self, server: ApiServer, query: str = "follow=true") -> None:
        self.connection = socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), 10)
        self.connection.sendall(f"GET {LOG}?{query} HTTP/1.0\r\nHost: x\r\n\r\n".encode())
        self.seen = b""

    def read_until(self, text: bytes) -> None:
        while text not in self.seen:
            piece = self.connection.recv(100_000)
            assert piece, self.seen
            self.seen += piece

    def rest(self) -> bytes:
        pieces = [self.seen]
        while piece := self.connection.recv(1_000_000):
            pieces.append(piece)
        self.connection.close()
        self.seen = b"".join(pieces)
        return self.seen.partition(b"\r\n\r\n")[2]


def test_a_log(pod_server: ApiServer, raw: RawClient) -> None:
    answer = raw.get(LOG)
    assert (answer.code, answer.content) == (200, b"one\ntwo\nthree\n")
    assert answer.headers["Content-Type"] == "text/plain"
    assert raw.get(f"{LOG}?tailLines=2&limitBytes=5").content == b"two\nt"
    assert raw.get(f"{LOG}?sinceTime=2999-01-01T00:00:00Z").content == b""
    assert raw.get(f"{LOG}?sinceTime=2000-01-01T00:00:00.123456789%2B02:00&tailLines=1").content == b"three\n"
    assert raw.get(f"{LOG}?sinceSeconds=9223372036854775807&tailLines=1").content == b"three\n"


def test_a_followed_log(pod_server: ApiServer, raw: RawClient) -> None:
    follower = Follower(pod_server, "follow=true&tailLines=1")
    follower.read_until(b"three\n")
    pod_server.pods.log("web-0", "four\n")
    follower.read_until(b"four\n")
    raw.ask("DELETE", f"{PODS}/web-0")
    assert follower.rest() == b"three\nfour\n"


def test_before_the_first_byte_of_a_followed_log_there_are_no_headers(server: ApiServer) -> None:
    make_pod(server)
    server.pods.log("web-0", "early\n")
    follower = Follower(server, "follow=true&tailLines=0")
    until(lambda: open_streams(server) == 1)
    follower.connection.settimeout(0.2)
    with pytest.raises(TimeoutError):
        follower.connection.recv(1)
    follower.connection.settimeout(10)
    server.pods.log("web-0", "late\n")
    follower.read_until(b"late\n")
    set_status(server, {"terminated": {"exitCode": 0}})
    assert follower.rest() == b"late\n"


def test_a_follower_that_goes_away_leaves_nothing(pod_server: ApiServer) -> None:
    follower = Follower(pod_server)
    follower.read_until(b"three\n")
    assert open_streams(pod_server) == 1
    follower.connection.close()
    until(lambda: open_streams(pod_server) == 0)


def test_a_follower_that_does_not_read_holds_nobody_back(pod_server: ApiServer) -> None:
    follower = Follower(pod_server)
    follower.read_until(b"three\n")
    for _ in range(15):
        pod_server.pods.log("web-0", "x" * 1_000_000)
    pod_server.pods.log("web-0", "end")
    set_status(pod_server, {"terminated": {"exitCode": 0}})
    assert follower.rest().endswith(b"x\nend\n")


@pytest.mark.parametrize("end", ["stop", "reset"])
def test_the_server_ends_at_once(end: str) -> None:
    with ApiServer() as server:
        make_pod(server)
        server.pods.log("web-0", "one\n")
        followers = [Follower(server) for _ in range(3)]
        for follower in followers:
            follower.read_until(b"one\n")
        before = time.monotonic()
        getattr(server, end)()
        for follower in followers:
            assert follower.rest() == b"one\n"
        assert time.monotonic() - before < 5


def test_a_restart_begins_a_new_log(pod_server: ApiServer, raw: RawClient) -> None:
    set_status(pod_server, {"running": {}})
    follower = Follower(pod_server)
    follower.read_until(b"three\n")
    ended = {"terminated": {"exitCode": 1}}
    set_status(pod_server, {"waiting": {"reason": "CrashLoopBackOff"}}, lastState=ended)
    assert raw.get(LOG).content == raw.get(f"{LOG}?previous=true").content == b"one\ntwo\nthree\n"
    set_status(pod_server, {"running": {}}, lastState=ended, restartCount=1)
    assert follower.rest() == b"one\ntwo\nthree\n"
    pod_server.pods.log("web-0", "again\n")
    assert raw.get(LOG).content == b"again\n"
    assert raw.get(f"{LOG}?previous=true").content == b"one\ntwo\nthree\n"


def test_lines_of_before_a_restart(pod_server: ApiServer, raw: RawClient) -> None:
    pod_server.pods.log("web-0", "panic\n", previous=True)
    assert raw.get(f"{LOG}?previous=true").content == b"panic\n"
    assert raw.get(LOG).content == b"one\ntwo\nthree\n"


def test_a_pod_on_a_node_whose_container_has_not_begun(server: ApiServer, raw: RawClient) -> None:
    make_pod(server, nodeName="node-1")
    raw.ask("POST", "/api/v1/nodes", {"metadata": {"name": "node-1"}})
    answer = raw.get(LOG)
    message = 'container "main" in pod "web-0" is waiting to start: ContainerCreating'
    assert (answer.code, answer.json["message"]) == (400, message)
    set_status(server, {"waiting": {"reason": "ErrImagePull"}})
    message = 'container "main" in pod "web-0" is waiting to start: image can\'t be pulled'
    assert raw.get(LOG).json["message"] == message


def test_a_pod_without_a_node_has_no_log(server: ApiServer, raw: RawClient) -> None:
    make_pod(server)
    make_pod(server, "bound", nodeName="nowhere")
    for query in ("", "?follow=true", "?previous=true"):
        answer = raw.get(f"{LOG}{query}")
        assert (answer.code, answer.content) == (204, b"")
    answer = raw.get(f"{PODS}/bound/log")
    assert (answer.code, answer.json["message"]) == (404, 'pods "nowhere" not found')


@pytest.mark.parametrize(
    ("moment", "why"),
    [
        ("foo", 'cannot parse "foo" as "2006"'),
        ("2026-01-01", 'cannot parse "" as "T"'),
        ("2026-01-01T00:00:00", 'cannot parse "" as "Z07:00"'),
        ("2026-01-01T00:00:00Zx", 'extra text: "x"'),
        ("2026-02-31T00:00:00Z", "day out of range"),
    ],
)
def test_what_is_no_time(pod_server: ApiServer, raw: RawClient, moment: str, why: str) -> None:
    answer = raw.get(f"{LOG}?sinceTime={moment}")
    assert answer.code == 400
    assert answer.json["message"] == f'parsing time "{moment}" as "2006-01-02T15:04:05Z07:00": {why}'


def test_of_what_there_is_no_log(pod_server: ApiServer) -> None:
    for name, namespace, container in (("web-1", "default", None), ("web-0", "default", "x"), ("web-0", "shop", None)):
        with pytest.raises(InvalidArgument, match=f"log of pod '{name}'"):
            pod_server.pods.log(name, "text", namespace=namespace, container=container)


def test_lines_from_many_threads(server: ApiServer, raw: RawClient) -> None:
    make_pod(server)

    def write() -> None:
        for _ in range(50):
            server.pods.log("web-0", "line\n")

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raw.get(LOG).content == b"line\n" * 200


VALUES = st.sampled_from(
    ["", "0", "1", "-1", "true", "false", "x", "2026-01-01", "2026-01-01T00:00:00Z", "9" * 30, "All"]
)
NAMES = [
    "follow",
    "previous",
    "tailLines",
    "limitBytes",
    "sinceSeconds",
    "sinceTime",
    "timestamps",
    "stream",
    "container",
]


@given(query=st.dictionaries(st.sampled_from(NAMES), VALUES))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_query_is_answered(pod_server: ApiServer, raw: RawClient, query: dict[str, str]) -> None:
    query.pop("follow", None)
    answer = raw.get(f"{LOG}?" + "&".join(f"{name}={value}" for name, value in query.items()))
    assert answer.code in (200, 400, 422)
    if answer.code != 200:
        assert answer.json["kind"] == "Status"
