"""Parameters of lists, watches and deletions of many, byte for byte as a client writes them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.contract.plain_http import PlainAnswer, PlainHttp, anyio_backend, plain

__all__ = ("anyio_backend", "plain")

pytestmark = pytest.mark.anyio

JSON = "Content-Type: application/json"
TABLE = "Accept: application/json;as=Table;g=meta.k8s.io;v=v1"
METADATA = "Accept: application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
METADATA_LIST = "Accept: application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
INITIAL = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan"


class Namespaces:
    """Some namespaces with a few ConfigMaps each.

    Args:
        plain: reaches the server.
    """

    def __init__(self, plain: PlainHttp) -> None:
        self.tag = f"t{uuid.uuid4().hex[:8]}"
        self.selector = f"labelSelector=tag%3D{self.tag}"
        self._plain = plain

    def maps(self, which: str) -> str:
        """Give the path of a namespace's ConfigMaps."""
        return f"/api/v1/namespaces/{self.tag}{which}/configmaps"

    def create(self, path: str, name: str) -> int:
        """Create an object; gives its version."""
        body = json.dumps({"metadata": {"name": name, "labels": {"tag": self.tag}}}).encode()
        answer = self._plain.ask("POST", path, JSON, content=body)
        assert answer.code == 201, answer
        return int(answer.json["metadata"]["resourceVersion"])

    def named(self, items: list[Any]) -> list[str]:
        """Name objects, without what is of this test alone."""
        metadata = [each["metadata"] for each in items]
        return [f"{each['namespace'].removeprefix(self.tag)}/{each['name']}" for each in metadata]


@pytest.fixture
async def namespaces(plain: PlainHttp) -> Any:
    namespaces = Namespaces(plain)
    names = [f"{namespaces.tag}{each}" for each in ("", "-2", "2")]
    for name in names:
        namespaces.create("/api/v1/namespaces", name)
    for which in ("", "-2", "2"):
        for name in ("a", "b"):
            namespaces.create(namespaces.maps(which), name)
    yield namespaces
    for name in names:
        plain.ask("DELETE", f"/api/v1/namespaces/{name}")


def events(answer: PlainAnswer) -> list[Any]:
    assert answer.code == 200, answer
    return [json.loads(line) for line in answer.content.splitlines()]


def types(answer: PlainAnswer) -> list[str]:
    return [each["type"] for each in events(answer)]


def ends_the_beginning(event: Any) -> bool:
    """Whether an event is the bookmark behind the objects that there were; others may come at any time."""
    return "k8s.io/initial-events-end" in event["object"]["metadata"].get("annotations", {})


async def test_lists_go_by_the_whole_place(plain: PlainHttp, namespaces: Namespaces) -> None:
    query = f"/api/v1/configmaps?{namespaces.selector}"
    ordered = ["-2/a", "-2/b", "/a", "/b", "2/a", "2/b"]
    assert namespaces.named(plain.ask("GET", query).json["items"]) == ordered
    first = plain.ask("GET", f"{query}&limit=3").json
    rest = plain.ask("GET", f"{query}&limit=9&continue={first['metadata']['continue']}").json
    assert [namespaces.named(each["items"]) for each in (first, rest)] == [ordered[:3], ordered[3:]]
    told = events(plain.ask("GET", f"{query}&watch=1&timeoutSeconds=1"))
    assert namespaces.named([each["object"] for each in told]) == ordered


async def test_versions_to_come(plain: PlainHttp, namespaces: Namespaces) -> None:
    later = namespaces.create(namespaces.maps(""), "c") + 1_000_000
    query = f"{namespaces.maps('')}?watch=1&resourceVersion={later}"
    assert events(plain.ask("GET", f"{query}&timeoutSeconds=1")) == []
    for path, seconds in ((query, 1), (query.replace("configmaps", "events"), None)):
        (told,) = events(plain.ask("GET", f"{path}&{INITIAL}&timeoutSeconds=8"))
        status = told["object"]
        assert (told["type"], status["code"], status["reason"]) == ("ERROR", 504, "Timeout")
        assert status["details"]["retryAfterSeconds"] >= 1
        refused = plain.ask("GET", path.replace("watch=1&", ""))
        assert (refused.code, refused.headers.get("Retry-After")) == (504, seconds and str(seconds))


async def test_old_events_are_forgotten_in_other_words(plain: PlainHttp, namespaces: Namespaces) -> None:
    path = namespaces.maps("").replace("configmaps", "events")
    told = events(plain.ask("GET", f"{path}?watch=1&resourceVersion=1&timeoutSeconds=1"))
    for each in told:  # of a young cluster nothing is forgotten yet
        assert each["object"]["message"] == "The resourceVersion for the provided watch is too old."


