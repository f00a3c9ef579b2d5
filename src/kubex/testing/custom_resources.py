"""Objects of custom resources: read, pruned, filled in and validated by the schema of their version.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from kubex.core._json_value import is_array, is_object
from kubex.testing.custom_embedded import embedded_causes, read_embedded
from kubex.testing.custom_lists import duplicate_causes
from kubex.testing.custom_rules import custom_rule_causes
from kubex.testing.failures import NOWHERE, Cause, field_invalid
from kubex.testing.lifecycle.cluster import copied
from kubex.testing.lifecycle.decoding import Decoded, WrongType, decode
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.scale_paths import ReplicasPathError, number_at, text_at
from kubex.testing.registry import Resource
from kubex.testing.schema.tree import UNSET, ListSchema, ObjectSchema, Schema
from kubex.testing.storage import JsonObject

__all__ = ["custom_causes", "custom_status_causes", "decode_custom"]

_MOST_REPLICAS: Final = 2**31 - 1
_LARGEST_WHOLE: Final = 1e21  # from which on floats are written with an exponent


def decode_custom(resource: Resource, body: Mapping[str, Any]) -> Decoded:
    """Read a custom resource: metadata typed, unknown fields pruned, defaults filled in.

    Raises:
        WrongType: a value in its metadata is of the wrong type.
    """
    object_: dict[str, Any] = _copy_with_whole_numbers(msgspec.json.encode(body))
    unknown: list[str] = []
    meta = resource.schema.fields["metadata"].schema
    if isinstance(meta, ObjectSchema):
        metadata: Any = object_.get("metadata")
        if not is_object(metadata):
            raise WrongType("json: cannot unmarshal value into Go struct field ObjectMeta of type v1.ObjectMeta")
        read = decode(metadata, meta)
        object_["metadata"] = copied(read.object)
        unknown = [f"metadata.{path}" for path in sorted(read.unknown_fields)]
    pruned: list[str] = []
    embedded: list[str] = []
    _prune_members(object_, resource.schema, "", pruned, whole=True)
    _fill_in(object_, resource.schema)
    if isinstance(meta, ObjectSchema) and _embeds(resource):
        read_embedded(object_, resource.schema, meta, embedded)
    return Decoded(object_, [*unknown, *sorted(pruned), *sorted(embedded)])


def _read_number(text: str) -> float | int:
    """Read what is written as a float: without a fraction it is a whole number, as which the server writes it."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < _LARGEST_WHOLE else number


_copy_with_whole_numbers = msgspec.json.Decoder(float_hook=_read_number).decode


@lru_cache(maxsize=256)
def _embeds(resource: Resource) -> bool:
    """Whether there can be whole objects inside those of a resource: few have any, and looking for them is a walk."""
    schema = resource.custom.openapi_schema if resource.custom is not None else None
    return b"x-kubernetes-embedded-resource" in msgspec.json.encode(schema)


def _prune(value: Any, schema: Schema, path: str, unknown: list[str]) -> None:
    """Drop what the schema does not know, in place."""
    if isinstance(schema, ObjectSchema) and is_object(value):
        _prune_members(value, schema, path, unknown, whole=schema.embedded_resource)
    elif isinstance(schema, ListSchema) and is_array(value):
        for index, item in enumerate(value):
            _prune(item, schema.items, f"{path}[{index}]", unknown)


def _prune_members(value: dict[str, Any], schema: ObjectSchema, path: str, unknown: list[str], *, whole: bool) -> None:
    for name in list(value):
        inner = f"{path}.{name}" if path else name
        if whole and name in ("apiVersion", "kind", "metadata"):
            continue
        field = schema.fields.get(name)
        if field is not None:
            _prune(value[name], field.schema, inner, unknown)
        elif schema.preserves_unknown_fields:
            continue
        elif schema.values is not None and not schema.fields:
            _prune(value[name], schema.values, inner, unknown)
        else:
            del value[name]
            unknown.append(inner)


