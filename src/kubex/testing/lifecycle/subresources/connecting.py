"""Finds what is to be done for a verb on a subresource."""

from __future__ import annotations

from typing import Any

from kubex.core._json_value import is_object
from kubex.testing.failures import bad_request, method_not_allowed, not_found, unknown_resource
from kubex.testing.lifecycle.bodies import namespace_mismatch
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.namespaces import check_namespace
from kubex.testing.lifecycle.requests import ChangeOptions, Outcome
from kubex.testing.lifecycle.submitting import mutated_post, validate_post
from kubex.testing.lifecycle.subresources.binding import bind
from kubex.testing.lifecycle.subresources.eviction import evict
from kubex.testing.lifecycle.subresources.scale import get_scale
from kubex.testing.lifecycle.subresources.token import request_token
from kubex.testing.registry import Resource
from kubex.testing.storage import Key

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
    if subresource not in resource.subresources:
        raise unknown_resource()
    _check_place(cluster, resource, key, body)
    body = mutated_post(resource, key, subresource, body, options)
    if subresource == "eviction":
        return evict(cluster, resource, key, body, options)
    if subresource == "binding":
        return bind(
            cluster,
            resource,
            key,
            body,
            options,
            lambda: validate_post(cluster, resource, key, subresource, body, options),
        )
    if subresource == "token":
        return request_token(cluster, resource, key, body, options)
    raise method_not_allowed()


def create_binding(cluster: Cluster, resource: Resource, namespace: str, body: Any, options: ChangeOptions) -> Outcome:
    """Bind a pod by creating a Binding of its name.

    Raises:
        ApiFailure: as the subresource of pods.
    """
    pods = cluster.registry.find("", "v1", "pods")
    name = _member(body, "name")
    key = Key(namespace, name)
    _check_place(cluster, resource, key, body)
    if pods is None or not name:
        raise bad_request("Name parameter required.")
    body = mutated_post(resource, key, "", body, options)
    return bind(cluster, pods, key, body, options, lambda: validate_post(cluster, resource, key, "", body, options))


def _check_place(cluster: Cluster, resource: Resource, key: Key, body: Any) -> None:
    """Check that something can be posted in a namespace.

    Raises:
        ApiFailure: what is posted names another (400), there is none (404), or it is being deleted (403).
    """
    if _member(body, "namespace") not in ("", key.namespace):
        raise namespace_mismatch()
    if resource.namespaced:
        check_namespace(cluster, resource, key.namespace, key.name)


def _member(body: Any, name: str) -> str:
    metadata: Any = body.get("metadata") if is_object(body) else None
    value = metadata.get(name) if is_object(metadata) else None
    return value if isinstance(value, str) else ""
