"""Turns an OpenAPI v2 document into the intermediate model."""

from __future__ import annotations

import re
from typing import Any, cast

from kubex.generate.naming import class_name, identifier
from tools.codegen.document import Document, DocumentError
from tools.codegen.intermediate import (
    Api,
    Definition,
    EnumeratedString,
    Field,
    FieldType,
    GroupVersionKind,
    ListOf,
    MapOf,
    MergeRule,
    Package,
    Reference,
    Scalar,
)
from tools.codegen.resources import group_version_kinds, served_resources
from tools.codegen.shared import SHARED

__all__ = ["read_api"]

Schema = dict[str, Any]

_APIMACHINERY = "io.k8s.apimachinery."
_DOCUMENTED = ("io.k8s.api.", _APIMACHINERY, "io.k8s.apiextensions-apiserver.", "io.k8s.kube-aggregator.")
_VERSION = re.compile(r"v\d+((alpha|beta)\d+)?")
_NUMBERED = re.compile(r"_v\d+$")

# What the document can't say of these: a quantity is a string to it, and both times have the same format.
_NAMED_SCALARS = {
    f"{_APIMACHINERY}pkg.api.resource.Quantity": Scalar.QUANTITY,
    f"{_APIMACHINERY}pkg.apis.meta.v1.MicroTime": Scalar.MICRO_TIME,
}

_SCALARS: dict[tuple[str | None, str | None], Scalar] = {
    ("string", "byte"): Scalar.BYTES,
    ("string", "date-time"): Scalar.TIME,
    ("string", "int-or-string"): Scalar.INTEGER_OR_STRING,
    ("string", None): Scalar.STRING,
    ("integer", None): Scalar.INTEGER,
    ("number", None): Scalar.NUMBER,
    ("boolean", None): Scalar.BOOLEAN,
}


def read_api(document: Document, kubernetes_version: str | None = None) -> Api:
    """Read every resource of a document and every definition that one leads to.

    Args:
        document: an OpenAPI v2 document.
        kubernetes_version: `1.35.4`; from the document's `info` where it is left out.

    Raises:
        DocumentError: the version is not known, or a reference leads nowhere.
    """
    return _Reader(document).read(kubernetes_version or _version_of(document))


def _version_of(document: Document) -> str:
    version = re.match(r"v?(\d+\.\d+(\.\d+)?)", str(document.get("info", {}).get("version", "")))
    if version is None:
        raise DocumentError("the document does not say which Kubernetes version it is of: give --kubernetes-version")
    return version[1]


