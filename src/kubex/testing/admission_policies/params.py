"""The parameters of a binding: the objects that its policy is evaluated with, one after the other.

https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#parameter-resources
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubex.core.exceptions import InvalidArgument
from kubex.core.selectors import LabelSelector
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject, Key

__all__ = ["Misconfigured", "binding_params", "param_resource"]


class Misconfigured(Exception):
    """A policy or a binding can't be evaluated; the text says why."""


def param_resource(cluster: Cluster, kind: Mapping[str, Any] | None) -> Resource | None:
    """Find the resource of a policy's `paramKind`; `None` if it has none.

    Raises:
        Misconfigured: there is no such kind.
    """
    if kind is None:
        return None
    group, _, version = str(kind.get("apiVersion") or "").rpartition("/")
    found = cluster.registry.by_kind(group, version, str(kind.get("kind") or ""))
    if found is None:
        place = f"{group}/{version}, Kind={kind.get('kind')}"
        raise Misconfigured(f"failed to find resource referenced by paramKind: '{place}'")
    return found


def binding_params(
    cluster: Cluster, resource: Resource | None, reference: Mapping[str, Any] | None, namespace: str
) -> list[JsonObject | None]:
    """Give the parameters that a policy is to be evaluated with; `None` in it is an evaluation without.

    Args:
        cluster: where.
        resource: of the policy's `paramKind`.
        reference: `paramRef` of the binding.
        namespace: that the change is in.

    Raises:
        Misconfigured: the reference makes no sense, or leads to nothing and is to refuse then.
    """
    if resource is None or reference is None:
        return [None]
    if resource.namespaced:
        namespace = reference.get("namespace") or namespace
        if not namespace:
            why = "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources"
            raise Misconfigured(why)
    elif reference.get("namespace"):
        raise Misconfigured("paramRef.namespace must not be provided for a cluster-scoped `paramKind`")
    else:
        namespace = ""
    found = _found(cluster, resource, reference, namespace)
    if not found and reference.get("parameterNotFoundAction") == "Deny":
        raise Misconfigured("no params found for policy binding with `Deny` parameterNotFoundAction")
    return found


def _found(
    cluster: Cluster, resource: Resource, reference: Mapping[str, Any], namespace: str
) -> list[JsonObject | None]:
    name = reference.get("name")
    if name:
        entry = cluster.get(resource, Key(namespace, name))
        return [cluster.served(resource, entry).object] if entry is not None else []
    try:
        selector = LabelSelector.from_model(reference.get("selector"))
    except InvalidArgument as error:
        raise Misconfigured(str(error)) from None
    entries = cluster.storage.scan(resource.storage, namespace=namespace or None)
    selected = (each for _, each in entries if selector.matches(object_at(each.object["metadata"], "labels")))
    return [cluster.served(resource, each).object for each in selected]
