"""Random structural schemas, and random values of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

__all__ = ["schemas", "values_of"]

_UNKNOWN = "x-kubernetes-preserve-unknown-fields"
# What is hard on names: keywords, names of types and of base classes, other letters, clashes.
_HARD = [
    *("from", "class", "None", "l", "str", "int", "list", "dict", "type", "field", "datetime", "Any", "Literal"),
    *("Schema", "copy", "json", "schema", "model_dump", "modelDump", "podIP", "podIPs", "URL", "1st", "x-y", "x.y"),
    *("$ref", "snake_case", "snakeCase", "self", "_a", "a_", "api_version", "apiVersion", "kind", "metadata", "spec"),
    *("items", "keys", "values", "ä", "__init__", "__doc__", "BaseStruct", "CamelModel", "Backup"),
]
_NAMES = st.sampled_from(_HARD) | st.text("abcXYZ01_-.", min_size=1, max_size=8)
# Of letters that are rarer still, tools count the width each in its own way.
_TEXTS = st.text(st.characters(max_codepoint=0x2FF) | st.sampled_from("日本語\U0001f600\u200b"), max_size=8)
_DESCRIPTIONS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"]) | st.sampled_from("\"\\'\n\t {}"), min_size=1, max_size=30
)


_Schema = dict[str, Any]


def _texts_among(texts: list[str]) -> _Schema:
    return {"type": "string", "enum": sorted(texts)}


def _numbers_among(numbers: list[int]) -> _Schema:
    return {"type": "integer", "enum": sorted(numbers)}


def _texts_or_null(texts: list[str]) -> _Schema:
    return {"type": "string", "nullable": True, "allOf": [{"enum": sorted(texts)}]}


def _with_null(schema: _Schema) -> _Schema:
    return {**schema, "nullable": True}


def _text_by_default(default: str) -> _Schema:
    return {"type": "string", "default": default}


def _number_by_default(default: int) -> _Schema:
    return {"type": "integer", "default": default}


def _list_of(items: _Schema) -> _Schema:
    return {"type": "array", "items": items}


def _map_of(values: _Schema) -> _Schema:
    return {"type": "object", "additionalProperties": values}


def _with(schema: _Schema, description: str | None) -> _Schema:
    return {**schema, "description": description} if description else schema


def _resource(name: str, spec: _Schema) -> _Schema:
    return {"apiVersion": "v1", "kind": "Thing", "metadata": {"name": name}, "spec": spec}


def _merged(known: _Schema, more: _Schema) -> _Schema:
    return {**more, **known}


def _plain(schema: _Schema) -> st.SearchStrategy[_Schema]:
    return st.just(schema)


def _described(schemas: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(_with, schemas, st.none() | _DESCRIPTIONS)


def _bounded(low: int) -> st.SearchStrategy[_Schema]:
    return st.fixed_dictionaries(
        {"type": st.just("integer")},
        optional={"minimum": st.just(low), "maximum": st.just(low + 9), "format": st.sampled_from(["int32", "int64"])},
    )


_BOUNDED = st.integers(-9, 9).flatmap(_bounded)
# Values in order: to Python, Literal[1, 2] and Literal[2, 1] are one, and it may give either for both.
_LEAVES: st.SearchStrategy[_Schema] = st.one_of(
    _plain({"type": "string"}),
    _plain({"type": "string", "format": "byte"}),
    _plain({"type": "string", "format": "date-time"}),
    _plain({"type": "number"}),
    _plain({"type": "boolean"}),
    _plain({"x-kubernetes-int-or-string": True}),
    _plain({_UNKNOWN: True}),
    _plain({"type": "object"}),
    _plain({"type": "object", _UNKNOWN: True}),
    _plain({"type": "object", "x-kubernetes-embedded-resource": True, _UNKNOWN: True}),
    _BOUNDED,
    st.builds(_texts_among, st.lists(_TEXTS, min_size=1, max_size=3, unique=True)),
    st.builds(_numbers_among, st.lists(st.integers(-5, 5), min_size=1, unique=True)),
    st.builds(_texts_or_null, st.lists(_TEXTS, min_size=1, max_size=3, unique=True)),
    st.builds(_with_null, st.builds(_texts_among, st.lists(_TEXTS, min_size=1, max_size=3, unique=True))),
    st.builds(_text_by_default, _TEXTS),
    st.builds(_number_by_default, st.integers(-5, 5)),
    _plain({"type": "string", "nullable": True}),
    _plain({"type": "string", "nullable": True, "default": "a"}),
)


@st.composite
def _objects(draw: st.DrawFn, inner: st.SearchStrategy[dict[str, Any]]) -> dict[str, Any]:
    properties = draw(st.dictionaries(_NAMES, inner, min_size=1, max_size=5))
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    required = draw(st.lists(st.sampled_from(sorted(properties)), unique=True))
    if required:
        schema["required"] = required
    if draw(st.integers(0, 5)) == 0:
        schema[_UNKNOWN] = True
    return schema


schemas: st.SearchStrategy[dict[str, Any]] = st.recursive(
    _described(_LEAVES),
    lambda inner: _described(
        st.one_of(
            st.builds(_list_of, inner),
            st.builds(_map_of, inner),
            _objects(inner),
        )
    ),
    max_leaves=8,
)
"""Schemas of properties."""

_JSON: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | st.integers(-9, 9) | _TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_TEXTS, inner, max_size=2),
    max_leaves=4,
)
_OBJECTS = st.dictionaries(_TEXTS, _JSON, max_size=3)
_RESOURCE = st.builds(_resource, _TEXTS, _OBJECTS)


def _without_null(schema: _Schema) -> _Schema:
    return {name: value for name, value in schema.items() if name != "nullable"}


def values_of(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Give values that a schema admits, as the server gives them: with defaults."""
    if schema.get("nullable"):
        return st.none() | values_of(_without_null(schema))
    if "allOf" in schema:
        return values_of(schema["allOf"][0])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("x-kubernetes-int-or-string"):
        return st.integers(-9, 9) | _TEXTS
    if schema.get("x-kubernetes-embedded-resource"):
        return _RESOURCE
    match schema.get("type"):
        case "string" if schema.get("format") == "byte":
            return st.sampled_from(["", "YQ==", "AAH/"])
        case "string" if schema.get("format") == "date-time":
            return st.sampled_from(["2026-01-02T03:04:05Z", "1999-12-31T23:59:59.500000Z"])
        case "string":
            return _TEXTS
        case "integer":
            return st.integers(schema.get("minimum", -99), schema.get("maximum", 99))
        case "number":
            return st.floats(-9, 9)
        case "boolean":
            return st.booleans()
        case "array":
            return st.lists(values_of(schema["items"]), max_size=3)
        case "object":
            return _objects_of(schema)
        case _:
            return _JSON


def _objects_of(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    properties: dict[str, Any] = schema.get("properties") or {}
    if "additionalProperties" in schema:
        return st.dictionaries(_TEXTS, values_of(schema["additionalProperties"]), max_size=3)
    if not properties:
        return _OBJECTS if schema.get(_UNKNOWN) else st.just({})
    given = {name for name, each in properties.items() if "default" in each} | set(schema.get("required", ()))
    whole = st.fixed_dictionaries(
        {name: values_of(each) for name, each in properties.items() if name in given},
        # Null is to a class what is not there.
        optional={name: values_of(_without_null(each)) for name, each in properties.items() if name not in given},
    )
    if not schema.get(_UNKNOWN):
        return whole
    return st.builds(_merged, whole, st.dictionaries(st.just("unheard"), _JSON))
