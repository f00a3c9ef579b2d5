"""Reads the structural schema of a CustomResourceDefinition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from kubex.testing.schema.tree import (
    ANY,
    ATOMIC_ANY,
    INTEGER_OR_STRING,
    NOT_NULL,
    UNSET,
    AnySchema,
    Field,
    ListSchema,
    ListType,
    ObjectSchema,
    ScalarSchema,
    ScalarType,
    Schema,
)

__all__ = ["read_structural_schema"]

_SCALARS: Final[dict[str, ScalarType]] = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
}
_LIST_TYPES: Final[dict[str, ListType]] = {"atomic": "atomic", "set": "set", "map": "map"}


def read_structural_schema(source: Mapping[str, Any] | None, kind: str, object_meta: ObjectSchema) -> ObjectSchema:
    """Read the schema of a custom resource.

    Args:
        source: `openAPIV3Schema` of one version; `None` if it has none, so that anything goes.
        kind: of the resource, for error texts.
        object_meta: schema of `metadata`.

    https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
    """
    reader = _Reader(object_meta)
    if source is None:
        source = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return reader.object(source, kind, inherited=False, whole_object=True)


class _Reader:
    def __init__(self, object_meta: ObjectSchema) -> None:
        self._object_meta = object_meta

    def object(self, source: Mapping[str, Any], name: str, inherited: bool, whole_object: bool) -> ObjectSchema:
        """Read an object.

        Args:
            source: its schema.
            name: of its type.
            inherited: whether an object around it keeps unknown fields. Pruning does not ask for that, but
                server-side apply then takes unknown fields here as well.
            whole_object: whether it has `apiVersion`, `kind` and `metadata`.
        """
        additional = source.get("additionalProperties")
        preserves = bool(source.get("x-kubernetes-preserve-unknown-fields")) or additional is True
        takes_unknown = inherited or preserves
        properties: Mapping[str, Mapping[str, Any]] = source.get("properties", {})
        required = frozenset(source.get("required", ()))
        values: Schema | None = ANY if takes_unknown or not properties else None
        default: Any = UNSET
        if isinstance(additional, Mapping):
            of_values = cast("Mapping[str, Any]", additional)
            values, default = self._schema(of_values, takes_unknown), _default(of_values)
        elif additional is not None:
            values = ANY if additional else None

        def read_fields() -> dict[str, Field]:
            fields = {
                each: Field(each, self._schema(own, takes_unknown), each in required, _default(own))
                for each, own in properties.items()
            }
            return {**fields, **self._type_and_metadata()} if whole_object else fields

        return ObjectSchema(
            name,
            read_fields,
            values,
            atomic=source.get("x-kubernetes-map-type") == "atomic",
            preserves_unknown_fields=preserves,
            embedded_resource=bool(source.get("x-kubernetes-embedded-resource")),
            nullable=bool(source.get("nullable")),
            default=default,
        )

    def _type_and_metadata(self) -> dict[str, Field]:
        return {
            "apiVersion": Field("apiVersion", ScalarSchema("string")),
            "kind": Field("kind", ScalarSchema("string")),
            "metadata": Field("metadata", self._object_meta),
        }

    def _schema(self, source: Mapping[str, Any], inherited: bool) -> Schema:
        if source.get("x-kubernetes-int-or-string"):
            return AnySchema(int_or_string=True) if source.get("nullable") else INTEGER_OR_STRING
        type_ = source.get("type")
        nullable = bool(source.get("nullable"))
        if type_ == "object":
            embedded = bool(source.get("x-kubernetes-embedded-resource"))
            return self.object(source, "", inherited, whole_object=embedded)
        if type_ == "array":
            items = self._schema(source["items"], inherited) if "items" in source else ATOMIC_ANY
            list_type = _LIST_TYPES.get(source.get("x-kubernetes-list-type", ""), "atomic")
            keys = tuple(source.get("x-kubernetes-list-map-keys", ()))
            return ListSchema(items, list_type, keys, nullable, _default(source.get("items", {})))
        if type_ in _SCALARS:
            return ScalarSchema(_SCALARS[type_], source.get("format"), tuple(source.get("enum", ())), nullable)
        return ANY if nullable else NOT_NULL


def _default(source: Mapping[str, Any]) -> Any:
    """Give the default of a value; one that is null is none."""
    default = source.get("default")
    return UNSET if default is None else default
