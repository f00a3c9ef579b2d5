"""Reading manifests: files and folders, documents and lists, order, and errors that name the place."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.manifests.documents import Manifest, in_dependency_order, manifests_of, read_manifests
from kubex.manifests.errors import ManifestError


def config_map(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}


def write(path: Path, *documents: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n---\n".join(json.dumps(document) for document in documents))
    return path


def names(manifests: list[Manifest]) -> list[str]:
    return [manifest.object["metadata"]["name"] for manifest in manifests]


def test_files_and_folders_in_their_order(tmp_path: Path) -> None:
    write(tmp_path / "folder" / "b.yml", config_map("b"))
    write(tmp_path / "folder" / "a" / "deep.json", config_map("deep"))
    write(tmp_path / "folder" / "c.yaml", config_map("c1"), None, config_map("c2"))
    write(tmp_path / "folder" / ".hidden" / "d.yaml", config_map("hidden"))
    write(tmp_path / "folder" / "README.md", "not a manifest")
    single = write(tmp_path / "single.txt", config_map("single"))
    found = read_manifests(single, tmp_path / "folder")
    assert names(found) == ["single", "deep", "b", "c1", "c2"]
    assert found[4].source == f"{tmp_path}/folder/c.yaml, document 3"
    assert str(found[4]) == f'{tmp_path}/folder/c.yaml, document 3 (ConfigMap "c2")'


def test_lists_are_taken_apart() -> None:
    nested = {"apiVersion": "v1", "kind": "List", "items": [config_map("b")]}
    plain = {"apiVersion": "v1", "kind": "List", "items": [config_map("a"), nested]}
    typed = {"apiVersion": "v1", "kind": "ConfigMapList", "items": [{"metadata": {"name": "c"}}]}
    found = manifests_of("\n---\n".join(map(json.dumps, (plain, typed))).encode(), "f")
    assert [manifest.object for manifest in found] == [config_map("a"), config_map("b"), config_map("c")]
    assert [manifest.source for manifest in found] == [
        "f, document 1, item 1",
        "f, document 1, item 2, item 1",
        "f, document 2, item 1",
    ]


def test_keys_are_text() -> None:
    (found,) = manifests_of(b"apiVersion: v1\nkind: X\nmetadata: {name: a}\ndata: {2: a, on: b, c: [{2.5: c}]}", "f")
    assert found.object["data"] == {"2": "a", "true": "b", "c": [{"2.5": "c"}]}
    with pytest.raises(ManifestError, match="f has a mapping with an empty key"):  # kubectl refuses it too
        manifests_of(b"apiVersion: v1\nkind: X\nmetadata: {name: a}\ndata: {null: a}", "f")


def test_what_others_need_comes_first() -> None:
    kinds = [
        "Backup",
        "Pod",
        "Service",
        "ValidatingWebhookConfiguration",
        "ConfigMap",
        "CustomResourceDefinition",
        "Namespace",
        "Pod",
    ]
    manifests = [Manifest({**config_map(str(number)), "kind": kind}, "f") for number, kind in enumerate(kinds)]
    ordered = in_dependency_order(manifests)
    assert [manifest.kind for manifest in ordered] == [
        "Namespace",
        "CustomResourceDefinition",
        "ConfigMap",
        "Service",
        "Backup",
        "Pod",
        "Pod",
        "ValidatingWebhookConfiguration",
    ]
    assert names(ordered)[5:7] == ["1", "7"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a: {b\n", r"f is not YAML \(line 2, column 1\)"),
        ("- a", "f is not a Kubernetes object: it is not a mapping"),
        ("---\n---\nkind: Pod", "f is not a Kubernetes object: it has no apiVersion"),
        ("apiVersion: v1", "f is not a Kubernetes object: it has no kind"),
        ("apiVersion: 1\nkind: Pod", "it has no apiVersion"),
        ("kind: PodList\nitems: [{metadata: {name: a}}]", "f, item 1 is not a Kubernetes object: it has no apiVersion"),
        ("a: 1\n---\nkind: Pod", "f, document 1 is not a Kubernetes object: it has no apiVersion"),
        ("apiVersion: v1\nkind: Pod", r"f \(Pod\) has no metadata.name"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: 1}", r"f \(Pod\) has no metadata.name"),
        ("apiVersion: v1\nkind: List\nitems: [1]", "f, item 1 is not a Kubernetes object"),
    ],
)
def test_errors_name_the_place(text: str, error: str) -> None:
    with pytest.raises(ManifestError, match=error):
        manifests_of(text.encode(), "f")


def test_what_is_not_there_or_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"missing\.yaml does not exist"):
        read_manifests(tmp_path / "missing.yaml")
    with pytest.raises(ManifestError, match=r"has no \.yaml, \.yml, \.json file"):
        read_manifests(tmp_path)


@given(st.binary(max_size=60) | st.text(alphabet="apiVersonkd:-{}[], \n", max_size=60).map(str.encode))
def test_any_bytes_are_manifests_or_a_typed_error(content: bytes) -> None:
    with suppress(ManifestError):
        manifests_of(content, "f")
