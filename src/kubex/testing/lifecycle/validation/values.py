"""Checks of single values, and the words for those that are refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.core.exceptions import InvalidArgument
from kubex.core.quantity import Quantity
from kubex.testing.failures import Cause, field_invalid, field_required
from kubex.testing.lifecycle.ip_texts import read_address
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import (
    dns_label_problems,
    dns_subdomain_problems,
    label_key_problems,
    label_value_problems,
    qualified_name_problems,
)

__all__ = [
    "COUNTED_RESOURCES",
    "amount_causes",
    "between",
    "changed_ip_causes",
    "duplicate",
    "immutable",
    "invalid_quantity",
    "ip_causes",
    "is_extended_resource",
    "label_causes",
    "not_negative",
    "name_causes",
    "one_of",
    "overcommits",
    "port_causes",
    "port_name_problems",
    "qualified_causes",
    "quantity",
    "selector_causes",
    "subdomain_causes",
    "unsupported",
]

COUNTED_RESOURCES: Final = frozenset(
    {
        "configmaps",
        "persistentvolumeclaims",
        "pods",
        "replicationcontrollers",
        "resourcequotas",
        "secrets",
        "services",
        "services.loadbalancers",
        "services.nodeports",
    }
)
"""Those of the standard resources that come in whole pieces."""
_LARGEST_PORT: Final = 65535
_OPERATORS: Final = ("In", "NotIn", "Exists", "DoesNotExist")


def unsupported(field: str, value: str, supported: Sequence[str]) -> Cause:
    """A field has a value outside its list; the list in the order of the server's code."""
    known = ", ".join(f'"{each}"' for each in supported)
    return Cause("FieldValueNotSupported", f'Unsupported value: "{value}": supported values: {known}', field)


def one_of(field: str, value: Any, supported: Sequence[str]) -> list[Cause]:
    """A field has one of the values of a list, if any."""
    return [] if value is None or value in supported else [unsupported(field, str(value), supported)]


def immutable(field: str, old: Any, new: Any) -> list[Cause]:
    """A field may not change."""
    if old == new:
        return []
    return [Cause("FieldValueInvalid", f"Invalid value: {go_json(new)}: field is immutable", field)]


def duplicate(field: str, value: Any) -> Cause:
    """A value is there twice."""
    return Cause("FieldValueDuplicate", f"Duplicate value: {go_json(value)}", field)


def not_negative(field: str, value: Any) -> list[Cause]:
    """A number is 0 or more."""
    if value is None or value >= 0:
        return []
    return [field_invalid(field, value, "must be greater than or equal to 0")]


def between(field: str, value: Any, least: int, most: int) -> list[Cause]:
    """A number is in a range."""
    if value is None or least <= value <= most:
        return []
    return [field_invalid(field, value, f"must be between {least} and {most}, inclusive")]


def quantity(value: Any) -> Quantity:
    """Read a quantity; what is none is 0."""
    return _quantity(str(value))


@lru_cache(maxsize=1024)
def _quantity(text: str) -> Quantity:
    """Read a quantity; those of containers are few and come again and again."""
    try:
        return Quantity(text)
    except InvalidArgument:
        return Quantity("0")


def invalid_quantity(field: str, value: Any, why: str) -> Cause:
    """A quantity is not as it should be."""
    return field_invalid(field, str(quantity(value)), why)


def amount_causes(name: str, value: Any, field: str) -> list[Cause]:
    """An amount of a resource is not negative, and whole if the resource comes in pieces."""
    causes: list[Cause] = []
    amount = quantity(value).to_decimal()
    if amount < 0:
        causes.append(invalid_quantity(field, value, "must be greater than or equal to 0"))
    if amount % 1 and (name in COUNTED_RESOURCES or is_extended_resource(name)):
        causes.append(invalid_quantity(field, value, "must be an integer"))
    return causes


