"""Who may have admission policies read objects as their params: those that may read them.

https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#parameter-resources
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

from kubex.testing.access.attributes import Attributes
from kubex.testing.access.users import PRIVILEGED_GROUP, User
from kubex.testing.failures import Cause, field_forbidden, invalid
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject, Key

__all__ = ["ADMISSION_GROUP", "check_params"]

ADMISSION_GROUP: Final = "admissionregistration.k8s.io"
"""Group of all that this is about."""

_POLICIES: Final = ("mutatingadmissionpolicies", "validatingadmissionpolicies")
_BINDINGS: Final = {
    "mutatingadmissionpolicybindings": "mutatingadmissionpolicies",
    "validatingadmissionpolicybindings": "validatingadmissionpolicies",
}


def check_params(cluster: Cluster, resource: Resource, new: JsonObject, old: JsonObject | None, user: User) -> None:
    """Check that a user may read the params of a policy or a binding; anything else passes.

    Args:
        cluster: where.
        resource: of the object.
        new: the object; nothing else is wrong with it.
        old: the object as it was; `None` where it is created.
        user: who writes.

    Raises:
        ApiFailure: the user may not (422).
    """
    if PRIVILEGED_GROUP in user.groups:
        return
    plural, cause = resource.name.plural, None
    if plural in _POLICIES:
        kind = object_at(new, "spec").get("paramKind")
        if kind is not None and (old is None or object_at(old, "spec").get("paramKind") != kind):
            cause = _kind_cause(cluster, kind, user)
    elif plural in _BINDINGS and object_at(new, "spec").get("paramRef") is not None:
        # The server compares what it was with what it is by where that lies in memory: for it, all is new.
        cause = _reference_cause(cluster, plural, new["spec"], user)
    if cause is not None:
        raise invalid(resource.name, new["metadata"].get("name", ""), [cause])


def _kind_cause(cluster: Cluster, kind: JsonObject, user: User) -> Cause | None:
    asked = replace(_of_kind(cluster, kind, user).asked, verb="get", namespace="*", name="*")
    if cluster.access.authorize(asked).allowed:
        return None
    shown = f"kind={kind.get('kind')}, apiVersion={kind.get('apiVersion')}"
    why = f'user {_shown(user)} must have "get" permission on all objects of the referenced paramKind ({shown})'
    return field_forbidden("spec.paramKind", why)


def _reference_cause(cluster: Cluster, plural: str, spec: JsonObject, user: User) -> Cause | None:
    reference, policy_name = object_at(spec, "paramRef"), spec.get("policyName", "")
    policy = cluster.storage.get(f"{ADMISSION_GROUP}/{_BINDINGS[plural]}", Key("", policy_name))
    kind = object_at(policy.object, "spec").get("paramKind") if policy is not None else None
    what = _of_kind(cluster, kind, user)
    name, verb = reference.get("name") or "", "get" if reference.get("name") else "list"
    asked = replace(what.asked, verb=verb, namespace=reference.get("namespace") or "", name=name)
    if cluster.access.authorize(asked).allowed:
        return None
    least = f'to determine minimum required permissions and user {_shown(user)} does not have "{verb}" permission'
    if policy is None:
        why = f"unable to get policy {policy_name} {least} for all groups, versions and resources"
    elif kind is not None and not what.is_known:
        shown = f"&{{{kind.get('apiVersion')} {kind.get('kind')}}}"
        why = f"unable to resolve paramKind {shown} {least} for all groups, versions and resources"
    else:
        # Of bindings of mutating policies the server mixes up the two.
        who, what_not = (_shown(user), verb) if plural.startswith("validating") else (verb, _shown(user))
        why = f'user {who} does not have "{what_not}" permission on the object referenced by paramRef'
    return field_forbidden("spec.paramRef", why)


class _Asked(NamedTuple):
    """What is asked about params."""

    asked: Attributes
    is_known: bool
    """Whether their kind is served."""


def _of_kind(cluster: Cluster, kind: JsonObject | None, user: User) -> _Asked:
    """Ask about a kind: of what is not known, about everything."""
    if kind is None:
        return _Asked(Attributes(user=user, verb="", group="*", version="*", resource="*"), False)
    group, _, version = str(kind.get("apiVersion") or "").rpartition("/")
    found = cluster.registry.by_kind(group, version, str(kind.get("kind") or ""))
    plural = found.name.plural if found is not None else "*"
    return _Asked(Attributes(user=user, verb="", group=group, version=version, resource=plural), found is not None)


def _shown(user: User) -> str:
    """Show a user as Go prints one."""
    extra = " ".join(f"{key}:[{' '.join(values)}]" for key, values in sorted(user.extra.items()))
    return f"&{{{user.name} {user.uid} [{' '.join(user.groups)}] map[{extra}]}}"
