"""Who sends a request, and whether that may be: authentication, impersonation and authorization, in this order."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import unquote

from aiohttp import web

from kubex.testing.access.attributes import Attributes, forbidden
from kubex.testing.access.credentials import CredentialRefused
from kubex.testing.access.impersonation import impersonated
from kubex.testing.access.users import ADMINISTRATOR, ANONYMOUS, User
from kubex.testing.failures import ApiFailure
from kubex.testing.http.parameters import Query
from kubex.testing.http.paths import Address
from kubex.testing.lifecycle.cluster import Cluster

if TYPE_CHECKING:
    from kubex.testing.access.authenticator import Authenticator

__all__ = ["EVERYBODY", "Verdict", "judged"]

_NAME_SELECTED: Final = re.compile(r"(?:^|,)metadata\.name==?([^,!=\\]+)(?=,|$)")
_WEBSOCKET_TOKEN: Final = "base64url.bearer.authorization.k8s.io."  # noqa: S105  # what stands in front of one


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the server makes of a request before it looks at it more closely."""

    user: User | None
    """Who sends it; `None` if nobody knows."""
    impersonated_user: User | None = None
    """In whose name, if not in the sender's own."""
    decision: Literal["allow", "forbid"] | None = None
    reason: str = ""
    failure: ApiFailure | None = None
    """The refusal."""

    @property
    def acting(self) -> User:
        """The user for whom the request is carried out."""
        return self.impersonated_user or self.user or ANONYMOUS

    def enforce(self) -> None:
        """Let the request pass, or don't.

        Raises:
            ApiFailure: it is refused (400, 401, 403).
        """
        if self.failure is not None:
            raise self.failure


EVERYBODY: Final = Verdict(ADMINISTRATOR, decision="allow")


def judged(request: web.BaseRequest, cluster: Cluster, path: str, address: Address | None, query: Query) -> Verdict:
    """Judge a request.

    Args:
        request: as it came.
        cluster: of which something is asked.
        path: of the request, as it stands in its first line.
        address: what the path names; `None` if it is no resource's.
        query: of the request.
    """
    access = cluster.access
    if access.authenticator is None:
        return EVERYBODY
    try:
        user = _authenticated(request, access.authenticator, cluster)
    except ApiFailure as failure:
        return Verdict(None, failure=failure)
    try:
        other = impersonated(request.headers.items(), user, access)
    except ApiFailure as failure:
        return Verdict(user, decision="forbid" if failure.code == 403 else None, failure=failure)
    asked = _attributes(other or user, request.method, path, address, query)
    decision = access.authorize(asked)
    if decision.allowed and access.streams_create and _is_stream(asked):
        asked = replace(asked, verb="create")
        decision = access.authorize(asked)
    if decision.allowed:
        return Verdict(user, other, "allow", decision.reason)
    return Verdict(user, other, "forbid", decision.reason, forbidden(asked, decision.reason))


def _authenticated(request: web.BaseRequest, authenticator: Authenticator, cluster: Cluster) -> User:
    user = _of_certificate(request, authenticator)
    if user is not None:
        return user
    token = _bearer_token(request)
    if token:
        try:
            return authenticator.by_token(token, cluster.storage, cluster.clock.now()).user
        except CredentialRefused:
            raise _unauthorized() from None
    if not authenticator.anonymous:
        raise _unauthorized()
    return ANONYMOUS


def _unauthorized() -> ApiFailure:
    return ApiFailure(401, "Unauthorized", "Unauthorized")


def _of_certificate(request: web.BaseRequest, authenticator: Authenticator) -> User | None:
    connection = request.transport.get_extra_info("ssl_object") if request.transport is not None else None
    if connection is None:
        return None
    certificate = connection.getpeercert()
    if not certificate:
        return None
    fingerprint = sha256(connection.getpeercert(binary_form=True)).hexdigest()
    return authenticator.by_certificate(certificate, fingerprint)


def _bearer_token(request: web.BaseRequest) -> str:
    """Give the token that a request has; `""` if it has none."""
    scheme, _, rest = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.partition(" ")[0]
    if request.headers.get("Upgrade", "").lower() == "websocket":
        for protocol in request.headers.get("Sec-WebSocket-Protocol", "").split(","):
            encoded = protocol.strip()
            if encoded.startswith(_WEBSOCKET_TOKEN):
                return _decoded(encoded.removeprefix(_WEBSOCKET_TOKEN))
    return ""


def _decoded(encoded: str) -> str:
    try:
        return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except (binascii.Error, ValueError):
        raise _unauthorized() from None


def _attributes(user: User, method: str, path: str, address: Address | None, query: Query) -> Attributes:
    if address is None:
        return Attributes(user=user, verb=method.lower(), path=unquote(path), is_path=True)
    verb = _verb(method, address, query)
    name, namespace = address.name, address.namespace or ""
    if address.plural == "namespaces" and name:
        namespace = name
    if not name and verb in ("list", "watch"):
        selected = _NAME_SELECTED.search(query.get("fieldSelector"))
        name = selected[1] if selected is not None else ""
    return Attributes(
        user=user,
        verb=verb,
        group=address.group,
        version=address.version,
        resource=address.plural,
        subresource=address.subresource,
        namespace=namespace,
        name=name,
    )


def _is_stream(asked: Attributes) -> bool:
    return (asked.verb, asked.group, asked.resource) == ("get", "", "pods") and asked.subresource in _STREAMS


_STREAMS: Final = frozenset({"attach", "exec", "portforward"})
_VERBS: Final = {"GET": "get", "HEAD": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


def _verb(method: str, address: Address, query: Query) -> str:
    """Give the verb as authorization has it, for methods too that the resource does not take."""
    if address.watched:
        return "watch"
    verb = _VERBS.get(method, "")
    if address.name:
        return verb
    if verb == "get":
        return "watch" if query.flag("watch") else "list"
    return "deletecollection" if verb == "delete" else verb