def is_extended_resource(name: str) -> bool:
    """Whether it is the name of a resource that others bring, which comes in whole pieces."""
    if "/" not in name or "kubernetes.io/" in name or name.startswith("requests."):
        return False
    return not qualified_name_problems(f"requests.{name}")


def overcommits(name: str) -> bool:
    """Whether more of a resource may be promised than there is: of the standard ones but for huge pages."""
    return not name.startswith("hugepages-") and ("/" not in name or "kubernetes.io/" in name)


def name_causes(field: str, name: str) -> list[Cause]:
    """A name is a DNS label."""
    if not name:
        return [field_required(field)]
    return [field_invalid(field, name, each) for each in dns_label_problems(name)]


def subdomain_causes(field: str, name: str) -> list[Cause]:
    """A name is a DNS subdomain."""
    return [field_invalid(field, name, each) for each in dns_subdomain_problems(name)]


def qualified_causes(field: str, name: str) -> list[Cause]:
    """A name is one as the keys of labels are."""
    return [field_invalid(field, name, each) for each in qualified_name_problems(name)]


def label_causes(field: str, labels: Mapping[str, Any]) -> list[Cause]:
    """Labels have keys and values that labels may have."""
    causes: list[Cause] = []
    for key, value in sorted(labels.items()):
        causes += [field_invalid(field, key, each) for each in label_key_problems(key)]
        causes += [field_invalid(field, value, each) for each in label_value_problems(value)]
    return causes


def ip_causes(field: str, value: str) -> list[Cause]:
    """A text is an IP address."""
    if read_address(value) is not None:
        return []
    return [field_invalid(field, value, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")]


def changed_ip_causes(field: str, value: str, kept: Collection[str]) -> list[Cause]:
    """A text is an IP address, or one of those that were there before."""
    return [] if value in kept else ip_causes(field, value)


def port_name_problems(name: str) -> list[str]:
    """Say what keeps a text from being the name of a port."""
    problems: list[str] = []
    if len(name) > 15:
        problems.append("must be no more than 15 characters")
    if not all(each.isascii() and (each.islower() or each.isdigit() or each == "-") for each in name):
        problems.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not any(each.isascii() and each.isalpha() and each.islower() for each in name):
        problems.append("must contain at least one letter (a-z)")
    if "--" in name:
        problems.append("must not contain consecutive hyphens")
    if name.startswith("-") or name.endswith("-"):
        problems.append("must not begin or end with a hyphen")
    return problems


def port_causes(field: str, port: Any) -> list[Cause]:
    """A port is a number, or the name of one."""
    if isinstance(port, str):
        return [field_invalid(field, port, each) for each in port_name_problems(port)]
    return between(field, port, 1, _LARGEST_PORT)


def selector_causes(field: str, selector: Mapping[str, Any] | None) -> list[Cause]:
    """A label selector makes sense."""
    if not selector:
        return []
    causes = label_causes(f"{field}.matchLabels", object_at(selector, "matchLabels"))
    for index, each in enumerate(list_at(selector, "matchExpressions")):
        where = f"{field}.matchExpressions[{index}]"
        operator, values = each.get("operator", ""), list_at(each, "values")
        if operator in ("In", "NotIn") and not values:
            causes.append(field_required(f"{where}.values", "must be specified when `operator` is 'In' or 'NotIn'"))
        elif operator in ("Exists", "DoesNotExist") and values:
            why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            causes.append(Cause("FieldValueForbidden", f"Forbidden: {why}", f"{where}.values"))
        elif operator not in _OPERATORS:
            causes.append(field_invalid(f"{where}.operator", operator, "not a valid selector operator"))
        causes += [
            field_invalid(f"{where}.key", each.get("key", ""), why) for why in label_key_problems(each.get("key", ""))
        ]
        for place, value in enumerate(values):
            causes += [field_invalid(f"{where}.values[{place}]", value, why) for why in label_value_problems(value)]
    return causes
