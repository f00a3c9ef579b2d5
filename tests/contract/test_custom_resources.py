"""The user's own resources: Pydantic classes and structs, over a CustomResourceDefinition."""

from __future__ import annotations

import json
import uuid
from contextlib import aclosing
from typing import Any, ClassVar, Self

import anyio
import pytest
from msgspec import field
from pydantic import BaseModel

from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.core.exceptions import Gone, NotFound, TooManyRequests, UnprocessableEntity
from kubex.core.patch import ApplyPatch, MergePatch
from kubex.core.request import Request
from kubex.core.watch_event import EventType
from kubex.k8s.v1_35.apiextensions.v1 import CustomResourceDefinition
from kubex.k8s.v1_35.core.v1 import ResourceRequirements
from kubex_core.models.base_entity import BaseEntity
from kubex_core.models.base_struct import BaseStruct, always_written
from kubex_core.models.interfaces import HasScaleSubresource, HasStatusSubresource, NamespaceScopedEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig, Scope
from kubex_core.models.struct_entity import StructEntity

pytestmark = pytest.mark.anyio

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "required": ["schedule"],
            "properties": {
                "schedule": {"type": "string"},
                "keepLast": {"type": "integer", "default": 3},
                "replicas": {"type": "integer"},
                "resources": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
            },
        },
        "status": {"type": "object", "properties": {"phase": {"type": "string"}, "replicas": {"type": "integer"}}},
    },
}


class BackupSpec(BaseModel):
    schedule: str
    keep_last: int | None = None
    replicas: int | None = None
    resources: ResourceRequirements | None = None

    model_config = {
        "alias_generator": lambda name: "keepLast" if name == "keep_last" else name,
        "populate_by_name": True,
    }


class BackupStatus(BaseModel):
    phase: str | None = None


class Backup(BaseEntity, NamespaceScopedEntity, HasStatusSubresource, HasScaleSubresource):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(
        group="kubex.example.com", version="v1", kind="Backup", plural="backups", scope=Scope.NAMESPACE
    )

    spec: BackupSpec
    status: BackupStatus | None = None


class FastBackupSpec(BaseStruct, kw_only=True):
    schedule: str
    keep_last: int | None = None


class FastBackup(StructEntity, NamespaceScopedEntity, HasStatusSubresource, kw_only=True):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(
        group="kubex.example.com", version="v1", kind="Backup", plural="backups"
    )

    api_version: str = field(default_factory=always_written("kubex.example.com/v1"))
    kind: str = field(default_factory=always_written("Backup"))
    metadata: ObjectMetadata = field(default_factory=ObjectMetadata)
    spec: FastBackupSpec


@pytest.fixture
async def definition(client: BaseClient) -> None:
    """The definition of backups, there and served; it stays for the tests after this one."""
    api = Api(CustomResourceDefinition, client)
    body = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "backups.kubex.example.com"},
        "spec": {
            "group": "kubex.example.com",
            "scope": "Namespaced",
            "names": {"kind": "Backup", "plural": "backups", "singular": "backup", "listKind": "BackupList"},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": SCHEMA},
                    "subresources": {
                        "status": {},
                        "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"},
                    },
                }
            ],
        },
    }
    await api.patch("backups.kubex.example.com", ApplyPatch(body), field_manager="kubex-tests", force=True)
    with anyio.fail_after(20):
        while True:
            found = await api.get("backups.kubex.example.com")
            conditions = (found.status.conditions if found.status else None) or []
            if any(condition.type == "Established" and condition.status == "True" for condition in conditions):
                break
            await anyio.sleep(0.1)
        while True:  # established a moment before it is served, and served a moment before its storage is ready
            try:
                await Api(Backup, client).list()
                break
            except (NotFound, TooManyRequests):
                await anyio.sleep(0.1)


def backup(name: str) -> Backup:
    return Backup(
        metadata=ObjectMetadata(name=name),
        spec=BackupSpec(schedule="@daily", resources=ResourceRequirements(limits={"cpu": "1"})),
    )


@pytest.mark.usefixtures("definition")
async def test_a_pydantic_resource(client: BaseClient, namespace: str) -> None:
    api = Api(Backup, client, namespace=namespace)
    created = await api.create(backup("nightly"))
    assert created.spec.keep_last == 3  # the schema's default
    assert created.spec.resources == ResourceRequirements(limits={"cpu": "1"})
    assert created.metadata.uid

    created.spec.schedule = "@hourly"
    replaced = await api.replace("nightly", created)
    assert replaced.spec.schedule == "@hourly"

    # The status is all that counts: not even the uid of another object is looked at.
    other = {"uid": str(uuid.uuid4()), "labels": {"a": "-"}, "deletionTimestamp": "2026-01-01T00:00:00Z"}
    patched = await api.status.patch("nightly", MergePatch({"metadata": other, "status": {"phase": "Done"}}))
    assert patched.status == BackupStatus(phase="Done")
    scale = await api.scale.patch("nightly", MergePatch({"spec": {"replicas": 2}}))
    assert scale.spec is not None
    assert scale.spec.replicas == 2
    with pytest.raises(
        UnprocessableEntity, match=r"\.spec\.replicas: Invalid value: -1: should be a non-negative integer"
    ):
        await api.scale.patch("nightly", MergePatch({"spec": {"replicas": -1}}))

    listed = await api.list()
    assert [item.metadata.name for item in listed.items] == ["nightly"]
    assert listed.items[0].spec.replicas == 2
    with anyio.fail_after(20):
        async with aclosing(api.watch()) as stream:
            async for event in stream:
                assert event.type is EventType.ADDED
                assert isinstance(event.object, Backup)
                break
    await api.delete("nightly")


