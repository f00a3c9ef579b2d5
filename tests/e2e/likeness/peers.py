"""One of two API servers that are asked the same, and what of its answers can be compared."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from kubex.client._tls import tls_context
from kubex.configuration import ClientConfiguration
from kubex.core._json_value import is_array, is_object

__all__ = ["PATCH_TYPES", "Answer", "Peer"]

PATCH_TYPES = {
    "json": "application/json-patch+json",
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "apply": "application/apply-patch+yaml",
}
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_GENERATED = re.compile(r"\b(kube-api-access-|made\d*-)[a-z0-9]{5}\b")
_ADDRESS = re.compile(r"\b10\.(0\.0|96\.\d+)\.\d+\b")
# A difference of the server's internal types, which no one else has.
_INTERNAL_DIFFERENCE = re.compile(r"(\n(@@|  core\.).*(\n[ +-].*)*)+\n?")
_TIMES = frozenset({"creationTimestamp", "deletionTimestamp", "time", "lastTransitionTime", "lastPhaseTransitionTime"})
_VERSION = re.compile(
    r"(?<=in record \()\d+(?=\))|(?<=ResourceVersion in the precondition \()\d+(?=\))"
    r"|(?<=in object meta: )\d+$|(?<=ResourceVersion in precondition: )\d+|(?<=resourceVersion:)\d+"
)
# An object that a patch has made, of which some members come in an order of their own.
_PATCHED = re.compile(r'(?<=Invalid value: )"\{.*\}"(?=: )', re.DOTALL)
# The real server looks no further after a field that it does not know; what it saw before is chance: a Go map's order.
_UNDECLARED = re.compile(
    r"(failed to create typed patch object \([^)]*\): ).*?(\.\S+: field not declared in schema).*", re.DOTALL
)
_FIRST_NODE_PORT = 30000
_SECONDS = 30


@dataclass
class Answer:
    """What a server answered."""

    code: int
    headers: Mapping[str, Any]
    content: Any

    @property
    def succeeded(self) -> bool:
        return self.code < 300


@dataclass
class Peer:
    """A server, and what it has named in its answers so far.

    Uids, versions and generated names are numbered in the order in which they appear, so that two servers' answers are
    equal where they are the same objects and the same changes.
    """

    http: httpx.Client
    namespace: str = ""
    seen: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    @classmethod
    @contextlib.contextmanager
    def connected(cls, configuration: ClientConfiguration) -> Generator[Peer]:
        """Connect to a server as its administrator."""
        verify = tls_context(configuration) or False
        with httpx.Client(base_url=str(configuration.url), verify=verify, timeout=_SECONDS, trust_env=False) as http:
            yield cls(http)

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content_type: str = "application/json",
        accept: str = "",
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask, and give the answer as it is."""
        headers = {"Content-Type": content_type} if body is not None else {}
        if accept:
            headers["Accept"] = accept
        # Without spaces: a real server tells them apart in the data of ControllerRevisions.
        content = body if isinstance(body, bytes | None) else json.dumps(body, separators=(",", ":")).encode()
        response = self.http.request(method, path, content=content, headers=headers, params=query or None)
        shown = {"warnings": sorted(response.headers.get_list("Warning"))}
        shown["type"] = response.headers.get("Content-Type", "")
        try:
            document = response.json()
        except ValueError:
            document = response.text
        return Answer(response.status_code, shown, document)

    def comparable(self, answer: Answer) -> Any:
        """Give what must be the same in another server's answer."""
        content = _ordered(answer.content)
        content = self._comparable(content, "")
        return {"code": answer.code, **self._comparable(answer.headers, ""), "content": content}

    def _comparable(self, value: Any, name: str) -> Any:
        if is_object(value):
            return {self._comparable(key, ""): self._member(key, each, value) for key, each in sorted(value.items())}
        if is_array(value):
            return [self._comparable(each, name) for each in value]
        if isinstance(value, str):
            value = _PATCHED.sub("PATCHED", _INTERNAL_DIFFERENCE.sub("", value))
            value = _UNDECLARED.sub(r"\1\2", value)
            text = value.replace(self.namespace, "NAMESPACE") if self.namespace else value
            text = _VERSION.sub("VERSION", text)
            text = _GENERATED.sub(r"\1GENERATED", _ADDRESS.sub("ADDRESS", _TIME.sub("TIME", text)))
            return _UID.sub(lambda found: self._numbered("uid", found[0]), text)
        return value

    def _member(self, key: str, value: Any, of: dict[str, Any]) -> Any:
        if key == "resourceVersion" and isinstance(value, str):
            # That of a list tells of the whole cluster.
            return self._numbered("version", value) if "uid" in of or not value else "*"
        if key in _TIMES and isinstance(value, str):
            return "TIME"
        if key == "continue" and value:
            return "*"
        if key in ("nodePort", "healthCheckNodePort") and isinstance(value, int) and value >= _FIRST_NODE_PORT:
            return "PORT"
        if key == "managedFields" and is_array(value):
            # Those of one second go by their names, others by their times: in which second they are is chance.
            return sorted(self._comparable(value, key), key=_as_text)
        return self._comparable(value, key)

    def _numbered(self, sort: str, value: str) -> str:
        numbers = self.seen.setdefault(sort, {})
        return numbers.setdefault(value, f"{sort} {len(numbers)}") if value else ""


def _as_text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _ordered(document: Any) -> Any:
    """Put in order what the server gives in the order of a Go map: the causes of a refusal, the owners of fields."""
    if not is_object(document):
        return document
    status: dict[str, Any] = document
    first, found, rest = str(status.get("message", "")).partition(": errors:\n")
    if status.get("kind") == "Status" and found:
        status = {**status, "message": first + found + "\n".join(sorted(rest.split("\n")))}
    details: dict[str, Any] = status.get("details") or {}
    causes: list[dict[str, str]] = details.get("causes") or []
    if status.get("kind") != "Status" or not causes:
        return status
    details = {**details, "causes": sorted(causes, key=_as_text)}
    head, found, rest = str(status.get("message", "")).partition(" is invalid: ")
    if found and rest.startswith("["):
        rest = ", ".join(sorted(rest.strip("[]").split(", ")))
    return {**status, "details": details, "message": head + found + rest}
