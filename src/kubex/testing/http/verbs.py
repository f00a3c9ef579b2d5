"""Which verb a request about a resource is, and whether the resource takes it.

Custom resources are served by a part of the API server of its own: it goes by verbs where routes go by methods.
"""

from __future__ import annotations

from typing import Final

from kubex.testing.failures import (
    PageNotFound,
    method_not_allowed,
    method_not_supported,
    not_found,
    unknown_resource,
)
from kubex.testing.http.parameters import Query
from kubex.testing.http.paths import Address
from kubex.testing.registry import Resource, Subresource

__all__ = ["check_served", "verb_of"]

_OBJECT_VERBS: Final = {"GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "POST": "create"}
_COLLECTION_VERBS: Final = {"GET": "list", "POST": "create", "DELETE": "deletecollection"}


def verb_of(method: str, address: Address, query: Query, *, custom: bool = False) -> str:
    """Give the API's word for what a request does; `""` if its method is none of the API's.

    Args:
        method: of the request.
        address: what its path names.
        query: its parameters.
        custom: whether it is about custom resources, which tell less by paths and methods than by verbs.
    """
    if address.subresource == "proxy" and method in ("HEAD", "OPTIONS"):  # whatever it is, it is passed on
        return "get"
    if custom:
        method = "GET" if method == "HEAD" else method
        if not address.name and method in ("PUT", "PATCH"):
            return _OBJECT_VERBS[method]
    if address.watched or (method == "GET" and not address.name and query.flag("watch")):
        return "watch" if method == "GET" else ""
    return (_OBJECT_VERBS if address.name else _COLLECTION_VERBS).get(method, "")


def check_served(address: Address, resource: Resource, verb: str) -> Subresource | None:
    """Check that a resource is served at a path and takes a verb; gives the subresource that the path names.

    Raises:
        ApiFailure: no (404, 405).
        PageNotFound: nothing is served there.
    """
    if resource.custom is not None:
        return _check_custom_served(address, resource, verb)
    if not resource.namespaced and address.namespace is not None:
        raise unknown_resource()
    subresource: Subresource | None = None
    if address.subresource:
        subresource = resource.subresources.get(address.subresource)
        if subresource is None or (address.rest and address.subresource != "proxy"):
            raise unknown_resource()
    if resource.namespaced and address.namespace is None and address.name:
        raise unknown_resource()
    verbs = resource.verbs if subresource is None else subresource.verbs
    created_by_name = verb == "create" and bool(address.name) and subresource is None
    everywhere = verb in ("create", "deletecollection") and resource.namespaced and address.namespace is None
    if verb not in verbs or created_by_name or everywhere:
        raise method_not_allowed()
    return subresource


def _check_custom_served(address: Address, resource: Resource, verb: str) -> Subresource | None:
    if resource.namespaced is not bool(address.namespace) and (address.namespace or verb not in ("list", "watch")):
        raise PageNotFound
    subresource = resource.subresources.get(address.subresource)
    if address.subresource and subresource is None:
        raise not_found(resource.name, address.name)
    if verb not in (resource.verbs if subresource is None else subresource.verbs):
        raise method_not_supported(resource.name, verb)
    return subresource