class _Reader:
    def __init__(self, document: Document) -> None:
        self._schemas: dict[str, Schema] = document["definitions"]
        served = served_resources(document)
        # A custom resource without a schema has no properties: nothing can be generated of it.
        self._resources = {name: each for name, each in served.by_definition.items() if self._properties(name)}
        self._subresource_bodies = served.subresource_bodies
        self._lists = {each.list_definition: name for name, each in self._resources.items() if each.list_definition}
        self._api_groups = {
            _package_parts(name): (each.group_version_kind.group or "core") for name, each in self._resources.items()
        }

    def read(self, kubernetes_version: str) -> Api:
        waiting = {
            *self._resources,
            *self._subresource_bodies,
            *self._lists,
            *(SHARED.keys() & self._schemas.keys()),
        }
        definitions: dict[str, Definition] = {}
        while waiting:
            name = waiting.pop()
            if name in definitions or not self._is_struct(name):
                continue
            definitions[name] = self._definition(name)
            waiting |= definitions[name].references()
        return Api(kubernetes_version, dict(sorted(definitions.items())))

    def _is_struct(self, name: str) -> bool:
        """Whether a definition is a type with fields, and not another name for a scalar or for any JSON value.

        Without properties, apimachinery's objects (`RawExtension`) are any object, and the others are empty.
        """
        schema = self._schema(name)
        return bool(self._properties(name)) or (
            schema.get("type") == "object"
            and not name.startswith(_APIMACHINERY)
            and "additionalProperties" not in schema
            and not schema.get("x-kubernetes-preserve-unknown-fields")
        )

    def _properties(self, name: str) -> dict[str, Schema]:
        properties: dict[str, Schema] = self._schema(name).get("properties", {})
        return properties

    def _schema(self, name: str) -> Schema:
        try:
            return self._schemas[name]
        except KeyError:
            raise DocumentError(f"a reference leads to {name}, which the document does not define") from None

    def _definition(self, name: str) -> Definition:
        schema = self._schema(name)
        required = set(schema.get("required", ()))
        return Definition(
            name,
            class_name(name.rpartition(".")[2]),
            self._package(name),
            tuple(
                Field(wire, self._type(property_), wire in required, _merge_rule(property_))
                for wire, property_ in self._properties(name).items()
            ),
            self._kind(name),
            self._resources.get(name),
            self._lists.get(name),
            schema.get("x-kubernetes-map-type"),
        )

    def _kind(self, name: str) -> GroupVersionKind | None:
        """Give the kind that objects of a definition always say they are of."""
        if name in self._resources:
            return self._resources[name].group_version_kind
        kinds = group_version_kinds(self._schema(name))
        # Kinds that every group has (DeleteOptions, WatchEvent) are of no one group.
        return kinds[0] if len(kinds) == 1 and {"apiVersion", "kind"} <= self._properties(name).keys() else None

    def _package(self, name: str) -> Package:
        group, version = _package_parts(name)
        return Package(group, version, self._api_groups.get((group, version), group), name.startswith(_DOCUMENTED))

    def _type(self, schema: Schema) -> FieldType:
        if "$ref" in schema:
            return self._referenced(schema["$ref"].removeprefix("#/definitions/"))
        if schema.get("x-kubernetes-int-or-string"):
            return Scalar.INTEGER_OR_STRING
        type_ = schema.get("type")
        if type_ == "array":
            return ListOf(self._type(schema.get("items", {})))
        if type_ == "object":
            values: object = schema.get("additionalProperties")
            return MapOf(self._type(cast("Schema", values)) if isinstance(values, dict) else Scalar.ANY)
        if type_ == "string" and "enum" in schema:
            return EnumeratedString(tuple(value for value in schema["enum"] if isinstance(value, str)))
        return _SCALARS.get((type_, schema.get("format"))) or _SCALARS.get((type_, None), Scalar.ANY)

    def _referenced(self, name: str) -> FieldType:
        # A server that joins several documents numbers definitions that differ between them, if only in a default.
        if name.startswith(_APIMACHINERY) and (original := _NUMBERED.sub("", name)) in self._schemas:
            name = original
        if self._is_struct(name):
            return Reference(name)
        schema = self._schema(name)
        if name.startswith(_APIMACHINERY) and schema.get("type") == "object":
            return Scalar.ANY
        return _NAMED_SCALARS.get(name) or self._type(schema)


def _merge_rule(schema: Schema) -> MergeRule | None:
    rule = MergeRule(
        schema.get("x-kubernetes-patch-strategy"),
        schema.get("x-kubernetes-patch-merge-key"),
        schema.get("x-kubernetes-list-type"),
        tuple(schema.get("x-kubernetes-list-map-keys", ())),
        schema.get("x-kubernetes-map-type"),
    )
    return None if rule == MergeRule() else rule


def _package_parts(name: str) -> tuple[str, str]:
    """Give the group's and the version's package of a definition.

    `io.k8s.api.core.v1.Pod` and `io.k8s.apimachinery.pkg.apis.meta.v1.Time` name their group last; the name of any
    other definition is its group's reversed: `io.cert-manager.v1.Issuer` is of the group `cert-manager.io`.
    """
    prefix = name.split(".")[:-1]
    version = prefix.pop() if prefix and _VERSION.fullmatch(prefix[-1]) else ""
    if not prefix:
        return "unnamed", version
    of_kubernetes = prefix[:3] == ["io", "k8s", "api"] or prefix[-3:-1] == ["pkg", "apis"]
    group = prefix[-1] if of_kubernetes or not version else "_".join(reversed(prefix))
    return identifier(group).lower(), version
