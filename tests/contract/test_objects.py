"""Creating, reading, changing and deleting objects."""

from __future__ import annotations

import uuid

import pytest

from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.core.exceptions import AlreadyExists, Conflict, NotFound, UnprocessableEntity
from kubex.core.params import FieldValidation, Precondition, PropagationPolicy
from kubex.core.patch import (
    ApplyPatch,
    JsonPatch,
    JsonPatchAdd,
    JsonPatchCopy,
    JsonPatchRemove,
    JsonPatchReplace,
    JsonPatchTest,
    MergePatch,
    StrategicMergePatch,
)
from kubex.k8s.v1_35.apps.v1 import Deployment, DeploymentSpec
from kubex.k8s.v1_35.core.v1 import (
    ConfigMap,
    Container,
    ContainerPort,
    Namespace,
    Node,
    PodSpec,
    PodTemplateSpec,
    Secret,
)
from kubex.k8s.v1_35.meta.v1 import LabelSelector
from kubex_core.models.list_entity import ListEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.status import Status

pytestmark = pytest.mark.anyio


def config_map(name: str, labels: dict[str, str] | None = None, **data: str) -> ConfigMap:
    return ConfigMap(metadata=ObjectMetadata(name=name, labels=labels), data=data or None)


def deployment(name: str) -> Deployment:
    labels = {"app": name}
    return Deployment(
        metadata=ObjectMetadata(name=name, labels=labels),
        spec=DeploymentSpec(
            replicas=0,
            selector=LabelSelector(match_labels=labels),
            template=PodTemplateSpec(
                metadata=ObjectMetadata(labels=labels),
                spec=PodSpec(
                    containers=[
                        Container(name="web", image="shop/web:1", ports=[ContainerPort(container_port=80)]),
                        Container(name="log", image="shop/log:1"),
                    ]
                ),
            ),
        ),
    )


async def test_an_objects_life(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    created = await api.create(config_map("settings", colour="red"))
    assert created.metadata.uid
    assert created.metadata.creation_timestamp is not None
    assert (created.api_version, created.kind) == ("v1", "ConfigMap")

    read = await api.get("settings")
    assert read == created

    read.data = {"colour": "green"}
    replaced = await api.replace("settings", read)
    assert replaced.data == {"colour": "green"}
    assert replaced.metadata.resource_version != created.metadata.resource_version

    answer = await api.delete("settings")
    assert isinstance(answer, Status)
    assert answer.status == "Success"
    with pytest.raises(NotFound, match=rf'^configmaps "settings" in namespace "{namespace}" \(get\)$') as caught:
        await api.get("settings")
    assert caught.value.status == 404
    assert caught.value.reason == "NotFound"
    assert caught.value.details is not None
    assert caught.value.details.name == "settings"


async def test_bytes_are_bytes(client: BaseClient, namespace: str) -> None:
    api = Api(Secret, client, namespace=namespace)
    value = bytes(range(256))
    await api.create(Secret(metadata=ObjectMetadata(name="key"), data={"all": value}, string_data={"text": "é"}))
    assert (await api.get("key")).data == {"all": value, "text": "é".encode()}


async def test_a_generated_name(client: BaseClient, namespace: str) -> None:
    created = await Api(ConfigMap, client, namespace=namespace).create(
        ConfigMap(metadata=ObjectMetadata(generate_name="run-"))
    )
    assert created.metadata.name is not None
    assert created.metadata.name.startswith("run-")
    assert len(created.metadata.name) > len("run-")


async def test_an_object_that_is_there_already(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    await api.create(config_map("settings"))
    with pytest.raises(AlreadyExists) as caught:
        await api.create(config_map("settings"))
    assert isinstance(caught.value, Conflict)
    assert 'configmaps "settings"' in str(caught.value)


async def test_a_stale_object_is_not_written(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    stale = await api.create(config_map("settings"))
    await api.patch("settings", MergePatch({"data": {"a": "1"}}))
    stale.data = {"a": "2"}
    with pytest.raises(Conflict, match="the object has been modified"):
        await api.replace("settings", stale)


async def test_an_invalid_object(client: BaseClient, namespace: str) -> None:
    with pytest.raises(UnprocessableEntity) as caught:
        await Api(ConfigMap, client, namespace=namespace).create(config_map("Not_A_Name"))
    details = caught.value.details
    assert details is not None
    assert [(cause.field, cause.reason) for cause in details.causes or ()] == [("metadata.name", "FieldValueInvalid")]


async def test_lists_and_selectors(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    for name, colour in (("a", "red"), ("b", "green"), ("c", "red")):
        await api.create(config_map(name, labels={"test": "list", "colour": colour}))
    found = await api.list(label_selector="test=list, colour in (red)")
    assert isinstance(found, ListEntity)
    assert [item.metadata.name for item in found.items] == ["a", "c"]
    assert all(isinstance(item, ConfigMap) for item in found.items)
    assert found.metadata.resource_version
    assert {item.kind for item in found.items} == {"ConfigMap"}
    by_field = await api.list(field_selector="metadata.name=b")
    assert [item.metadata.name for item in by_field.items] == ["b"]
    everywhere = await api.list(
        namespace=None, label_selector="test=list", field_selector=f"metadata.namespace={namespace}"
    )
    assert len(everywhere.items) == 3


async def test_pages(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    names = [f"item-{number:02}" for number in range(7)]
    for name in names:
        await api.create(config_map(name, labels={"test": "pages"}))
    pages = [page async for page in api.pages(page_size=3, label_selector="test=pages")]
    assert [len(page.items) for page in pages] == [3, 3, 1]
    assert [item.metadata.name async for item in api.iterate(2, label_selector="test=pages")] == names
    first = await api.list(limit=3, label_selector="test=pages")
    assert first.metadata.remaining_item_count is None  # not counted where there is a selector
    rest = await api.list(continue_token=first.metadata.continue_, label_selector="test=pages")
    assert [item.metadata.name for item in rest.items] == names[3:]


async def test_merge_patch(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    await api.create(config_map("settings", keep="1", drop="2"))
    patched = await api.patch("settings", MergePatch({"data": {"drop": None, "add": "3"}}))
    assert patched.data == {"keep": "1", "add": "3"}
    patched = await api.patch("settings", MergePatch(ConfigMap(data={"more": "4"})))
    assert patched.data == {"keep": "1", "add": "3", "more": "4"}


async def test_strategic_merge_patch_merges_lists_by_key(client: BaseClient, namespace: str) -> None:
    api = Api(Deployment, client, namespace=namespace)
    await api.create(deployment("web"))
    change = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "shop/web:2"}]}}}}
    patched = await api.patch("web", StrategicMergePatch(change))
    assert patched.spec is not None
    assert patched.spec.template.spec is not None
    assert [(c.name, c.image) for c in patched.spec.template.spec.containers] == [
        ("web", "shop/web:2"),
        ("log", "shop/log:1"),
    ]


