"""An API server without a socket: objects, versions, watches, and everything that goes wrong with them, in one loop."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, Final

import anyio
import anyio.lowlevel

from kubex.client.base import BaseClient
from kubex.client.websocket import WebSocketConnection
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.exceptions import ClientClosed, ConnectionFailed, KubexException, RequestTimeout, error_from_body
from kubex.core.json_patch import apply_json_patch, parse_json_patch
from kubex.core.merge_patch import apply_merge_patch
from kubex.core.params import Timeout
from kubex.core.request import Request
from kubex.core.response import Response
from kubex.core.selectors import LabelSelector

Object = dict[str, Any]
Change = tuple[int, str, Object]

_PATH: Final = re.compile(
    r"/(?P<version>api/v1|apis/[^/]+/[^/]+)(?:/namespaces/(?P<namespace>[^/]+)(?=/))?/(?P<plural>[^/]+)"
    r"(?:/(?P<name>[^/]+))?(?:/(?P<subresource>[^/]+))?"
)


class Refused(Exception):
    """The server says no."""

    def __init__(self, code: int, reason: str, message: str = "", **extra: Any) -> None:
        super().__init__(message)
        status: Object = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": code}
        self.status: Object = {**status, "reason": reason, "message": message or reason, **extra}
        self.code = code


class Stream:
    """A watch that is open."""

    def __init__(self, resource: str, matches: Callable[[Object], bool]) -> None:
        self.resource = resource
        self.matches = matches
        self.lines: deque[bytes | KubexException | None] = deque()
        self.is_stalled = False
        self.told = 0
        self._more = anyio.Event()

    def tell(self, line: bytes | KubexException | None) -> None:
        """Send a line, an error of the connection, or with `None` an orderly end."""
        if not self.is_stalled:
            self.lines.append(line)
            self._more.set()

    def event(self, type_: str, object_: Object) -> None:
        self.told += 1
        self.tell(json.dumps({"type": type_, "object": object_}, separators=(",", ":")).encode())

    async def next(self, silence: float, ends_at: float) -> bytes | None:
        """Give the next line; an end when its time is over, which a stalled one does not tell."""
        silent_at = anyio.current_time() + silence
        while not self.lines:
            self._more = anyio.Event()
            bound = silent_at if self.is_stalled else min(silent_at, ends_at)
            with anyio.CancelScope(deadline=bound):
                await self._more.wait()
                continue
            if anyio.current_time() >= silent_at:
                raise RequestTimeout("the stream was silent for too long")
            if not self.is_stalled:
                return None
        line = self.lines.popleft()
        if isinstance(line, KubexException):
            raise line
        return line


class FakeCluster:
    """Objects of any resource, by their path's version and plural."""

    def __init__(self) -> None:
        self.revision = 1
        self.objects: dict[str, dict[tuple[str, str], Object]] = {}
        self.history: list[tuple[str, int, str, Object, Object | None]] = []
        self.compacted = 0
        self.streams: list[Stream] = []
        self.requests: list[Request] = []
        self.faults: deque[KubexException | bytes] = deque()
        """What the next requests meet: an error of the connection, or the bytes of an answer."""
        self.latency = 0.0
        self.streams_initial_events = True
        self.marks_end_of_initial_events = True
        self.sends_bookmarks = True
        self.is_down = False
        self._uids = 0

    # What other people do.

    def put(self, resource: str, object_: Object) -> Object:
        metadata = object_["metadata"]
        key = (metadata.get("namespace", ""), metadata["name"])
        held = self.objects.setdefault(resource, {})
        before = held.get(key)
        self.revision += 1
        if before is None:
            self._uids += 1
        uid = f"uid-{self._uids}" if before is None else before["metadata"]["uid"]
        stored = {**object_, "metadata": {**metadata, "uid": uid, "resourceVersion": str(self.revision)}}
        gone = stored["metadata"].get("deletionTimestamp") and not stored["metadata"].get("finalizers")
        if gone:
            del held[key]
        else:
            held[key] = stored
        self._changed(resource, "DELETED" if gone else "MODIFIED" if before else "ADDED", stored, before)
        return stored

    def remove(self, resource: str, namespace: str, name: str) -> Object:
        before = self.objects[resource][namespace, name]
        if before["metadata"].get("finalizers"):
            if before["metadata"].get("deletionTimestamp"):
                return before
            metadata = {**before["metadata"], "deletionTimestamp": "2026-01-01T00:00:00Z"}
            return self.put(resource, {**before, "metadata": metadata})
        del self.objects[resource][namespace, name]
        self.revision += 1
        stored = {**before, "metadata": {**before["metadata"], "resourceVersion": str(self.revision)}}
        self._changed(resource, "DELETED", stored, before)
        return stored

    def _changed(self, resource: str, type_: str, object_: Object, before: Object | None) -> None:
        self.history.append((resource, self.revision, type_, object_, before))
        for stream in self.streams:
            if stream.resource == resource:
                _tell(stream, type_, object_, before)

    # What goes wrong.

    def compact(self) -> None:
        self.compacted = self.revision
        self.history.clear()

    def each_stream(self) -> Iterator[Stream]:
        return iter(tuple(self.streams))

    def cut(self) -> None:
        for stream in self.each_stream():
            stream.tell(ConnectionFailed("the connection was reset"))

    def end_streams(self) -> None:
        for stream in self.each_stream():
            stream.tell(None)

    def stall(self) -> None:
        for stream in self.each_stream():
            stream.is_stalled = True

    def expire(self) -> None:
        """Tell 410 in every stream."""
        for stream in self.each_stream():
            stream.event("ERROR", Refused(410, "Expired", "too old resource version").status)
            stream.tell(None)

    def garble(self, line: bytes = b"<html>") -> None:
        for stream in self.each_stream():
            stream.tell(line)

    def bookmark(self) -> None:
        if self.sends_bookmarks:
            for stream in self.each_stream():
                stream.event("BOOKMARK", {"kind": "X", "metadata": {"resourceVersion": str(self.revision)}})

    # What requests get.

    def answer(self, request: Request) -> Object:
        address = _PATH.fullmatch(request.url)
        if address is None:
            raise Refused(404, "NotFound", f"no path {request.url}")
        resource = f"{address['version']}/{address['plural']}"
        namespace, name = address["namespace"] or "", address["name"]
        query = dict(request.query)
        body: Object = json.loads(request.body) if request.body else {}
        if request.method == "GET":
            return self._get(resource, namespace, name) if name else self._list(resource, namespace, query)
        if request.method == "POST":
            body["metadata"].setdefault("namespace", namespace)
            if (namespace, body["metadata"]["name"]) in self.objects.get(resource, {}):
                raise Refused(409, "AlreadyExists")
            return self.put(resource, body)
        before = None if name is None else self.objects.get(resource, {}).get((namespace, name))
        if request.method == "PATCH" and before is None and "apply" in (request.headers or {}).get("Content-Type", ""):
            return self.put(resource, {**body, "metadata": {**body["metadata"], "namespace": namespace}})
        if before is None or name is None:
            raise Refused(404, "NotFound", details={"name": name})
        if request.method == "DELETE":
            return self.remove(resource, namespace, name)
        return self._change(resource, before, body, request)

    def _get(self, resource: str, namespace: str, name: str) -> Object:
        found = self.objects.get(resource, {}).get((namespace, name))
        if found is None:
            raise Refused(404, "NotFound", details={"name": name})
        return found

    def _change(self, resource: str, before: Object, body: Any, request: Request) -> Object:
        if request.method == "PUT":
            version = body["metadata"].get("resourceVersion")
            if version and version != before["metadata"]["resourceVersion"]:
                raise Refused(409, "Conflict")
            after = {**body, "metadata": {**body["metadata"], "namespace": before["metadata"]["namespace"]}}
        elif "json-patch" in (request.headers or {}).get("Content-Type", ""):
            try:
                after = apply_json_patch(before, parse_json_patch(body))
            except ValueError as error:
                raise Refused(422, "Invalid", str(error)) from None
        else:
            after = apply_merge_patch(before, body)
        same = {**after, "metadata": {**after["metadata"], "resourceVersion": before["metadata"]["resourceVersion"]}}
        return before if same == before else self.put(resource, after)

    def _list(self, resource: str, namespace: str, query: dict[str, str]) -> Object:
        matches = _selected(namespace, query)
        revision, after = self.revision, None
        if token := query.get("continue"):
            text, _, name = token.partition("/")
            revision, after = int(text), tuple(name.split("|"))
            if revision < self.compacted:
                raise Refused(410, "Expired", "the token is too old")
        held = dict(self.objects.get(resource, {}))
        for of, at, _, object_, before in reversed(self.history):
            if of == resource and at > revision:  # undone
                key = (object_["metadata"].get("namespace", ""), object_["metadata"]["name"])
                held.pop(key, None)
                if before is not None:
                    held[key] = before
        keys = [key for key in sorted(held) if matches(held[key]) and (after is None or key > after)]
        limit = int(query.get("limit", 0)) or len(keys)
        metadata: Object = {"resourceVersion": str(revision)}
        if len(keys) > limit:
            metadata["continue"] = f"{revision}/{'|'.join(keys[limit - 1])}"
        return {"kind": "XList", "apiVersion": "v1", "metadata": metadata, "items": [held[key] for key in keys[:limit]]}

    def watch(self, request: Request) -> Stream:
        address = _PATH.fullmatch(request.url)
        assert address is not None
        resource, query = f"{address['version']}/{address['plural']}", dict(request.query)
        stream = Stream(resource, _selected(address["namespace"] or "", query))
        version = query.get("resourceVersion")
        if query.get("sendInitialEvents") == "true":
            if not self.streams_initial_events:
                raise Refused(422, "Invalid", "sendInitialEvents is forbidden")
            for _, object_ in sorted(self.objects.get(resource, {}).items()):
                if stream.matches(object_):
                    stream.event("ADDED", object_)
            if self.marks_end_of_initial_events:
                metadata = {"resourceVersion": str(self.revision)}
                marked = {**metadata, "annotations": {"k8s.io/initial-events-end": "true"}}
                stream.event("BOOKMARK", {"kind": "X", "metadata": marked})
        elif version is not None:
            if int(version) < self.compacted:
                raise Refused(410, "Expired", "too old resource version")
            if int(version) > self.revision:
                causes = [{"reason": "ResourceVersionTooLarge"}]
                raise Refused(504, "Timeout", "Too large resource version", details={"causes": causes})
            for of, at, type_, object_, before in self.history:
                if of == resource and at > int(version):
                    _tell(stream, type_, object_, before)
        self.streams.append(stream)
        return stream


