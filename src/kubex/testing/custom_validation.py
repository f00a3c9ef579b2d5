"""Validates custom resources by their OpenAPI v3 schemas, in the words of the API server.

The rules are checked by the `jsonschema` library; here is what Kubernetes means differently, and how it says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

import msgspec
from jsonschema import Draft4Validator, validators
from jsonschema.exceptions import ValidationError

from kubex.core._json_value import is_array, is_object
from kubex.testing.custom_compositions import COMPOSITIONS
from kubex.testing.custom_formats import FORMATS
from kubex.testing.custom_patterns import matches
from kubex.testing.custom_ratcheting import is_kept
from kubex.testing.failures import NOWHERE, Cause, field_invalid, field_not_supported, field_required, field_too_long

__all__ = ["SchemaValidator"]

_INTEGER_OR_STRING: Final = "x-kubernetes-int-or-string"
# The server's order of checks, which is that of its causes; the library goes by the order in a schema.
_OF_STRINGS: Final = ("maxLength", "minLength", "pattern")
_ORDER: Final = (
    "type",
    *("anyOf", "oneOf", "allOf", "not"),
    *_OF_STRINGS,
    "format",
    *("maximum", "minimum", "multipleOf"),
    *("items", "minItems", "maxItems", "uniqueItems"),
    "enum",
    *("minProperties", "maxProperties", "required", "properties", "additionalProperties"),
)
_TYPE_NAMES: Final[tuple[tuple[type, str], ...]] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
    (list, "array"),
    (dict, "object"),
)


def _check_pattern(validator: Any, pattern: str, value: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and not matches(pattern, value):
        yield ValidationError(f"does not match {pattern}")


def _check_enum(validator: Any, values: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    if value is None:  # is not found among them, even where it is one
        yield ValidationError("is none of them")
    else:
        yield from _JSON_SCHEMA.VALIDATORS["enum"](validator, values, value, schema)


_JSON_SCHEMA: Final[Any] = Draft4Validator
_Validator: Any = cast("Any", validators).extend(
    _JSON_SCHEMA, {**COMPOSITIONS, "pattern": _check_pattern, "enum": _check_enum}
)


class SchemaValidator:
    """Checks objects of one version of a custom resource.

    Args:
        schema: its `openAPIV3Schema`, or that of a part of them.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._validator = _Validator(_translated(schema), format_checker=FORMATS)

    def causes(self, object_: Any, old: Any = None) -> list[Cause]:
        """Say what is wrong with an object, or with a part of one.

        Args:
            object_: the object.
            old: the object as it was: what has not changed since may be what it is.
        """
        errors: Iterable[ValidationError] = self._validator.iter_errors(object_)
        if old is not None:
            errors = (error for error in errors if not is_kept(error, self._schema, old, object_))
        causes = [cause for error in _first_of_strings(errors) for cause in _causes(error)]
        return list(dict.fromkeys(causes))  # what several schemas have against a value is told once


def _translated(schema: Any) -> Any:
    """Give a schema as JSON Schema has it: null and int-or-string as types, nothing that only Kubernetes knows."""
    if is_array(schema):
        return [_translated(each) for each in schema]
    if not is_object(schema):
        return schema
    result: dict[str, Any] = {}
    for name, value in schema.items():
        if name in ("properties", "patternProperties", "definitions"):
            result[name] = {each: _translated(own) for each, own in value.items()}
        elif name in ("items", "additionalProperties", "allOf", "anyOf", "oneOf", "not"):
            result[name] = _translated(value)
        elif not name.startswith("x-") and name not in ("nullable", "default", "description", "title", "example"):
            result[name] = value
    if schema.get(_INTEGER_OR_STRING):
        result["type"] = ["integer", "string"]
    if schema.get("nullable") and "type" in result:
        types = result["type"]
        result["type"] = [*(types if is_array(types) else [types]), "null"]
    return {name: result[name] for name in sorted(result, key=_rank)}


def _rank(keyword: str) -> int:
    return _ORDER.index(keyword) if keyword in _ORDER else len(_ORDER)


def _first_of_strings(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """Leave out what the server does not come to: of the rules of a string it tells the first that is broken."""
    told: set[tuple[str | int, ...]] = set()
    for error in errors:
        path = tuple(error.absolute_path)
        if error.validator in _OF_STRINGS:
            if path in told:
                continue
            told.add(path)
        yield error


def _causes(error: ValidationError) -> list[Cause]:
    path = _text(error.absolute_path)
    value: Any = error.instance
    rule: Any = error.validator_value
    kind = str(error.validator)
    if kind == "required":
        missing = str(error.message).split("'")[1]
        return [field_required(f"{path}.{missing}" if path else missing)]
    if kind == "type":
        types = [rule] if isinstance(rule, str) else [each for each in rule if each != "null"]
        found = _type_name(value)
        return [
            Cause(
                "FieldValueTypeInvalid",
                f'Invalid value: "{found}": {path} in body must be of type {",".join(types)}: "{found}"',
                path,
            )
        ]
    if kind == "enum":
        known = ", ".join(f'"{_shown(each)}"' for each in rule)  # in the schema's order
        given = field_not_supported(path, value, []).message
        return [Cause("FieldValueNotSupported", f"{given}{known}", path)]
    if kind in _SIZES:
        return [_size_cause(kind, path, value, rule)]
    if kind == "format":
        return [
            Cause(
                "FieldValueTypeInvalid",
                f'Invalid value: "{value}": {path} in body must be of type {rule}: "{value}"',
                path,
            )
        ]
    if kind in COMPOSITIONS:
        return [Cause("FieldValueInvalid", f'Invalid value: "": "{path}" {error.message}', NOWHERE)]
    words = _COMPARED.get(kind)
    if words is None:
        return [field_invalid(path, value, f"{path} in body {error.message}")]
    exclusive = kind in ("minimum", "maximum") and "than or equal" in error.message
    text = words.replace(" or equal to", "") if exclusive else words
    return [field_invalid(path, value, f"{path} in body {text.format(rule)}")]


_COMPARED: Final[Mapping[str, str]] = {
    "pattern": "should match '{}'",
    "minimum": "should be greater than or equal to {}",
    "maximum": "should be less than or equal to {}",
    "multipleOf": "should be a multiple of {}",
    "minLength": "should be at least {} chars long",
    "minItems": "should have at least {} items",
    "minProperties": "should have at least {} properties",
    "uniqueItems": "shouldn't contain duplicates",
}
_SIZES: Final = frozenset({"maxLength", "maxItems", "maxProperties"})


def _size_cause(kind: str, path: str, value: Any, limit: int) -> Cause:
    if kind == "maxLength":
        return field_too_long(path, limit)
    what = "items" if kind == "maxItems" else "properties"
    items = what if limit != 1 else what[:-1] if what == "items" else "property"
    return Cause("FieldValueTooMany", f"Too many: {len(value)}: must have at most {limit} {items}", path)


def _text(path: Iterable[str | int]) -> str:
    text = ""
    for each in path:
        text += f"[{each}]" if isinstance(each, int) else f".{each}" if text else each
    return text


def _shown(value: Any) -> str:
    """Give a value of an enum as Go prints it."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _type_name(value: Any) -> str:
    return next((name for type_, name in _TYPE_NAMES if isinstance(value, type_)), "null")
