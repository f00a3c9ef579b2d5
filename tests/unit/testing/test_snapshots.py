"""Snapshots: what is saved is what comes back, versions go on, and bad files are typed errors."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.core._json_value import is_array, is_object
from kubex.testing import ApiServer
from kubex.testing.clock import Clock
from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.operations import Operations
from kubex.testing.lifecycle.requests import ListOptions
from kubex.testing.schema.openapi_document import load_document
from kubex.testing.serving import ServedCluster
from kubex.testing.snapshots import Snapshot, SnapshotError, read_snapshot, snapshot_of, write_snapshot
from kubex.testing.storage import Key
from tests.unit.testing.clusters import OPTIONS, config_map, pod
from tests.unit.testing.test_loading import DEFINITION

NAMES = st.sampled_from(["a", "b", "c"])
KINDS = st.sampled_from(["v1/configmaps", "v1/pods", "example.com/v1/backups"])
STEPS = st.lists(st.tuples(st.sampled_from(["create", "label", "delete"]), KINDS, NAMES, st.booleans()), max_size=12)


def served(snapshot: Snapshot | None = None, version: str = "1.35") -> ServedCluster:
    return ServedCluster(load_document(version), Clock(), api_resources="default", snapshot=snapshot)


def change(operations: Operations, step: str, place: str, name: str, held: bool) -> None:
    """Do something to an object of the namespace `default`, which may be refused."""
    *group, version, plural = place.split("/")
    resource = operations.cluster.registry.find(group[0] if group else "", version, plural)
    assert resource is not None
    finalizers = ["a.b/c"] if held else []
    body = pod(name, finalizers=finalizers) if plural == "pods" else config_map(name, finalizers=finalizers)
    body = {"apiVersion": resource.api_version, "kind": resource.kind, **body}
    try:
        if step == "create":
            operations.create(resource, "default", body, OPTIONS)
        elif step == "label":
            patch = {"metadata": {"labels": {"held": str(held)}}}
            operations.patch(resource, Key("default", name), "application/merge-patch+json", patch, OPTIONS)
        else:
            operations.delete(resource, Key("default", name), {})
    except ApiFailure as failure:
        if failure.code not in (404, 409):
            raise


def lists(cluster: ServedCluster) -> dict[str, Any]:
    """Give the list of every resource that is served."""
    found: dict[str, Any] = {}
    for resource in cluster.registry.every():
        if "list" in resource.verbs:
            page = cluster.operations.list(resource, None, ListOptions())
            found[f"{resource.api_version}/{resource.name.plural}"] = (
                page.resource_version,
                [entry.object for entry in page.entries],
            )
    return found


def with_definition() -> ServedCluster:
    cluster = served()
    resource = cluster.registry.find("apiextensions.k8s.io", "v1", "customresourcedefinitions")
    assert resource is not None
    cluster.operations.create(resource, None, DEFINITION, OPTIONS)
    return cluster


@given(STEPS, STEPS)
def test_what_is_saved_comes_back_and_goes_on(steps: list[Any], later: list[Any]) -> None:
    cluster = with_definition()
    for step in steps:
        change(cluster.operations, *step)
    content = msgspec.json.encode(snapshot_of(cluster.storage, "1.35"))
    other = served(msgspec.json.decode(content, type=Snapshot))
    assert lists(other) == lists(cluster)
    for step in later:
        change(cluster.operations, *step)
        change(other.operations, *step)
        assert other.storage.revision == cluster.storage.revision
    assert shape(other) == shape(cluster)


def shape(cluster: ServedCluster) -> dict[str, list[tuple[str, str, bool]]]:
    """Give the objects without what differs between two clusters that do the same: uids and times."""
    return {
        place: [
            (each["metadata"]["name"], each["metadata"]["resourceVersion"], "deletionTimestamp" in each["metadata"])
            for each in objects
        ]
        for place, (_, objects) in lists(cluster).items()
    }


def example() -> dict[str, Any]:
    cluster = with_definition()
    for place in ("v1/configmaps", "v1/pods", "example.com/v1/backups"):
        change(cluster.operations, "create", place, "a", held=False)
    document: dict[str, Any] = json.loads(msgspec.json.encode(snapshot_of(cluster.storage, "1.35")))
    return document


EXAMPLE = example()


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: Iterable[tuple[Any, Any]] = ()
    if is_object(value) or is_array(value):
        inner = value.items() if is_object(value) else enumerate(value)
    return [path, *(found for key, each in inner for found in paths(each, (*path, key)))]


PATHS = [path for path in paths(EXAMPLE) if path]
VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-2, 2**70)
    | st.text(max_size=3)
    | st.sampled_from([[], {}, [None], {"": None}])
)


@given(st.sampled_from(PATHS), VALUES)
def test_a_file_that_was_edited_is_served_or_refused_with_a_typed_error(path: tuple[Any, ...], value: Any) -> None:
    document: Any = deepcopy(EXAMPLE)
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    try:
        snapshot = msgspec.convert(document, Snapshot)
    except msgspec.ValidationError:
        return
    try:
        cluster = served(snapshot)
    except SnapshotError:
        return
    assert lists(cluster)


def test_from_one_server_to_another(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    with ApiServer() as server:
        manifest = tmp_path / "a.json"
        manifest.write_text(json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}))
        server.load_manifests(manifest)
        server.save(path)
        saved = ask(server, "/api/v1/configmaps")
        version = saved["metadata"]["resourceVersion"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []
    with ApiServer() as other:
        other.faults.status(503)
        other.load(path)
        assert ask(other, "/api/v1/configmaps") == saved
        assert [request.path for request in other.requests] == ["/api/v1/configmaps"]
        other.load_manifests(write(tmp_path / "b.json", "b"))
        items = ask(other, "/api/v1/configmaps")["items"]
        assert [int(each["metadata"]["resourceVersion"]) for each in items] == [int(version), int(version) + 1]
        events = watch(other, f"/api/v1/configmaps?watch=true&timeoutSeconds=1&resourceVersion={version}")
        assert [event["object"]["metadata"]["name"] for event in events] == ["b"]
        (older,) = watch(other, "/api/v1/configmaps?watch=true&timeoutSeconds=1&resourceVersion=2")
        assert older["object"]["code"] == 410


def write(path: Path, name: str) -> Path:
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}))
    return path


def ask(server: ApiServer, path: str) -> Any:
    with urllib.request.urlopen(server.url + path, timeout=5) as answer:
        return json.load(answer)


def watch(server: ApiServer, path: str) -> list[Any]:
    with urllib.request.urlopen(server.url + path, timeout=5) as answer:
        return [json.loads(line) for line in answer]


def test_a_snapshot_of_another_version() -> None:
    snapshot = msgspec.convert(EXAMPLE, Snapshot)
    assert lists(served(snapshot, version="1.32"))["v1/configmaps"][1][0]["metadata"]["name"] == "a"


def test_a_failed_save_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "snapshot.json"
    snapshot = msgspec.convert(EXAMPLE, Snapshot)
    write_snapshot(snapshot, path)
    before = path.read_bytes()

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(SnapshotError, match=r"snapshot\.json: can't be written: No space left"):
        write_snapshot(snapshot, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (None, "can't be read: No such file"),
        (b"", "not a snapshot"),
        (b"\xff", "not a snapshot"),
        (b"[" * 100_000, "not a snapshot"),
        (b"[]", "not a snapshot"),
        (b"{}", "no format"),
        (b'{"format": "kubex.testing/snapshot", "formatVersion": 2}', "formatVersion is 2, and this kubex reads 1"),
        (b'{"format": "kubex.testing/snapshot", "formatVersion": 1}', "not a snapshot"),
    ],
)
def test_bad_files(tmp_path: Path, content: bytes | None, error: str) -> None:
    path = tmp_path / "bad.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SnapshotError, match=error):
        read_snapshot(path)
    with ApiServer() as server, pytest.raises(SnapshotError, match=r"bad\.json: "):
        server.load(path)


@pytest.mark.parametrize(
    ("place", "change", "error"),
    [
        ("configmaps", {"metadata": {"name": "a"}}, r"configmaps\[0\] is not an object that a server stores"),
        ("configmaps", {"kind": "Secret"}, r"configmaps\[0\]: this server has no Secret of v1 among configmaps"),
        ("pods", {"spec": 1}, r"pods\[0\]: .*cannot unmarshal number"),
        (
            "namespaces",
            {"metadata": {"name": "default", "uid": "1", "resourceVersion": "99"}},
            "has resourceVersion 99",
        ),
        ("example.com/backups", {"metadata": {"name": "a", "uid": "1", "resourceVersion": "1"}}, "needs a namespace"),
    ],
)
def test_objects_that_no_server_stores(place: str, change: dict[str, Any], error: str) -> None:
    document = deepcopy(EXAMPLE)
    document["objects"][place][0].update(change)
    with pytest.raises(SnapshotError, match=error):
        served(msgspec.convert(document, Snapshot))


def test_a_resource_that_is_not_served() -> None:
    document = deepcopy(EXAMPLE)
    del document["objects"]["apiextensions.k8s.io/customresourcedefinitions"]
    with pytest.raises(
        SnapshotError, match=r'example\.com/backups\[0\]: this server has no resource "example\.com/backups"'
    ):
        served(msgspec.convert(document, Snapshot))
