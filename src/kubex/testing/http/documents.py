"""Answers paths that are no resource's: discovery, OpenAPI documents, health, and how tokens are checked.

Some are served by what takes any method and looks at the whole path, some by routes that take GET alone and don't mind
slashes at the end: as in the API server, where each is another part's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha512
from typing import TYPE_CHECKING, Final

import msgspec
from aiohttp import web

from kubex.testing.failures import PageNotFound, method_not_allowed, unknown_resource
from kubex.testing.http.answers import answer, answer_nothing, answer_text
from kubex.testing.http.parameters import Query
from kubex.testing.negotiation import (
    JSON,
    accepted_types,
    accepts_json,
    check_route,
    negotiate_aggregated,
    negotiate_document,
)
from kubex.testing.serving import ServedCluster

if TYPE_CHECKING:
    from kubex.testing.access.account_tokens import AccountTokens

__all__ = ["PathRequest", "answer_not_found", "answer_path"]

_HEALTH: Final = ("healthz", "livez", "readyz")
_CHECKS: Final = ("etcd", "log", "ping")
_NOT_FOUND: Final = "404 page not found\n"
_TEXT: Final = "text/plain; charset=utf-8"
_AGGREGATED: Final = "g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_KEY_SET: Final = "application/jwk-set+json"
_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class PathRequest:
    """A request for a path that is no resource's.

    Args:
        request: as it came.
        cluster: of which something is asked.
        path: decoded, and else as it stands in the request line.
        query: of the request.
        address: `host:port` of the server, which some documents tell.
    """

    request: web.BaseRequest
    cluster: ServedCluster
    path: str
    query: Query
    address: str

    @property
    def accept(self) -> str:
        """What the client accepts."""
        return self.request.headers.get("Accept", "").strip()


def answer_not_found() -> web.Response:
    """Answer that nothing is served at a path."""
    return answer_text(_NOT_FOUND, code=404)


def answer_path(asked: PathRequest) -> web.Response:
    """Answer a request.

    Raises:
        ApiFailure: the server refuses (404, 405, 406).
        PageNotFound: nothing is served there.
    """
    match asked.path.split("/")[1:]:
        case [""]:
            return _answered(asked, asked.cluster.discovery.paths())
        case ["apis"] | ["apis", ""]:
            return _groups(asked, asked.cluster.discovery.groups(), core=False)
        case ["apis", group] | ["apis", group, ""] if asked.cluster.registry.versions(group):
            return _document(asked, asked.cluster.discovery.group(group))
        case ["openapi", "v2"]:
            return _openapi_version_2(asked)
        case ["openapi", "v3"]:
            return _answered(asked, asked.cluster.openapi.index(), content_type=_TEXT)
        case ["openapi", "v3", *place]:
            return _openapi_version_3(asked, "/".join(place))
        case [health] if health in _HEALTH:
            return _health(asked)
        case [health, check] if health in _HEALTH and check in _CHECKS:
            return _health(asked)
        case _:
            return _routed(asked)


def _routed(asked: PathRequest) -> web.Response:
    """Answer at a path of a route: GET alone, with as many slashes at its end as there are."""
    discovery, registry = asked.cluster.discovery, asked.cluster.registry
    match asked.path.rstrip("/").split("/")[1:]:
        case ["version"]:
            return _json_alone(asked, discovery.version())
        case [".well-known", "openid-configuration"]:
            document = _accounts(asked).issuer_document(asked.address)
            return _for_an_hour(_json_alone(asked, msgspec.json.encode(document)))
        case ["openid", "v1", "jwks"]:
            keys = _accounts(asked).key_set
            return _for_an_hour(_json_alone(asked, msgspec.json.encode(keys), _KEY_SET))
        case ["api"]:
            _check_routed(asked)
            return _groups(asked, discovery.core_versions(asked.address), core=True)
        case ["api", version]:
            body = discovery.resources("", version)
            if body is None:
                raise unknown_resource()
            _check_routed(asked)
            return _document(asked, body)
        case ["apis", group] if registry.versions(group):
            if registry.is_builtin(group):
                _check_routed(asked)
            return _document(asked, discovery.group(group))
        case ["apis", group, version] if registry.is_builtin(group):
            body = discovery.resources(group, version)
            if body is None:
                raise unknown_resource()
            _check_routed(asked)
            return _document(asked, body)
        case ["apis", group, version]:
            return _document(asked, discovery.resources(group, version))
        case _:
            raise PageNotFound


def _check_routed(asked: PathRequest) -> None:
    if asked.request.method != "GET":
        raise method_not_allowed()
    check_route(asked.accept)


def _answered(asked: PathRequest, body: bytes, *, media_type: str = JSON, content_type: str = "") -> web.Response:
    return answer(asked.request, body, asked.cluster.protobuf, media_type=media_type, content_type=content_type)


def _document(asked: PathRequest, body: bytes | None) -> web.Response:
    """Answer with a document that comes in each form of objects."""
    if body is None:
        raise PageNotFound
    return _answered(asked, body, media_type=negotiate_document(asked.accept))


def _json_alone(asked: PathRequest, body: bytes, content_type: str = JSON) -> web.Response:
    """Answer with a document that has no other form."""
    if asked.request.method != "GET":
        raise method_not_allowed()
    check_route(asked.accept, available=(content_type,))
    return _answered(asked, body, content_type=content_type)


def _for_an_hour(response: web.Response) -> web.Response:
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _groups(asked: PathRequest, body: bytes, *, core: bool) -> web.Response:
    media_type = negotiate_aggregated(asked.accept)
    if not media_type:
        return _document(asked, body)
    body = asked.cluster.discovery.aggregated(core)
    response = _answered(asked, body, media_type=media_type, content_type=f"{media_type};{_AGGREGATED}")
    return _known_by(asked, response, sha512(body).hexdigest().upper())


def _openapi_version_2(asked: PathRequest) -> web.Response:
    if not accepts_json(asked.accept):
        return _varying(answer_nothing(406))
    openapi = asked.cluster.openapi
    return _known_by(asked, _answered(asked, openapi.version_2()), openapi.version_2_mark())


def _openapi_version_3(asked: PathRequest, place: str) -> web.Response:
    openapi = asked.cluster.openapi
    body = openapi.version_3(place)
    if body is None:
        return answer_nothing(404)
    if asked.accept and not accepted_types(asked.accept):  # of what can't be read, nothing is refused either
        return _varying(answer_nothing(200))
    if not accepts_json(asked.accept):
        return _varying(answer_nothing(406))
    mark, known = openapi.mark(place), asked.query.get("hash")
    if known and known != mark:
        response = answer_nothing(301)
        response.headers["Location"] = f"/openapi/v3/{place}?hash={mark}"
        return _varying(response)
    response = _known_by(asked, _answered(asked, body), mark)
    if known:
        response.headers["Cache-Control"] = "public, immutable"
        response.headers["Expires"] = f"{datetime.now(UTC) + _YEAR:%a, %d %b %Y %H:%M:%S} UTC"
    return response


def _known_by(asked: PathRequest, response: web.Response, mark: str) -> web.Response:
    """Name the state of a document, or say that the client has it already."""
    mark = f'"{mark}"'
    if mark in asked.request.headers.get("If-None-Match", ""):
        response = answer_nothing(304)
    response.headers["Etag"] = mark
    return _varying(response)


def _varying(response: web.Response) -> web.Response:
    response.headers.add("Vary", "Accept")
    return response


def _accounts(asked: PathRequest) -> AccountTokens:
    """Give what others need to check the tokens of service accounts."""
    authenticator = asked.cluster.operations.cluster.access.authenticator
    if authenticator is None:
        raise PageNotFound  # nobody can
    return authenticator.accounts


def _health(asked: PathRequest) -> web.Response:
    if "verbose" in asked.query.text:
        return answer_text(f"[+]ping ok\n[+]etcd ok\n{asked.path.strip('/')} check passed\n")
    return answer_text("ok")