@pytest.mark.parametrize(
    ("query", "outcome"),
    [
        (f"{INITIAL}&resourceVersion=0", "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list"),
        ("sendInitialEvents=false", "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list"),
        ("resourceVersion=0&resourceVersionMatch=NotOlderThan", ["ADDED", "ADDED"]),
        ("allowWatchBookmarks=true", ["ADDED", "ADDED"]),
        ("watch=true&allowWatchBookmarks=true", ["ADDED", "ADDED", "BOOKMARK"]),
        ("continue=x", ["ADDED", "ADDED"]),
    ],
)
async def test_the_old_path_of_watches(
    plain: PlainHttp, namespaces: Namespaces, query: str, outcome: str | list[str]
) -> None:
    path = namespaces.maps("").replace("/v1/", "/v1/watch/")
    answer = plain.ask("GET", f"{path}?{namespaces.selector}&timeoutSeconds=1&{query}")
    if isinstance(outcome, str):
        assert (answer.code, answer.message) == (422, f'ListOptions.meta.k8s.io "" is invalid: {outcome}')
    else:
        told = [each for each in events(answer) if each["type"] != "BOOKMARK" or ends_the_beginning(each)]
        assert [each["type"] for each in told][: len(outcome)] == outcome
        assert len(told) == len(outcome) or "BOOKMARK" in outcome


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        (None, ["a"]),
        ("", ["a"]),
        ("metadata.name=a", ["a"]),
        ("metadata.name=a,metadata.namespace!=x", ["a"]),
        ("metadata.name=b", None),
        ("metadata.namespace!=x", None),
        ("a=b", None),
    ],
)
async def test_the_old_path_of_one_object(
    plain: PlainHttp, namespaces: Namespaces, fields: str | None, names: list[str] | None
) -> None:
    path = namespaces.maps("").replace("/v1/", "/v1/watch/")
    query = "" if fields is None else f"&fieldSelector={quote(fields)}"
    answer = plain.ask("GET", f"{path}/a?timeoutSeconds=1{query}")
    if names is None:
        unknown = '"a" is not a known field selector: only "metadata.name", "metadata.namespace"'
        why = unknown if fields == "a=b" else "fieldSelector metadata.name doesn't match requested name"
        assert (answer.code, answer.message) == (400, why)
    else:
        assert [each["object"]["metadata"]["name"] for each in events(answer)] == names


