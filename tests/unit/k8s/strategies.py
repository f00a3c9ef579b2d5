"""Hypothesis strategies for objects of generated classes."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from hypothesis import strategies as st

from kubex.generate.naming import attribute_names
from kubex_core.models.micro_time import MicroTime
from tests.unit.k8s.version import Version, version
from tools.codegen.intermediate import EnumeratedString, FieldType, ListOf, MapOf, Reference, Scalar

_TEXT = st.text(max_size=8)
_MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_TEXT, inner, max_size=2),
    max_leaves=4,
)

_SCALARS: dict[Scalar, st.SearchStrategy[Any]] = {
    Scalar.STRING: _TEXT,
    Scalar.BYTES: st.binary(max_size=8),
    Scalar.TIME: _MOMENTS,
    Scalar.MICRO_TIME: _MOMENTS.map(MicroTime.of),
    Scalar.INTEGER: st.integers(-(2**63), 2**63 - 1),
    Scalar.NUMBER: st.floats(allow_nan=False, allow_infinity=False),
    Scalar.BOOLEAN: st.booleans(),
    Scalar.INTEGER_OR_STRING: st.integers(-(2**31), 2**31 - 1) | _TEXT,
    Scalar.QUANTITY: st.sampled_from(["1", "500m", "1Gi", "-2e3", ""]),
    Scalar.ANY: _ANY,
}

# One class for all versions, and of no one definition's making: their own tests are elsewhere.
_PLAIN = {"io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry"}


def objects(generated: Version, definition: str) -> st.SearchStrategy[Any]:
    """Give objects of a definition: a few of the optional fields set at each level, and few levels deep."""
    return _objects(generated.name, definition, 3)


@cache
def _objects(version_name: str, definition: str, depth: int) -> st.SearchStrategy[Any]:
    generated = version(version_name)
    class_ = generated.classes[definition]
    if definition in _PLAIN:
        return st.just(class_())
    fields = generated.api.definitions[definition].fields
    names = attribute_names(each.name for each in fields)
    required = {names[each.name]: _values(version_name, each.type, depth - 1) for each in fields if each.required}
    # What a resource's own kind is, its class says: with another one it is refused.
    told = {"apiVersion", "kind"} if hasattr(class_, "__RESOURCE_CONFIG__") else set[str]()
    optional = [each for each in fields if not each.required and each.name not in told]

    @st.composite
    def built(draw: st.DrawFn) -> Any:
        arguments = {name: draw(strategy) for name, strategy in required.items()}
        if depth > 0 and optional:
            for each in draw(st.lists(st.sampled_from(optional), max_size=4, unique=True)):
                arguments[names[each.name]] = draw(_values(version_name, each.type, depth - 1))
        return class_(**arguments)

    return built()


def _values(version_name: str, type_: FieldType, depth: int) -> st.SearchStrategy[Any]:
    match type_:
        case Scalar():
            return _SCALARS[type_]
        case EnumeratedString(values):
            return st.sampled_from(values) | _TEXT
        case ListOf(item):
            return st.lists(_values(version_name, item, depth), max_size=2)
        case MapOf(value):
            return st.dictionaries(_TEXT, _values(version_name, value, depth), max_size=2)
        case Reference(definition):
            return _objects(version_name, definition, depth)
