"""Whole objects inside custom resources: read and checked as such.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#rawextension
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubex.core._go_text import go_json
from kubex.core._json_value import is_array, is_object
from kubex.testing.failures import Cause, ResourceName, field_invalid, field_required
from kubex.testing.lifecycle.cluster import copied
from kubex.testing.lifecycle.decoding import WrongType, decode
from kubex.testing.lifecycle.names import metadata_causes, service_name_problems
from kubex.testing.schema.tree import ListSchema, ObjectSchema, Schema

__all__ = ["embedded_causes", "read_embedded"]

# Whose names may be whatever a path can have.
_ANY_NAME = ResourceName("", "events", "Event")


def read_embedded(value: Any, schema: Schema, meta: ObjectSchema, unknown: list[str], path: str = "") -> None:
    """Read the metadata of whole objects inside a custom resource, in place.

    Args:
        value: a custom resource, or a part of it.
        schema: of it.
        meta: of metadata.
        unknown: takes the paths of what is not known in it.
        path: where the value is; `""` is the resource.

    Raises:
        WrongType: something has a type that it can't have; the text says where.
    """
    for inner, own, place in _parts(value, schema, path):
        read_embedded(inner, own, meta, unknown, place)
    if not (isinstance(schema, ObjectSchema) and schema.embedded_resource and is_object(value)):
        return
    for name in ("apiVersion", "kind"):
        if name in value and not isinstance(value[name], str):
            raise WrongType(f"{path}.{name}: Invalid value: {go_json(value[name])}: must be a string")
    metadata = value.get("metadata")
    if "metadata" not in value:
        return
    try:
        if not is_object(metadata):
            raise WrongType("json: cannot unmarshal value into Go value of type v1.ObjectMeta")
        read = decode(metadata, meta)
    except WrongType as error:
        raise WrongType(f"{path}.metadata: Invalid value: {go_json(metadata)}: {error}") from None
    value["metadata"] = copied(read.object)
    unknown += [f"{path}.metadata.{each}" for each in read.unknown_fields]


def embedded_causes(value: Any, schema: Schema, path: str = "") -> Iterator[Cause]:
    """Say what is wrong with whole objects inside a custom resource; arguments as of `read_embedded`."""
    if isinstance(schema, ObjectSchema) and schema.embedded_resource and is_object(value):
        for name, causes_of in (("apiVersion", _version_causes), ("kind", _kind_causes)):
            field = f"{path}.{name}"
            yield from causes_of(value[name], field) if name in value else [field_required(field)]
        if is_object(value.get("metadata")):
            metadata = {"name": "fakename"} | {each: own for each, own in value["metadata"].items() if own}
            for cause in metadata_causes(_ANY_NAME, metadata, namespaced="namespace" in metadata):
                if not cause.field.startswith("metadata.finalizers["):  # which is a rule for kinds of the server
                    yield cause._replace(field=f"{path}.{cause.field}")
    for inner, own, place in _parts(value, schema, path):
        yield from embedded_causes(inner, own, place)


def _version_causes(version: str, field: str) -> list[Cause]:
    if not version:
        return [field_invalid(field, version, "must not be empty")]
    if version.count("/") > 1:
        return [field_invalid(field, version, f"unexpected GroupVersion string: {version}")]
    return []


def _kind_causes(kind: str, field: str) -> list[Cause]:
    if not kind:
        return [field_invalid(field, kind, "must not be empty")]
    problems = service_name_problems(kind.lower())
    mixed = "may have mixed case, but should otherwise match: "
    return [field_invalid(field, kind, mixed + ",".join(problems))] if problems else []


def _parts(value: Any, schema: Schema, path: str) -> Iterator[tuple[Any, Schema, str]]:
    """Give what is in a value and has a schema, and where it is."""
    if isinstance(schema, ListSchema) and is_array(value):
        for index, item in enumerate(value):
            yield item, schema.items, f"{path}[{index}]"
    elif isinstance(schema, ObjectSchema) and is_object(value):
        for name, member in value.items():
            field = schema.fields.get(name)
            if field is not None:
                yield member, field.schema, f"{path}.{name}" if path else name
            elif schema.values is not None:
                yield member, schema.values, f"{path}[{name}]"
