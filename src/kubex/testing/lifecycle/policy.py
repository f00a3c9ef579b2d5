"""The roles that are there from the start, and those that gather the rules of others.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kubex.core.selectors import LabelSelector
from kubex.testing.access.rbac import CLUSTER_ROLES, Rbac
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.ownership import owned
from kubex.testing.lifecycle.patch_types import APPLY
from kubex.testing.lifecycle.patches import patch
from kubex.testing.lifecycle.requests import ChangeOptions
from kubex.testing.storage import Entry, JsonObject, Key

__all__ = ["RoleAggregation", "create_policy"]

_STARTING: Final = ChangeOptions(field_manager="kube-apiserver")
_AGGREGATING: Final = ChangeOptions(field_manager="clusterrole-aggregation-controller", force=True)


def create_policy(cluster: Cluster, policy: Iterable[JsonObject]) -> None:
    """Create roles and bindings where they are missing; they are taken as they are.

    Args:
        cluster: where.
        policy: the objects.
    """
    for object_ in policy:
        group, _, version = object_["apiVersion"].rpartition("/")
        resource = cluster.registry.by_kind(group, version, object_["kind"])
        key = Key(object_["metadata"].get("namespace", ""), object_["metadata"]["name"])
        if resource is not None and cluster.get(resource, key) is None:
            own = {"uid": cluster.new_uid(), "creationTimestamp": cluster.now()}
            new = {**object_, "metadata": {**object_["metadata"], **own}}
            cluster.put(resource, key, owned(cluster.registry, resource, None, new, _STARTING, cluster.now()))
    cluster.settle()


class RoleAggregation:
    """Keeps the rules of cluster roles with an `aggregationRule` up to date: the controller of that name.

    Args:
        cluster: whose roles.
        rbac: is told of changes.
    """

    def __init__(self, cluster: Cluster, rbac: Rbac) -> None:
        self._cluster = cluster
        self._rbac = rbac
        self._due = False
        cluster.followers.append(self._note)

    def _note(self, place: str, key: Key, previous: Entry | None, entry: Entry | None) -> None:
        self._rbac.note_change(place)
        if place == CLUSTER_ROLES and not self._due:
            self._due = True
            self._cluster.defer(self._aggregate)

    def _aggregate(self) -> None:
        self._due = False
        roles = [entry.object for _, entry in self._cluster.storage.scan(CLUSTER_ROLES)]
        for role in roles:
            if role.get("aggregationRule") is not None:
                rules = _gathered(role, roles)
                if rules != list_at(role, "rules"):
                    self._apply(role["metadata"]["name"], rules)

    def _apply(self, name: str, rules: list[JsonObject]) -> None:
        resource = self._cluster.registry.find("rbac.authorization.k8s.io", "v1", "clusterroles")
        if resource is not None:
            body = {
                "apiVersion": resource.api_version,
                "kind": resource.kind,
                "metadata": {"name": name},
                "rules": rules,
            }
            patch(self._cluster, resource, Key("", name), APPLY, body, _AGGREGATING)


def _gathered(role: JsonObject, roles: list[JsonObject]) -> list[JsonObject]:
    """Give the rules of the roles that an aggregation rule selects, each once."""
    rules: list[JsonObject] = []
    for model in list_at(object_at(role, "aggregationRule"), "clusterRoleSelectors"):
        selector = LabelSelector.from_model(model)
        for other in roles:
            metadata = other["metadata"]
            if metadata["name"] != role["metadata"]["name"] and selector.matches(metadata.get("labels")):
                for rule in list_at(other, "rules"):
                    if rule not in rules:
                        rules.append(rule)
    return rules
