"""What keeps the schema of a custom resource from being a structural one.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from kubex.core._json_value import is_array, is_object
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at

__all__ = ["junctors", "structural_causes"]

_Schema: TypeAlias = dict[str, Any]

_INT_OR_STRING: Final = "x-kubernetes-int-or-string"
_PRESERVE: Final = "x-kubernetes-preserve-unknown-fields"
_EMBEDDED: Final = "x-kubernetes-embedded-resource"
_EITHER: Final = [{"type": "integer"}, {"type": "string"}]
_UNTYPED: Final = {"root": "at the root", "items": "for specified array items", "field": "for specified object fields"}
# What a rule under a junctor may not say, and what it has to be instead.
_NOT_NESTED: Final = {
    "type": "empty",
    "additionalProperties": "undefined",
    "default": "undefined",
    "title": "empty",
    "description": "empty",
    "nullable": "false",
    _PRESERVE: "false",
    _EMBEDDED: "false",
    _INT_OR_STRING: "false",
    "x-kubernetes-list-map-keys": "empty",
    "x-kubernetes-list-type": "undefined",
    "x-kubernetes-map-type": "undefined",
    "x-kubernetes-validations": "empty",
}


def structural_causes(schema: _Schema, where: str) -> list[Cause]:
    """Say what keeps a schema from being structural, in the order of the server's texts."""
    causes = [*_invariants(schema, where, "root"), *_incomplete(schema, schema, where, where)]
    return sorted(causes, key=lambda cause: f"{cause.field}: {cause.message}")


def junctors(schema: _Schema, where: str) -> Iterator[tuple[_Schema, str]]:
    """Give the schemas under `not`, `allOf`, `anyOf` and `oneOf`, and where each is."""
    if is_object(schema.get("not")):
        yield schema["not"], f"{where}.not"
    for name in ("allOf", "anyOf", "oneOf"):
        for index, each in enumerate(list_at(schema, name)):
            yield each, f"{where}.{name}[{index}]"


def _invariants(schema: _Schema, where: str, level: str) -> Iterator[Cause]:
    kind = schema.get("type") or ""
    if kind == "array" and schema.get("items") is None:
        yield field_required(f"{where}.items", "must be specified")
    if is_object(schema.get("items")):
        yield from _invariants(schema["items"], f"{where}.items", "items")
    for name, own in sorted(object_at(schema, "properties").items()):
        yield from _invariants(own, f"{where}.properties[{name}]", "field")
    values = schema.get("additionalProperties")
    if values is not None and level == "root":
        yield field_forbidden(f"{where}.additionalProperties", "must not be used at the root")
    if is_object(values):
        yield from _invariants(values, f"{where}.additionalProperties", "field")
    if schema.get(_INT_OR_STRING):
        for name in (_PRESERVE, _EMBEDDED):
            if schema.get(name):
                yield field_invalid(f"{where}.{name}", True, f"must be false if {_INT_OR_STRING} is true")
    yield from _rules(schema, where)
    yield from _type_causes(schema, kind, where, level)
    yield from _metadata_causes(schema, where, level)
    if schema.get(_EMBEDDED) and not schema.get(_PRESERVE) and not schema.get("properties"):
        why = f"must not be empty if {_EMBEDDED} is true without {_PRESERVE}"
        yield field_required(f"{where}.properties", why)


def _type_causes(schema: _Schema, kind: str, where: str, level: str) -> Iterator[Cause]:
    field = f"{where}.type"
    if schema.get(_EMBEDDED) and kind != "object":
        why = f"must be object if {_EMBEDDED} is true"
        yield field_invalid(field, kind, why) if kind else field_required(field, why)
    elif not kind and not schema.get(_INT_OR_STRING) and not schema.get(_PRESERVE):
        yield field_required(field, f"must not be empty {_UNTYPED[level]}")
    if schema.get(_EMBEDDED) and schema.get("additionalProperties") is not None:
        yield field_forbidden(f"{where}.additionalProperties", f"must not be used if {_EMBEDDED} is set")
    if level == "root" and kind and kind != "object":
        yield field_invalid(field, kind, "must be object at the root")


