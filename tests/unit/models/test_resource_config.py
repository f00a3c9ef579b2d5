"""`ResourceConfig`: what is given, what is worked out from the class, and what subclasses get."""

from __future__ import annotations

from typing import Any, ClassVar, Generic, Literal, Self, TypeVar

import msgspec
import pytest
from msgspec import field
from pydantic import BaseModel, Field

from kubex_core.models.base_entity import BaseEntity
from kubex_core.models.base_struct import always_written
from kubex_core.models.interfaces import ClusterScopedEntity, NamespaceScopedEntity
from kubex_core.models.list_entity import ListEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.partial_object_meta import PartialObjectMetadata
from kubex_core.models.resource_config import ResourceConfig, Scope
from kubex_core.models.scale import Scale
from kubex_core.models.struct_entity import StructEntity
from tests.unit.models.resources import Backup, Box, Cluster

T = TypeVar("T")


class BoxFleet(ListEntity[Box], kw_only=True):
    pass


class Fleet(StructEntity, ClusterScopedEntity, kw_only=True):
    """A struct that says what it is in its fields alone."""

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig()

    api_version: str = field(default_factory=always_written("fleets.example.com/v2beta1"))
    kind: str = field(default_factory=always_written("ShipFleet"))
    metadata: ObjectMetadata = field(default_factory=ObjectMetadata)


class OwnFleet(Fleet, kw_only=True):
    flag: str | None = None


class OwnBackup(Backup):
    note: str | None = None


class OtherBackup(Backup):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Any]] = ResourceConfig(group="other.example.com", version="v3")


class Parcel(BaseEntity, NamespaceScopedEntity, Generic[T]):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Any]] = ResourceConfig(group="example.com")

    spec: T


def address(config: ResourceConfig[Any]) -> tuple[str, str, str, str, str, Scope]:
    return (config.group, config.version, config.api_version, config.kind, config.plural, config.scope)


def test_everything_given_is_taken() -> None:
    class Thing(BaseEntity, NamespaceScopedEntity):
        __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(
            version="v7",
            kind="Other",
            plural="otherz",
            scope=Scope.CLUSTER,
            group="g.io",
            list_model=BoxFleet,
        )

    config: ResourceConfig[Any] = Thing.__RESOURCE_CONFIG__
    assert address(config) == ("g.io", "v7", "g.io/v7", "Other", "otherz", Scope.CLUSTER)
    assert config.list_model is BoxFleet


def test_nothing_given_is_all_worked_out() -> None:
    class Widget(BaseEntity, NamespaceScopedEntity):
        __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig()

    assert address(Widget.__RESOURCE_CONFIG__) == ("", "v1", "v1", "Widget", "widgets", Scope.NAMESPACE)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (Backup, ("example.com", "v1", "example.com/v1", "Backup", "backups", Scope.NAMESPACE)),
        (Cluster, ("example.com", "v1", "example.com/v1", "Cluster", "clusters", Scope.CLUSTER)),
        (Box, ("example.com", "v1", "example.com/v1", "Box", "boxes", Scope.NAMESPACE)),
        (
            Fleet,
            ("fleets.example.com", "v2beta1", "fleets.example.com/v2beta1", "ShipFleet", "shipfleets", Scope.CLUSTER),
        ),
        (Scale, ("autoscaling", "v1", "autoscaling/v1", "Scale", "scales", Scope.NAMESPACE)),
    ],
)
def test_addresses(model: type[Any], expected: tuple[Any, ...]) -> None:
    assert address(model.__RESOURCE_CONFIG__) == expected


def test_what_a_pydantic_class_declares_in_its_fields_is_taken() -> None:
    class Declared(BaseEntity, NamespaceScopedEntity):
        __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig()

        # pyright calls a narrower type of a field that can be assigned to an error, in any Pydantic model.
        api_version: Literal["example.com/v2"] = Field("example.com/v2", alias="apiVersion")  # pyright: ignore[reportIncompatibleVariableOverride]
        kind: Literal["Statement"] = "Statement"  # pyright: ignore[reportIncompatibleVariableOverride]

    config = Declared.__RESOURCE_CONFIG__
    assert (config.group, config.version, config.kind, config.plural) == (
        "example.com",
        "v2",
        "Statement",
        "statements",
    )
    assert Declared.model_validate({}).model_dump(by_alias=True, exclude_none=True) == {
        "apiVersion": "example.com/v2",
        "kind": "Statement",
        "metadata": {},
    }


