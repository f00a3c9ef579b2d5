"""Raw requests and what they are answered, as the API server answers them."""

from __future__ import annotations

import gzip
import json
import socket
from typing import Any

import pytest
import yaml

from kubex.testing import ApiServer
from tests.unit.testing.http.conftest import RawClient

MAPS = "/api/v1/namespaces/default/configmaps"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
PARTIAL = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
PARTIAL_LIST = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
NOT_FOUND = "the server could not find the requested resource"
NOT_ALLOWED = "the server does not allow this method on the requested resource"


def config_map(name: str, **more: Any) -> dict[str, Any]:
    return {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": name}, **more}


@pytest.fixture
def one(raw: RawClient) -> RawClient:
    assert raw.ask("POST", MAPS, config_map("one", data={"a": "1"})).code == 201
    return raw


@pytest.mark.parametrize(
    ("method", "path", "code", "message"),
    [
        ("GET", "/api/v2", 404, NOT_FOUND),
        ("GET", "/api/v1/foos", 404, NOT_FOUND),
        ("GET", "/api/v1/namespaces/default/foos", 404, NOT_FOUND),
        ("GET", "/apis/apps/v9", 404, NOT_FOUND),
        ("GET", "/apis/apps/v9/deployments", 404, NOT_FOUND),
        ("GET", f"{MAPS}/one/foo", 404, NOT_FOUND),
        ("GET", f"{MAPS}/one/y/z", 404, NOT_FOUND),
        ("GET", f"{MAPS}/a%2Fb", 404, NOT_FOUND),
        ("GET", "/api/v1/configmaps/one", 404, NOT_FOUND),
        ("GET", "/api/v1/namespaces/default/nodes", 404, NOT_FOUND),
        ("GET", f"{MAPS}/a%20b", 404, 'configmaps "a b" not found'),
        ("GET", f"{MAPS}/..", 400, "Name parameter invalid: \"..\": may not be '..'"),
        ("GET", "/api/v1/namespaces//configmaps/x", 400, "Namespace parameter required."),
        ("GET", f"{MAPS}?limit=x", 400, 'strconv.ParseInt: parsing "x": invalid syntax'),
        ("GET", f"{MAPS}?timeoutSeconds=x", 400, 'strconv.ParseInt: parsing "x": invalid syntax'),
        ("GET", f"{MAPS}?limit={'9' * 5000}", 400, f'strconv.ParseInt: parsing "{"9" * 5000}": value out of range'),
        ("POST", "/version", 405, NOT_ALLOWED),
        ("POST", f"{MAPS}/one", 405, NOT_ALLOWED),
        ("POST", "/api/v1/configmaps", 405, NOT_ALLOWED),
        ("PUT", MAPS, 405, NOT_ALLOWED),
        ("PATCH", MAPS, 405, NOT_ALLOWED),
        ("DELETE", "/api/v1/namespaces", 405, NOT_ALLOWED),
        ("OPTIONS", "/api/v1/pods", 405, NOT_ALLOWED),
        ("GET", "/api/v1/bindings", 405, NOT_ALLOWED),
        ("PATCH", f"{MAPS}/one", 415, "415: Unsupported Media Type"),
    ],
)
def test_refusals(raw: RawClient, method: str, path: str, code: int, message: str) -> None:
    answer = raw.ask(method, path)
    assert (answer.code, answer.json["code"], answer.json["message"]) == (code, code, message)
    assert (answer.json["kind"], answer.json["status"]) == ("Status", "Failure")
    assert answer.headers["Audit-Id"]


@pytest.mark.parametrize("path", ["/foo", "/apis/foo", "/apis/foo/v1/bars", "//api/v1/pods"])
def test_paths_of_nothing(raw: RawClient, path: str) -> None:
    answer = raw.get(path)
    assert (answer.code, answer.content) == (404, b"404 page not found\n")


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz", "/readyz/ping"])
def test_health(raw: RawClient, path: str) -> None:
    assert raw.get(path).content == b"ok"


UNRECOGNIZED = "the object provided is unrecognized (must be of type ConfigMap): "


@pytest.mark.parametrize(
    ("body", "type_", "code", "message"),
    [
        (b"{}", "text/plain", 415, "the body of the request was in an unknown format - accepted media types include: "),
        (
            b"",
            "application/json",
            400,
            f"{UNRECOGNIZED}couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)",
        ),
        (
            b"abc",
            "application/json",
            400,
            f"{UNRECOGNIZED}couldn't get version/kind; json parse error: invalid character 'a' looking for beginning of"
            " value (616263)",
        ),
        (
            b'{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"x"}}{}',
            "application/json",
            400,
            f"{UNRECOGNIZED}couldn't get version/kind; json parse error: invalid character '{{' after top-level value "
            '({"kind":"ConfigMap","apiVersio ...)',
        ),
        (b"\xff\xfe", "application/json", 400, f"{UNRECOGNIZED}couldn't get version/kind; json parse error: invalid"),
        (b'{"kind":1}', "application/json", 400, f"{UNRECOGNIZED}couldn't get version/kind; json parse error: json: "),
        (b"[]", "application/json", 400, f"{UNRECOGNIZED}couldn't get version/kind; json parse error: json: cannot"),
        (b"a: [\n", "application/yaml", 400, f"{UNRECOGNIZED}yaml: "),
        (b"[" * 100_000, "application/json", 400, UNRECOGNIZED),
        (b"[" * 100_000, "application/yaml", 400, UNRECOGNIZED),
        (b"null", "application/json", 422, 'ConfigMap "" is invalid: metadata.name: Required value'),
        (b"a" * (3 * 1024 * 1024 + 1), "application/json", 413, "Request entity too large: limit is 3145728"),
    ],
)
def test_bodies_that_are_no_objects(raw: RawClient, body: bytes, type_: str, code: int, message: str) -> None:
    answer = raw.ask("POST", MAPS, body, Content_Type=type_)
    assert (answer.code, answer.json["code"]) == (code, code)
    assert answer.json["message"].startswith(message)


def test_a_long_body_without_a_length(server: ApiServer) -> None:
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"POST {MAPS} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        chunk = b"100000\r\n" + b"a" * 0x100000 + b"\r\n"
        for _ in range(4):
            connection.sendall(chunk)
        assert connection.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_yaml_in_and_out(raw: RawClient) -> None:
    text = b"kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: written\ndata: {when: 2026-01-01, norway: 'no'}\n"
    answer = raw.ask("POST", MAPS, text, Content_Type="application/yaml", Accept="application/yaml")
    assert (answer.code, answer.headers["Content-Type"]) == (201, "application/yaml")
    assert yaml.safe_load(answer.content)["data"] == {"when": "2026-01-01", "norway": "no"}
    missing = raw.get(f"{MAPS}/nobody", Accept="application/yaml")
    assert yaml.safe_load(missing.content)["reason"] == "NotFound"


def test_a_field_that_is_there_twice(raw: RawClient) -> None:
    body = b'{"metadata":{"name":"a","name":"b"},"data":{"x":"1"}}'
    answer = raw.ask("POST", MAPS, body, Content_Type="application/json")
    assert (answer.code, answer.headers["Warning"]) == (201, '299 - "duplicate field \\"metadata.name\\""')
    strict = raw.ask("POST", f"{MAPS}?fieldValidation=Strict", body, Content_Type="application/json")
    assert (strict.code, 'strict decoding error: duplicate field "metadata.name"' in strict.json["message"]) == (
        400,
        True,
    )


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "ConfigMap"),
        ("*/*", "ConfigMap"),
        ("application/json;stream=watch", "ConfigMap"),
        (PARTIAL, "PartialObjectMetadata"),
        (TABLE, "Table"),
        (f"application/json;as=Table;v=v9;g=meta.k8s.io,{TABLE},application/json", "Table"),
        (
            "application/json;q=0.1,application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
            "PartialObjectMetadata",
        ),
    ],
)
def test_forms_of_an_object(one: RawClient, accept: str, kind: str) -> None:
    answer = one.get(f"{MAPS}/one", Accept=accept)
    assert (answer.code, answer.json["kind"]) == (200, kind)


