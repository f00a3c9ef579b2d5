"""From a request line to an answer: what a path names, who asks, what is to go wrong, and which part answers."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import deque
from typing import Final
from urllib.parse import unquote

from aiohttp import web

from kubex.testing.failures import (
    ApiFailure,
    PageNotFound,
    bad_request,
    unknown_resource,
    warned_of,
)
from kubex.testing.faults import Fault, Faults
from kubex.testing.http.answers import answer_failure, answer_malformed, answer_of_nothing, answer_timeout
from kubex.testing.http.callers import Verdict, judged
from kubex.testing.http.documents import PathRequest, answer_not_found, answer_path
from kubex.testing.http.objects import ObjectRequest, answer_object_request, check_place
from kubex.testing.http.parameters import Query
from kubex.testing.http.paths import Address, parse_path
from kubex.testing.http.pod_streams import PodStreams, is_pod_stream
from kubex.testing.http.request_timeouts import has_timeout, limit_request
from kubex.testing.http.streams import WatchStreams, reset_connection
from kubex.testing.http.verbs import check_served, verb_of
from kubex.testing.http.webhook_calls import WebhookCalls
from kubex.testing.lifecycle.selection import Selection
from kubex.testing.pods.handlers import Handlers
from kubex.testing.recording import RecordedRequest
from kubex.testing.registry import Resource
from kubex.testing.serving import ServedCluster
from kubex.testing.webhooks.addresses import WebhookAddresses

__all__ = ["Application"]

_log = logging.getLogger("kubex.testing")

_BAD_ESCAPE: Final = re.compile(r"%(?![0-9a-fA-F]{2})")
# Paths of the old form `/watch/…`, of nothing.
_OF_NOTHING: Final = re.compile(r"/(?:api/[^/]+|apis/[^/]+/[^/]+)/(?:watch|proxy)/*")
_RECORDED: Final = 10_000
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
        limit: asyncio.Timeout | None = None
        try:
            if not has_timeout(request.raw_path):
                return await self._answer(request, None)
            async with asyncio.timeout(None) as limit:
                return await self._answer(request, limit)
        except ApiFailure as failure:
            return answer_failure(request, failure, self.cluster.protobuf)
        except PageNotFound:
            return answer_not_found()
        except (asyncio.CancelledError, ConnectionError):
            raise
        except Exception:
            if limit is not None and limit.expired():
                return answer_timeout()
            _log.exception("could not answer %s %s", request.method, request.raw_path)
            why = "Internal error occurred: the server in memory failed; its log has the reason"
            return answer_failure(request, ApiFailure(500, "InternalError", why), self.cluster.protobuf)

    async def _answer(self, request: web.BaseRequest, limit: asyncio.Timeout | None) -> web.StreamResponse:
        path, _, query_text = request.raw_path.partition("?")
        if not path.startswith("/"):  # the form that proxies are sent, or the asterisk of OPTIONS
            path = "/" + path.partition("://")[2].partition("/")[2]
        if "%" in path and _BAD_ESCAPE.search(path):
            return answer_malformed(400)
        if _OF_NOTHING.fullmatch(path):
            return answer_of_nothing(request.raw_path)
        address = parse_path(path)
        query = Query(query_text)
        if address is None:
            verdict = judged(request, self.cluster.operations.cluster, path, None, query)
            self._record(request, path, query_text, None, request.method.lower(), verdict)
            limit_request(limit, query, None, request.method.lower())
            await self._commit_faults(request, self._faults.take(request.method.lower(), ""))
            verdict.enforce()
            return answer_path(PathRequest(request, self.cluster, unquote(path), query, self._address))
        resource = self._resource(address)
        verb = verb_of(request.method, address, query, custom=resource is not None and resource.custom is not None)
        verdict = judged(request, self.cluster.operations.cluster, path, address, query)
        named = address
        if address.watched and address.name:
            address, query = _of_one_object(address, query)
        self._record(request, path, query_text, address, verb or request.method.lower(), verdict)
        limit_request(limit, query, named, verb)
        faults = self._faults.take(verb, resource.kind if resource is not None else "")
        await self._commit_faults(request, faults)
        verdict.enforce()
        # Who was kept waiting asks the cluster that there is now, which may be another one.
        cluster, resource = self.cluster, self._resource(address)
        if resource is None:
            raise unknown_resource() if cluster.registry.is_builtin(address.group) else PageNotFound
        subresource = check_served(named, resource, verb)
        if named is not address:
            _check_selected(named.name, resource, query)
        asked = ObjectRequest(
            request, cluster, address, resource, subresource, verb, query, faults, verdict.acting, self._webhooks, limit
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


def _of_one_object(address: Address, query: Query) -> tuple[Address, Query]:
    """Turn one of the old watches of a single object into a watch with a selector."""
    selector = "" if query.get("fieldSelector") else f"fieldSelector=metadata.name%3D{address.name}&"
    return address._replace(name=""), Query(f"{selector}{query.text}")  # the first one counts


def _check_selected(name: str, resource: Resource, query: Query) -> None:
    """Check that the field selector of a watch of a single object is of this one.

    Raises:
        ApiFailure: it is of another one, or of any (400).
    """
    if Selection(resource, "", query.get("fieldSelector"), lambda: None).only_name() != name:
        raise bad_request("fieldSelector metadata.name doesn't match requested name")