def test_what_is_given_goes_before_what_is_declared() -> None:
    class Declared(StructEntity, NamespaceScopedEntity, kw_only=True):
        __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="", version="v9", kind="Given")

        api_version: str = field(default_factory=always_written("example.com/v2"))
        kind: str = field(default_factory=always_written("Declared"))

    assert address(Declared.__RESOURCE_CONFIG__) == ("", "v9", "v9", "Given", "givens", Scope.NAMESPACE)


@pytest.mark.parametrize(
    ("kind", "plural"),
    [
        ("Pod", "pods"),
        ("Ingress", "ingresses"),
        ("NetworkPolicy", "networkpolicies"),
        ("Gateway", "gateways"),
        ("Box", "boxes"),
        ("Quiz", "quizes"),
        ("Batch", "batches"),
        ("Bush", "bushes"),
        ("Endpoints", "endpoints"),
        ("Proxy", "proxies"),
        ("StorageClass", "storageclasses"),
        ("ServiceCIDR", "servicecidrs"),
    ],
)
def test_plurals(kind: str, plural: str) -> None:
    assert ResourceConfig[Any](kind=kind).plural == plural


@pytest.mark.parametrize(
    ("bases", "problem"),
    [((), "no scope"), ((NamespaceScopedEntity, ClusterScopedEntity), "two scopes")],
)
def test_a_scope_that_can_t_be_worked_out(bases: tuple[type, ...], problem: str) -> None:
    namespace: dict[str, Any] = {"__module__": __name__, "__RESOURCE_CONFIG__": ResourceConfig[Any]()}
    thing: Any = type("Thing", (BaseEntity, *bases), namespace)
    with pytest.raises(TypeError, match=f"Thing has {problem}: .*NamespaceScopedEntity or ClusterScopedEntity"):
        _ = thing.__RESOURCE_CONFIG__.scope


def test_a_scope_that_is_given_needs_no_marker() -> None:
    class Thing(BaseEntity):
        __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(scope=Scope.CLUSTER)

    assert Thing.__RESOURCE_CONFIG__.scope is Scope.CLUSTER


@pytest.mark.parametrize("what", ["kind", "plural", "scope", "list_model"])
def test_a_config_of_no_class(what: str) -> None:
    config = ResourceConfig[Any](version="v1")
    with pytest.raises(TypeError, match="not the __RESOURCE_CONFIG__ of a class"):
        getattr(config, what)
    assert repr(config) == "<ResourceConfig of no class>"
    assert (config.group, config.version) == ("", "v1")


def test_repr_names_class_and_resource() -> None:
    assert repr(Box.__RESOURCE_CONFIG__) == "<ResourceConfig of Box: example.com/v1 Box>"


class TestListModel:
    def test_of_structs_is_a_subclass_with_typed_items(self) -> None:
        model = Box.__RESOURCE_CONFIG__.list_model
        assert issubclass(model, ListEntity)
        assert (model.__name__, model.__module__) == ("BoxList", Box.__module__)
        page = msgspec.json.decode(b'{"items":[{"metadata":{"name":"a"}}],"metadata":{"continue":"x"}}', type=model)
        assert [type(item) for item in page.items] == [Box]
        assert page.items[0].metadata.name == "a"
        assert page.metadata.continue_ == "x"
        assert (page.api_version, page.kind) == ("example.com/v1", "BoxList")

    def test_is_made_once(self) -> None:
        assert Box.__RESOURCE_CONFIG__.list_model is Box.__RESOURCE_CONFIG__.list_model

    def test_of_pydantic_models_holds_any_items(self) -> None:
        model = Backup.__RESOURCE_CONFIG__.list_model
        backup = Backup.model_validate({"spec": {"schedule": "@daily"}})
        page = model(items=[backup])
        assert page.items == [backup]
        assert (page.api_version, page.kind) == ("example.com/v1", "BackupList")

    def test_of_a_kind_that_is_not_the_class_s_name(self) -> None:
        assert Fleet.__RESOURCE_CONFIG__.list_model.__name__ == "ShipFleetList"


