"""A module out of definitions: what it has in it, and that it works."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

import kubex
from kubex.core.codec import codec_for, encode
from kubex.generate import DefinitionError, Form, generate
from tests.unit.generate.modules import FORMS, executed


def definition(spec: dict[str, Any], **version: Any) -> dict[str, Any]:
    """Make a definition of backups with the properties of their spec."""
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": spec}}}
    whole = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}, **version}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "backups.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"plural": "backups", "kind": "Backup"},
            "versions": [whole],
        },
    }


@pytest.mark.parametrize("form", FORMS)
def test_an_object_is_read_and_written_as_it_is(form: Form) -> None:
    spec = {
        "schedule": {"type": "string"},
        "from": {"type": "string"},
        "podIP": {"type": "string"},
        "keep": {"type": "integer", "default": 7},
        "mode": {"type": "string", "enum": ["Fast", "Slow"]},
        "key": {"type": "string", "format": "byte"},
        "port": {"x-kubernetes-int-or-string": True},
        "template": {
            "type": "object",
            "x-kubernetes-embedded-resource": True,
            "x-kubernetes-preserve-unknown-fields": True,
        },
        "free": {
            "type": "object",
            "x-kubernetes-preserve-unknown-fields": True,
            "properties": {"a": {"type": "string"}},
        },
    }
    module = executed(generate(definition(spec), form=form))
    content: dict[str, Any] = {
        "apiVersion": "example.com/v1",
        "kind": "Backup",
        "metadata": {"name": "nightly"},
        "spec": {
            "schedule": "daily",
            "from": "disk",
            "podIP": "10.0.0.1",
            "keep": 3,
            "mode": "Unheard",
            "key": "AAE=",
            "port": "http",
            "template": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"x": 1}},
            "free": {"a": "b", "unknown": {"c": 1}},
        },
    }
    backup = module.Backup.model_validate(content)
    assert (backup.spec.from_, backup.spec.pod_ip, backup.spec.key) == ("disk", "10.0.0.1", b"\x00\x01")
    assert backup.spec.template.metadata.name == "p"
    assert backup.model_dump(mode="json", by_alias=True, exclude_none=True) == content
    assert module.Backup(spec=module.BackupSpec()).spec.keep == 7


@pytest.mark.parametrize("form", FORMS)
def test_fields_of_a_resource_that_are_called_as_its_own(form: Form) -> None:
    whole = definition({})
    root = whole["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
    names = ("api_version", "api-version", "kind_", "Kind", "metadata_", "spec_")
    root |= {name: {"type": "string"} for name in names}
    module = executed(generate(whole, form=form))
    content = {
        "apiVersion": "example.com/v1",
        "kind": "Backup",
        "metadata": {"name": "nightly"},
        **{name: f"of {name}" for name in names},
    }
    for backup in (
        module.Backup.model_validate(content),
        codec_for(module.Backup).decode(json.dumps(content).encode()),
    ):
        assert (backup.api_version, backup.kind, backup.metadata.name) == ("example.com/v1", "Backup", "nightly")
        assert json.loads(encode(backup)) == content
    assert generate(kubex.crd_for(module.Backup), form=form) == generate(whole, form=form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "kind",
    [
        "Any",
        "ClassVar",
        "None",
        "Self",
        "Scope",
        "ResourceConfig",
        "StructEntity",
        "BaseEntity",
        "Schema",
        "Field",
        "X",
    ],
)
def test_kinds_that_are_called_as_what_a_module_needs(kind: str, form: Form) -> None:
    whole = definition({"name": {"type": "string", "maxLength": 3}, "free": {"type": "object"}})
    whole["spec"]["names"]["kind"] = kind
    text = generate(whole, form=form)
    module = executed(text)
    cls = getattr(module, module.__all__[0])
    content: dict[str, Any] = {
        "apiVersion": "example.com/v1",
        "kind": kind,
        "metadata": {"name": "nightly"},
        "spec": {"name": "abc", "free": {}},
    }
    assert json.loads(encode(codec_for(cls).decode(json.dumps(content).encode()))) == content
    assert generate(kubex.crd_for(cls), form=form) == text


@pytest.mark.parametrize("form", FORMS)
def test_objects_that_differ_in_the_order_of_what_is_required_alone_are_of_one_class(form: Form) -> None:
    properties = {name: {"type": "string"} for name in ("host", "port")}
    first = {"type": "object", "properties": properties, "required": ["host", "port"]}
    text = generate(definition({"first": first, "second": {**first, "required": ["port", "host"]}}), form=form)
    assert "class BackupSpecFirst(" in text
    assert "second: BackupSpecFirst | None = None" in text
    assert generate(kubex.crd_for(executed(text).Backup), form=form) == text


def test_sources(tmp_path: Path) -> None:
    whole = definition({"a": {"type": "string"}})
    expected = generate(whole)
    text = json.dumps(whole)
    file = tmp_path / "backup.json"
    file.write_text(text)
    assert {generate(file), generate(tmp_path), generate(text), generate(io.StringIO(text)), generate([file])} == {
        expected
    }
    assert generate({"apiVersion": "v1", "kind": "List", "items": [whole]}) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a:\n  b: }", r"the text is not YAML \(line 2, column 6\)"),
        ("a: 1", "there is no CustomResourceDefinition"),
        (
            "{apiVersion: apiextensions.k8s.io/v1beta1, kind: CustomResourceDefinition}",
            "of apiextensions.k8s.io/v1beta1",
        ),
    ],
)
def test_bad_texts(text: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        generate(text)


def test_a_source_without_a_definition_is_named(tmp_path: Path) -> None:
    empty, other = tmp_path / "empty.yaml", tmp_path / "other.yaml"
    empty.write_text("# nothing yet\n---\n")
    other.write_text("kind: ConfigMap")
    sources: list[tuple[Any, str]] = [
        (empty, "empty.yaml"),
        ([other, empty], r"other\.yaml, .*empty\.yaml"),
        ("", "the text"),
        (io.BytesIO(), "the file"),
        ({}, "what is given"),
    ]
    for source, shown in sources:
        with pytest.raises(DefinitionError, match=f"{shown}: there is no CustomResourceDefinition"):
            generate(source)
    other.write_text(json.dumps(definition({})))
    assert generate(tmp_path) == generate([empty, other]) == generate(other)
