"""Markers: on which classes they stand, and what they cost those."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import new_class
from typing import ClassVar, Self

import msgspec
import pytest
from pydantic import BaseModel

from kubex_core.models import interfaces
from kubex_core.models.base_entity import BaseEntity
from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.entity import Entity
from kubex_core.models.interfaces import HasLogs, HasScaleSubresource, NamespaceScopedEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.struct_entity import StructEntity

MARKERS = [getattr(interfaces, name) for name in interfaces.__all__]


@pytest.mark.parametrize("marker", MARKERS, ids=interfaces.__all__)
def test_a_marker_is_a_plain_class_with_empty_slots(marker: type) -> None:
    assert type(marker) is type
    assert vars(marker)["__slots__"] == ()
    assert issubclass(marker, Entity)
    assert not hasattr(marker(), "__dict__")


@pytest.mark.parametrize("marker", MARKERS, ids=interfaces.__all__)
def test_markers_stand_before_and_after_both_bases(marker: type) -> None:
    for bases in ((BaseEntity, marker), (marker, BaseEntity)):
        assert issubclass(type("Thing", bases, {"__module__": __name__}), marker)
    for struct_bases in ((StructEntity, marker), (marker, StructEntity)):
        thing = new_class("Thing", struct_bases, {"kw_only": True})
        assert issubclass(thing, marker)


def test_a_struct_with_markers_is_still_not_tracked_by_the_collector() -> None:
    class Thing(NamespaceScopedEntity, HasLogs, StructEntity, HasScaleSubresource, kw_only=True):
        size: int | None = None

    assert Thing.__struct_config__.gc is False
    assert not hasattr(Thing(metadata=ObjectMetadata()), "__dict__")


def test_all_markers_at_once() -> None:
    scopes = (interfaces.NamespaceScopedEntity, interfaces.ClusterScopedEntity)
    others = tuple(marker for marker in MARKERS if marker not in scopes)
    assert issubclass(type("Thing", (BaseEntity, *others), {"__module__": __name__}), others[0])
    assert issubclass(new_class("Thing", (StructEntity, *others), {"kw_only": True}), others[0])


@pytest.mark.parametrize(
    ("bases", "meta"),
    [
        ((NamespaceScopedEntity,), type),
        ((NamespaceScopedEntity, HasLogs), type),
        ((object,), type),
        ((BaseModel, HasLogs), type(BaseModel)),
        ((HasLogs, BaseModel), type(BaseModel)),
        ((msgspec.Struct, HasLogs), msgspec.StructMeta),
        ((BaseStruct, HasLogs), msgspec.StructMeta),
        ((HasLogs, BaseStruct), msgspec.StructMeta),
    ],
    ids=str,
)
def test_a_marker_on_neither_base_is_refused_and_says_what_is_missing(bases: tuple[type, ...], meta: type) -> None:
    if bases == (object,):
        bases = (Entity,)
    with pytest.raises(TypeError, match=r"^Lonely carries a marker .* BaseEntity \(Pydantic\) or StructEntity"):
        meta("Lonely", bases, {"__module__": __name__})


def test_an_abstract_base_beside_the_pydantic_base() -> None:
    class Describable(ABC):
        @abstractmethod
        def described(self) -> str: ...

    class Thing(BaseEntity, NamespaceScopedEntity, Describable):
        __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig()

        def described(self) -> str:
            return f"{self.kind} {self.metadata.name}"

    assert Thing(metadata=ObjectMetadata(name="a")).described() == "Thing a"


def test_the_bases_themselves_need_no_marker() -> None:
    class Plain(BaseEntity):
        pass

    assert Plain().metadata == ObjectMetadata()
