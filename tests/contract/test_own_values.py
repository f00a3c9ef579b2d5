"""Resources with all that users' classes are made of: their values, their defaults, and what they compute."""

from __future__ import annotations

from contextlib import aclosing
from datetime import timedelta
from enum import Enum
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar

import anyio
import msgspec
import pytest
from pydantic import Field, PositiveInt, SecretStr, computed_field, field_validator

import kubex
from kubex.api import Api, DynamicObject, dynamic_api
from kubex.client.base import BaseClient
from kubex.core.duration import Duration
from kubex.core.exceptions import UnprocessableEntity
from kubex.core.params import FieldValidation
from kubex.core.patch import MergePatch
from kubex.core.quantity import Quantity
from kubex.k8s.v1_35.apiextensions.v1 import JSONSchemaProps
from kubex.k8s.v1_35.core.v1 import Container, PodSpec, PodTemplateSpec
from kubex_core.models.base_entity import BaseEntity
from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.camel_model import CamelModel
from kubex_core.models.interfaces import HasScaleSubresource, HasStatusSubresource, NamespaceScopedEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.struct_entity import StructEntity
from tests.cluster import TRANSPORTS
from tests.contract.definitions import Definitions, definitions, in_a_group_of_its_own, served

__all__ = ("definitions",)

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("transport", [TRANSPORTS["aiohttp-asyncio"]], indirect=True, ids=["aiohttp-asyncio"]),
]

T = TypeVar("T")


class Mode(Enum):
    FAST = "Fast"
    SLOW = "Slow"


class Window(CamelModel):
    days: list[str] = Field(default_factory=list)
    hour: PositiveInt = 3


class ModelSpec(CamelModel):
    size: Quantity
    every: Duration = Duration.parse("1h")
    limits: dict[str, Quantity] = Field(default_factory=dict)
    mode: Mode = Mode.FAST
    level: Literal["low", "high"] | None = None
    target_port: int | str = 80
    pass_word: SecretStr | None = None
    window: Window = Field(default_factory=Window)
    template: PodTemplateSpec | None = None
    anything: Any = None
    replicas: int = 1

    @field_validator("limits")
    @classmethod
    def _has_no_more(cls, value: dict[str, Quantity]) -> dict[str, Quantity]:
        if len(value) > 2:
            raise ValueError("two limits are enough")
        return value

    @computed_field  # type: ignore[prop-decorator]
    @property
    def half_size(self) -> Quantity:
        return self.size / 2


class ModelStatus(CamelModel):
    replicas: int | None = None
    took: timedelta | None = None


class Model(BaseEntity, NamespaceScopedEntity, HasStatusSubresource, HasScaleSubresource):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1", kind="Disk")

    spec: ModelSpec
    status: ModelStatus | None = None


class Range(BaseStruct, Generic[T], kw_only=True):
    least: T
    most: T | None = None


class StructSpec(BaseStruct, kw_only=True):
    size: Quantity
    every: Duration = Duration.parse("1h")
    mode: Mode = Mode.FAST
    target_port: int | str | None = None
    sizes: Range[Quantity] | None = None
    anything: Any = None


class Struct(StructEntity, NamespaceScopedEntity, HasStatusSubresource, kw_only=True):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1", kind="Disk")

    spec: StructSpec


POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"nodeName": None}}


async def created_listed_and_watched(api: Api[Any], made: Any) -> Any:
    """Create an object strictly, and see that it is read the same in every way."""
    created = await api.create(made, field_validation=FieldValidation.STRICT)
    name = created.metadata.name
    assert await api.get(name) == created
    assert (await api.list()).items == [created]
    with anyio.fail_after(20):
        async with aclosing(api.watch(resource_version="0", field_selector=f"metadata.name={name}")) as events:
            async for event in events:
                assert event.object == created
                break
    return created