class TestSubclasses:
    @pytest.mark.parametrize(("base", "sub"), [(Backup, OwnBackup), (Fleet, OwnFleet)])
    def test_are_the_same_resource(self, base: type[Any], sub: type[Any]) -> None:
        assert address(sub.__RESOURCE_CONFIG__) == address(base.__RESOURCE_CONFIG__)
        assert sub.__RESOURCE_CONFIG__ is not base.__RESOURCE_CONFIG__
        assert repr(base.__RESOURCE_CONFIG__).startswith(f"<ResourceConfig of {base.__name__}:")

    def test_have_lists_of_their_own_class(self) -> None:
        page = msgspec.json.decode(b'{"items":[{"flag":"red"}]}', type=OwnFleet.__RESOURCE_CONFIG__.list_model)
        assert page.items == [OwnFleet(flag="red")]
        assert Fleet.__RESOURCE_CONFIG__.list_model is not OwnFleet.__RESOURCE_CONFIG__.list_model
        assert page.kind == "ShipFleetList"

    def test_write_the_base_s_kind(self) -> None:
        backup = OwnBackup.model_validate({"spec": {"schedule": "@daily"}})
        assert (backup.api_version, backup.kind) == ("example.com/v1", "Backup")
        assert (OwnFleet().api_version, OwnFleet().kind) == ("fleets.example.com/v2beta1", "ShipFleet")

    def test_with_a_config_of_their_own_are_another_resource(self) -> None:
        config = OtherBackup.__RESOURCE_CONFIG__
        assert (config.api_version, config.kind, config.plural) == (
            "other.example.com/v3",
            "OtherBackup",
            "otherbackups",
        )
        backup = OtherBackup.model_validate({"spec": {"schedule": "@daily"}})
        assert (backup.api_version, backup.kind) == ("other.example.com/v3", "OtherBackup")
        assert Backup.model_validate({"spec": {"schedule": "@daily"}}).kind == "Backup"

    def test_of_a_subclass(self) -> None:
        class OwnOwnBackup(OwnBackup):
            pass

        assert address(OwnOwnBackup.__RESOURCE_CONFIG__) == address(Backup.__RESOURCE_CONFIG__)

    def test_a_parametrized_pydantic_class_is_the_same_resource(self) -> None:
        parcel = Parcel[int](spec=3)
        assert Parcel[int].__RESOURCE_CONFIG__.kind == "Parcel"
        assert parcel.kind == "Parcel"
        assert Parcel[int].__RESOURCE_CONFIG__.list_model.__name__ == "ParcelList"

    def test_of_one_with_a_list_model_that_is_given(self) -> None:
        class Partial(PartialObjectMetadata, kw_only=True):
            pass

        assert Partial.__RESOURCE_CONFIG__.list_model is not PartialObjectMetadata.__RESOURCE_CONFIG__.list_model


def test_one_config_given_to_two_classes_is_worked_out_for_each() -> None:
    shared: ResourceConfig[Any] = ResourceConfig(group="example.com", version="v1")

    class First(BaseEntity, NamespaceScopedEntity):
        __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Any]] = shared

    class Second(BaseEntity, ClusterScopedEntity):
        __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Any]] = shared

    assert (First.__RESOURCE_CONFIG__.kind, First.__RESOURCE_CONFIG__.scope) == ("First", Scope.NAMESPACE)
    assert (Second.__RESOURCE_CONFIG__.kind, Second.__RESOURCE_CONFIG__.scope) == ("Second", Scope.CLUSTER)
    assert (First().kind, Second().kind) == ("First", "Second")


def test_a_config_that_was_never_named_is_bound_when_the_class_is_made() -> None:
    class Late(BaseEntity, NamespaceScopedEntity):
        pass

    class Later(BaseModel):
        pass

    config: ResourceConfig[Any] = ResourceConfig()
    assert config.bound_to(Late) is config
    assert config.kind == "Late"
    assert config.bound_to(Later).kind == "Later"
