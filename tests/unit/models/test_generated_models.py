"""That rules written for any resource hold for every generated one."""

from __future__ import annotations

import importlib
import pkgutil
from random import Random
from typing import Any

import pytest

import kubex.k8s.v1_35 as generated
from kubex_core.models import _struct_codec
from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.resource_config import ResourceConfig
from tests.unit.models.wire_objects import compact, wire_object


def structs() -> list[type[BaseStruct]]:
    found: dict[int, type[BaseStruct]] = {}
    for module in pkgutil.walk_packages(generated.__path__, f"{generated.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, BaseStruct):
                found[id(value)] = value
    return list(found.values())


STRUCTS = structs()


def test_there_are_many() -> None:
    assert len(STRUCTS) > 500


@pytest.mark.parametrize("seed", range(3))
def test_attributes_names_are_read_from_json_too(seed: int) -> None:
    """Of every model, those included whose attributes have no underscore where the JSON says `$ref` or `Port`."""
    for model in STRUCTS:
        made = _struct_codec.decoder_for(model).decode(compact(wire_object(model, Random(seed))))
        assert model.model_validate_json(made.model_dump_json()) == made


def test_plurals_are_worked_out_as_the_document_has_them() -> None:
    configs: list[ResourceConfig[Any]] = [
        model.__dict__["__RESOURCE_CONFIG__"] for model in STRUCTS if "__RESOURCE_CONFIG__" in vars(model)
    ]
    assert len(configs) > 60
    assert {config.kind: config.plural for config in configs} == {
        config.kind: ResourceConfig[Any](kind=config.kind).plural for config in configs
    }


def test_none_is_tracked_by_the_garbage_collector() -> None:
    assert [model for model in STRUCTS if model.__struct_config__.gc is not False] == []


def test_every_list_has_typed_items() -> None:
    lists = [model for model in STRUCTS if model.__name__.endswith("List") and "items" in model.__struct_fields__]
    assert len(lists) > 60
    for model in lists:
        page: Any = _struct_codec.decode_tolerantly(b'{"items":[{"metadata":{"name":"a"}}]}', model)
        assert isinstance(page.items[0], BaseStruct), model
