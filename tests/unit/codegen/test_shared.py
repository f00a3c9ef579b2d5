"""The hand-written classes have exactly the fields that the documents of the versions give their definitions."""

from __future__ import annotations

from functools import cache
from importlib import import_module

import msgspec
import pytest

from tools.codegen.__main__ import SPECS, VERSIONS
from tools.codegen.document import read_document
from tools.codegen.intermediate import Definition
from tools.codegen.openapi_v2 import read_api
from tools.codegen.shared import SHARED, SharedClass

ALWAYS_THERE = {"apiVersion", "kind", "metadata"}


@cache
def definitions(version: str) -> dict[str, Definition]:
    return read_api(read_document(str(SPECS / f"{version}.json.gz"))).definitions


def fields_of(shared: SharedClass) -> dict[str, msgspec.structs.FieldInfo]:
    class_ = getattr(import_module(shared.module), shared.name)
    return {field.encode_name: field for field in msgspec.structs.fields(class_)}


@pytest.mark.parametrize("version", VERSIONS)
def test_fields_of_documents_are_the_classes(version: str) -> None:
    for name, shared in SHARED.items():
        if name not in definitions(version):
            continue
        fields = fields_of(shared)
        for documented in definitions(version)[name].fields:
            required = documented.required and documented.name not in (ALWAYS_THERE if "metadata" in fields else set())
            assert fields[documented.name].required == required, f"{name}.{documented.name}"


@pytest.mark.parametrize("name", SHARED)
def test_fields_of_classes_are_the_documents(name: str) -> None:
    documented = {
        field.name
        for version in VERSIONS
        if name in definitions(version)
        for field in definitions(version)[name].fields
    }
    assert set(fields_of(SHARED[name])) == documented