def _fill_in(value: Any, schema: Schema) -> None:
    """Fill in defaults, in place; a null where none may be is dropped first."""
    if isinstance(schema, ListSchema) and is_array(value):
        for index, item in enumerate(value):
            if item is None and schema.default is not UNSET and not schema.items.nullable:
                value[index] = copied(schema.default)
            _fill_in(value[index], schema.items)
    if not isinstance(schema, ObjectSchema) or not is_object(value):
        return
    for name, field in schema.fields.items():
        if name == "metadata" and name in value:
            continue
        if name in value and value[name] is None and not field.schema.nullable:
            del value[name]
        if field.default is not UNSET and name not in value:
            value[name] = copied(field.default)
        if name in value:
            _fill_in(value[name], field.schema)
    if schema.values is not None and not schema.fields:
        for name in [name for name, each in value.items() if each is None and not schema.values.nullable]:
            if schema.default is UNSET:
                del value[name]
            else:
                value[name] = copied(schema.default)
        for each in value.values():
            _fill_in(each, schema.values)


def custom_causes(resource: Resource, object_: JsonObject, old: JsonObject | None) -> list[Cause]:
    """Say what the definition of a custom resource has against an object.

    Args:
        resource: of the object.
        object_: the object.
        old: the object as it was; `None` for one that is created.
    """
    if resource.custom is None:
        return []
    schema = resource.custom.openapi_schema
    causes: list[Cause] = [] if schema is None else _validator(resource)(object_, old)
    causes += [*_spec_scale_causes(resource, object_), *_status_scale_causes(resource, object_)]
    causes += embedded_causes(object_, resource.schema) if _embeds(resource) else ()
    causes += _new_duplicates(schema, object_, old)
    return causes + custom_rule_causes(resource, object_, old, causes)


def _new_duplicates(schema: Any, object_: JsonObject, old: JsonObject | None) -> list[Cause]:
    """Say what is twice in an object, unless something was before."""
    found = duplicate_causes(object_, schema)
    return [] if found and old is not None and duplicate_causes(old, schema) else found


def custom_status_causes(resource: Resource, object_: JsonObject, old: JsonObject) -> list[Cause]:
    """Say what the definition of a custom resource has against the status of an object."""
    causes: list[Cause] = []
    if "status" in object_:  # whose schema does not know what it is a part of
        found = _status_validator(resource)(object_["status"], old.get("status"))
        causes = [cause._replace(field=_below_status(cause.field)) for cause in found]
    causes += _status_scale_causes(resource, object_)
    causes += _new_duplicates(resource.custom.openapi_schema if resource.custom is not None else None, object_, old)
    return causes + custom_rule_causes(resource, object_, old, causes)


def _below_status(field: str) -> str:
    if field in ("", NOWHERE):
        return "status"
    return f"status{field}" if field.startswith("[") else f"status.{field}"


@lru_cache(maxsize=256)
def _validator(resource: Resource) -> Callable[[Any, Any], list[Cause]]:
    # jsonschema takes longer to import than a server takes to start.
    from kubex.testing.custom_validation import SchemaValidator

    schema = resource.custom.openapi_schema if resource.custom is not None else None
    return SchemaValidator(schema or {}).causes


@lru_cache(maxsize=256)
def _status_validator(resource: Resource) -> Callable[[Any, Any], list[Cause]]:
    from kubex.testing.custom_validation import SchemaValidator

    schema: Any = resource.custom.openapi_schema if resource.custom is not None else None
    return SchemaValidator(object_at(object_at(schema or {}, "properties"), "status")).causes


def _spec_scale_causes(resource: Resource, object_: JsonObject) -> Iterator[Cause]:
    if resource.custom is not None and resource.custom.scale is not None:
        yield from _replicas_causes(object_, resource.custom.scale.get("specReplicasPath", ""))


def _status_scale_causes(resource: Resource, object_: JsonObject) -> Iterator[Cause]:
    scale = resource.custom.scale if resource.custom is not None else None
    if scale is None:
        return
    yield from _replicas_causes(object_, scale.get("statusReplicasPath", ""))
    selector = scale.get("labelSelectorPath")
    try:
        text_at(object_, selector or "")
    except ReplicasPathError as error:
        yield field_invalid(selector or "", "", str(error))


def _replicas_causes(object_: JsonObject, path: str) -> Iterator[Cause]:
    try:
        replicas = number_at(object_, path) or 0
    except ReplicasPathError as error:
        yield field_invalid(path, 0, str(error))
        return
    if replicas < 0:
        yield field_invalid(path, replicas, "should be a non-negative integer")
    elif replicas > _MOST_REPLICAS:
        yield field_invalid(path, replicas, f"should be less than or equal to {_MOST_REPLICAS}")
