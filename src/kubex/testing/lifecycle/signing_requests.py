"""What the server decides about a CertificateSigningRequest: who asks for it, and what a change may leave of it."""

from __future__ import annotations

import base64
import re
from typing import Final

from kubex.testing.access.users import User
from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.pem_blocks import pem_content
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

__all__ = ["check_subject", "keep_decisions", "note_requester"]

_REQUESTER: Final = frozenset({"username", "uid", "groups", "extra"})
_DECISIONS: Final = ("Approved", "Denied")
_API_CLIENT: Final = "kubernetes.io/kube-apiserver-client"
# The organization of a subject, as DER has it: what it is, and a text of a certain length.
_MASTERS: Final = re.compile(rb"\x06\x03\x55\x04\x0a[\x0c\x13]\x0esystem:masters")


def note_requester(request: JsonObject, user: User) -> None:
    """Note who asks, in place."""
    spec = {name: value for name, value in request["spec"].items() if name not in _REQUESTER}
    request["spec"] = {**spec, **user.as_user_info()}


def check_subject(resource: Resource, request: JsonObject) -> None:
    """Check that a new request is not for a certificate that opens everything.

    Raises:
        ApiFailure: it is (403).
    """
    spec = request["spec"]
    if spec.get("signerName") != _API_CLIENT:
        return
    content = pem_content(base64.b64decode(spec.get("request") or ""), "CERTIFICATE REQUEST")
    if _MASTERS.search(content):
        name = request["metadata"].get("name", "")
        why = f"use of {_API_CLIENT} signer with system:masters group is not allowed"
        message = f'{resource.name.qualified} "{name}" is forbidden: {why}'
        raise ApiFailure(403, "Forbidden", message, details=resource.name.details(name))


def keep_decisions(old: JsonObject, new: JsonObject, subresource: str, now: str) -> None:
    """Put back what a change of the status, or of the approval, leaves alone, and note when conditions came, in place.

    Args:
        old: the request as it was.
        new: its next state.
        subresource: `status` or `approval`.
        now: the time.
    """
    before, status = object_at(old, "status"), object_at(new, "status")
    conditions: list[JsonObject] = list_at(status, "conditions")
    if subresource == "status":
        for type_ in _DECISIONS:
            conditions = _with_kept(conditions, list_at(before, "conditions"), type_)
    conditions = [_dated(each, list_at(before, "conditions"), now) for each in conditions]
    kept = before if subresource == "approval" else status
    rest = {name: value for name, value in kept.items() if name != "conditions"}
    new["status"] = {**rest, **({"conditions": conditions} if conditions else {})}


def _with_kept(conditions: list[JsonObject], before: list[JsonObject], type_: str) -> list[JsonObject]:
    """Give the conditions with those of a type as they were, unless there are more or fewer of them now."""
    kept = [each for each in before if each.get("type") == type_]
    if len(kept) != sum(each.get("type") == type_ for each in conditions):
        return conditions
    return [kept.pop(0) if each.get("type") == type_ else each for each in conditions]


def _dated(condition: JsonObject, before: list[JsonObject], now: str) -> JsonObject:
    """Give a condition with the times that it lacks: it came when one of its type and status did, else now."""
    dated = {**condition, "lastUpdateTime": condition.get("lastUpdateTime") or now}
    if not condition.get("lastTransitionTime"):
        same = (each for each in before if all(each.get(name) == condition.get(name) for name in ("type", "status")))
        times = (each["lastTransitionTime"] for each in same if each.get("lastTransitionTime"))
        dated["lastTransitionTime"] = next(times, now)
    return dated
