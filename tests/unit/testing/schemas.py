"""The schemas of Kubernetes 1.35 that tests share."""

from __future__ import annotations

from kubex.testing.patching.field_filters import KEEP_ALL, FieldFilter
from kubex.testing.patching.object_type import ObjectType
from kubex.testing.schema.openapi_document import load_document
from kubex.testing.schema.openapi_v2 import OpenApiSchemas
from kubex.testing.schema.tree import ListSchema, ObjectSchema, Schema

SCHEMAS = OpenApiSchemas(load_document("1.35"))

_GROUPS = {"Deployment": "apps", "Job": "batch", "Role": "rbac.authorization.k8s.io"}


def schema_of(kind: str) -> ObjectSchema:
    return SCHEMAS.of_kind(_GROUPS.get(kind, ""), "v1", kind)


def object_type(kind: str, subresource: str = "", tracked: FieldFilter = KEEP_ALL) -> ObjectType:
    group = _GROUPS.get(kind, "")
    return ObjectType(f"{group}/v1" if group else "v1", kind, schema_of(kind), subresource, tracked)


def at(schema: Schema, *names: str) -> Schema:
    """Give the schema at a path of fields; `[]` stands for the items of a list."""
    for name in names:
        if name == "[]":
            assert isinstance(schema, ListSchema)
            schema = schema.items
        else:
            assert isinstance(schema, ObjectSchema)
            member = schema.member(name)
            assert member is not None, name
            schema = member
    return schema
