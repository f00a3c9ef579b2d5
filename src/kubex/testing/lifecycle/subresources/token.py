"""The `token` subresource of service accounts: tokens in the right form, signed by a key that is thrown away.

https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import uuid
from typing import Any, Final

from kubex.core._json_value import is_object
from kubex.testing.failures import Cause, ResourceName, field_invalid, invalid, not_found
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.requests import Outcome
from kubex.testing.registry import Resource
from kubex.testing.storage import Entry, JsonObject, Key

__all__ = ["request_token"]

_ISSUER: Final = "https://kubernetes.default.svc"
_HOUR: Final = 3600
_SHORTEST: Final = 600
_LONGEST: Final = 1 << 32
_KEY: Final = secrets.token_bytes(32)
_TOKEN_REQUEST: Final = ResourceName("authentication.k8s.io", "tokenrequests", "TokenRequest")


def request_token(cluster: Cluster, resource: Resource, key: Key, body: Any) -> Outcome:
    """Give a token of a service account.

    Raises:
        ApiFailure: there is no such account, or what the token is to be bound to (404), or its life is too short (422).
    """
    entry = cluster.get(resource, key)
    if entry is None:
        raise not_found(resource.name, key.name)
    given: Any = body.get("spec") if is_object(body) else None
    spec: JsonObject = given if is_object(given) else {}
    seconds: Any = spec.get("expirationSeconds") or _HOUR
    _check_life(seconds)
    bound: Any = spec.get("boundObjectRef")
    if is_object(bound):
        _check_bound(cluster, key, bound)
    audiences: list[str] = spec.get("audiences") or [_ISSUER]
    metadata = {
        "name": key.name,
        "namespace": key.namespace,
        "uid": entry.object["metadata"]["uid"],
        "creationTimestamp": cluster.now(),
    }
    answer = {
        "kind": "TokenRequest",
        "apiVersion": "authentication.k8s.io/v1",
        "metadata": metadata,
        "spec": {"audiences": audiences, "expirationSeconds": seconds, "boundObjectRef": bound},
        "status": {
            "token": _token(cluster, key, metadata["uid"], audiences, seconds),
            "expirationTimestamp": cluster.later(seconds),
        },
    }
    return Outcome(Entry(answer, cluster.storage.revision), 201)


def _check_life(seconds: Any) -> None:
    causes: list[Cause] = []
    field = "spec.expirationSeconds"
    if not isinstance(seconds, int) or seconds < _SHORTEST:
        causes.append(field_invalid(field, seconds, "may not specify a duration less than 10 minutes"))
    elif seconds > _LONGEST:
        causes.append(field_invalid(field, seconds, "may not specify a duration larger than 2^32 seconds"))
    if causes:
        raise invalid(_TOKEN_REQUEST, "", causes)


def _check_bound(cluster: Cluster, key: Key, bound: JsonObject) -> None:
    plural = {"Pod": "pods", "Secret": "secrets", "Node": "nodes"}.get(str(bound.get("kind")))
    resource = cluster.registry.find("", "v1", plural) if plural else None
    if resource is None:
        return
    name = str(bound.get("name", ""))
    if cluster.get(resource, Key(key.namespace if resource.namespaced else "", name)) is None:
        raise not_found(resource.name, name)


def _token(cluster: Cluster, key: Key, uid: str, audiences: list[str], seconds: int) -> str:
    now = int(cluster.clock.now().timestamp())
    claims = {
        "aud": audiences,
        "exp": now + seconds,
        "iat": now,
        "iss": _ISSUER,
        "jti": str(uuid.uuid4()),
        "kubernetes.io": {"namespace": key.namespace, "serviceaccount": {"name": key.name, "uid": uid}},
        "nbf": now,
        "sub": f"system:serviceaccount:{key.namespace}:{key.name}",
    }
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    return f"{signed}.{_base64(hmac.digest(_KEY, signed.encode(), hashlib.sha256))}"


def _part(document: JsonObject) -> str:
    return _base64(json.dumps(document, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
