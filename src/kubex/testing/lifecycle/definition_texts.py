"""Versions and schemas of CustomResourceDefinitions as refusals show them: in the server's internal types.

https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.core._json_value import is_array, is_object
from kubex.testing.lifecycle.json_members import list_at

__all__ = ["shown_rule", "shown_schema", "shown_versions"]

# Each field in its place: its name in JSON, and its zero value.
_SCHEMA: Final[Mapping[str, tuple[str, Any]]] = {
    "ID": ("id", ""), "Schema": ("$schema", ""), "Ref": ("$ref", None), "Description": ("description", ""),
    "Type": ("type", ""), "Nullable": ("nullable", False), "Format": ("format", ""), "Title": ("title", ""),
    "Default": ("default", None), "Maximum": ("maximum", None), "ExclusiveMaximum": ("exclusiveMaximum", False),
    "Minimum": ("minimum", None), "ExclusiveMinimum": ("exclusiveMinimum", False), "MaxLength": ("maxLength", None),
    "MinLength": ("minLength", None), "Pattern": ("pattern", ""), "MaxItems": ("maxItems", None),
    "MinItems": ("minItems", None), "UniqueItems": ("uniqueItems", False), "MultipleOf": ("multipleOf", None),
    "Enum": ("enum", None), "MaxProperties": ("maxProperties", None), "MinProperties": ("minProperties", None),
    "Required": ("required", None), "Items": ("items", None), "AllOf": ("allOf", None), "OneOf": ("oneOf", None),
    "AnyOf": ("anyOf", None), "Not": ("not", None), "Properties": ("properties", None),
    "AdditionalProperties": ("additionalProperties", None), "PatternProperties": ("patternProperties", None),
    "Dependencies": ("dependencies", None), "AdditionalItems": ("additionalItems", None),
    "Definitions": ("definitions", None), "ExternalDocs": ("externalDocs", None), "Example": ("example", None),
    "XPreserveUnknownFields": ("x-kubernetes-preserve-unknown-fields", None),
    "XEmbeddedResource": ("x-kubernetes-embedded-resource", False),
    "XIntOrString": ("x-kubernetes-int-or-string", False), "XListMapKeys": ("x-kubernetes-list-map-keys", None),
    "XListType": ("x-kubernetes-list-type", None), "XMapType": ("x-kubernetes-map-type", None),
    "XValidations": ("x-kubernetes-validations", None),
}  # fmt: skip
_COLUMN: Final[Mapping[str, tuple[str, Any]]] = {
    "Name": ("name", ""), "Type": ("type", ""), "Format": ("format", ""), "Description": ("description", ""),
    "Priority": ("priority", 0), "JSONPath": ("jsonPath", ""),
}  # fmt: skip
_SCALE: Final[Mapping[str, tuple[str, Any]]] = {
    "SpecReplicasPath": ("specReplicasPath", ""), "StatusReplicasPath": ("statusReplicasPath", ""),
    "LabelSelectorPath": ("labelSelectorPath", None),
}  # fmt: skip
_RULE: Final[Mapping[str, tuple[str, Any]]] = {
    "Rule": ("rule", ""), "Message": ("message", ""), "MessageExpression": ("messageExpression", ""),
    "Reason": ("reason", None), "FieldPath": ("fieldPath", ""), "OptionalOldSelf": ("optionalOldSelf", None),
}  # fmt: skip


def shown_versions(versions: list[dict[str, Any]]) -> str:
    """Write versions, each without what all of them have alike: that the server holds beside them."""
    return f"[{','.join(map(_shown_version, versions))}]"


def shown_schema(schema: Any) -> str:
    """Write a schema."""
    return _struct(schema, _SCHEMA, _SCHEMA_PARTS)


def shown_rule(rule: Any) -> str:
    """Write one of `x-kubernetes-validations`."""
    return _struct(rule, _RULE)


def _struct(
    value: Any, fields: Mapping[str, tuple[str, Any]], parts: Mapping[str, Callable[[Any], str]] | None = None
) -> str:
    if not is_object(value):
        return "null"
    members: list[str] = []
    for go_name, (name, zero) in fields.items():
        member = value.get(name, zero)
        shown = parts[name](member) if parts and name in parts and member is not None else go_json(member)
        members.append(f'"{go_name}":{shown}')
    return f"{{{','.join(members)}}}"


def _list_of(show: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda items: f"[{','.join(map(show, items))}]"


def _map_of_schemas(schemas: dict[str, Any]) -> str:
    return f"{{{','.join(f'{go_json(name)}:{shown_schema(own)}' for name, own in sorted(schemas.items()))}}}"


def _items(items: Any) -> str:
    several = _list_of(shown_schema)(items) if is_array(items) else "null"
    return f'{{"Schema":{shown_schema(items)},"JSONSchemas":{several}}}'


def _or_bool(value: Any) -> str:
    return f'{{"Allows":{go_json(bool(value) or is_object(value))},"Schema":{shown_schema(value)}}}'


_SCHEMA_PARTS: Final[Mapping[str, Callable[[Any], str]]] = {
    "items": _items,
    **dict.fromkeys(("allOf", "oneOf", "anyOf"), _list_of(shown_schema)),
    "not": shown_schema,
    **dict.fromkeys(("properties", "patternProperties", "definitions"), _map_of_schemas),
    **dict.fromkeys(("additionalProperties", "additionalItems"), _or_bool),
    "x-kubernetes-validations": _list_of(shown_rule),
}


def _shown_version(version: dict[str, Any]) -> str:
    schema = version.get("schema")
    subresources = version.get("subresources")
    columns = _list_of(lambda each: _struct(each, _COLUMN))(list_at(version, "additionalPrinterColumns"))
    selectable = _list_of(lambda each: _struct(each, {"JSONPath": ("jsonPath", "")}))(
        list_at(version, "selectableFields")
    )
    parts = {
        "Name": go_json(version.get("name", "")),
        "Served": go_json(version.get("served", False)),
        "Storage": go_json(version.get("storage", False)),
        "Deprecated": go_json(version.get("deprecated", False)),
        "DeprecationWarning": go_json(version.get("deprecationWarning")),
        "Schema": "null" if schema is None else f'{{"OpenAPIV3Schema":{shown_schema(schema.get("openAPIV3Schema"))}}}',
        "Subresources": "null" if subresources is None else _shown_subresources(subresources),
        "AdditionalPrinterColumns": columns if version.get("additionalPrinterColumns") else "null",
        "SelectableFields": selectable if version.get("selectableFields") else "null",
    }
    return f"{{{','.join(f'{go_json(name)}:{text}' for name, text in parts.items())}}}"


def _shown_subresources(subresources: dict[str, Any]) -> str:
    status = "null" if subresources.get("status") is None else "{}"
    return f'{{"Status":{status},"Scale":{_struct(subresources.get("scale"), _SCALE)}}}'
