"""What the rules in CEL of a definition have against its objects; where no library evaluates them, that is said.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from kubex.core._json_value import is_array, is_object
from kubex.testing.change_warnings import add_warning
from kubex.testing.expressions.library import is_available
from kubex.testing.failures import NOWHERE, Cause
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

__all__ = ["custom_rule_causes", "rule_warnings"]

_RULES: Final = "x-kubernetes-validations"
_BLOCKING: Final = frozenset(
    {"FieldValueNotSupported", "FieldValueRequired", "FieldValueTooLong", "FieldValueTooMany", "FieldValueTypeInvalid"}
)
_NOT_CHECKED: Final = Cause(
    "FieldValueInvalid",
    "Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing "
    "errors to complete validation",
    NOWHERE,
)


def rule_warnings(resource: Resource, object_: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the warning about rules that are not evaluated: those of an object, or those that it defines."""
    found = False
    if resource.custom is not None:
        found = _has_rules_of_its_own(resource)
    elif resource.kind == "CustomResourceDefinition":
        found = _has_rules(object_.get("spec"))
    if not found or is_available():
        return ()
    return (f"{_RULES} of {object_.get('kind')} are not evaluated by this server without kubex[testing-cel]",)


def custom_rule_causes(
    resource: Resource, object_: JsonObject, old: JsonObject | None, found: Sequence[Cause]
) -> list[Cause]:
    """Say which rules of its definition an object breaks.

    Args:
        resource: of the object.
        object_: the object.
        old: the object as it was; `None` for one that is created.
        found: what else is wrong with it.
    """
    if not _has_rules_of_its_own(resource) or not is_available():
        return []
    if any(cause.reason in _BLOCKING for cause in found):
        return [_NOT_CHECKED]
    causes, warnings = _rules_of(resource)(object_, old)
    for cause in warnings:
        add_warning(f"{cause.field}: {cause.message}")
    return causes


def _has_rules(schema: Any) -> bool:
    if is_object(schema):
        return bool(schema.get(_RULES)) or any(_has_rules(value) for value in schema.values())
    return is_array(schema) and any(_has_rules(item) for item in schema)


@lru_cache(maxsize=256)
def _has_rules_of_its_own(resource: Resource) -> bool:
    return resource.custom is not None and _has_rules(resource.custom.openapi_schema)


@lru_cache(maxsize=256)
def _rules_of(resource: Resource) -> Callable[[Any, Any], tuple[list[Cause], list[Cause]]]:
    from kubex.testing.expressions.rule_set import RuleSet  # few definitions have rules

    schema = resource.custom.openapi_schema if resource.custom is not None else None
    return RuleSet(schema or {}, whole=True).broken
