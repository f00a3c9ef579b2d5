"""Finds what is to be done for a verb on a subresource."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from kubex.testing.failures import method_not_allowed, not_found, unknown_resource, warned_of
from kubex.testing.lifecycle.bodies import namespace_mismatch, read_object, read_posted
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.namespaces import check_namespace
from kubex.testing.lifecycle.requests import ChangeOptions, Outcome
from kubex.testing.lifecycle.submitting import mutated_post, validate_post
from kubex.testing.lifecycle.subresources.binding import bind
from kubex.testing.lifecycle.subresources.eviction import evict
from kubex.testing.lifecycle.subresources.scale import get_scale
from kubex.testing.lifecycle.subresources.token import request_token
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject, Key

__all__ = ["create_by_subresource", "create_binding", "get_subresource"]


def get_subresource(cluster: Cluster, resource: Resource, key: Key, subresource: str) -> Outcome:
    """Read a subresource.

    Raises:
        ApiFailure: there is no such object or subresource (404).
    """
    if subresource not in resource.subresources:
        raise unknown_resource()
    if subresource == "scale":
        return Outcome(get_scale(cluster, resource, key))
    entry = cluster.get(resource, key)
    if entry is None:
        raise not_found(resource.name, key.name)
    return Outcome(cluster.served(resource, entry))


def create_by_subresource(
    cluster: Cluster, resource: Resource, key: Key, subresource: str, body: Any, options: ChangeOptions
) -> Outcome:
    """Post to a subresource.

    Raises:
        ApiFailure: there is no such subresource (404), it takes no posts (405), or what its own rules say.
    """
    part, carry_out = resource.subresources.get(subresource), _POSTS.get(subresource)
    if part is None:
        raise unknown_resource()
    if carry_out is None:
        raise method_not_allowed()
    posted, warnings = read_posted(resource, part, body, options)
    with warned_of(warnings):
        _check_place(cluster, resource, key, posted)
        posted = mutated_post(resource, key, subresource, posted, options)
        outcome = carry_out(cluster, resource, key, posted, options)
    return replace(outcome, warnings=warnings)


def _bind(cluster: Cluster, resource: Resource, key: Key, binding: JsonObject, options: ChangeOptions) -> Outcome:
    return bind(
        cluster,
        resource,
        key,
        binding,
        options,
        lambda: validate_post(cluster, resource, key, "binding", binding, options),
    )


_POSTS: Final[Mapping[str, Callable[[Cluster, Resource, Key, JsonObject, ChangeOptions], Outcome]]] = {
    "binding": _bind,
    "eviction": evict,
    "token": request_token,
}


def create_binding(cluster: Cluster, resource: Resource, namespace: str, body: Any, options: ChangeOptions) -> Outcome:
    """Bind a pod by creating a Binding of its name.

    Raises:
        ApiFailure: as the subresource of pods.
    """
    pods = cluster.registry.find("", "v1", "pods")
    posted, warnings = read_object(resource, body, options)
    with warned_of(warnings):
        key = Key(namespace, posted["metadata"].get("name", ""))
        _check_place(cluster, resource, key, posted)
        if pods is None:
            raise unknown_resource()
        posted["metadata"].pop("uid", None)  # which means nothing here
        posted = mutated_post(resource, key, "", posted, options)
        outcome = bind(
            cluster, pods, key, posted, options, lambda: validate_post(cluster, resource, key, "", posted, options)
        )
    return replace(outcome, warnings=warnings)


def _check_place(cluster: Cluster, resource: Resource, key: Key, posted: JsonObject) -> None:
    """Check that something can be posted in a namespace.

    Raises:
        ApiFailure: what is posted names another (400), there is none (404), or it is being deleted (403).
    """
    if posted["metadata"].get("namespace", "") not in ("", key.namespace):
        raise namespace_mismatch()
    if resource.namespaced:
        check_namespace(cluster, resource, key.namespace, key.name)
