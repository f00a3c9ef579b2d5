"""What the server refuses in the addresses of services as objects of their own: IPAddresses and ServiceCIDRs.

https://kubernetes.io/docs/reference/networking/virtual-ips/#ip-address-objects
"""

from __future__ import annotations

from typing import Any, Final

from kubex.core._go_text import go_json, go_quoted
from kubex.testing.failures import Cause, field_invalid, field_required
from kubex.testing.lifecycle.ip_texts import is_strict_address, read_range
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import path_segment_problems
from kubex.testing.lifecycle.validation.services import cidr_causes
from kubex.testing.lifecycle.validation.values import subdomain_causes

__all__ = ["ip_address_causes", "service_range_causes"]

_PARENT: Final = "spec.parentRef"
_RANGES: Final = "spec.cidrs"
_MOST_RANGES: Final = 2
_IMMUTABLE: Final = "field is immutable"
_OF_ONE_VERSION: Final = "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64"


def ip_address_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with an IPAddress."""
    parent = object_at(new, "spec").get("parentRef")
    causes = [field_required(_PARENT)] if parent is None else _parent_causes(parent)
    if old is not None and _shown_parent(parent) != _shown_parent(object_at(old, "spec").get("parentRef")):
        causes.append(_invalid(_PARENT, _shown_parent(parent), _IMMUTABLE))
    return causes


def service_range_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a ServiceCIDR: once there, it may have a second range, and no other one."""
    ranges: list[str] = list_at(object_at(new, "spec"), "cidrs")
    if old is None:
        return _ranges_causes(ranges)
    before: list[str] = list_at(object_at(old, "spec"), "cidrs")
    grows = (len(before), len(ranges)) == (1, _MOST_RANGES)
    if len(before) != len(ranges) and not grows:
        return [_invalid(_RANGES, go_json(ranges or None), _IMMUTABLE)]
    causes = [
        field_invalid(f"{_RANGES}[{index}]", after, _IMMUTABLE)
        for index, (was, after) in enumerate(zip(before, ranges, strict=False))
        if was != after
    ]
    return causes + (_ranges_causes(ranges) if grows else [])


def _parent_causes(parent: dict[str, Any]) -> list[Cause]:
    group = parent.get("group") or ""
    causes = subdomain_causes(f"{_PARENT}.group", group) if group else []
    for member in ("resource", "name", "namespace"):
        field, value = f"{_PARENT}.{member}", parent.get(member) or ""
        if not value and member != "namespace":
            causes.append(field_required(field))
        causes += [field_invalid(field, value, each) for each in path_segment_problems(value)]
    return causes


def _shown_parent(parent: dict[str, Any] | None) -> str:
    """Write a parent as the server's messages do: in the names of its own code, with all of them."""
    if parent is None:
        return "null"
    members = ("group", "resource", "namespace", "name")
    return "{" + ",".join(f'"{each.capitalize()}":{go_json(parent.get(each) or "")}' for each in members) + "}"


def _ranges_causes(ranges: list[str]) -> list[Cause]:
    if not ranges:
        return [field_required(_RANGES, "at least one CIDR required")]
    if len(ranges) > _MOST_RANGES:
        return [_invalid(_RANGES, f'{{"CIDRs":{go_json(ranges)}}}', f"may only hold up to {_MOST_RANGES} values")]
    causes = [cause for index, each in enumerate(ranges) for cause in _range_causes(f"{_RANGES}[{index}]", each)]
    versions = [read[0].version for read in map(read_range, ranges) if read is not None]
    if len(versions) == _MOST_RANGES and len({*versions}) == 1:
        causes.append(_invalid(_RANGES, go_json(ranges), _OF_ONE_VERSION))
    return causes


def _range_causes(field: str, text: str) -> list[Cause]:
    """A text is a range of IP addresses by the strict rules."""
    read = read_range(text)
    if read is None:
        return cidr_causes(field, text)
    (address, whole), (head, _, length) = read, text.partition("/")
    if not is_strict_address(head) or length != str(int(length)):
        return [field_invalid(field, text, "must not have leading 0s in IP or prefix length")]
    if address.version == 4 and ":" in text:
        return [field_invalid(field, text, "must not have an IPv4-mapped IPv6 address")]
    if address != whole.network_address:
        return [field_invalid(field, text, "must not have bits set beyond the prefix length")]
    return (
        []
        if text == str(whole)
        else [field_invalid(field, text, f"must be in canonical form ({go_quoted(str(whole))})")]
    )


def _invalid(field: str, shown: str, why: str) -> Cause:
    return Cause("FieldValueInvalid", f"Invalid value: {shown}: {why}", field)
