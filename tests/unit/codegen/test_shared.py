"""The hand-written classes have exactly the fields that the documents of the versions give their definitions."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import msgspec
import pytest

from tools.codegen.__main__ import SPECS, VERSIONS
from tools.codegen.document import read_document
from tools.codegen.openapi_v2 import read_api
from tools.codegen.shared import SHARED

DOCUMENTS = [SPECS / f"{version}.json.gz" for version in VERSIONS]
ALWAYS_THERE = {"apiVersion", "kind", "metadata"}


def test_there_are_documents() -> None:
    assert DOCUMENTS


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_fields_are_the_documents(path: Path) -> None:
    definitions = read_api(read_document(str(path))).definitions
    for name, shared in SHARED.items():
        class_ = getattr(import_module(shared.module), shared.name)
        fields = {field.encode_name: field for field in msgspec.structs.fields(class_)}
        documented = {field.name: field for field in definitions[name].fields}
        assert sorted(fields) == sorted(documented), name
        for wire, field in fields.items():
            required = documented[wire].required and wire not in (ALWAYS_THERE if "metadata" in fields else set())
            assert field.required == required, f"{name}.{wire}"