@pytest.mark.parametrize(
    ("path", "accept", "message"),
    [
        ("/one", "text/html", "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml"),
        ("/one", "application/json;as=Foo;v=v1;g=meta.k8s.io", "only the following media types are accepted: "),
        ("/one", PARTIAL_LIST, "you requested PartialObjectMetadataList, but the requested object is not a list"),
        ("", PARTIAL, "you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)"),
    ],
)
def test_forms_that_are_not_there(one: RawClient, path: str, accept: str, message: str) -> None:
    answer = one.get(f"{MAPS}{path}", Accept=accept)
    assert answer.code == 406
    shown = yaml.safe_load(answer.content)
    assert shown["message"].startswith(message)


def test_events_of_their_own_group_are_those_of_the_core(raw: RawClient) -> None:
    answer = raw.get("/apis/events.k8s.io/v1/events", Accept=PARTIAL)
    assert answer.json["message"].endswith("but the requested object is a list (*core.EventList)")


def test_a_list_as_it_is_as_metadata_and_as_a_table(one: RawClient) -> None:
    plain = one.get(MAPS).json
    assert (plain["kind"], plain["apiVersion"]) == ("ConfigMapList", "v1")
    assert [sorted(item) for item in plain["items"]] == [["data", "metadata"]]
    alone = one.get(MAPS, Accept=PARTIAL_LIST).json
    assert [sorted(item) for item in alone["items"]] == [["apiVersion", "kind", "metadata"]]
    table = one.get(MAPS, Accept=TABLE).json
    assert [column["name"] for column in table["columnDefinitions"]] == ["Name", "Data", "Age"]
    assert table["rows"][0]["cells"][:2] == ["one", 1]
    assert table["rows"][0]["object"]["kind"] == "PartialObjectMetadata"
    whole = one.get(f"{MAPS}?includeObject=Object", Accept=TABLE).json
    assert whole["rows"][0]["object"]["data"] == {"a": "1"}
    assert one.get(f"{MAPS}?includeObject=None", Accept=TABLE).json["rows"][0]["object"] is None
    assert one.get(f"{MAPS}?includeObject=Bad", Accept=TABLE).code == 400


