"""What the server refuses in the claims of devices that pods name, and in what their containers use of them.

https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from kubex.testing.failures import Cause, field_required
from kubex.testing.lifecycle.validation.shown_types import Member, Shape, shown_part
from kubex.testing.lifecycle.validation.values import duplicate, name_causes, subdomain_causes

__all__ = ["claim_use_causes", "pod_claim_causes"]

_Claims: TypeAlias = Sequence[Mapping[str, Any]]
_SOURCES: Final = ("resourceClaimName", "resourceClaimTemplateName")
_CLAIM: Final[Shape] = {
    "name": Member("Name", ""),
    "resourceClaimName": Member("ResourceClaimName"),
    "resourceClaimTemplateName": Member("ResourceClaimTemplateName"),
}


def pod_claim_causes(claims: _Claims, where: str) -> Iterator[Cause]:
    """Say what is wrong with the claims of a pod."""
    seen: set[str] = set()
    for index, claim in enumerate(claims):
        name, field = claim.get("name", ""), f"{where}[{index}]"
        if name in seen:
            yield duplicate(f"{field}.name", name)
        else:
            yield from name_causes(f"{field}.name", name)
        if name:
            seen.add(name)
        given = [each for each in _SOURCES if claim.get(each) is not None]
        if len(given) != 1:
            first = "at most one of {} or {} may be specified" if given else "must specify one of: {}, {}"
            why = first.format(*(f"`{each}`" for each in _SOURCES))
            yield Cause("FieldValueInvalid", f"Invalid value: {shown_part(claim, _CLAIM)}: {why}", field)
        for each in given:
            yield from subdomain_causes(f"{field}.{each}", claim[each])


def claim_use_causes(uses: _Claims, where: str, claims: _Claims) -> Iterator[Cause]:
    """Say what is wrong with what a container uses.

    Args:
        uses: the names of claims, and maybe of single requests of them.
        where: their path.
        claims: of the pod.
    """
    declared = {name for each in claims if (name := each.get("name"))}
    seen: set[str] = set()
    for index, use in enumerate(uses):
        name, field = use.get("name", ""), f"{where}[{index}]"
        if not name:
            yield field_required(field)
            continue
        if name in seen:
            yield duplicate(field, name)
        else:
            yield from _new_use_causes(name, use.get("request", ""), field, seen)
        if name not in declared:
            what = f": {', '.join(sorted(declared))}" if declared else " which is empty"
            text = f'Not found: "{name}": must be one of the names in pod.spec.resourceClaims{what}'
            yield Cause("FieldValueNotFound", text, field)


def _new_use_causes(name: str, request: str, field: str, seen: set[str]) -> Iterator[Cause]:
    """Say what is wrong with the use of a claim of which not all is used yet, and note it."""
    key = name
    if request:
        yield from name_causes(f"{field}.request", request)
        key = f"{name}/{request}"
    if key in seen:
        yield duplicate(field, key)
    elif not request:
        yield from (duplicate(field, name) for each in seen if each.startswith(f"{name}/"))
    seen.add(key)