def _metadata_causes(schema: _Schema, where: str, level: str) -> Iterator[Cause]:
    """Say what is wrong with what a schema says of fields that every object has."""
    properties = object_at(schema, "properties")
    whole = level == "root" or bool(schema.get(_EMBEDDED))
    for name in ("kind", "apiVersion"):
        found = properties.get(name)
        if found is not None and whole and found.get("type") != "string":
            yield field_invalid(f"{where}.properties[{name}].type", found.get("type", ""), "must be string")
    metadata = properties.get("metadata")
    if metadata is None:
        return
    field = f"{where}.properties[metadata]"
    if whole and metadata.get("type") != "object":
        yield field_invalid(f"{field}.type", metadata.get("type", ""), "must be object")
    rest = {name: value for name, value in metadata.items() if name not in ("type", "default", "properties") and value}
    if level == "root" and (rest or not set(object_at(metadata, "properties")) <= {"name", "generateName"}):
        why = "must not specify anything other than name and generateName, but metadata is implicitly specified"
        yield field_forbidden(field, why)


def _rules(schema: _Schema, where: str, *, either: bool = True) -> Iterator[Cause]:
    """Say what is wrong with the rules for a value: its pattern, and what stands under junctors."""
    for each, place in junctors(schema, where):
        if either and place.startswith(f"{where}.anyOf[") and schema.get("anyOf") == _EITHER:
            continue  # the usual words for an integer or a string
        first = either and place == f"{where}.allOf[0]" and each.get("anyOf") == _EITHER
        yield from _nested(each, place, either=first)
    if schema.get("pattern"):
        from kubex.testing.custom_patterns import pattern_problem  # few definitions have one

        if problem := pattern_problem(schema["pattern"]):
            why = f"must be a valid regular expression, but isn't: {problem}"
            yield field_invalid(f"{where}.pattern", schema["pattern"], why)


def _nested(schema: _Schema, where: str, *, either: bool = False) -> Iterator[Cause]:
    yield from _rules(schema, where, either=either)
    if is_object(schema.get("items")):
        yield from _nested(schema["items"], f"{where}.items")
    for name, own in sorted(object_at(schema, "properties").items()):
        yield from _nested(own, f"{where}.properties[{name}]")
    for name, empty in _NOT_NESTED.items():
        value = schema.get(name)
        # `additionalProperties: false` says nothing.
        if value or (value is not None and empty == "undefined" and name != "additionalProperties"):
            yield field_forbidden(f"{where}.{name}", f"must be {empty} to be structural")
    if "metadata" in object_at(schema, "properties"):
        yield field_forbidden(f"{where}.properties[metadata]", "must not be specified in a nested context")


def _incomplete(rule: _Schema, schema: Any, where: str, rule_at: str) -> Iterator[Cause]:
    """Find what is only under a junctor: a value has to have its place in the schema itself, too.

    Args:
        rule: with the junctors.
        schema: of the same value, outside of all junctors.
        where: that is.
        rule_at: where the rule is.
    """
    for each, place in junctors(rule, rule_at):
        yield from _incomplete_nested(each, schema, where, place)


def _incomplete_nested(rule: _Schema, schema: Any, where: str, rule_at: str) -> Iterator[Cause]:
    if not is_object(schema):
        yield field_required(where, f"because it is defined in {rule_at}")
        return
    yield from _incomplete(rule, schema, where, rule_at)
    if is_object(rule.get("items")):
        own = schema.get("items")
        yield from _incomplete_nested(
            rule["items"], None if is_array(own) else own, f"{where}.items", f"{rule_at}.items"
        )
    known = object_at(schema, "properties")
    for name, each in sorted(object_at(rule, "properties").items()):
        place, own_place = f"{where}.properties[{name}]", f"{rule_at}.properties[{name}]"
        if name not in known:
            yield field_required(place, f"because it is defined in {own_place}")
        else:
            yield from _incomplete_nested(each, known[name], place, own_place)
