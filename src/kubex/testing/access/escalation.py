"""Nobody gives what they don't have: who may write roles, and bind them.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kubex.core._go_text import go_quoted
from kubex.testing.access.access import Access
from kubex.testing.access.attributes import Attributes
from kubex.testing.access.rbac import RBAC_GROUP, Rbac
from kubex.testing.access.rules import described, uncovered
from kubex.testing.access.users import PRIVILEGED_GROUP, User
from kubex.testing.failures import ApiFailure, ResourceName, not_found
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject

__all__ = ["check_escalation"]

_EVERYTHING: Final[tuple[JsonObject, ...]] = (
    {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
    {"nonResourceURLs": ["*"], "verbs": ["*"]},
)
_FOR_THE_COLLECTOR: Final = ("finalizers", "managedFields", "ownerReferences")


def check_escalation(
    access: Access, user: User, resource: ResourceName, namespace: str, new: JsonObject, old: JsonObject | None
) -> None:
    """Check that a user may write a role or a binding; anything else passes.

    Args:
        access: of the cluster.
        user: who writes.
        resource: of the object.
        namespace: of the object; `""` where it has none.
        new: the object.
        old: the object as it was; `None` where it is created.

    Raises:
        ApiFailure: the user would give what the user does not have (403), or there is no such role (404).
    """
    rbac = access.rbac
    if rbac is None or resource.group != RBAC_GROUP or PRIVILEGED_GROUP in user.groups:
        return
    if old is not None and _compared(new) == _compared(old):
        return
    name = new["metadata"].get("name") or ""
    if resource.plural in ("clusterroles", "roles"):
        asked_name = name if old is not None else ""  # the path of a creation has no name
        if _is_allowed(access, user, "escalate", resource.plural, namespace, asked_name):
            return
        _check_held(rbac, user, resource, namespace, name, list_at(new, "rules"))
        if _aggregates(new) or (old is not None and _aggregates(old)):
            rules, _ = rbac.rules_for(user, namespace)
            if uncovered(rules, _EVERYTHING):
                raise _refused(resource, name, "must have cluster-admin privileges to use the aggregationRule")
        return
    reference = object_at(new, "roleRef")
    roles = {"ClusterRole": "clusterroles", "Role": "roles"}.get(reference.get("kind", ""))
    if roles is None or not _is_allowed(access, user, "bind", roles, namespace, reference.get("name", "")):
        try:
            rules = rbac.role_rules(reference, namespace)
        except ApiFailure as failure:
            # The server has the role's name in it, but the kind of what is written.
            raise not_found(resource, reference.get("name", "")) if failure.code == 404 else failure from None
        _check_held(rbac, user, resource, namespace, name, rules)


def _is_allowed(access: Access, user: User, verb: str, plural: str, namespace: str, name: str) -> bool:
    asked = Attributes(
        user=user, verb=verb, group=RBAC_GROUP, version="*", resource=plural, namespace=namespace, name=name
    )
    return access.authorize(asked).allowed


def _check_held(
    rbac: Rbac, user: User, resource: ResourceName, namespace: str, name: str, rules: Iterable[JsonObject]
) -> None:
    held, errors = rbac.rules_for(user, namespace)
    missing = uncovered(held, rules)
    if not missing:
        return
    groups = " ".join(go_quoted(group) for group in user.groups)
    who = f"user {go_quoted(user.name)} (groups=[{groups}])"
    why = f"{who} is attempting to grant RBAC permissions not currently held:\n" + "\n".join(described(missing))
    if errors:
        why += f"; resolution errors: [{' '.join(errors)}]"
    raise _refused(resource, name, why)


def _refused(resource: ResourceName, name: str, why: str) -> ApiFailure:
    what = f"{resource.qualified} {go_quoted(name)}" if name else resource.qualified
    return ApiFailure(403, "Forbidden", f"{what} is forbidden: {why}", details=resource.details(name))


def _aggregates(role: JsonObject) -> bool:
    return bool(list_at(object_at(role, "aggregationRule"), "clusterRoleSelectors"))


def _compared(object_: JsonObject) -> JsonObject:
    """Give an object without what may be changed so that the garbage collector can do its work."""
    metadata = {name: value for name, value in object_["metadata"].items() if name not in _FOR_THE_COLLECTOR}
    return {**object_, "metadata": metadata}
