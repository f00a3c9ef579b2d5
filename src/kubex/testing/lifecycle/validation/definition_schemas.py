"""What the server refuses in the schemas of custom resources.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple, TypeAlias

from kubex.core._go_text import go_json
from kubex.core._json_value import is_array, is_object
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_not_supported, field_required
from kubex.testing.lifecycle.definition_texts import shown_schema
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.definition_rules import (
    default_rule_causes,
    expression_causes,
    rule_causes,
)
from kubex.testing.lifecycle.validation.structural_schemas import junctors, structural_causes
from kubex.testing.lifecycle.validation.values import unsupported

__all__ = ["schema_causes"]

_Schema: TypeAlias = dict[str, Any]

_TYPES: Final = ("array", "boolean", "integer", "number", "object", "string")
_UNSUPPORTED: Final = ("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref")
_URL: Final = "$schema"  # unsupported as well, and told where nothing else is wrong
_METADATA: Final = ("metadata", "kind", "apiVersion")
_EMBEDDED: Final = "x-kubernetes-embedded-resource"
_PRESERVE: Final = "x-kubernetes-preserve-unknown-fields"
_LIST_TYPE: Final = "x-kubernetes-list-type"
_MAP_TYPE: Final = "x-kubernetes-map-type"
_KEYS: Final = "x-kubernetes-list-map-keys"
# What a schema may say at its root beside a status: internal names, as the server lists them.
_AT_ROOT: Final = (
    "Description", "Type", "Format", "Title", "Maximum", "ExclusiveMaximum", "Minimum", "ExclusiveMinimum",
    "MaxLength", "MinLength", "Pattern", "MaxItems", "MinItems", "UniqueItems", "MultipleOf", "Required", "Items",
    "Properties", "ExternalDocs", "Example", "XPreserveUnknownFields", "XValidations",
)  # fmt: skip
_ALLOWED_AT_ROOT: Final = frozenset(
    {name[0].lower() + name[1:] for name in _AT_ROOT} | {_PRESERVE, "x-kubernetes-validations"}
)


class _Defaults(NamedTuple):
    """Whether defaults may be given, and if not why."""

    why_not: str = ""
    in_metadata: bool = False


def schema_causes(schema: _Schema, where: str, *, has_status: bool) -> list[Cause]:
    """Say what is wrong with the schema of a version.

    Args:
        schema: its `openAPIV3Schema`.
        where: that is.
        has_status: whether the status is a subresource.
    """
    causes = list(_root_causes(schema, where)) if has_status else []
    if schema.get("nullable"):
        causes.append(field_forbidden(f"{where}.nullable", "nullable cannot be true at the root"))
    own = list(_openapi_causes(schema, where, _Defaults(), root=True))
    if not _has_unsupported(schema):
        problems = structural_causes(schema, where) or _default_causes(schema, where, whole=True)
        causes += problems
        own += [] if problems else expression_causes(schema, where, own)
    elif not own:
        own = [field_invalid(where, "", "OpenAPIV3Schema 'schema' is not supported")]
    return causes + own


def _root_causes(schema: _Schema, where: str) -> Iterator[Cause]:
    if schema.get("type") and schema["type"] != "object":
        why = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
        yield field_invalid(f"{where}.type", schema["type"], why)
    elif any(value and name not in _ALLOWED_AT_ROOT for name, value in schema.items()):
        why = (
            f"only [{' '.join(_AT_ROOT)}] fields are allowed at the root of the schema if the status subresource is "
            "enabled"
        )
        yield Cause("FieldValueInvalid", f"Invalid value: {shown_schema(schema)}: {why}", where)


def _has_unsupported(schema: Any) -> bool:
    if is_object(schema):
        return any(name in (*_UNSUPPORTED, _URL) and value for name, value in schema.items()) or any(
            _has_unsupported(each) for each in _inner(schema)
        )
    return is_array(schema)


def _inner(schema: _Schema) -> Iterator[Any]:
    yield from (each for each, _ in junctors(schema, ""))
    yield from object_at(schema, "properties").values()
    yield from (schema[name] for name in ("items", "additionalProperties") if is_object(schema.get(name)))


def _openapi_causes(schema: _Schema, where: str, defaults: _Defaults, *, root: bool = False) -> Iterator[Cause]:
    kind = schema.get("type") or ""
    yield from _keyword_causes(schema, kind, where, defaults)
    values = schema.get("additionalProperties")
    if values is not None and schema.get("properties") and values is not True:
        why = "additionalProperties and properties are mutual exclusive"
        yield field_forbidden(f"{where}.additionalProperties", why)
    if is_object(values):
        within = defaults
        if defaults.in_metadata:
            within = defaults._replace(why_not="inside additionalProperties applying to object metadata")
        yield from _openapi_causes(values, f"{where}.additionalProperties", within)
    for name, own in sorted(object_at(schema, "properties").items()):
        within = defaults
        if (root or schema.get(_EMBEDDED)) and name in _METADATA:
            within = _Defaults(f"in top-level {name}" if root else defaults.why_not, in_metadata=True)
        yield from _openapi_causes(own, f"{where}.properties[{name}]", within)
    for each, place in junctors(schema, where):
        yield from _openapi_causes(each, place, defaults)
    if is_object(schema.get("items")):
        yield from _openapi_causes(schema["items"], f"{where}.items", defaults)
    if schema.get(_PRESERVE) is False:
        yield field_invalid(f"{where}.{_PRESERVE}", False, "must be true or undefined")
    yield from _merging_causes(schema, kind, where)
    yield from rule_causes(schema, where)


def _keyword_causes(schema: _Schema, kind: str, where: str, defaults: _Defaults) -> Iterator[Cause]:
    if kind and kind not in _TYPES:
        yield field_not_supported(f"{where}.type", kind, _TYPES)
    if schema.get("default") is not None and defaults.why_not:
        yield field_forbidden(f"{where}.default", f"must not be set {defaults.why_not}")
    for name in _UNSUPPORTED:
        if schema.get(name):
            yield field_forbidden(f"{where}.{name}", f"{name} is not supported")
    if kind == "null":
        yield field_forbidden(f"{where}.type", "type cannot be set to null, use nullable as an alternative")
    if is_array(schema.get("items")):
        yield field_forbidden(f"{where}.items", "items must be a schema object and not an array")
    if defaults.in_metadata and schema.get(_EMBEDDED):
        yield field_forbidden(f"{where}.{_EMBEDDED}", "must not be used inside of resource meta")
    if schema.get("uniqueItems"):
        why = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
        yield field_forbidden(f"{where}.uniqueItems", why)


def _merging_causes(schema: _Schema, kind: str, where: str) -> Iterator[Cause]:
    """Say what is wrong with how lists and maps are merged."""
    for name, wanted, known in ((_MAP_TYPE, "object", ("atomic", "granular")), (_LIST_TYPE, "array", _LISTS)):
        if schema.get(name) is None:
            continue
        if kind != wanted:
            why = f"must be {wanted} if {name} is specified"
            yield field_invalid(f"{where}.type", kind, why) if kind else field_required(f"{where}.type", why)
        if schema[name] not in known:
            yield unsupported(f"{where}.{name}", schema[name], known)
    list_type, keys, items = schema.get(_LIST_TYPE), list_at(schema, _KEYS), schema.get("items")
    if list_type == "set" and kind == "array" and is_object(items):
        yield from _set_causes(items, where)
    if keys and list_type != "map":
        why = f"must be map if {_KEYS} is non-empty"
        field = f"{where}.{_LIST_TYPE}"
        yield field_required(field, why) if list_type is None else field_invalid(field, list_type, why)
    if list_type == "map":
        yield from _map_causes(keys, items, where)
    if list_type in ("set", "map") and is_object(items):
        yield from _null_causes(list_type, keys, items, where)


_LISTS: Final = ("atomic", "set", "map")


def _set_causes(items: _Schema, where: str) -> Iterator[Cause]:
    why = "must be atomic as item of a list with x-kubernetes-list-type=set"
    text = f"Invalid value: {go_json(items.get(_LIST_TYPE))}: {why}"
    if items.get("type") == "array" and items.get(_LIST_TYPE, "atomic") != "atomic":
        yield Cause("FieldValueInvalid", text, f"{where}.items.{_LIST_TYPE}")
    if items.get("type") == "object" and items.get(_MAP_TYPE) != "atomic":
        yield Cause("FieldValueInvalid", text, f"{where}.items.{_MAP_TYPE}")


def _map_causes(keys: list[str], items: Any, where: str) -> Iterator[Cause]:
    if not keys:
        yield field_required(f"{where}.{_KEYS}", f"must not be empty if {_LIST_TYPE} is map")
    if items is None:
        yield field_required(f"{where}.items", f"must have a schema if {_LIST_TYPE} is map")
    if not is_object(items):
        return
    kind = items.get("type") or ""
    if kind != "object":
        yield field_invalid(f"{where}.items.type", kind, f"must be object if parent array's {_LIST_TYPE} is map")
        return
    shown, field = go_json(keys), f"{where}.{_KEYS}"
    for index, key in enumerate(keys):
        known = object_at(items, "properties").get(key)
        if known is None:
            text = f"Invalid value: {shown}: entries must all be names of item properties"
            yield Cause("FieldValueInvalid", text, field)
        elif known.get("type") in ("array", "object"):
            why = f"must be a scalar type if parent array's {_LIST_TYPE} is map"
            yield field_invalid(f"{where}.items.properties[{key}].type", kind, why)
        if key in keys[:index]:
            yield Cause("FieldValueInvalid", f"Invalid value: {shown}: must not contain duplicate entries", field)


def _null_causes(list_type: str, keys: list[str], items: _Schema, where: str) -> Iterator[Cause]:
    if items.get("nullable"):
        why = f"cannot be nullable when {_LIST_TYPE} is {list_type}"
        yield field_forbidden(f"{where}.items.nullable", why)
    if list_type != "map":
        return
    for key in keys:
        own = object_at(items, "properties").get(key)
        field = f"{where}.items.properties[{key}]"
        if own is None:
            continue
        if key not in list_at(items, "required") and own.get("default") is None:
            why = f"this property is in {_KEYS}, so it must have a default or be a required property"
            yield field_required(f"{field}.default", why)
        if own.get("nullable"):
            yield field_forbidden(f"{field}.nullable", f"this property is in {_KEYS}, so it cannot be nullable")


def _default_causes(schema: _Schema, where: str, *, whole: bool = False) -> list[Cause]:
    """Say which defaults the schema itself has something against."""
    causes: list[Cause] = []
    if schema.get("default") is not None:
        # The library that validates takes longer to import than a server takes to start.
        from kubex.testing.custom_validation import SchemaValidator

        place, value = f"{where}.default", schema["default"]
        if _has_unknown(value, schema):
            text = f"Invalid value: {go_json(value)}: must not have unknown fields"
            causes.append(Cause("FieldValueInvalid", text, place))
        found = SchemaValidator({"properties": {"": schema}}).causes({"": value})
        causes += [each._replace(field=f"{place}.{each.field}" if each.field else place) for each in found]
        causes += [] if found else default_rule_causes(schema, place, whole=whole)
    if is_object(schema.get("items")):
        causes += _default_causes(schema["items"], f"{where}.items")
    for name, own in sorted(object_at(schema, "properties").items()):
        if name != "metadata":
            causes += _default_causes(own, f"{where}.properties[{name}]")
    return causes


def _has_unknown(value: Any, schema: Any) -> bool:
    """Whether a default has members that would be pruned."""
    if is_array(value):
        return is_object(schema) and any(_has_unknown(each, schema.get("items")) for each in value)
    if not is_object(value) or not is_object(schema):
        return False
    known, values = object_at(schema, "properties"), schema.get("additionalProperties")
    for name, member in value.items():
        if schema.get(_EMBEDDED) and name in _METADATA:
            continue
        own = known.get(name, values if is_object(values) else None)
        if own is None:
            if not schema.get(_PRESERVE) and not values:
                return True
        elif _has_unknown(member, own):
            return True
    return False