def _tell(stream: Stream, type_: str, object_: Object, before: Object | None) -> None:
    matches = type_ != "DELETED" and stream.matches(object_)
    matched = before is not None and stream.matches(before)
    if matches:
        stream.event("MODIFIED" if matched else "ADDED", object_)
    elif matched:
        stream.event("DELETED", object_)


def _selected(namespace: str, query: dict[str, str]) -> Callable[[Object], bool]:
    labels = LabelSelector.parse(query.get("labelSelector", ""))
    name = query.get("fieldSelector", "").partition("metadata.name=")[2]

    def matches(object_: Object) -> bool:
        metadata = object_["metadata"]
        if namespace and metadata.get("namespace") != namespace:
            return False
        return (not name or metadata["name"] == name) and labels.matches(metadata.get("labels") or {})

    return matches


class FakeClient(BaseClient):
    """Takes requests to a cluster, with its faults."""

    def __init__(self, cluster: FakeCluster) -> None:
        super().__init__(ClientConfiguration(url="https://fake.example"))
        self.cluster = cluster
        self.is_closed = False

    async def request(self, request: Request) -> Response:
        await self._meet(request)
        try:
            fault = self._fault()
            body = fault if fault is not None else json.dumps(self.cluster.answer(request)).encode()
        except Refused as refused:
            raise error_from_body(json.dumps(refused.status).encode(), refused.code, request.action) from None
        return Response(body, {}, 200)

    async def stream_lines(self, request: Request) -> AsyncIterator[str]:
        await self._meet(request)
        try:
            body = self._fault()
            stream = self.cluster.watch(request)
        except Refused as refused:
            raise error_from_body(json.dumps(refused.status).encode(), refused.code, request.action) from None
        if body is not None:
            stream.lines.appendleft(body)
        query = dict(request.query)
        bound = request.timeout.read if isinstance(request.timeout, Timeout) else None
        silence = float("inf") if bound is None else bound
        ends_at = anyio.current_time() + float(query.get("timeoutSeconds", "inf"))
        try:
            while True:
                line = await stream.next(silence, ends_at)
                if line is None:
                    return
                yield line.decode()
        finally:
            self.cluster.streams.remove(stream)

    async def connect_websocket(self, request: Request, subprotocols: Sequence[str]) -> WebSocketConnection:
        raise NotImplementedError

    async def close(self) -> None:
        self.is_closed = True
        for stream in self.cluster.streams:
            stream.tell(ClientClosed("the client was closed meanwhile"))

    async def _meet(self, request: Request) -> None:
        self.cluster.requests.append(request)
        if self.is_closed:
            raise ClientClosed("the client is closed")
        if self.cluster.latency:
            await anyio.sleep(self.cluster.latency)
        else:
            await anyio.lowlevel.checkpoint()
        if self.cluster.is_down:
            raise ConnectionFailed("connection refused")

    def _fault(self) -> bytes | None:
        if not self.cluster.faults:
            return None
        fault = self.cluster.faults.popleft()
        if isinstance(fault, KubexException):
            raise fault
        return fault
