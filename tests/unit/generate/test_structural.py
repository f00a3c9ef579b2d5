"""Schemas and definitions that are refused, with where and why."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.generate import DefinitionError, generate
from tests.unit.generate.test_generator import definition

TEXT = {"type": "string"}


NOT_STRUCTURAL: list[tuple[Any, str]] = [
    ({}, r"\.spec\.x has no type"),
    ("text", r"\.spec\.x is no schema"),
    ({"type": "list"}, r"\.spec\.x has the type 'list'"),
    ({"$ref": "#/x"}, r"\.spec\.x has \$ref"),
    ({"type": "array"}, r"\.spec\.x is an array without items"),
    ({"type": "array", "items": {}}, r"\.spec\.x\[\] has no type"),
    ({"type": "array", "items": TEXT, "uniqueItems": True}, r"\.spec\.x has uniqueItems"),
    ({"type": "object", "additionalProperties": False}, r"\.spec\.x forbids additionalProperties"),
    ({"type": "object", "additionalProperties": {}}, r"\.spec\.x\[\*\] has no type"),
    ({"type": "object", "properties": {"a": TEXT}, "additionalProperties": TEXT}, "both properties and"),
    ({"type": "object", "properties": {"a": TEXT}, "required": "a"}, "has a required that is no list"),
    ({"type": "string", "anyOf": [{"type": "string"}]}, r"\.spec\.x\.anyOf\[0\] has type"),
    (
        {"type": "object", "properties": {"a": TEXT}, "oneOf": [{"properties": {"b": {}}}]},
        r"oneOf\[0\]\.b is not among the properties",
    ),
    ({"type": "string", "not": {"items": {}}}, r"not\[\] is not among the items"),
]


@pytest.mark.parametrize(("schema", "message"), NOT_STRUCTURAL)
def test_schemas_that_are_not_structural(schema: Any, message: str) -> None:
    with pytest.raises(DefinitionError, match=message) as caught:
        generate(definition({"x": schema}))
    assert "backups.example.com, version v1: the schema is not structural: " in str(caught.value)


def test_the_server_s_own_exceptions_are_allowed() -> None:
    either = {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]}
    generate(definition({"x": either, "y": {"x-kubernetes-preserve-unknown-fields": True}}))


LACKING: list[tuple[tuple[str, ...], Any, str]] = [
    (("spec",), None, "has no spec"),
    (("spec",), 1, r"\.spec is no object"),
    (("spec", "group"), None, "has no group"),
    (("spec", "names", "kind"), None, r"spec\.names has no kind"),
    (("spec", "scope"), "Universe", r"spec\.scope is neither"),
    (("spec", "versions"), [], r"spec\.versions is empty"),
    (("spec", "versions"), [1], r"spec\.versions\[0\] is no object"),
    (("spec", "versions"), [{}], r"spec\.versions\[0\] has no name"),
    (("spec", "versions"), [{"name": "v1"}], "version v1 has no schema"),
    (("apiVersion",), "apiextensions.k8s.io/v1beta1", "of apiextensions.k8s.io/v1beta1"),
]


@pytest.mark.parametrize(("path", "value", "message"), LACKING)
def test_definitions_that_lack_something(path: tuple[str, ...], value: Any, message: str) -> None:
    whole = definition({"x": TEXT})
    place: Any = whole
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    with pytest.raises(DefinitionError, match=message):
        generate(whole)


def test_kinds_versions_and_forms_that_are_not_there() -> None:
    whole = definition({"x": TEXT})
    with pytest.raises(DefinitionError, match=r'there is no kind "Order" \(there are: Backup\)'):
        generate(whole, kinds=["Order"])
    with pytest.raises(DefinitionError, match=r"there is no version v2 \(there are: Backup v1\)"):
        generate(whole, versions=["v2"])
    with pytest.raises(DefinitionError, match="there is no form 'xml'"):
        generate(whole, form="xml")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with pytest.raises(DefinitionError, match="is there twice"):
        generate([whole, whole])
