"""What the server refuses in the addresses of services, and in their families.

https://kubernetes.io/docs/concepts/services-networking/dual-stack/#services
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.ip_texts import read_address
from kubex.testing.lifecycle.json_members import list_at
from kubex.testing.lifecycle.validation.values import duplicate, ip_causes, one_of, unsupported

__all__ = [
    "OWN_FAMILY",
    "SINGLE_STACK",
    "address_causes",
    "cluster_causes",
    "is_headless",
    "kept_address_causes",
    "policy_causes",
    "type_causes",
]

_ADDRESSES: Final = "spec.clusterIPs"
_FAMILIES: Final = "spec.ipFamilies"
_POLICY: Final = "spec.ipFamilyPolicy"
_KNOWN_FAMILIES: Final = ("IPv4", "IPv6")
_POLICIES: Final = ("PreferDualStack", "RequireDualStack", "SingleStack")
OWN_FAMILY: Final = "IPv4"
SINGLE_STACK: Final = "SingleStack"


def is_headless(spec: Mapping[str, Any]) -> bool:
    """Whether a service has no address of its own."""
    return list_at(spec, "clusterIPs") == ["None"]


def address_causes(spec: Mapping[str, Any]) -> list[Cause]:
    """The addresses of a service and their families are such, and fit each other; of no `ExternalName`."""
    address, addresses, families = spec.get("clusterIP", ""), list_at(spec, "clusterIPs"), list_at(spec, "ipFamilies")
    causes: list[Cause] = []
    if address and not addresses:
        causes.append(field_required(_ADDRESSES))
    elif address and addresses[0] != address:
        causes.append(_invalid(_ADDRESSES, addresses, "first value must match `clusterIP`"))
    elif addresses and not address:
        causes.append(_invalid(_ADDRESSES, addresses, "must be empty when `clusterIP` is not specified"))
    for index, family in enumerate(families):
        field = f"{_FAMILIES}[{index}]"
        if family not in _KNOWN_FAMILIES:
            causes.append(unsupported(field, family, _KNOWN_FAMILIES))
        if family in families[:index]:
            causes.append(duplicate(field, family))
    causes += one_of(_POLICY, spec.get("ipFamilyPolicy"), _POLICIES)
    unreadable: list[Cause] = []
    for index, each in enumerate(addresses):
        if index or each != "None":
            unreadable += ip_causes(f"{_ADDRESSES}[{index}]", each)
        elif len(addresses) > 1:
            unreadable.append(_invalid(_ADDRESSES, addresses, "'None' must be the first and only value"))
    causes += unreadable
    if len(addresses) > 2:
        causes.append(_invalid(_ADDRESSES, addresses, "may only hold up to 2 values"))
    return causes if unreadable or is_headless(spec) else causes + _pairing_causes(addresses, families)


def _pairing_causes(addresses: list[str], families: list[str]) -> list[Cause]:
    """Addresses that can be read are of one family each, those that are named beside them."""
    found = [_family_of(each) for each in addresses]
    causes: list[Cause] = []
    if len(found) > 1 and len(set(found)) == 1:
        causes.append(_invalid(_ADDRESSES, addresses, "may specify no more than one IP for each IP family"))
    for index, (address, family) in enumerate(zip(addresses, families, strict=False)):
        if family in _KNOWN_FAMILIES and family != found[index]:
            why = f"expected an {family} value as indicated by `ipFamilies[{index}]`"
            causes.append(field_invalid(f"{_ADDRESSES}[{index}]", address, why))
    return causes


def policy_causes(spec: Mapping[str, Any], old: Mapping[str, Any] | None) -> list[Cause]:
    """The policy of a service allows for its addresses and families.

    Args:
        spec: of a service with a policy, in which `address_causes` found nothing.
        old: as it was; `None` where there was none.
    """
    policy, addresses, families = spec["ipFamilyPolicy"], list_at(spec, "clusterIPs"), list_at(spec, "ipFamilies")
    causes: list[Cause] = []
    if policy == SINGLE_STACK:
        needed = "must be 'RequireDualStack' or 'PreferDualStack' when multiple"
        if len(addresses) == 2:
            causes.append(field_invalid(_POLICY, policy, f"{needed} cluster IPs are specified"))
        if len(families) == 2:
            causes.append(field_invalid(_POLICY, policy, f"{needed} IP families are specified"))
    elif old is not None:
        for name, what in (("clusterIPs", "cluster IP"), ("ipFamilies", "IP family")):
            if 0 < len(list_at(spec, name)) < len(list_at(old, name)):
                causes.append(field_invalid(_POLICY, policy, f"must be 'SingleStack' to release the secondary {what}"))
    for index, each in enumerate([] if is_headless(spec) else addresses):
        if index >= len(families) and _family_of(each) != OWN_FAMILY:
            why = f"{_family_of(each)} is not configured on this cluster"
            causes.append(_invalid(f"{_ADDRESSES}[{index}]", addresses, why))
    return causes


def cluster_causes(spec: Mapping[str, Any]) -> list[Cause]:
    """A cluster whose addresses are of one family has what a service wants."""
    causes: list[Cause] = []
    if spec["ipFamilyPolicy"] == "RequireDualStack":
        why = "this cluster is not configured for dual-stack services"
        causes.append(field_invalid(_POLICY, spec["ipFamilyPolicy"], why))
    for index, family in enumerate(list_at(spec, "ipFamilies")):
        if family != OWN_FAMILY:
            causes.append(field_invalid(f"{_FAMILIES}[{index}]", family, "not configured on this cluster"))
    return causes


def kept_address_causes(spec: Mapping[str, Any], old: Mapping[str, Any]) -> list[Cause]:
    """A service that had addresses has the same ones."""
    if "ExternalName" in (spec.get("type"), old.get("type")):
        return []
    causes: list[Cause] = []
    if not (is_headless(spec) and is_headless(old)):
        causes += _kept_causes(_ADDRESSES, list_at(spec, "clusterIPs"), list_at(old, "clusterIPs"))
    if not (is_headless(spec) or is_headless(old)):
        causes += _kept_causes(_FAMILIES, list_at(spec, "ipFamilies"), list_at(old, "ipFamilies"))
    return causes


def _kept_causes(field: str, new: list[str], old: list[str]) -> list[Cause]:
    # A cluster of one family has one of each, and what it had by then is put back where nothing is given.
    return [_invalid(f"{field}[0]", new, "may not change once set")] if old and new and new[0] != old[0] else []


def type_causes(spec: Mapping[str, Any]) -> list[Cause]:
    """A service that is reached from outside has an address, and one that is another name has none."""
    kind = spec.get("type")
    if kind in ("NodePort", "LoadBalancer") and is_headless(spec):
        return [field_invalid(f"{_ADDRESSES}[0]", "None", f"may not be set to 'None' for {kind} services")]
    if kind != "ExternalName":
        return []
    given = [f"spec.{name}" for name in ("clusterIPs", "ipFamilies", "ipFamilyPolicy") if spec.get(name)]
    return [field_forbidden(field, "may not be set for ExternalName services") for field in given]


def _family_of(address: str) -> str:
    """Give the family of an address that can be read."""
    read = read_address(address)
    return f"IPv{read.version}" if read is not None else ""


def _invalid(field: str, values: list[str], why: str) -> Cause:
    return Cause("FieldValueInvalid", f"Invalid value: {go_json(values)}: {why}", field)
