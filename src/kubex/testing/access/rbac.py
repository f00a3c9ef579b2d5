"""RBAC: what roles and their bindings, as they are stored, allow.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from kubex.core._go_text import go_quoted
from kubex.testing.access.attributes import Attributes, Decision
from kubex.testing.access.rules import allows
from kubex.testing.access.users import User, account_user_name
from kubex.testing.failures import ApiFailure, ResourceName, not_found
from kubex.testing.lifecycle.json_members import list_at
from kubex.testing.storage import JsonObject, Key, Storage

__all__ = ["CLUSTER_ROLES", "RBAC_GROUP", "Rbac", "joined_errors"]

RBAC_GROUP: Final = "rbac.authorization.k8s.io"
CLUSTER_ROLES: Final = f"{RBAC_GROUP}/clusterroles"
"""Where cluster roles are stored."""

_ROLES: Final = f"{RBAC_GROUP}/roles"
_BINDINGS: Final = f"{RBAC_GROUP}/rolebindings"
_CLUSTER_BINDINGS: Final = f"{RBAC_GROUP}/clusterrolebindings"
_PLACES: Final = frozenset({CLUSTER_ROLES, _ROLES, _BINDINGS, _CLUSTER_BINDINGS})
_REMEMBERED: Final = 1024


class _Grant(NamedTuple):
    """What one binding gives a user."""

    source: str
    """The binding as reasons name it."""
    rules: list[JsonObject]
    error: str
    """What is wrong with the binding instead."""


class Rbac:
    """Looks up what users may do.

    Args:
        storage: of the cluster.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._grants: dict[tuple[str, tuple[str, ...], str], list[_Grant]] = {}

    def note_change(self, place: str) -> None:
        """Look up anew from now on, if what has changed is a role or a binding.

        Args:
            place: of the changed object's resource in the storage.
        """
        if place in _PLACES:
            self._grants.clear()

    def authorize(self, asked: Attributes) -> Decision:
        """Decide on a request."""
        grants = self._of(asked.user, asked.namespace)
        for grant in grants:
            if any(allows(rule, asked) for rule in grant.rules):
                return Decision(True, f"RBAC: allowed by {grant.source}")
        errors = [grant.error for grant in grants if grant.error]
        return Decision(False, f"RBAC: {joined_errors(errors)}" if errors else "")

    def rules_for(self, user: User, namespace: str) -> tuple[list[JsonObject], list[str]]:
        """Give the rules of a user, and what is wrong with bindings of the user.

        Args:
            user: whose rules.
            namespace: where; `""` for those of the whole cluster alone.
        """
        grants = self._of(user, namespace)
        return [rule for grant in grants for rule in grant.rules], [grant.error for grant in grants if grant.error]

    def role_rules(self, reference: JsonObject, namespace: str) -> list[JsonObject]:
        """Give the rules of the role that a binding names.

        Args:
            reference: `roleRef` of the binding.
            namespace: of the binding; `""` of a ClusterRoleBinding.

        Raises:
            ApiFailure: there is no such role (404).
        """
        kind, name = reference.get("kind", ""), reference.get("name", "")
        if kind not in ("ClusterRole", "Role"):
            raise ApiFailure(500, "InternalError", f"unsupported role reference kind: {go_quoted(kind)}")
        place, key = (CLUSTER_ROLES, Key("", name)) if kind == "ClusterRole" else (_ROLES, Key(namespace, name))
        entry = self._storage.get(place, key)
        if entry is None:
            raise not_found(ResourceName(RBAC_GROUP, kind.lower(), kind), name)
        return list_at(entry.object, "rules")

    def _of(self, user: User, namespace: str) -> list[_Grant]:
        key = (user.name, tuple(user.groups), namespace)
        grants = self._grants.get(key)
        if grants is None:
            if len(self._grants) >= _REMEMBERED:
                self._grants.clear()
            grants = self._grants[key] = list(self._grants_of(user, namespace))
        return grants

    def _grants_of(self, user: User, namespace: str) -> Iterator[_Grant]:
        yield from self._bound(_CLUSTER_BINDINGS, user, "")
        if namespace:
            yield from self._bound(_BINDINGS, user, namespace)

    def _bound(self, place: str, user: User, namespace: str) -> Iterator[_Grant]:
        for key, entry in self._storage.scan(place, namespace=namespace or None):
            binding = entry.object
            subject = _subject_of(user, list_at(binding, "subjects"), namespace)
            if subject is None:
                continue
            reference = binding["roleRef"]
            try:
                rules = self.role_rules(reference, namespace)
            except ApiFailure as failure:
                yield _Grant("", [], str(failure))
                continue
            kind = "RoleBinding" if namespace else "ClusterRoleBinding"
            name = f"{key.name}/{namespace}" if namespace else key.name
            role = f"{reference['kind']} {go_quoted(reference['name'])}"
            yield _Grant(f"{kind} {go_quoted(name)} of {role} to {_described(subject, namespace)}", rules, "")


def _subject_of(user: User, subjects: Iterable[JsonObject], namespace: str) -> JsonObject | None:
    """Give the first subject of a binding that a user is."""
    for subject in subjects:
        kind, name = subject.get("kind"), subject.get("name", "")
        if kind == "User" and name == user.name:
            return subject
        if kind == "Group" and name in user.groups:
            return subject
        if kind == "ServiceAccount":
            place = subject.get("namespace") or namespace
            if place and account_user_name(place, name) == user.name:
                return subject
    return None


def _described(subject: JsonObject, namespace: str) -> str:
    name = subject.get("name", "")
    if subject["kind"] == "ServiceAccount":
        name = f"{name}/{subject.get('namespace') or namespace}"
    return f"{subject['kind']} {go_quoted(name)}"


def joined_errors(errors: Iterable[str]) -> str:
    """Join texts as Go's aggregated errors do: each once, in brackets where there are several."""
    texts = list(dict.fromkeys(errors))
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
