from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from kubex.core.exceptions import InvalidArgument
from kubex.testing.schema.openapi_document import OpenApiDocument, kept_versions, load_document
from tools.codegen.document import read_document, store_document

SPECS = Path(__file__).parents[4] / "src" / "kubex" / "testing" / "specs"


def test_every_version_that_is_kept_can_be_loaded() -> None:
    assert kept_versions() == ("1.32", "1.33", "1.34", "1.35", "1.36", "1.37")
    for version in kept_versions():
        document = load_document(version)
        assert document.version.startswith(f"v{version}.")
        assert "io.k8s.api.core.v1.Pod" in document.definitions


def test_a_document_is_loaded_once() -> None:
    assert load_document("1.35") is load_document("1.35")


def test_another_version_is_refused_by_name() -> None:
    with pytest.raises(InvalidArgument, match=r"'1\.12', but of 1\.32, 1\.33"):
        load_document("1.12")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"definitions": {}}', b'{"definitions": [], "paths": {}}'])
def test_what_is_no_document_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidArgument, match="no OpenAPI v2 document"):
        OpenApiDocument(content)


def test_a_definition_is_decoded_by_its_name() -> None:
    document = OpenApiDocument(b'{"definitions": {"a": {"type": "string"}}, "paths": {"/": {}}}')
    assert document.definition("a") == {"type": "string"}
    assert (document.version, document.paths) == ("", b'{"/": {}}')
    with pytest.raises(KeyError):
        document.definition("b")


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.json.gz")), ids=lambda path: path.name)
def test_kept_documents_are_packed_the_same_way_each_time(path: Path, tmp_path: Path) -> None:
    document = read_document(str(path))
    again = tmp_path / path.name
    store_document(document, again, document["info"]["version"].removeprefix("v"))
    # The header names the system that packed it, in words that differ between releases of Python.
    assert gzip.decompress(again.read_bytes()) == gzip.decompress(path.read_bytes())
    assert path.read_bytes()[4:8] == bytes(4), "a time would differ each time"