async def test_a_pydantic_class(client: BaseClient, namespace: str, definitions: Definitions) -> None:
    (model,) = in_a_group_of_its_own(Model)
    await definitions.create(kubex.crd_for(model))
    disks: Api[Any] = Api(model, client, namespace=namespace)
    await served(disks)
    container = Container(name="main", image="example.com/main:1")
    spec = ModelSpec(
        size=Quantity("3Gi"),
        limits={"cpu": Quantity("500m")},
        mode=Mode.SLOW,
        level="low",
        pass_word=SecretStr("sesame"),
        template=PodTemplateSpec(spec=PodSpec(containers=[container])),
        anything=[DynamicObject(POD), {"a": Quantity("1")}],
    )
    created = await created_listed_and_watched(disks, model(metadata=ObjectMetadata(name="d"), spec=spec))
    assert (created.spec.size, created.spec.half_size) == (Quantity("3Gi"), Quantity("1.5Gi"))
    assert created.spec.pass_word == SecretStr("sesame")
    assert created.spec.template == spec.template
    assert created.spec.anything == [POD, {"a": "1"}]

    def change(disk: Model) -> None:
        disk.spec.size = disk.spec.size * 2
        disk.spec.every = Duration.parse("90s")
        disk.spec.window.days.append("Sunday")

    edited = await disks.edit("d", change, field_validation=FieldValidation.STRICT)
    assert (edited.spec.size, edited.spec.every) == (Quantity("6Gi"), Duration.parse("1m30s"))
    raw = await dynamic_api(client, model.__RESOURCE_CONFIG__.api_version, "Disk", namespace=namespace)
    stored = (await raw.get("d"))["spec"]
    assert (stored["size"], stored["halfSize"], stored["every"]) == ("6Gi", "3Gi", "1m30s")
    assert stored["window"] == {"days": ["Sunday"], "hour": 3}
    assert stored["passWord"] == "sesame"

    applied = await disks.apply(
        model(metadata=ObjectMetadata(name="e"), spec=spec), field_manager="us", field_validation=FieldValidation.STRICT
    )
    assert applied.spec == created.spec
    status = {"status": {"took": "PT90S", "replicas": 2}}
    assert (await disks.status.patch("d", MergePatch(status))).status == ModelStatus(
        replicas=2, took=timedelta(seconds=90)
    )
    scaled = await disks.scale.patch("d", MergePatch({"spec": {"replicas": 4}}))
    assert scaled.spec is not None
    assert scaled.spec.replicas == 4
    for wrong in ({"size": "3Zi"}, {"every": "soon"}, {"mode": "Fastest"}, {"window": {"hour": 0}}):
        with pytest.raises(UnprocessableEntity, match=next(iter(wrong))):
            await disks.patch("d", MergePatch({"spec": wrong}))


async def test_a_struct(client: BaseClient, namespace: str, definitions: Definitions) -> None:
    (model,) = in_a_group_of_its_own(Struct)
    await definitions.create(kubex.crd_for(model))
    disks: Api[Any] = Api(model, client, namespace=namespace)
    await served(disks)
    spec = StructSpec(
        size=Quantity("3Gi"),
        mode=Mode.SLOW,
        target_port="http",
        sizes=Range(least=Quantity("1Gi")),
        anything={"pod": DynamicObject(POD), "window": Window(days=["Sunday"])},
    )
    created = await created_listed_and_watched(disks, model(metadata=ObjectMetadata(name="d"), spec=spec))
    assert created.spec == StructSpec(
        size=Quantity("3Gi"),
        mode=Mode.SLOW,
        target_port="http",
        sizes=Range(least=Quantity("1Gi")),
        anything={"pod": POD, "window": {"days": ["Sunday"], "hour": 3}},
    )

    def change(disk: Struct) -> None:
        assert disk.spec.sizes is not None
        disk.spec.sizes.most = Quantity("5Gi")
        disk.spec.target_port = 8080

    edited = await disks.edit("d", change)
    assert edited.spec.sizes == Range(least=Quantity("1Gi"), most=Quantity("5Gi"))
    assert edited.spec.target_port == 8080


async def test_defaults_of_a_class_that_the_definition_does_not_have(
    client: BaseClient, namespace: str, definitions: Definitions
) -> None:
    """Other people's definitions have no defaults of ours, and their objects not what our class fills in."""
    (model,) = in_a_group_of_its_own(Model)
    definition = kubex.crd_for(model)
    schema = definition.spec.versions[0].schema
    assert schema is not None
    schema.open_apiv3_schema = JSONSchemaProps(type="object", x_kubernetes_preserve_unknown_fields=True)
    await definitions.create(definition)
    disks: Api[Any] = Api(model, client, namespace=namespace)
    await served(disks)
    raw = await dynamic_api(client, model.__RESOURCE_CONFIG__.api_version, "Disk", namespace=namespace)
    await raw.create(DynamicObject({"metadata": {"name": "d"}, "spec": {"size": "1Gi", "unheard": [1]}}))

    def change(disk: Model) -> None:
        disk.spec.replicas += 1
        disk.spec.window.days.append("Sunday")
        disk.spec.limits["cpu"] = Quantity("1")

    edited = await disks.edit("d", change)
    assert (edited.spec.replicas, edited.spec.window.days) == (2, ["Sunday"])
    assert (await raw.get("d"))["spec"] == {
        "size": "1Gi",
        "unheard": [1],
        "replicas": 2,
        "window": {"days": ["Sunday"], "hour": 3},
        "limits": {"cpu": "1"},
    }
    # A second time they are there.
    await disks.edit("d", change)
    assert msgspec.json.encode((await raw.get("d"))["spec"]["window"]) == b'{"days":["Sunday","Sunday"],"hour":3}'