def test_large_answers_are_compressed_for_those_who_read_it(raw: RawClient) -> None:
    raw.ask("POST", MAPS, config_map("large", data={"a": "x" * 200_000}))
    plain = raw.get(f"{MAPS}/large")
    packed = raw.get(f"{MAPS}/large", Accept_Encoding="gzip")
    assert (plain.headers["Content-Encoding"], packed.headers["Content-Encoding"]) == (None, "gzip")
    assert len(packed.content) < len(plain.content) / 10
    assert json.loads(gzip.decompress(packed.content)) == plain.json


def test_pretty_answers(one: RawClient) -> None:
    assert one.get(f"{MAPS}/one").content.count(b"\n") == 0
    assert one.get(f"{MAPS}/one", User_Agent="curl/8").content.count(b"\n") > 5
    assert one.get(f"{MAPS}/one?pretty=false", User_Agent="curl/8").content.count(b"\n") == 0
    assert one.get(f"{MAPS}/one?pretty=true").content.count(b"\n") > 5


@pytest.mark.parametrize(
    ("query", "causes"),
    [
        ("dryRun=foo", [("dryRun", 'Unsupported value: ["foo"]: supported values: "All"')]),
        (
            "fieldValidation=foo",
            [("fieldValidation", 'Unsupported value: "foo": supported values: "", "Ignore", "Strict", "Warn"')],
        ),
    ],
)
def test_parameters_of_a_change(raw: RawClient, query: str, causes: list[tuple[str, str]]) -> None:
    answer = raw.ask("POST", f"{MAPS}?{query}", config_map("x"))
    assert answer.code == 422
    assert answer.json["message"].startswith('CreateOptions.meta.k8s.io "" is invalid: ')
    found = [(cause["field"], cause["message"]) for cause in answer.json["details"]["causes"]]
    assert found == causes


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (b"abc", 400, "couldn't get version/kind; json parse error: invalid character 'a' looking for beginning"),
        (b'{"kind":"Pod","apiVersion":"v1"}', 400, 'no kind "Pod" is registered for version "v1" in scheme'),
        (b'{"gracePeriodSeconds":"x"}', 400, "json: cannot unmarshal string into Go struct field DeleteOptions.grac"),
        (b'{"preconditions":{"uid":1}}', 400, "json: cannot unmarshal number into Go struct field"),
        (b'{"dryRun":["x"]}', 422, 'DeleteOptions.meta.k8s.io "" is invalid: dryRun'),
    ],
)
def test_delete_options_that_are_none(one: RawClient, body: bytes, code: int, message: str) -> None:
    answer = one.ask("DELETE", f"{MAPS}/one", body, Content_Type="application/json")
    assert (answer.code, answer.json["message"].startswith(message)) == (code, True)
    assert one.ask("DELETE", f"{MAPS}/one?dryRun=All").code == 200
    assert one.ask("DELETE", f"{MAPS}/one").json["status"] == "Success"


def test_watching_by_the_old_paths(one: RawClient) -> None:
    one.ask("POST", MAPS, config_map("two"))
    for path, names in [("", ["one", "two"]), ("/two", ["two"])]:
        lines = one.get(f"/api/v1/watch/namespaces/default/configmaps{path}?timeoutSeconds=1").content.splitlines()
        assert [json.loads(line)["object"]["metadata"]["name"] for line in lines] == names


def test_a_watch_of_a_table_describes_its_columns_once(one: RawClient) -> None:
    one.ask("POST", MAPS, config_map("two"))
    lines = one.get(f"{MAPS}?watch=1&timeoutSeconds=1", Accept=TABLE).content.splitlines()
    tables = [json.loads(line)["object"] for line in lines]
    assert tables[0]["columnDefinitions"]
    assert tables[1]["columnDefinitions"] is None
    assert [table["rows"][0]["cells"][0] for table in tables] == ["one", "two"]


def test_what_is_no_http(server: ApiServer) -> None:
    port = int(server.url.rpartition(":")[2])
    for text in (b"\x16\x03\x01\x00\xa5\x01\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\nbad header\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(text)
            content = b""
            while part := connection.recv(10_000):
                content += part
        head, _, body = content.partition(b"\r\n\r\n")
        assert head.startswith((b"HTTP/1.0 400 ", b"HTTP/1.1 400 "))
        assert body.startswith(b"400 Bad Request: ")


def test_a_request_of_a_slow_client_holds_up_no_other(server: ApiServer, raw: RawClient) -> None:
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        slow.sendall(f"POST {MAPS} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{".encode())
        assert raw.get("/version").code == 200