async def test_json_patch(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    await api.create(config_map("settings", a="1", b="2"))
    patched = await api.patch(
        "settings",
        JsonPatch(
            [
                JsonPatchTest(path="/data/a", value="1"),
                JsonPatchReplace(path="/data/a", value="10"),
                JsonPatchRemove(path="/data/b"),
                JsonPatchAdd(path="/metadata/annotations", value={"example.com/by": "patch"}),
            ]
        ),
    )
    assert patched.data == {"a": "10"}
    assert (patched.metadata.annotations or {})["example.com/by"] == "patch"
    for operation in (JsonPatchTest(path="/data/a", value="1"), JsonPatchRemove(path="/data/missing")):
        with pytest.raises(UnprocessableEntity, match="a JSON patch's test fails, or its path is not there"):
            await api.patch("settings", JsonPatch([operation]))


async def test_a_json_patch_can_not_copy_without_bounds(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    await api.create(config_map("settings", a="x" * 1000))
    # Each copy doubles what is there.
    bomb = [JsonPatchCopy(from_="/data", path=f"/data/copy-{index}") for index in range(14)]
    with pytest.raises(UnprocessableEntity, match="the server rejected our request due to an error in our request"):
        await api.patch("settings", JsonPatch(bomb))
    copied = await api.patch("settings", JsonPatch([JsonPatchCopy(from_="/data/a", path="/data/b")]))
    assert copied.data == {"a": "x" * 1000, "b": "x" * 1000}


async def test_apply(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    applied = await api.patch("settings", ApplyPatch(config_map("settings", a="1")), field_manager="one")
    assert applied.data == {"a": "1"}
    with pytest.raises(Conflict, match='conflict with "one"') as caught:
        await api.patch("settings", ApplyPatch(config_map("settings", a="2")), field_manager="two")
    assert caught.value.details is not None
    assert [cause.field for cause in caught.value.details.causes or ()] == [".data.a"]
    forced = await api.patch("settings", ApplyPatch(config_map("settings", a="2")), field_manager="two", force=True)
    assert forced.data == {"a": "2"}
    managers = {entry.manager for entry in forced.metadata.managed_fields or ()}
    assert "two" in managers


async def test_unknown_fields_under_validation(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    await api.create(config_map("settings"))
    change = MergePatch({"dat": {"a": "1"}})
    with pytest.raises(UnprocessableEntity, match='unknown field "dat"') as caught:
        await api.patch("settings", change, field_validation=FieldValidation.STRICT)
    assert "creationTimestamp" not in str(caught.value)  # the server's words quote the whole object
    with pytest.warns(UserWarning, match='unknown field "dat"'):
        await api.patch("settings", change, field_validation=FieldValidation.WARN)
    await api.patch("settings", change, field_validation=FieldValidation.IGNORE)


async def test_dry_runs_change_nothing(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    await api.create(config_map("tried", a="1"), dry_run=True)
    with pytest.raises(NotFound):
        await api.get("tried")
    kept = await api.create(config_map("kept", a="1"))
    tried = await api.patch("kept", MergePatch({"data": {"a": "2"}}), dry_run=True)
    assert tried.data == {"a": "2"}
    await api.delete("kept", dry_run=True)
    assert await api.get("kept") == kept


async def test_preconditions_of_a_delete(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    created = await api.create(config_map("settings"))
    with pytest.raises(Conflict, match=r"[Pp]recondition"):
        await api.delete("settings", preconditions=Precondition(uid=str(uuid.uuid4())))
    with pytest.raises(Conflict):
        await api.delete("settings", preconditions=Precondition(resource_version="1"))
    await api.delete("settings", preconditions=Precondition(uid=created.metadata.uid))


async def test_a_finalizer_holds_a_delete(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    await api.create(ConfigMap(metadata=ObjectMetadata(name="held", finalizers=["example.com/hold"])))
    answer = await api.delete("held", propagation_policy=PropagationPolicy.BACKGROUND)
    # The server answers the object where it stays for now, or a Status with its uid.
    assert isinstance(answer, ConfigMap | Status)
    held = await api.get("held")
    assert held.metadata.deletion_timestamp is not None
    await api.patch("held", MergePatch({"metadata": {"finalizers": None}}))
    with pytest.raises(NotFound):
        await api.get("held")


async def test_delete_collection(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    for name, kind in (("a", "drop"), ("b", "drop"), ("c", "keep")):
        await api.create(config_map(name, labels={"kind": kind}))
    removed = await api.delete_collection(label_selector="kind=drop")
    if isinstance(removed, ListEntity):
        assert [item.metadata.name for item in removed.items] == ["a", "b"]
    assert [item.metadata.name for item in (await api.list(label_selector="kind")).items] == ["c"]


async def test_cluster_scoped_resources(client: BaseClient, namespace: str) -> None:
    found = await Api(Namespace, client).get(namespace)
    assert found.metadata.namespace is None
    assert found.status is not None
    assert found.status.phase == "Active"
    with pytest.raises(ValueError, match="outside namespaces"):
        await Api(Node, client).list(namespace=namespace)


async def test_an_object_in_a_namespace_that_is_not_there(client: BaseClient) -> None:
    with pytest.raises(NotFound, match='namespaces "no-such-namespace" not found'):
        await Api(ConfigMap, client, namespace="no-such-namespace").create(config_map("settings"))


async def test_metadata_alone(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    await api.create(config_map("settings", labels={"test": "metadata"}, a="1"))
    one = await api.metadata.get("settings")
    assert (one.kind, one.metadata.labels) == ("PartialObjectMetadata", {"test": "metadata"})
    assert (await api.metadata.list(label_selector="test=none")).items == []  # which are null as they are sent
    listed = await api.metadata.list(label_selector="test=metadata")
    assert [item.metadata.name for item in listed.items] == ["settings"]
    patched = await api.metadata.patch("settings", MergePatch({"metadata": {"labels": {"more": "yes"}}}))
    assert patched.metadata.labels == {"test": "metadata", "more": "yes"}


async def test_reading_from_a_version(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    created = await api.create(config_map("settings"))
    assert await api.get("settings", resource_version=created.metadata.resource_version) == created
    cached = await api.list(resource_version="0", field_selector="metadata.name=settings")
    assert cached.metadata.resource_version
