"""Loading manifests into a server in memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kubex.manifests.documents import Manifest
from kubex.manifests.errors import ManifestError
from kubex.testing import ApiServer
from kubex.testing.loading import load_manifests
from tests.unit.testing.clusters import Cluster
from tests.unit.testing.http.conftest import RawClient, _running, raw, server

__all__ = ("_running", "raw", "server")


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


def load(cluster: Cluster, *objects: dict[str, Any], namespace: str = "shop") -> None:
    manifests = [Manifest(object_, f"f, document {number}") for number, object_ in enumerate(objects, 1)]
    load_manifests(cluster.operations, manifests, namespace)


def object_(kind: str, name: str, api_version: str = "v1", **more: Any) -> dict[str, Any]:
    metadata = {"name": name, **more.pop("metadata", {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **more}


def template() -> dict[str, Any]:
    return {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "main", "image": "web"}]}}


def replica_set(name: str, **metadata: Any) -> dict[str, Any]:
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template()}
    return object_("ReplicaSet", name, "apps/v1", metadata=metadata, spec=spec)


def pod(name: str, **more: Any) -> dict[str, Any]:
    return object_("Pod", name, spec=template()["spec"], **more)


DEFINITION = object_(
    "CustomResourceDefinition",
    "backups.example.com",
    "apiextensions.k8s.io/v1",
    spec={
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "backups", "singular": "backup", "kind": "Backup", "listKind": "BackupList"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
            }
        ],
    },
    # As older generators write it: it is the server's.
    status={"acceptedNames": {"kind": "", "plural": ""}, "conditions": [], "storedVersions": []},
)


def test_each_comes_after_what_it_needs(cluster: Cluster) -> None:
    load(
        cluster,
        object_("Backup", "daily", "example.com/v1", metadata={"namespace": "new"}, status={"phase": "Done"}),
        object_("ConfigMap", "a"),
        DEFINITION,
        object_("Namespace", "new"),
    )
    backup = cluster.operations.get(
        cluster.resource("example.com/v1/backups"), cluster.key("example.com/v1/backups", "daily", "new")
    )
    assert backup.object["status"] == {"phase": "Done"}
    assert cluster.get("v1/configmaps", "a") is not None
    definition = cluster.get("apiextensions.k8s.io/v1/customresourcedefinitions", "backups.example.com")
    assert definition is not None
    assert definition["status"]["storedVersions"] == ["v1"]


def test_what_another_cluster_shows_can_be_loaded(cluster: Cluster) -> None:
    """Owners and dependents in any order, with another cluster's uids, versions and states."""
    set_by_it: dict[str, Any] = {
        "uid": "5a1c",
        "resourceVersion": "812",
        "generation": 7,
        "creationTimestamp": "2020-01-01T00:00:00Z",
        "managedFields": [
            {"manager": "m", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": {}}
        ],
    }
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": "5a1c", "controller": True}
    running = pod("web-0", metadata={"uid": "77", "ownerReferences": [owner]}, status={"phase": "Running"})
    load(cluster, running, replica_set("web", **set_by_it))
    web, web_0 = cluster.get("apps/v1/replicasets", "web"), cluster.get("v1/pods", "web-0")
    assert web is not None
    assert web_0 is not None
    assert web["metadata"]["uid"] == web_0["metadata"]["ownerReferences"][0]["uid"] != "5a1c"
    assert web["metadata"]["generation"] == 1
    assert web_0["status"]["phase"] == "Running"


def test_owners_of_each_other_have_to_do_without(cluster: Cluster) -> None:
    def owned(name: str, owner: str) -> dict[str, Any]:
        reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": owner, "uid": owner}
        return object_("ConfigMap", name, metadata={"uid": name, "ownerReferences": [reference]})

    with pytest.raises(ManifestError, match=r'document 1 \(ConfigMap "a"\) is gone at once'):
        load(cluster, owned("a", "b"), owned("b", "a"))


def test_an_owner_without_uid_is_refused_as_it_is(cluster: Cluster) -> None:
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "a"}
    with pytest.raises(ManifestError, match=r"document 2 .*ownerReferences.*uid"):
        load(cluster, object_("ConfigMap", "a"), object_("ConfigMap", "b", metadata={"ownerReferences": [reference]}))


def test_loading_again_brings_what_changed(cluster: Cluster) -> None:
    load(cluster, replica_set("web"), object_("ConfigMap", "a", data={"x": "1"}))
    before = cluster.get("apps/v1/replicasets", "web")
    changed = replica_set("web")
    changed["spec"]["replicas"] = 3
    load(cluster, changed, object_("ConfigMap", "a", data={"x": "2"}))
    after = cluster.get("apps/v1/replicasets", "web")
    assert before is not None
    assert after is not None
    assert after["metadata"]["uid"] == before["metadata"]["uid"]
    assert after["spec"]["replicas"] == 3
    assert (cluster.get("v1/configmaps", "a") or {})["data"] == {"x": "2"}


def test_a_generated_name(cluster: Cluster) -> None:
    for _ in range(2):
        load(cluster, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "a-"}})
    assert len(list(cluster.operations.cluster.storage.scan("configmaps"))) == 2


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (
            object_("Backup", "x", "example.com/v1"),
            r'f, document 1 \(Backup "x"\): Backup in version example.com/v1: there is no',
        ),
        (
            object_("ConfigMap", "x", metadata={"namespace": "none"}),
            r'document 1 \(ConfigMap "x"\): namespaces "none" not found',
        ),
        (object_("ConfigMap", "X"), r"document 1 .*is invalid: metadata.name"),
        (object_("ConfigMap", "x", dat={}), r'document 1 .*unknown field "dat"'),
        (pod("x", status={"phase": 3}), r"document 1 .*"),
        (
            pod("x", metadata={"ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "o", "uid": "o"}]}),
            r"document 1 .*none of its owners is there",
        ),
    ],
)
def test_a_refusal_names_the_place(cluster: Cluster, body: dict[str, Any], error: str) -> None:
    with pytest.raises(ManifestError, match=error):
        load(cluster, body)


def test_from_python(server: ApiServer, raw: RawClient, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(object_("ConfigMap", "a")))
    assert server.load_manifests(tmp_path, Manifest(object_("ConfigMap", "b"), "b"), namespace="kube-system") == 2
    items = raw.get("/api/v1/namespaces/kube-system/configmaps").json["items"]
    assert [item["metadata"]["name"] for item in items] == ["a", "b"]
    assert [request.verb for request in server.requests] == ["list"]
