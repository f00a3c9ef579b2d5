"""What a class does not know survives every change: outside of it, the object's JSON stays as it was."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from copy import deepcopy
from typing import Annotated, Any, ClassVar, Self

import pytest

import kubex
from kubex.api import Api, DynamicObject, dynamic_api
from kubex.client.base import BaseClient
from kubex.core.diff import diff
from kubex.core.params import FieldValidation
from kubex.core.patch import JsonPatch, MergePatch
from kubex.k8s.v1_32.core.v1 import PodTemplate
from kubex_core.models.base_entity import BaseEntity
from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.camel_model import CamelModel
from kubex_core.models.interfaces import HasStatusSubresource, NamespaceScopedEntity
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.schema import Schema
from kubex_core.models.struct_entity import StructEntity
from tests.cluster import TRANSPORTS
from tests.contract.definitions import Definitions, definitions, in_a_group_of_its_own, served

__all__ = ("definitions",)

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("transport", [TRANSPORTS["aiohttp-asyncio"]], indirect=True, ids=["aiohttp-asyncio"]),
]

Object = dict[str, Any]

CONFIG = ResourceConfig[Any](group="example.com", version="v1", kind="Backup", plural="backups")


class Target(CamelModel):
    name: str
    weight: int = 1
    path: str | None = None


class WholeSpec(CamelModel):
    schedule: str
    keep: int = 3
    last_owner: str | None
    targets: Annotated[list[Target], Schema(list_map_keys=["name"])]
    options: Any = None


class Whole(BaseEntity, NamespaceScopedEntity, HasStatusSubresource):
    """All that the definition has."""

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = CONFIG

    spec: WholeSpec


class ModelTarget(CamelModel):
    name: str
    path: str | None = None


class ModelSpec(CamelModel):
    schedule: str
    targets: list[ModelTarget] | None = None


class Model(BaseEntity, NamespaceScopedEntity):
    """A Pydantic class that lacks most of it."""

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = CONFIG

    spec: ModelSpec


class StructTarget(BaseStruct, kw_only=True):
    name: str
    path: str | None = None


class StructSpec(BaseStruct, kw_only=True):
    schedule: str
    targets: list[StructTarget] | None = None


class Struct(StructEntity, NamespaceScopedEntity, kw_only=True):
    """A struct that lacks most of it."""

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = CONFIG

    spec: StructSpec


BACKUP: Object = {
    "metadata": {"name": "it", "labels": {"app": "shop"}},
    "spec": {
        "schedule": "@daily",
        "lastOwner": None,
        "targets": [{"name": "a", "weight": 2}, {"name": "b", "weight": 3, "path": "/b"}],
        "options": {"deep": [{"er": None}, 1.5, "text"]},
    },
}

POD_TEMPLATE: Object = {
    "apiVersion": "v1",
    "kind": "PodTemplate",
    "metadata": {"name": "it", "labels": {"app": "shop"}},
    "template": {
        "spec": {
            "hostnameOverride": "shop.example.com",  # Kubernetes 1.34 and later
            "containers": [
                {
                    "name": "main",
                    "image": "example.com/main:1",
                    # 1.34 and later, too
                    "env": [{"name": "A", "valueFrom": {"fileKeyRef": {"volumeName": "v", "path": "e", "key": "k"}}}],
                },
                {"name": "other", "image": "example.com/other:1"},
            ],
            "volumes": [{"name": "v", "emptyDir": {}}],
        }
    },
}

Way = Callable[[Api[Any], Callable[[Any], None]], Awaitable[Any]]


async def by_edit(api: Api[Any], change: Callable[[Any], None]) -> None:
    await api.edit("it", change, field_manager="ours")


async def by_merge_patch(api: Api[Any], change: Callable[[Any], None]) -> None:
    old, new = await changed(api, change)
    await api.patch("it", diff(old, new, MergePatch), field_manager="ours")


async def by_json_patch(api: Api[Any], change: Callable[[Any], None]) -> None:
    old, new = await changed(api, change)
    await api.patch("it", diff(old, new, JsonPatch), field_manager="ours")


async def changed(api: Api[Any], change: Callable[[Any], None]) -> tuple[Any, Any]:
    old = await api.get("it")
    new = old.model_copy(deep=True)
    change(new)
    return old, new


def outside(content: Object) -> Object:
    """Give what a change must leave as it was."""
    left = deepcopy(content)
    metadata = left["metadata"]
    metadata.pop("generation", None)
    del metadata["resourceVersion"]
    metadata["managedFields"] = [each for each in metadata["managedFields"] if each["manager"] != "ours"]
    return left


def owned(content: Object) -> Object:
    """Give what the other program has applied: what is changed under it is not its own any more."""
    entries: list[Object] = content["metadata"]["managedFields"]
    return next(each["fieldsV1"] for each in entries if each["manager"] == "theirs" and each["operation"] == "Apply")


async def check(
    client: BaseClient, api: Api[Any], content: Object, change: Callable[[Any], None], expected: Any, way: Way
) -> None:
    """Create an object by other hands, change it, and compare.

    Args:
        expected: does the change to the JSON, and to who owns what.
    """
    whole = await dynamic_api(client, content["apiVersion"], content["kind"], namespace=api.namespace)
    await whole.apply(DynamicObject(content), field_manager="theirs", field_validation=FieldValidation.STRICT)
    await whole.patch("it", MergePatch({"metadata": {"annotations": {"a": "b"}}}), field_manager="others")
    before = (await whole.get("it")).model_dump()
    await way(api, change)
    after = (await whole.get("it")).model_dump()
    wanted = outside(before)
    expected(wanted)
    assert outside(after) == wanted
    assert after["metadata"]["resourceVersion"] != before["metadata"]["resourceVersion"]
    assert [each["manager"] for each in after["metadata"]["managedFields"]].count("ours") == 1


def rename(backup: Any) -> None:
    backup.spec.schedule = "@hourly"


def redirect(backup: Any) -> None:
    backup.spec.targets[0].path = "/a"


def renamed(content: Object) -> None:
    content["spec"]["schedule"] = "@hourly"
    del owned(content)["f:spec"]["f:schedule"]


def redirected(content: Object) -> None:
    content["spec"]["targets"][0]["path"] = "/a"


@pytest.mark.parametrize(
    ("change", "expected", "way"),
    [
        (rename, renamed, by_edit),
        (redirect, redirected, by_edit),
        (rename, renamed, by_merge_patch),
        (rename, renamed, by_json_patch),
        (redirect, redirected, by_json_patch),
    ],
)
@pytest.mark.parametrize("lacking", [Model, Struct])
async def test_a_class_that_lacks_fields(
    client: BaseClient, namespace: str, definitions: Definitions, lacking: Any, change: Any, expected: Any, way: Way
) -> None:
    whole, model = in_a_group_of_its_own(Whole, lacking)
    await definitions.create(kubex.crd_for(whole))
    api = Api(model, client, namespace=namespace)
    await served(api)
    config = model.__RESOURCE_CONFIG__
    content = {"apiVersion": config.api_version, "kind": config.kind, **BACKUP}
    await check(client, api, content, change, expected, way)


@pytest.mark.parametrize("lacking", [Model, Struct])
async def test_applying_a_class_that_lacks_fields(
    client: BaseClient, namespace: str, definitions: Definitions, lacking: Any
) -> None:
    whole, model = in_a_group_of_its_own(Whole, lacking)
    await definitions.create(kubex.crd_for(whole))
    api = Api(model, client, namespace=namespace)
    await served(api)
    config = model.__RESOURCE_CONFIG__

    async def by_apply(api: Api[Any], change: Any) -> None:
        part = model.model_validate({"metadata": {"name": "it"}, "spec": {"schedule": "@hourly"}})
        await api.apply(part, field_manager="ours", force=True)

    content = {"apiVersion": config.api_version, "kind": config.kind, **BACKUP}
    await check(client, api, content, rename, renamed, by_apply)


def new_image(template: PodTemplate) -> None:
    assert template.template is not None
    assert template.template.spec is not None
    template.template.spec.containers[1].image = "example.com/other:2"


def grace(template: PodTemplate) -> None:
    assert template.template is not None
    assert template.template.spec is not None
    template.template.spec.termination_grace_period_seconds = 7


def with_new_image(content: Object) -> None:
    content["template"]["spec"]["containers"][1]["image"] = "example.com/other:2"
    del owned(content)["f:template"]["f:spec"]["f:containers"]['k:{"name":"other"}']["f:image"]


def with_grace(content: Object) -> None:
    content["template"]["spec"]["terminationGracePeriodSeconds"] = 7


async def by_applying_grace(api: Api[Any], change: Any) -> None:
    part = {"metadata": {"name": "it"}, "template": {"spec": {"terminationGracePeriodSeconds": 7}}}
    await api.apply(DynamicObject({"apiVersion": "v1", "kind": "PodTemplate", **part}), field_manager="ours")


@pytest.mark.parametrize(
    ("change", "expected", "way"),
    [
        (new_image, with_new_image, by_edit),
        (new_image, with_new_image, by_json_patch),
        (grace, with_grace, by_merge_patch),
        (grace, with_grace, by_applying_grace),
    ],
)
async def test_models_of_an_older_release(
    client: BaseClient, namespace: str, change: Any, expected: Any, way: Way
) -> None:
    await check(client, Api(PodTemplate, client, namespace=namespace), POD_TEMPLATE, change, expected, way)
