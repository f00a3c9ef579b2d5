"""The golden document: small, written by hand, with every feature that the generator knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.codegen.document import Document, read_document
from tools.codegen.intermediate import Api
from tools.codegen.openapi_v2 import read_api

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="session")
def golden_document() -> Document:
    return read_document(str(GOLDEN / "openapi.json"))


@pytest.fixture(scope="session")
def golden_api(golden_document: Document) -> Api:
    return read_api(golden_document)