async def test_objects_in_tables(plain: PlainHttp, namespaces: Namespaces) -> None:
    path = namespaces.maps("")
    (row,) = plain.ask("GET", f"{path}/a?includeObject=None", TABLE).json["rows"]
    assert row["object"] is None
    query = f"{path}?watch=1&{namespaces.selector}&allowWatchBookmarks=true&{INITIAL}&timeoutSeconds=1&includeObject"
    first, second, end, *_ = events(plain.ask("GET", f"{query}=None", TABLE))  # another bookmark may follow
    assert [each["object"]["rows"][0]["object"] for each in (first, second)] == [None, None]
    (row,) = end["object"]["rows"]
    assert row["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    assert row["cells"] == ["", 0, "<unknown>"]
    assert events(plain.ask("GET", f"{query}=", METADATA_LIST)) == []  # an event is no list
    refused = plain.ask("GET", f"{query}=bogus", TABLE)
    assert (refused.code, 'includeObject: Invalid value: "bogus"' in refused.message) == (400, True)


@pytest.mark.parametrize(
    ("path", "cells"),
    [
        ("/api/v1/pods", ["", "0/0", "", "0", "<unknown>", "<none>", "<none>", "<none>", "<none>"]),
        ("/apis/apps/v1/deployments", ["", "0/0", 0, 0, "<unknown>", "", "", ""]),
        ("/api/v1/namespaces", ["", "", "<unknown>"]),
        ("/api/v1/services", ["", "", "<none>", "<unknown>", "<none>", "<unknown>", "<none>"]),
        ("/api/v1/limitranges", ["", "0001-01-01T00:00:00Z"]),
        (
            "/apis/certificates.k8s.io/v1/certificatesigningrequests",
            ["", "<unknown>", "<none>", "", "<none>", "Pending"],
        ),
    ],
)
async def test_cells_of_a_bookmark(plain: PlainHttp, path: str, cells: list[Any]) -> None:
    query = f"{path}?watch=1&labelSelector=no%3Dthing&allowWatchBookmarks=true&{INITIAL}&timeoutSeconds=1"
    end, *_ = events(plain.ask("GET", query, TABLE))
    assert end["object"]["rows"][0]["cells"] == cells


SLICES = "/apis/resource.k8s.io/v1/resourceslices"
OF_SLICES = "field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: "


@pytest.mark.parametrize(
    ("path", "fields", "refusal"),
    [
        (SLICES, "spec.nodeName=a,spec.driver=b,metadata.name=c", None),
        (SLICES, "metadata.namespace=a", f"{OF_SLICES}metadata.namespace"),
        ("/api/v1/nodes", "metadata.namespace=a", "field label not supported: metadata.namespace"),
        ("/api/v1/namespaces", "metadata.namespace=a", "field label not supported: metadata.namespace"),
        ("/api/v1/persistentvolumes", "metadata.namespace=a", None),
        ("/api/v1/pods", "spec.host=a", None),
        ("/api/v1/pods", "status.podIPs=a", None),
    ],
)
async def test_fields_to_select_by(plain: PlainHttp, path: str, fields: str, refusal: str | None) -> None:
    answer = plain.ask("GET", f"{path}?fieldSelector={quote(fields)}")
    if refusal is None:
        assert (answer.code, answer.json["items"]) == (200, [])
    else:
        assert (answer.code, answer.message) == (400, refusal)


def timeouts() -> Iterator[tuple[str, str | None]]:
    for text in ("1s", "-1s", "+1h30m", "0", "1.5m", ".5s", "5000000µs", ""):
        yield text, None
    for text in ("abc", "+", ".s", "99999999999999999999s", "1s "):
        yield text, "invalid duration" if text != "1s " else 'unknown unit "s " in duration'
    yield "1", "missing unit in duration"
    yield "1h1x", 'unknown unit "x" in duration'


@pytest.mark.parametrize(("text", "problem"), list(timeouts()))
@pytest.mark.parametrize("path", ["/version", "/api/v1/configmaps?limit=1"])
async def test_how_long_a_request_may_take(plain: PlainHttp, path: str, text: str, problem: str | None) -> None:
    answer = plain.ask("GET", f"{path}{'&' if '?' in path else '?'}timeout={quote(text)}")
    if problem is None:
        assert answer.code == 200
    else:
        why = f'invalid timeout specified in the request URL - time: {problem} "{text}"'
        assert (answer.code, answer.message) == (400, why)


@pytest.mark.parametrize(
    ("query", "is_refused"),
    [
        ("resourceVersion=5&continue=x", False),
        ("continue=x", True),
        ("resourceVersion=0&continue=x", True),
        (f"{INITIAL}&continue=x", True),
    ],
)
async def test_watches_go_on_nowhere(plain: PlainHttp, namespaces: Namespaces, query: str, is_refused: bool) -> None:
    answer = plain.ask("GET", f"{namespaces.maps('')}?watch=1&timeoutSeconds=1&{query}")
    why = "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided"
    assert (answer.code == 422) == is_refused
    assert not is_refused or answer.message == f'ListOptions.meta.k8s.io "" is invalid: {why}'


async def test_deletions_of_many(plain: PlainHttp, namespaces: Namespaces) -> None:
    path, query = namespaces.maps("-2"), namespaces.selector

    def left() -> list[str]:
        return namespaces.named(plain.ask("GET", f"{path}?{query}").json["items"])

    version = namespaces.create(path, "c")
    namespaces.create(path, "late")
    first = plain.ask("DELETE", f"{path}?limit=1&fieldSelector=metadata.name!%3Dkube-root-ca.crt").json
    assert [each["metadata"]["name"] for each in first["items"]] == ["a"]
    # With a body, as a version in the query alone is one that each object must have, too.
    options = b'{"kind":"DeleteOptions","apiVersion":"v1"}'
    gone = plain.ask("DELETE", f"{path}?{query}&resourceVersion={version}", JSON, content=options).json
    assert namespaces.named(gone["items"])[-1] == "-2/c"
    assert left() == ["-2/late"]
    late = f"{path}?{query}&fieldSelector=metadata.name%3Dlate"
    table = plain.ask("DELETE", late, TABLE).json
    assert (table["kind"], table["rows"][0]["cells"][0]) == ("Table", "late")
    namespaces.create(path, "late")
    metadata = plain.ask("DELETE", late, METADATA_LIST).json
    assert (metadata["kind"], metadata["items"][0]["kind"]) == ("PartialObjectMetadataList", "PartialObjectMetadata")
    namespaces.create(path, "late")
    assert plain.ask("DELETE", late, METADATA).code == 406
    assert left() == []


async def test_a_bookmark_before_the_end(plain: PlainHttp, namespaces: Namespaces) -> None:
    version = namespaces.create(namespaces.maps(""), "c")
    namespaces.create(namespaces.maps("2"), "c")
    query = f"watch=1&allowWatchBookmarks=true&resourceVersion={version}&timeoutSeconds=4&{namespaces.selector}"
    attempts = (events(plain.ask("GET", f"{namespaces.maps('')}?{query}")) for _ in range(3))
    *_, end = next(told for told in attempts if told)  # a busy server may be late
    assert (end["type"], int(end["object"]["metadata"]["resourceVersion"]) > version) == ("BOOKMARK", True)
    assert types(plain.ask("GET", f"{namespaces.maps('').replace('configmaps', 'events')}?{query}")) == []
