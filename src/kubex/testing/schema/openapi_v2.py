"""Reads schemas from the definitions of an OpenAPI v2 document, each when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

import msgspec

from kubex.testing.schema.openapi_document import OpenApiDocument
from kubex.testing.schema.times import MICRO_TIME
from kubex.testing.schema.tree import (
    ANY,
    ATOMIC_ANY,
    INTEGER_OR_STRING,
    UNSET,
    Field,
    ListSchema,
    ListType,
    ObjectSchema,
    ScalarSchema,
    ScalarType,
    Schema,
)

__all__ = ["OpenApiSchemas"]

_REFERENCE: Final = "#/definitions/"
_APIMACHINERY: Final = "io.k8s.apimachinery.pkg."
_OBJECT_META: Final = f"{_APIMACHINERY}apis.meta.v1.ObjectMeta"

# What the document can't say of these: a quantity is a string to it, a time one like another, and any object has no
# properties either.
_WELL_KNOWN: Final[dict[str, Schema]] = {
    f"{_APIMACHINERY}api.resource.Quantity": ScalarSchema("string", "quantity"),
    f"{_APIMACHINERY}apis.meta.v1.MicroTime": ScalarSchema("string", MICRO_TIME),
    f"{_APIMACHINERY}util.intstr.IntOrString": INTEGER_OR_STRING,
    f"{_APIMACHINERY}runtime.RawExtension": ATOMIC_ANY,
}
_SCALARS: Final[dict[str, ScalarType]] = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
}
_LIST_TYPES: Final[dict[str, ListType]] = {"atomic": "atomic", "set": "set", "map": "map"}


class _Kind(msgspec.Struct, frozen=True):
    group: str
    version: str
    kind: str


class _KindsOfDefinition(msgspec.Struct):
    kinds: list[_Kind] = msgspec.field(name="x-kubernetes-group-version-kind", default_factory=list[_Kind])


_kinds_decoder = msgspec.json.Decoder(_KindsOfDefinition)


class OpenApiSchemas:
    """The schemas of a document's definitions.

    Args:
        document: of the Kubernetes release.
    """

    def __init__(self, document: OpenApiDocument) -> None:
        self._document = document
        self._read: dict[str, Schema] = dict(_WELL_KNOWN)

    def of_kind(self, group: str, version: str, kind: str) -> ObjectSchema:
        """Give the schema of a kind.

        Raises:
            KeyError: the document has none of that kind.
        """
        return self.of_object(self._definitions_by_kind[_Kind(group, version, kind)])

    def find_kind(self, group: str, version: str, kind: str) -> ObjectSchema | None:
        """Give the schema of a kind; `None` if the document has none of that kind."""
        name = self._definitions_by_kind.get(_Kind(group, version, kind))
        return self.of_object(name) if name is not None else None

    def of_object(self, name: str) -> ObjectSchema:
        """Give the schema of a definition that is an object's: `io.k8s.api.core.v1.Pod`.

        Raises:
            KeyError: the document has no such definition, or it is no object's.
        """
        schema = self.of_definition(name)
        if not isinstance(schema, ObjectSchema):
            raise KeyError(name)
        return schema

    def of_definition(self, name: str) -> Schema:
        """Give the schema of a definition.

        Raises:
            KeyError: the document has none of that name.
        """
        known = self._read.get(name)
        if known is None:
            # Into the table before its fields are read: they may lead back to it.
            known = self._read[name] = self._schema(self._document.definition(name), name.rpartition(".")[2])
        return known

    @property
    def object_meta(self) -> ObjectSchema:
        """Schema of `metadata`, of built-in and custom resources alike."""
        return self.of_object(_OBJECT_META)

    @cached_property
    def _definitions_by_kind(self) -> dict[_Kind, str]:
        return {
            kind: name
            for name, content in self._document.definitions.items()
            for kind in _kinds_decoder.decode(content).kinds
        }

    def _schema(self, source: dict[str, Any], name: str = "") -> Schema:
        reference = source.get("$ref")
        if reference is not None:
            return self._referenced(reference.removeprefix(_REFERENCE), source.get("x-kubernetes-map-type"))
        type_ = source.get("type")
        if type_ == "object":
            return self._object(source, name)
        if type_ == "array":
            return self._list(source)
        if source.get("x-kubernetes-int-or-string") or source.get("format") == "int-or-string":
            return INTEGER_OR_STRING
        if type_ in _SCALARS:
            return ScalarSchema(_SCALARS[type_], source.get("format"), tuple(source.get("enum", ())))
        return ANY

    def _referenced(self, name: str, map_type: str | None) -> Schema:
        schema = self.of_definition(name)
        if map_type is None or not isinstance(schema, ObjectSchema) or schema.atomic == (map_type == "atomic"):
            return schema
        return ObjectSchema(schema.name, lambda: schema.fields, schema.values, atomic=map_type == "atomic")

    def _object(self, source: dict[str, Any], name: str) -> ObjectSchema:
        properties: dict[str, dict[str, Any]] = source.get("properties", {})
        required = frozenset(source.get("required", ()))
        preserves = bool(source.get("x-kubernetes-preserve-unknown-fields"))
        values: Schema | None = None if properties and not preserves else ANY
        if isinstance(source.get("additionalProperties"), dict):
            values = self._schema(source["additionalProperties"])
        return ObjectSchema(
            name,
            lambda: {each: self._field(each, own, each in required) for each, own in properties.items()},
            values,
            atomic=source.get("x-kubernetes-map-type") == "atomic",
            preserves_unknown_fields=preserves,
            embedded_resource=bool(source.get("x-kubernetes-embedded-resource")),
        )

    def _field(self, name: str, source: dict[str, Any], required: bool) -> Field:
        return Field(
            name,
            self._schema(source),
            required=required,
            default=source.get("default", UNSET),
            zero=source.get("x-kubex-zero", UNSET),
            omits_empty=source.get("x-kubex-omits-empty", False),
            patch_strategies=frozenset(filter(None, source.get("x-kubernetes-patch-strategy", "").split(","))),
            merge_key=source.get("x-kubernetes-patch-merge-key"),
        )

    def _list(self, source: dict[str, Any]) -> ListSchema:
        items = self._schema(source["items"]) if "items" in source else ATOMIC_ANY
        list_type: ListType = _LIST_TYPES.get(source.get("x-kubernetes-list-type", ""), "atomic")
        keys = tuple(source.get("x-kubernetes-list-map-keys", ()))
        if "x-kubernetes-list-type" not in source:
            strategies = source.get("x-kubernetes-patch-strategy", "").split(",")
            merge_key = source.get("x-kubernetes-patch-merge-key")
            if "merge" in strategies:
                list_type, keys = ("map", (merge_key,)) if merge_key else ("set", ())
        return ListSchema(items, list_type, keys)