@pytest.mark.usefixtures("definition")
async def test_a_struct_resource_of_the_same_kind(client: BaseClient, namespace: str) -> None:
    api = Api(FastBackup, client, namespace=namespace)
    created = await api.create(
        FastBackup(metadata=ObjectMetadata(name="quick"), spec=FastBackupSpec(schedule="@daily", keep_last=1))
    )
    assert created.spec == FastBackupSpec(schedule="@daily", keep_last=1)
    assert (await api.list()).items == [created]
    assert (await api.metadata.get("quick")).metadata.uid == created.metadata.uid


@pytest.mark.usefixtures("definition")
async def test_watching_from_before_the_kind_was_there(client: BaseClient, namespace: str) -> None:
    """The server remembers a kind's changes since it first served the kind: an older version is gone for certain."""
    api = Api(Backup, client, namespace=namespace)
    with pytest.raises(Gone):
        async for _ in api.watch(resource_version="1", timeout_seconds=2):
            pass


@pytest.mark.usefixtures("definition")
async def test_the_schema_is_enforced(client: BaseClient, namespace: str) -> None:
    api = Api(Backup, client, namespace=namespace)
    await api.create(backup("strict"))
    with pytest.raises(UnprocessableEntity, match=r"spec\.schedule"):
        await api.patch("strict", MergePatch({"spec": {"schedule": None}}))


async def test_a_resource_that_is_not_served(client: BaseClient, namespace: str) -> None:
    class Unknown(BaseEntity, NamespaceScopedEntity):
        __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(
            group=f"g{uuid.uuid4().hex[:8]}.example.com", version="v1"
        )

    with pytest.raises(NotFound, match="is its API group installed and served"):
        await Api(Unknown, client, namespace=namespace).list()


@pytest.mark.usefixtures("definition")
async def test_the_openapi_document_of_a_custom_resource(client: BaseClient) -> None:
    """What kubectl reads to explain a kind and to know what a patch of it may ask for."""
    place = "/apis/kubex.example.com/v1"
    document: dict[str, Any] = {}
    with anyio.fail_after(20):
        while "components" not in document:
            try:
                response = await client.request(Request("GET", f"/openapi/v3{place}"))
            except NotFound:  # the document is made a moment after the resource is served
                await anyio.sleep(0.1)
            else:
                document = json.loads(response.content)

    backups = f"{place}/namespaces/{{namespace}}/backups"
    assert {path: sorted(item) for path, item in document["paths"].items()} == {
        f"{place}/backups": ["get", "parameters"],
        backups: ["delete", "get", "parameters", "post"],
        f"{backups}/{{name}}": ["delete", "get", "parameters", "patch", "put"],
        f"{backups}/{{name}}/scale": ["get", "parameters", "patch", "put"],
        f"{backups}/{{name}}/status": ["get", "parameters", "patch", "put"],
    }
    kind = {"group": "kubex.example.com", "version": "v1", "kind": "Backup"}
    patch = document["paths"][f"{backups}/{{name}}"]["patch"]
    assert patch["operationId"] == "patchKubexExampleComV1NamespacedBackup"
    assert patch["x-kubernetes-group-version-kind"] == kind
    assert sorted(patch["requestBody"]["content"]) == [
        "application/apply-patch+yaml",
        "application/json-patch+json",
        "application/merge-patch+json",
    ]
    assert [parameter["name"] for parameter in patch["parameters"]] == [
        "dryRun",
        "fieldManager",
        "fieldValidation",
        "force",
    ]
    schemas = document["components"]["schemas"]
    assert schemas["com.example.kubex.v1.Backup"]["x-kubernetes-group-version-kind"] == [kind]
    properties = schemas["com.example.kubex.v1.Backup"]["properties"]
    assert sorted(properties) == ["apiVersion", "kind", "metadata", "spec", "status"]
    assert properties["spec"]["properties"] == SCHEMA["properties"]["spec"]["properties"]
    meta = "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
    assert properties["metadata"]["allOf"] == [{"$ref": meta}]
    assert {"com.example.kubex.v1.BackupList", meta.rpartition("/")[2]} < set(schemas)
