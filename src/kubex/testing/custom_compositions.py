"""The keywords of a custom resource's schema that combine schemas: `anyOf`, `oneOf`, `allOf` and `not`.

Where none of several schemas fits, the API server tells what the one that fits best has against a value, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from jsonschema.exceptions import ValidationError

from kubex.core._json_value import is_array, is_object

__all__ = ["COMPOSITIONS"]


def _any_of(validator: Any, branches: list[Any], value: Any, schema: Any) -> Iterator[ValidationError]:
    if value is None:  # of which only the type is looked at
        return
    found = [list(validator.descend(value, branch, schema_path=index)) for index, branch in enumerate(branches)]
    if all(found):
        yield ValidationError("must validate at least one schema (anyOf)")
        yield from _best(branches, found, value)


def _one_of(validator: Any, branches: list[Any], value: Any, schema: Any) -> Iterator[ValidationError]:
    if value is None:
        return
    found = [list(validator.descend(value, branch, schema_path=index)) for index, branch in enumerate(branches)]
    valid = sum(not errors for errors in found)
    if valid == 1:
        return
    which = f"Found {valid} valid alternatives" if valid else "Found none valid"
    yield ValidationError(f"must validate one and only one schema (oneOf). {which}")
    if not valid:
        yield from _best(branches, found, value)


def _all_of(validator: Any, branches: list[Any], value: Any, schema: Any) -> Iterator[ValidationError]:
    if value is None:
        return
    found = [list(validator.descend(value, branch, schema_path=index)) for index, branch in enumerate(branches)]
    for errors in found:
        yield from errors
    if any(found):
        yield ValidationError(f"must validate all the schemas (allOf){'. None validated' if all(found) else ''}")


def _not(validator: Any, branch: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    if value is not None and validator.evolve(schema=branch).is_valid(value):
        yield ValidationError("must not validate the schema (not)")


COMPOSITIONS: Final[Mapping[str, Callable[..., Iterator[ValidationError]]]] = {
    "anyOf": _any_of,
    "oneOf": _one_of,
    "allOf": _all_of,
    "not": _not,
}
"""What checks a value by each of the keywords; the message of an error of its own says what is wrong as a whole."""


def _best(branches: list[Any], found: list[list[ValidationError]], value: Any) -> list[ValidationError]:
    """Give the errors of the schema that looks at the most of a value; of several the first."""
    counts = [_checks(branch, value) for branch in branches]
    return found[counts.index(max(counts))]


def _checks(schema: Any, value: Any) -> int:
    """Count what a schema looks at in a value."""
    if not is_object(schema):
        return 0
    count = 1 + ("type" in schema)
    if is_object(value):
        properties: Any = schema.get("properties") or {}
        for name, member in value.items():
            own = properties.get(name, schema.get("additionalProperties"))
            count += _checks(own, member)
    elif is_array(value):
        count += sum(_checks(schema.get("items"), item) for item in value)
    return count
