"""Random JSON of messages, in the form in which it comes back: what JSON always has is there, nothing else is empty."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from kubex.testing.protobuf.message_types import MessageField, MessageTypes
from kubex.testing.protobuf.shapes import SHAPES

DEEPEST = 5

texts = st.text(max_size=6)
_schema = next(row[2] for row in SHAPES["schema-or-bool"].fields if row[1] == "schema")
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
_moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 31), timezones=st.just(UTC))
_values: dict[str, st.SearchStrategy[Any]] = {
    "string": texts,
    "bytes": st.binary(max_size=5).map(lambda data: base64.b64encode(data).decode()),
    "bool": st.booleans(),
    "int32": st.integers(-(2**31), 2**31 - 1),
    "int64": st.integers(-(2**63), 2**63 - 1),
    "double": st.floats(allow_nan=False, allow_infinity=False),
    "json": _json.filter(lambda value: value is not None),
    "time": _moments.map(lambda moment: f"{moment:%Y-%m-%dT%H:%M:%SZ}".rjust(20, "0")),
    "micro-time": _moments.map(lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}".rjust(27, "0")),
    "quantity": st.sampled_from(["0", "1", "-1500m", "2Gi", "1e3"]),
    "int-or-string": st.integers(-(2**31), 2**31 - 1) | texts,
    "strings": st.lists(texts, max_size=2),
}


@st.composite
def messages(draw: st.DrawFn, types: MessageTypes, name: str, depth: int = 0) -> dict[str, Any]:
    """JSON of a message."""
    found: dict[str, Any] = {}
    for field in types.message(name).fields.values():
        if not field.json_name:
            found.update(draw(messages(types, field.type, depth)))
        elif field.mode == "always" or (depth < DEEPEST and draw(st.integers(0, 3)) == 0):
            value = draw(_members(types, field, depth + 1))
            if value or field.mode != "nonzero":
                found[field.json_name] = value
    return found


def _members(types: MessageTypes, field: MessageField, depth: int) -> st.SearchStrategy[Any]:
    value = _value(types, field.type, depth)
    if field.mode == "map":
        return st.dictionaries(texts, value, min_size=1, max_size=2)
    if field.mode == "repeated":
        return st.lists(value, min_size=1, max_size=2)
    return value | st.none() if field.mode == "always" and field.type in ("time", "micro-time", "json") else value


def _value(types: MessageTypes, type_: str, depth: int) -> st.SearchStrategy[Any]:
    if type_ in _values:
        return _values[type_]
    if type_.startswith("schema-or-"):
        schema = messages(types, _schema, depth)
        other = {
            "schema-or-bool": st.booleans(),
            "schema-or-array": st.lists(schema, min_size=1, max_size=2),
            "schema-or-strings": st.lists(texts, min_size=1, max_size=2),
        }
        return schema | other[type_]
    return messages(types, type_, depth)
