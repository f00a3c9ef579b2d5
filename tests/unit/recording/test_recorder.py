"""What happens in a server in memory, recorded and played into another one."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import anyio
import pytest

from kubex import create_client
from kubex.core.exceptions import Forbidden, InvalidArgument, UnknownResource
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex.recording import Recorder, Recording, RecordingError
from kubex.testing import ApiServer
from kubex_core.models.struct_entity import StructEntity
from tests.contract.answers import MERGE, ask
from tests.recordings import Watching

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

MAPS, SECRETS = "/api/v1/namespaces/default/configmaps", "/api/v1/namespaces/default/secrets"
KINDS = (("v1", "ConfigMap"), ("v1", "Secret"))


async def until(recorder: Recorder, entries: int) -> None:
    with anyio.fail_after(30):
        while recorder.entries < entries:  # noqa: ASYNC110  # nobody tells of it
            await anyio.sleep(0.005)


async def test_what_was_recorded_is_seen_again(tmp_path: Path) -> None:
    """A life with finalizers, and another of the same name; secrets come without what is secret."""
    path = tmp_path / "life.jsonl"
    async with ApiServer() as cluster, await create_client(cluster.configuration) as client:
        await ask(client, "POST", MAPS, {"metadata": {"name": "old"}, "data": {"k": "v"}})
        async with (
            Recorder(client, path, [ConfigMap, "secrets"], namespace="default") as recorder,
            Watching(client, "default", *KINDS) as watching,
        ):
            await ask(client, "POST", MAPS, {"metadata": {"name": "a", "finalizers": ["example.com/wait"]}})
            await ask(client, "PATCH", f"{MAPS}/a", {"data": {"k": "v"}}, MERGE, fieldManager="me")
            await ask(client, "DELETE", f"{MAPS}/a")
            await ask(client, "PATCH", f"{MAPS}/a", {"metadata": {"finalizers": None}}, MERGE)
            await ask(client, "POST", MAPS, {"metadata": {"name": "a"}})
            await ask(client, "DELETE", f"{MAPS}/old")
            await ask(client, "POST", SECRETS, {"metadata": {"name": "db"}, "stringData": {"password": "hunter2-aa"}})
            await watching.until(6, 1)
            await until(recorder, 5 + 7)
    happened = watching.seen
    assert watching.summary("ConfigMap") == [
        ("ADDED", "a"),
        ("MODIFIED", "a"),
        ("MODIFIED", "a"),
        ("DELETED", "a"),
        ("ADDED", "a"),
        ("DELETED", "old"),
    ]
    content = path.read_text()
    assert "hunter2" not in content
    assert "aHVudGVyMi1hYQ" not in content
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600

    async with ApiServer() as server, await create_client(server.configuration) as client:
        async with Watching(client, "default", *KINDS) as again:
            server.replay(path, speed=None).wait()
            await again.until(7, 1)
        first, *rest = again.seen["ConfigMap"]
        assert (first[0], first[1]["metadata"]["name"]) == ("ADDED", "old")
        assert rest == happened["ConfigMap"]
        assert len({object_["metadata"]["uid"] for _, object_ in rest if object_["metadata"]["name"] == "a"}) == 2
        ((_, secret),) = again.seen["Secret"]
        assert secret == {**happened["Secret"][0][1], "data": {"password": "Kioq"}}


async def test_a_lost_history_is_a_list_again(tmp_path: Path) -> None:
    path = tmp_path / "gap.jsonl"
    async with ApiServer() as cluster, await create_client(cluster.configuration) as client:
        cluster.faults.watch(gone_after=1)
        async with Recorder(client, path, ["cm"], namespace="default") as recorder:
            await ask(client, "POST", MAPS, {"metadata": {"name": "a"}})
            await until(recorder, 2 + 1 + 3)
    with Recording(path) as recording:
        events = [entry.event for entry in recording if entry.event != "FAILED"]
    assert events == ["LIST_STARTED", "LIST_COMPLETED", "APPLIED", "LIST_STARTED", "LISTED", "LIST_COMPLETED"]


async def test_a_custom_resource_comes_with_its_definition(tmp_path: Path) -> None:
    path = tmp_path / "backups.jsonl"
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"at": {"type": "string"}}}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": "backups", "kind": "Backup", "singular": "backup"}
    spec = {"group": "example.com", "scope": "Namespaced", "names": names, "versions": [version]}
    definition = {"metadata": {"name": "backups.example.com"}, "spec": spec}
    backups = "/apis/example.com/v1/namespaces/default/backups"
    async with ApiServer() as cluster, await create_client(cluster.configuration) as client:
        await ask(client, "POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)
        body = {
            "apiVersion": "example.com/v1",
            "kind": "Backup",
            "metadata": {"name": "daily"},
            "spec": {"at": "02:00"},
        }
        await ask(client, "POST", backups, body)
        async with Recorder(client, path, ["backups.example.com"]):
            pass
    async with ApiServer() as server, await create_client(server.configuration) as client:
        server.replay(path, speed=None).wait()
        found = await ask(client, "GET", f"{backups}/daily")
        assert (found.code, found.body["spec"]) == (200, {"at": "02:00"})
        changed = await ask(client, "PATCH", f"{backups}/daily", {"spec": {"at": "03:00"}}, MERGE)
        assert changed.code == 200


async def test_what_can_not_be_recorded(tmp_path: Path) -> None:
    path = tmp_path / "none.jsonl"
    async with (
        ApiServer(authorization="RBAC") as cluster,
        await create_client(cluster.configuration) as client,
        await create_client(cluster.configuration_for("jane")) as jane,
    ):
        with pytest.raises(UnknownResource, match="the server has no resource"):
            async with Recorder(client, path, ["unicorns"]):
                pass
        assert not path.exists()
        with pytest.raises(Forbidden, match="jane"):
            async with Recorder(jane, path, ["pods"]):
                pytest.fail("it is not to be entered")
        with pytest.raises(RecordingError, match="can't be written: No such file"):
            async with Recorder(client, tmp_path / "missing" / "a.jsonl", ["pods"]):
                pass
        with pytest.raises(InvalidArgument, match="no resource class"):
            async with Recorder(client, path, [StructEntity]):
                pass
        wrong: list[Any] = ["pods", []]
        for kinds in wrong:
            with pytest.raises(InvalidArgument, match="kinds are a list"):
                Recorder(client, path, kinds)
