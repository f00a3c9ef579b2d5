"""From a request line to an answer: discovery, documents, health, and the resources' paths."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import deque
from typing import Final

import msgspec
from aiohttp import web

from kubex.testing.discovery import AGGREGATED_VERSIONS
from kubex.testing.failures import (
    ApiFailure,
    bad_request,
    method_not_allowed,
    not_acceptable,
    unknown_resource,
    warned_of,
)
from kubex.testing.faults import Fault, Faults
from kubex.testing.http.answers import answer, answer_failure, answer_text
from kubex.testing.http.callers import Verdict, judged
from kubex.testing.http.objects import ObjectRequest, answer_object_request, check_place, check_served, verb_of
from kubex.testing.http.parameters import Query
from kubex.testing.http.paths import Address, parse_path
from kubex.testing.http.pod_streams import PodStreams, is_pod_stream
from kubex.testing.http.streams import WatchStreams, reset_connection
from kubex.testing.http.webhook_calls import WebhookCalls
from kubex.testing.negotiation import JSON, accepted_types, negotiate, negotiate_plain
from kubex.testing.pods.handlers import Handlers
from kubex.testing.recording import RecordedRequest
from kubex.testing.registry import Resource
from kubex.testing.serving import ServedCluster
from kubex.testing.webhooks.addresses import WebhookAddresses

__all__ = ["Application"]

_log = logging.getLogger("kubex.testing")

_BAD_ESCAPE: Final = re.compile(r"%(?![0-9a-fA-F]{2})")
_RECORDED: Final = 10_000
_HEALTH: Final = frozenset({"/healthz", "/livez", "/readyz"})
_CHECKS: Final = ("etcd", "log", "ping")
_NOT_FOUND: Final = "404 page not found\n"
_JSON_TYPES: Final = ("application/json", "application/*", "*/*")
_REASONS: Final = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    410: "Expired",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


class Application:
    """Answers requests.

    Args:
        cluster: what is served at first.
        faults: what is to go wrong.
        handlers: what answers for pods.
        address: `host:port` of the server, which discovery tells.
        webhooks: where the Services of webhooks listen.
    """

    def __init__(
        self, cluster: ServedCluster, faults: Faults, handlers: Handlers, address: str, webhooks: WebhookAddresses
    ) -> None:
        self.cluster: ServedCluster = cluster
        self.streams: WatchStreams = WatchStreams()
        self.pods: PodStreams = PodStreams(handlers)
        self.requests: deque[RecordedRequest] = deque(maxlen=_RECORDED)
        self._faults = faults
        self._address = address
        self._webhooks = WebhookCalls(webhooks)
        cluster.reach(self._webhooks.call)

    def serve(self, cluster: ServedCluster) -> None:
        """Serve another cluster from now on: streams of the one before end, and what was recorded is forgotten."""
        self.cluster.close()
        self.cluster = cluster
        cluster.reach(self._webhooks.call)
        self.end_streams()
        self.requests.clear()

    def end_streams(self) -> None:
        """End all watches, followed logs, commands and forwarded ports."""
        self.streams.end_all()
        self.pods.end_all()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request, whatever it is."""
        try:
            return await self._answer(request)
        except ApiFailure as failure:
            return answer_failure(request, failure, self.cluster.protobuf)
        except (asyncio.CancelledError, ConnectionError):
            raise
        except Exception:
            _log.exception("could not answer %s %s", request.method, request.raw_path)
            why = "Internal error occurred: the server in memory failed; its log has the reason"
            return answer_failure(request, ApiFailure(500, "InternalError", why), self.cluster.protobuf)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path, _, query_text = request.raw_path.partition("?")
        if not path.startswith("/"):  # the form that proxies are sent, or the asterisk of OPTIONS
            path = "/" + path.partition("://")[2].partition("/")[2]
        if "%" in path and (bad := _BAD_ESCAPE.search(path)):
            raise bad_request(f'invalid URL escape "{path[bad.start() : bad.start() + 3]}"')
        address = parse_path(path)
        query = Query(query_text)
        if address is None:
            verdict = judged(request, self.cluster.operations.cluster, path, None, query)
            self._record(request, path, query_text, None, request.method.lower(), verdict)
            await self._commit_faults(request, self._faults.take(request.method.lower(), ""))
            verdict.enforce()
            return self._answer_path(request, path.rstrip("/") or "/")
        verb = verb_of(request.method, address, query)
        verdict = judged(request, self.cluster.operations.cluster, path, address, query)
        if address.watched and address.name:
            address, query = _of_one_object(address, query)
        self._record(request, path, query_text, address, verb or request.method.lower(), verdict)
        resource = self._resource(address)
        faults = self._faults.take(verb, resource.kind if resource is not None else "")
        await self._commit_faults(request, faults)
        verdict.enforce()
        # Who was kept waiting asks the cluster that there is now, which may be another one.
        cluster, resource = self.cluster, self._resource(address)
        if resource is None:
            if not cluster.registry.versions(address.group):
                return answer_text(_NOT_FOUND, code=404)
            raise unknown_resource()
        subresource = check_served(address, resource, verb)
        asked = ObjectRequest(
            request, cluster, address, resource, subresource, verb, query, faults, verdict.acting, self._webhooks
        )
        with warned_of(resource.deprecation):
            if is_pod_stream(asked):
                check_place(asked)
                return await self.pods.serve(asked)
            return await (self.streams.serve(asked) if verb == "watch" else answer_object_request(asked))

    def _resource(self, address: Address) -> Resource | None:
        return self.cluster.registry.find(address.group, address.version, address.plural)

    def _record(
        self,
        request: web.BaseRequest,
        path: str,
        query_text: str,
        address: Address | None,
        verb: str,
        verdict: Verdict,
    ) -> None:
        found = address if address is not None else Address("", "", None, "", "", "", "", watched=False)
        self.requests.append(
            RecordedRequest(
                method=request.method,
                path=path,
                verb=verb,
                group=found.group,
                version=found.version,
                resource=found.plural,
                namespace=found.namespace,
                name=found.name,
                subresource=found.subresource,
                query_string=query_text,
                user=verdict.user,
                impersonated_user=verdict.impersonated_user,
                decision=verdict.decision,
                reason=verdict.reason,
                _received=request.headers,
            )
        )

    async def _commit_faults(self, request: web.BaseRequest, faults: tuple[Fault, ...]) -> None:
        for fault in faults:
            if fault.latency_seconds:
                await asyncio.sleep(fault.latency_seconds)
        for fault in faults:
            if fault.resets_connection:
                reset_connection(request)
            if fault.code is not None:
                reason = fault.reason or _REASONS.get(fault.code, "")
                details = {"retryAfterSeconds": fault.retry_after_seconds} if fault.retry_after_seconds else None
                raise ApiFailure(fault.code, reason, fault.message or "a fault asked for this", details=details)

    def _answer_path(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        parts = path.split("/")[1:]
        if path in _HEALTH or (f"/{parts[0]}" in _HEALTH and len(parts) == 2 and parts[1] in _CHECKS):
            return self._answer_health(request, path)
        body: bytes | None = None
        match parts:
            case [""]:
                body = self.cluster.discovery.paths()
            case ["version"]:
                return self._answer_json(request, self.cluster.discovery.version())
            case [".well-known", "openid-configuration"] | ["openid", "v1", "jwks"]:
                body = self._issuer_document(parts)
                return self._answer_json(request, body) if body is not None else answer_text(_NOT_FOUND, code=404)
            case ["openapi", "v2"]:
                return self._answer_json(request, self.cluster.openapi.version_2())
            case ["openapi", "v3", *place]:
                body = self.cluster.openapi.version_3("/".join(place)) if place else self.cluster.openapi.index()
            case ["api" | "apis"]:
                return self._answer_groups(request, core=parts[0] == "api")
            case ["api", version]:
                body = self.cluster.discovery.resources("", version)
                if body is None:
                    raise unknown_resource()
            case ["apis", group]:
                body = self.cluster.discovery.group(group)
            case ["apis", group, version]:
                body = self.cluster.discovery.resources(group, version)
                if body is None and self.cluster.registry.versions(group):
                    raise unknown_resource()
            case _:
                pass
        if body is None:
            return answer_text(_NOT_FOUND, code=404)
        return self._answer_document(request, body)

    def _issuer_document(self, parts: list[str]) -> bytes | None:
        """Give what others need to check the tokens of service accounts; `None` where nobody can."""
        authenticator = self.cluster.operations.cluster.access.authenticator
        if authenticator is None:
            return None
        if parts[0] == "openid":
            return msgspec.json.encode(authenticator.accounts.key_set)
        return msgspec.json.encode(authenticator.accounts.issuer_document(self._address))

    def _answer_document(self, request: web.BaseRequest, body: bytes) -> web.Response:
        if request.method != "GET":
            raise method_not_allowed()
        form = negotiate(request.headers.get("Accept", ""))
        return answer(request, body, self.cluster.protobuf, media_type=form.media_type)

    def _answer_health(self, request: web.BaseRequest, path: str) -> web.Response:
        if "verbose" in request.raw_path:
            return answer_text(f"[+]ping ok\n[+]etcd ok\n{path.strip('/')} check passed\n")
        return answer_text("ok")

    def _answer_groups(self, request: web.BaseRequest, *, core: bool) -> web.Response:
        discovery = self.cluster.discovery
        for each in accepted_types(request.headers.get("Accept", "")) if request.method == "GET" else ():
            if each.name == JSON and each.parameter("as") == "APIGroupDiscoveryList":
                version = each.parameter("v")
                if each.parameter("g") == "apidiscovery.k8s.io" and version in AGGREGATED_VERSIONS:
                    content_type = f"{JSON};g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"
                    response = answer(
                        request, discovery.aggregated(core, version), self.cluster.protobuf, content_type=content_type
                    )
                    response.headers["Vary"] = "Accept"
                    return response
            elif each.name in (JSON, "*/*") and not each.parameter("as"):
                break
        else:
            if request.method == "GET" and request.headers.get("Accept", "").strip():
                negotiate_plain(request.headers["Accept"])
        return self._answer_document(request, discovery.core_versions(self._address) if core else discovery.groups())

    def _answer_json(self, request: web.BaseRequest, body: bytes) -> web.Response:
        """Answer with a document that has no other form."""
        if request.method != "GET":
            raise method_not_allowed()
        accept = request.headers.get("Accept", "")
        if accept.strip() and not any(each.name in _JSON_TYPES for each in accepted_types(accept)):
            raise not_acceptable((JSON,))
        return answer(request, body, self.cluster.protobuf)


def _of_one_object(address: Address, query: Query) -> tuple[Address, Query]:
    """Turn one of the old watches of a single object into a watch with a selector."""
    selector = f"fieldSelector=metadata.name%3D{address.name}"
    return address._replace(name=""), Query(f"{query.text}&{selector}" if query.text else selector)
