"""Carries out the same sequence of calls on one server, as what it calls things there."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import httpx

from kubex.core._json_value import is_object
from tests.e2e.likeness.peers import PATCH_TYPES, Answer, Peer
from tests.e2e.sequences.kinds import KINDS, Kind
from tests.e2e.sequences.steps import Owner, Step

__all__ = ["Trial"]

Object = dict[str, Any]
NO_UID = "00000000-0000-4000-8000-000000000000"
END = "zzz-end"
"""Name of the object whose event is the last that is waited for; it sorts behind all others."""


class Trial:
    """A sequence of calls on one server.

    Args:
        peer: the server.
        namespace: a new one for this sequence, the same on both servers.
    """

    def __init__(self, peer: Peer, namespace: str) -> None:
        self.peer = peer
        self.namespace = peer.namespace = namespace
        peer.seen.clear()
        self.steps = 0
        self.versions: dict[tuple[str, str], list[Object]] = {}
        self.tokens: dict[str, tuple[Object, str]] = {}
        self.watches: list[tuple[Kind, httpx.Response]] = []
        self.start: dict[str, str] = {}

    def begin(self) -> None:
        """Make the namespace."""
        namespaces = "/api/v1/namespaces"
        made = self.peer.request("POST", namespaces, {"metadata": {"name": self.namespace}})
        assert made.succeeded, made.content
        account = {"metadata": {"name": "default"}}
        made = self.peer.request("POST", f"{namespaces}/{self.namespace}/serviceaccounts", account)
        assert made.succeeded, made.content
        self.first = made.content["metadata"]["resourceVersion"]

    def take(self, step: Step) -> list[Any]:
        """Carry out a step; gives what can be compared of the answers."""
        self.steps += 1
        action = getattr(self, "_" + step.action.replace(" ", "_"))
        kind = KINDS[step.kind]
        answers = action(kind, kind.object_name(self.namespace, step.name), step.options)
        return [self.peer.comparable(answer) for answer in answers]

    def events(self) -> list[list[Any]]:
        """Give the events of each watch, up to that of an object that is made now; closes the watches."""
        for kind in {kind.plural: kind for kind, _ in self.watches}.values():
            content = {**kind.named(END, {"labels": {"x": "1"}}), **kind.content(self.namespace)}
            made = self.peer.request("POST", kind.collection(self.namespace), content)
            assert made.succeeded, made.content
        try:
            told = [filter(_is_expected, _until_the_end(watch)) for _, watch in self.watches]
            return [[self._comparable_event(event) for event in events] for events in told]
        finally:
            self.close()

    def close(self) -> None:
        """Close the watches."""
        for _, watch in self.watches:
            watch.close()
        self.watches.clear()

    def _comparable_event(self, event: Object) -> Any:
        return self.peer.comparable(Answer(200, {"type": event["type"]}, event["object"]))

    def _create(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        body: Object = {**kind.named(name, self._metadata(options)), **kind.content(self.namespace, options["content"])}
        body.update(_merged(body, options["unknown"]))
        if options["generated"]:
            body["metadata"].update(name="", generateName=f"made{self.steps}-")
        yield self._noted(kind, self._ask("POST", kind, "", body, options["query"]), options)

    def _get(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        which = options["version"]
        version = "0" if which == "0" else self._version(kind, name, which)
        query = {"resourceVersion": version} if version else {}
        if query:
            self._now(kind)  # what the server's cache has not seen yet, it does not tell
        answer = self._ask("GET", kind, name, None, query)
        # A cache may be behind; what it tells is no news.
        yield answer if query else self._noted(kind, answer, options)

    def _update(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        body = self._last(kind, name, options)
        if options["content"] is not None:
            body.update(_merged(body, kind.content(self.namespace, options["content"])))
        body["metadata"].update(self._metadata(options))
        body.update(_merged(body, options["unknown"]))
        yield self._noted(kind, self._ask("PUT", kind, name, body, options["query"]), options)

    def _patch(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        body: Any = options["operations"]
        if options["type"] != "json":
            body = {"metadata": self._metadata(options)}
            if options["version"] != "none":
                body["metadata"]["resourceVersion"] = self._version(kind, name, options["version"])
            if options["content"] is not None:
                body.update(kind.content(self.namespace, options["content"]))
            body.update(_merged(body, options["unknown"]))
            if options["status"]:
                body["status"] = kind.statuses[0]
        path = f"{name}/status" if options["status"] else name
        yield self._patched(options["type"], kind, path, body, options)

    def _apply(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        body: Object = kind.named(name, self._metadata(options))
        if options["content"] is not None:
            body.update(kind.content(self.namespace, options["content"]))
        body.update(_merged(body, options["unknown"]))
        query = {"fieldManager": options["manager"], "force": options["force"]}
        yield self._patched("apply", kind, name, body, options, **{key: each for key, each in query.items() if each})

    def _patched(self, type_: str, kind: Kind, path: str, body: Any, options: Object, **query: str) -> Answer:
        url = f"{kind.collection(self.namespace)}/{path}"
        content = json.dumps(body).encode()
        query = {**options["query"], **query}
        answer = self.peer.request("PATCH", url, content, content_type=PATCH_TYPES[type_], query=query)
        return self._noted(kind, answer, options)

    def _form(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        form, _, wrong = options["form"].partition(";")
        accept = f"application/json;as={form};g=meta.k8s.io;v={wrong or 'v1'}"
        url = kind.collection(self.namespace)
        if not options["collection"]:
            url += f"/{name}"
        elif not kind.namespaced:
            return  # it tells of other sequences as well
        yield self.peer.request("GET", url, accept=accept)

    def _status(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        body = {**self._last(kind, name, options), "status": options["content"]}
        yield self._noted(kind, self._ask("PUT", kind, f"{name}/status", body, options["query"]), options)

    def _scale(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        metadata = {
            key: value
            for key, value in self._last(kind, name, options)["metadata"].items()
            if key in ("name", "namespace", "uid", "resourceVersion")
        }
        body = {"metadata": metadata, "spec": {"replicas": options["content"]}}
        yield self._ask("PUT", kind, f"{name}/scale", body, options["query"])
        yield self._ask("GET", kind, f"{name}/scale")

    def _apply_status(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        body = {**kind.named(name, self._metadata(options)), "status": options["content"]}
        query = {"fieldManager": options["manager"], "force": options["force"]}
        query = {key: each for key, each in query.items() if each}
        yield self._patched("apply", kind, f"{name}/status", body, options, **query)

    def _patch_scale(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        body: Any = options["operations"] if options["type"] == "json" else {"spec": options["content"]}
        query = {"fieldManager": options["manager"]}
        if options["type"] == "apply":
            body.update(apiVersion="autoscaling/v1", kind="Scale", metadata={"name": name})
            query["force"] = options["force"]
        url = f"{kind.collection(self.namespace)}/{name}/scale"
        query = {**options["query"], **{key: each for key, each in query.items() if each}}
        content = json.dumps(body).encode()
        yield self.peer.request("PATCH", url, content, content_type=PATCH_TYPES[options["type"]], query=query)
        yield self._ask("GET", kind, name)

    def _bind(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        body = {"metadata": {"name": name}, "target": {"kind": "Node", "name": options["node"]}}
        yield self._ask("POST", kind, f"{name}/binding", body, options["query"])
        yield self._noted(kind, self._ask("GET", kind, name), {})

    def _ephemeral_containers(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        body = {"spec": {"ephemeralContainers": options["content"]}}
        yield self._patched(options["type"], kind, f"{name}/ephemeralcontainers", body, options)

    def _resize(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        body = {"spec": {"containers": [{"name": "c", "resources": options["content"]}]}}
        yield self._patched("strategic", kind, f"{name}/resize", body, options)

    def _finalize(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        body = {**self._last(kind, name, options), "spec": {"finalizers": options["content"]}}
        yield self._noted(kind, self._ask("PUT", kind, f"{name}/finalize", body, options["query"]), options)

    def _finalizers(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        body = json.dumps({"metadata": {"finalizers": options["content"]}}).encode()
        merge = "application/merge-patch+json"
        path = f"{kind.collection(self.namespace)}/{name}"
        yield self._noted(kind, self.peer.request("PATCH", path, body, content_type=merge), options)

    def _delete(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        yield self._ask("DELETE", kind, name, self._delete_options(kind, name, options))

    def _evict(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        body = {"metadata": {"name": name}, "deleteOptions": self._delete_options(kind, name, options)}
        yield self._ask("POST", kind, f"{name}/eviction", {**body, "apiVersion": "policy/v1", "kind": "Eviction"})

    def _deletecollection(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        query = {"labelSelector": options["selector"], "fieldSelector": options["fields"]}
        query["limit"] = str(options["limit"] or "")
        body = _delete_options(options)
        yield self._ask("DELETE", kind, "", body, {key: value for key, value in query.items() if value})
        yield self._ask("GET", kind)

    def _list(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        versions = {"none": "", "now": self._now(kind), "start": self.first, "0": "0", "wrong": "x"}
        query = {
            "labelSelector": options["selector"],
            "fieldSelector": options["fields"],
            "resourceVersion": versions[options["version"]],
            "resourceVersionMatch": options["match"],
            "limit": str(options["limit"] or ""),
        }
        yield self._ask("GET", kind, "", None, {key: value for key, value in query.items() if value})

    def _pages(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        query = {"labelSelector": options["selector"], "fieldSelector": options["fields"]}
        query = {key: value for key, value in query.items() if value} | {"limit": str(options["limit"])}
        while True:
            answer = self._ask("GET", kind, "", None, query)
            yield answer
            token = answer.content["metadata"].get("continue") if answer.succeeded else ""
            if not token:
                return
            query["continue"] = token

    def _first_page(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        query = {"limit": "1"} | ({"labelSelector": options["selector"]} if options["selector"] else {})
        yield self._paged(kind, query)

    def _next_page(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        if kind.key in self.tokens:
            query, token = self.tokens.pop(kind.key)
            yield self._paged(kind, {**query, "continue": token})

    def _paged(self, kind: Kind, query: Object) -> Answer:
        answer = self._ask("GET", kind, "", None, query)
        token = answer.content["metadata"].get("continue") if answer.succeeded else ""
        if token:
            self.tokens[kind.key] = query, token
        return answer

    def _watch(self, kind: Kind, name: str, options: Object) -> Iterator[Answer]:
        seen = self.versions.get((kind.key, name))
        old = seen[0]["metadata"]["resourceVersion"] if seen else ""
        versions = {"none": "", "now": self._now(kind), "start": self.first, "0": "0", "old": old, "wrong": "x"}
        query = {
            **options["query"],
            "watch": "true",
            "labelSelector": options["selector"],
            "fieldSelector": options["fields"],
            "resourceVersion": versions[options["version"]],
        }
        query = {key: value for key, value in query.items() if value}
        form = f"application/json;as={options['form']};g=meta.k8s.io;v=v1" if options["form"] else "application/json"
        url = kind.collection(self.namespace)
        request = self.peer.http.build_request("GET", url, params=query, headers={"Accept": form})
        response = self.peer.http.send(request, stream=True)
        if response.status_code == 200:
            self.watches.append((kind, response))
            yield Answer(200, {}, {})
        else:
            response.read()
            yield Answer(response.status_code, {}, response.json())

    def _ask(
        self, method: str, kind: Kind, path: str = "", body: Object | None = None, query: Object | None = None
    ) -> Answer:
        url = kind.collection(self.namespace) + (f"/{path}" if path else "")
        return self.peer.request(method, url, body, query=query)

    def _now(self, kind: Kind) -> str:
        """Give the version of a list, once the server's cache has come up to it."""
        version: str = self._ask("GET", kind).content["metadata"]["resourceVersion"]
        query = {"resourceVersion": version, "resourceVersionMatch": "NotOlderThan"}
        return version if self._ask("GET", kind, "", None, query).succeeded else ""

    def _noted(self, kind: Kind, answer: Answer, options: Object) -> Answer:
        """Keep the object of an answer for what later steps say of it."""
        if answer.succeeded and answer.content.get("kind") != "Status" and not options.get("query"):
            self.versions.setdefault((kind.key, answer.content["metadata"]["name"]), []).append(answer.content)
        return answer

    def _last(self, kind: Kind, name: str, options: Object) -> Object:
        """Give the object as it was seen, with the version that a step asks for."""
        seen = self.versions.get((kind.key, name))
        body = copy.deepcopy(seen[-1]) if seen else {**kind.named(name, {}), **kind.content(self.namespace)}
        body["metadata"].pop("managedFields", None)
        version = self._version(kind, name, options["version"])
        body["metadata"]["resourceVersion"] = version
        return body

    def _version(self, kind: Kind, name: str, which: str) -> str:
        seen = self.versions.get((kind.key, name))
        if which in ("live", "old") and seen:
            version: str = seen[-1 if which == "live" else 0]["metadata"]["resourceVersion"]
            return version
        return "x" if which == "wrong" else ""

    def _metadata(self, options: Object) -> Object:
        metadata = dict(options["metadata"])
        if "ownerReferences" in metadata:
            metadata["ownerReferences"] = [self._reference(owner) for owner in metadata["ownerReferences"]]
        return metadata

    def _reference(self, owner: Owner) -> Object:
        kind = KINDS[owner.kind]
        name = kind.object_name(self.namespace, owner.name)
        seen = self.versions.get((kind.key, name))
        uid = seen[-1]["metadata"]["uid"] if seen else NO_UID
        reference = {"apiVersion": kind.api_version, "kind": kind.kind, "name": name, "uid": uid}
        return {**reference, **owner.flags}

    def _delete_options(self, kind: Kind, name: str, options: Object) -> Object:
        conditions: Object = {}
        if options["uid"] != "none":
            seen = self.versions.get((kind.key, name))
            conditions["uid"] = seen[-1]["metadata"]["uid"] if seen and options["uid"] == "live" else NO_UID
        if options["version"] != "none":
            conditions["resourceVersion"] = self._version(kind, name, options["version"]) or "1"
        return _delete_options(options) | ({"preconditions": conditions} if conditions else {})


def _delete_options(options: Object) -> Object:
    found: Object = {"propagationPolicy": options["policy"]} if options["policy"] else {}
    if options.get("grace") is not None:
        found["gracePeriodSeconds"] = options["grace"]
    return found | ({"dryRun": ["All"]} if options["dry run"] else {})


def _merged(body: Object, content: Object) -> Object:
    """Give the parts of a content, put into those that are there."""
    merged: Object = {}
    for name, value in content.items():
        held: Any = body.get(name)
        merged[name] = {**held, **value} if is_object(held) and is_object(value) else value
    return copy.deepcopy(merged)


def _is_expected(event: Object) -> bool:
    """Whether an event comes at a time of its own: a bookmark does only at the end of what there was at first."""
    annotations: Object = event["object"]["metadata"].get("annotations") or {}
    return event["type"] != "BOOKMARK" or "k8s.io/initial-events-end" in annotations


def _until_the_end(watch: httpx.Response) -> Iterator[Object]:
    for line in watch.iter_lines():
        event = json.loads(line)
        yield event
        if event["type"] == "ERROR" or event["object"]["metadata"].get("name") == END:
            return
