"""Recordings played into a server: order, times, gaps, and what does not follow from them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kubex.core.exceptions import InvalidArgument
from kubex.recording import RecordingError
from kubex.testing import ApiServer, VirtualClock
from tests.recordings import MAPS, config_map, written
from tests.unit.testing.http.conftest import RawClient, _running, raw, server

__all__ = ("_running", "raw", "server")

PATH = "/api/v1/namespaces/shop/configmaps"
PODS = {**MAPS, "kind": "Pod", "plural": "pods"}


def names(raw: RawClient) -> list[str]:
    return [each["metadata"]["name"] for each in raw.get(PATH).json["items"]]


def changes(server: ApiServer, resource: str = "configmaps") -> list[tuple[str, str, str]]:
    """Give what watches from the beginning would tell: type, name and uid."""
    running = server._started()
    found = running.call(lambda: list(running.application.cluster.storage._changes[resource]))
    return [(each.type, each.key.name, each.entry.object["metadata"]["uid"]) for each in found]


def test_objects_are_as_they_were_recorded(server: ApiServer, raw: RawClient, tmp_path: Path) -> None:
    fields: dict[str, Any] = {
        "manager": "me",
        "operation": "Apply",
        "apiVersion": "v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": {},
    }
    object_ = config_map("a", "17", managedFields=[fields], generation=3, resourceVersion="100000")
    replay = server.replay(written(tmp_path / "a.jsonl", (0, "APPLIED", object_)), speed=None)
    replay.wait()
    assert (replay.entries, replay.is_over) == (1, True)
    replay.stop()
    found = raw.get(f"{PATH}/a").json
    version = found["metadata"].pop("resourceVersion")
    object_["metadata"].pop("resourceVersion")
    assert found == object_
    assert int(version) < 100000
    assert raw.get("/api/v1/namespaces/shop").code == 200
    assert raw.ask("DELETE", f"{PATH}/a").code == 200


def test_the_same_name_again_is_another_object(server: ApiServer, tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.jsonl",
        (0, "APPLIED", config_map("a", "1")),
        (1, "APPLIED", config_map("a", "2")),
        (2, "DELETED", config_map("a", "1")),  # which came late, and is gone already
        (3, "DELETED", config_map("a", "2", labels={"last": "yes"})),
    )
    server.replay(path, speed=None).wait()
    assert changes(server) == [("ADDED", "a", "1"), ("DELETED", "a", "1"), ("ADDED", "a", "2"), ("DELETED", "a", "2")]


def test_a_list_again_tells_what_happened_meanwhile(server: ApiServer, tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.jsonl",
        (0, "LIST_STARTED"),
        (0, "LISTED", config_map("same", "1")),
        (0, "LISTED", config_map("changed", "2")),
        (0, "LISTED", config_map("gone", "3")),
        (0, "LISTED", config_map("other", "4")),
        (0, "LIST_COMPLETED"),
        (5, "FAILED"),
        (5, "LIST_STARTED"),
        (5, "LISTED", config_map("same", "1", resourceVersion="9")),
        (6, "LIST_STARTED"),  # the one before was not completed, and says nothing of what it lacks
        (6, "LISTED", config_map("same", "1", resourceVersion="9")),
        (6, "LISTED", config_map("changed", "2", labels={"a": "b"})),
        (6, "LISTED", config_map("other", "5")),
        (6, "LISTED", config_map("new", "6")),
        (6, "LIST_COMPLETED"),
    )
    server.replay(path, speed=None).wait()
    assert changes(server)[4:] == [
        ("MODIFIED", "changed", "2"),
        ("DELETED", "other", "4"),
        ("ADDED", "other", "5"),
        ("ADDED", "new", "6"),
        ("DELETED", "gone", "3"),
    ]


def test_what_others_have_made_is_not_in_a_list_and_stays(server: ApiServer, raw: RawClient, tmp_path: Path) -> None:
    raw.ask("POST", "/api/v1/namespaces", {"metadata": {"name": "shop"}})
    raw.ask("POST", PATH, {"metadata": {"name": "mine"}})
    server.replay(written(tmp_path / "a.jsonl", (0, "LIST_STARTED"), (0, "LIST_COMPLETED")), speed=None).wait()
    assert names(raw) == ["mine"]


def test_nothing_follows_from_what_is_played(server: ApiServer, raw: RawClient, tmp_path: Path) -> None:
    """An owner that goes takes nothing along, and a pod does not end with its grace period."""
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": "1"}
    ending: dict[str, Any] = {"deletionTimestamp": "2026-01-01T00:00:30Z", "deletionGracePeriodSeconds": 30}
    pod = {**config_map("web", "3", **ending), "kind": "Pod", "spec": {"containers": [{"name": "main"}]}}
    path = written(
        tmp_path / "a.jsonl",
        (0, "APPLIED", config_map("owner", "1")),
        (0, "APPLIED", config_map("owned", "2", ownerReferences=[owner])),
        (0, "APPLIED", pod, 1),
        (1, "DELETED", config_map("owner", "1")),
        resources=[MAPS, PODS],
    )
    server.replay(path, speed=None).wait()
    raw.ask("POST", PATH, {"metadata": {"name": "settled"}})
    running = server._started()
    running.call(running.application.cluster.tick)
    assert names(raw) == ["owned", "settled"]
    assert raw.get("/api/v1/namespaces/shop/pods/web").code == 200


@pytest.fixture
def still() -> Iterator[ApiServer]:
    with ApiServer(clock=VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))) as server:
        yield server


def test_a_clock_that_stands_still_plays_as_it_goes(still: ApiServer, tmp_path: Path) -> None:
    raw = RawClient(still.url)
    first = written(tmp_path / "a.jsonl", *((at, "APPLIED", config_map(f"a{at}", f"{at}")) for at in (0, 10, 3600)))
    second = written(tmp_path / "b.jsonl", *((at, "APPLIED", config_map(f"b{at}", f"b{at}")) for at in (5, 7200)))
    one, two = still.replay(first), still.replay(second, speed=2)
    assert names(raw) == ["a0"]
    still.clock.advance(2.4)
    assert names(raw) == ["a0"]
    still.clock.advance(0.2)
    assert names(raw) == ["a0", "b5"]
    still.clock.advance(4000)
    assert [name for _, name, _ in changes(still)] == ["a0", "b5", "a10", "a3600", "b7200"]
    assert one.is_over
    assert two.is_over
    one.wait(0)


def test_as_fast_as_it_goes_does_not_ask_the_clock(still: ApiServer, tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", *((at, "APPLIED", config_map(f"a{at}", f"{at}")) for at in range(0, 5000, 50)))
    still.replay(path, speed=None).wait()
    assert len(names(RawClient(still.url))) == 100


def test_the_time_between_is_kept_and_can_be_shorter(server: ApiServer, raw: RawClient, tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", (0, "APPLIED", config_map("a", "1")), (3, "APPLIED", config_map("b", "2")))
    begun = time.monotonic()
    slow = server.replay(path)
    fast = server.replay(written(tmp_path / "b.jsonl", (20, "APPLIED", config_map("c", "3"))), speed=100)
    fast.wait()
    assert time.monotonic() - begun >= 0.2
    assert names(raw) == ["a", "c"]
    with pytest.raises(TimeoutError, match="1 entries so far"):
        slow.wait(0.01)
    slow.stop()
    assert slow.is_over
    assert names(raw) == ["a", "c"]


def test_a_reset_ends_it(server: ApiServer, raw: RawClient, tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", (0, "APPLIED", config_map("a", "1")), (600, "APPLIED", config_map("b", "2")))
    replay = server.replay(path)
    server.reset()
    assert replay.is_over
    assert names(raw) == []


def test_what_can_not_be_played(server: ApiServer, tmp_path: Path) -> None:
    unknown: dict[str, Any] = {**MAPS, "apiVersion": "example.com/v1", "kind": "Backup", "plural": "backups"}
    with pytest.raises(RecordingError, match=r"this server has no backups of example\.com/v1"):
        server.replay(written(tmp_path / "a.jsonl", resources=[unknown]))
    with pytest.raises(RecordingError, match="can't be read"):
        server.replay(tmp_path / "none.jsonl")
    bad = written(tmp_path / "b.jsonl", (0, "APPLIED", config_map("a", "1")), (0, "APPLIED"))
    with pytest.raises(RecordingError, match="line 3"):
        server.replay(bad, speed=None).wait()
    good = written(tmp_path / "c.jsonl")
    for speed in (0, -1, float("inf"), float("nan")):
        with pytest.raises(InvalidArgument, match="speed"):
            server.replay(good, speed=speed)
    with ApiServer(workloads=True) as moving, pytest.raises(InvalidArgument, match="without them"):
        moving.replay(good)
