"""The `token` subresource of service accounts.

https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
"""

from __future__ import annotations

import uuid
from typing import Final

from kubex.testing.access.credentials import ISSUER
from kubex.testing.access.unproven_tokens import unproven_token
from kubex.testing.access.users import account_user_name
from kubex.testing.failures import (
    ApiFailure,
    Cause,
    ResourceName,
    bad_request,
    conflict,
    field_invalid,
    invalid,
    not_found,
)
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.requests import ChangeOptions, Outcome
from kubex.testing.lifecycle.submitting import validate_post
from kubex.testing.registry import Resource
from kubex.testing.storage import Entry, JsonObject, Key

__all__ = ["request_token"]

_HOUR: Final = 3600
_YEAR: Final = 365 * 24 * _HOUR
_SHORTEST: Final = 600
_LONGEST: Final = 1 << 32
_OF_PODS: Final = 3607
"""Seconds that kubelets ask for; such tokens are taken for a year, and what uses them longer is noted."""

_BOUND: Final = {"Pod": "pods", "Secret": "secrets", "Node": "nodes"}
_TOKEN_REQUEST: Final = ResourceName("authentication.k8s.io", "tokenrequests", "TokenRequest")


def request_token(cluster: Cluster, resource: Resource, key: Key, asked: JsonObject, options: ChangeOptions) -> Outcome:
    """Give a token of a service account.

    Raises:
        ApiFailure: there is no such account, or what the token is to be bound to (404), its life is too short or its
            name another (422), or what it is to be bound to is another by now (409).
    """
    _check_name(key, asked["metadata"])
    entry = cluster.get(resource, key)
    if entry is None:
        raise not_found(resource.name, key.name)
    uid = entry.object["metadata"]["uid"]
    _check_uid(key, asked["metadata"], uid)
    spec = asked["spec"]
    seconds: int = _HOUR if spec.get("expirationSeconds") is None else spec["expirationSeconds"]
    _check_life(seconds)
    bound: JsonObject | None = spec.get("boundObjectRef")
    audiences: list[str] = spec.get("audiences") or [ISSUER]
    spec = {**spec, "audiences": audiences, "expirationSeconds": seconds}
    metadata = {**asked["metadata"], "name": key.name}
    metadata.pop("managedFields", None)  # the server notes its own
    validate_post(cluster, resource, key, "token", {"metadata": metadata, "spec": spec}, options)
    private: JsonObject = {"namespace": key.namespace, "serviceaccount": {"name": key.name, "uid": uid}}
    if bound is not None:
        private |= _bound_claims(cluster, key, bound)
    answer = {
        "kind": "TokenRequest",
        "apiVersion": "authentication.k8s.io/v1",
        "metadata": {**metadata, "namespace": key.namespace, "uid": uid, "creationTimestamp": cluster.now()},
        "spec": {"audiences": audiences, "expirationSeconds": seconds, "boundObjectRef": bound},
        "status": {
            "token": _token(cluster, key, private, audiences, seconds),
            "expirationTimestamp": cluster.later(seconds),
        },
    }
    return Outcome(Entry(answer, cluster.storage.revision), 201)


def _check_name(key: Key, metadata: JsonObject) -> None:
    name = metadata.get("name")
    if name and name != key.name:
        why = "must match the service account name if specified"
        raise invalid(_TOKEN_REQUEST, key.name, [field_invalid("metadata.name", name, why)])


def _check_uid(key: Key, metadata: JsonObject, uid: str) -> None:
    given = metadata.get("uid") or uid
    if given != uid:
        why = f"the UID in the token request ({given}) does not match the UID of the service account ({uid})"
        raise conflict(_TOKEN_REQUEST._replace(plural=_TOKEN_REQUEST.kind), key.name, why)


def _check_life(seconds: int) -> None:
    causes: list[Cause] = []
    field = "spec.expirationSeconds"
    if seconds < _SHORTEST:
        causes.append(field_invalid(field, seconds, "may not specify a duration less than 10 minutes"))
    elif seconds > _LONGEST:
        causes.append(field_invalid(field, seconds, "may not specify a duration larger than 2^32 seconds"))
    if causes:
        raise invalid(_TOKEN_REQUEST, "", causes)


def _bound_claims(cluster: Cluster, account: Key, bound: JsonObject) -> JsonObject:
    """Give the claims about what a token is bound to."""
    kind, name = str(bound.get("kind", "")), str(bound.get("name", ""))
    group, _, version = str(bound.get("apiVersion", "")).rpartition("/")
    plural = _BOUND.get(kind) if not group else None
    resource = cluster.registry.find("", "v1", plural) if plural else None
    if resource is None:
        shown = f"{group}/{version}, Kind={kind}"
        raise bad_request(f"cannot bind token to object of type {shown}")
    entry = cluster.get(resource, Key(account.namespace if resource.namespaced else "", name))
    if entry is None:
        raise not_found(resource.name, name)
    if kind == "Pod" and object_at(entry.object, "spec").get("serviceAccountName") != account.name:
        why = "to pod running with different serviceaccount name."
        raise bad_request(f'cannot bind token for serviceaccount "{account.name}" {why}')
    uid = entry.object["metadata"]["uid"]
    if bound.get("uid") and bound["uid"] != uid:
        why = (
            f"the UID in the bound object reference ({bound['uid']}) does not match the UID in record. The object "
            "might have been deleted and then recreated"
        )
        message = f'Operation cannot be fulfilled on {kind} "{name}": {why}'
        raise ApiFailure(409, "Conflict", message, details={"name": name, "kind": kind})
    claims: JsonObject = {kind.lower(): {"name": name, "uid": uid}}
    node = object_at(entry.object, "spec").get("nodeName") if kind == "Pod" else None
    if node:
        nodes = cluster.registry.find("", "v1", "nodes")
        found = cluster.get(nodes, Key("", node)) if nodes is not None else None
        claims["node"] = {"name": node, **({"uid": found.object["metadata"]["uid"]} if found is not None else {})}
    return claims


def _token(cluster: Cluster, key: Key, private: JsonObject, audiences: list[str], seconds: int) -> str:
    now = int(cluster.clock.now().timestamp())
    lasts = seconds
    if seconds == _OF_PODS and "pod" in private and audiences == [ISSUER]:
        private, lasts = {**private, "warnafter": now + seconds}, _YEAR
    claims = {
        "aud": audiences,
        "exp": now + lasts,
        "iat": now,
        "iss": ISSUER,
        "jti": str(uuid.uuid4()),
        "kubernetes.io": private,
        "nbf": now,
        "sub": account_user_name(key.namespace, key.name),
    }
    authenticator = cluster.access.authenticator
    return unproven_token(claims) if authenticator is None else authenticator.accounts.sign(claims)
