"""Paths that are no resource's, methods there, and the forms that are asked for: what any HTTP client may send."""

from __future__ import annotations

import pytest

from tests.contract.plain_http import PlainHttp, anyio_backend, plain

__all__ = ("anyio_backend", "plain")

pytestmark = pytest.mark.anyio

PAGE = b"404 page not found\n"
UNKNOWN = "the server could not find the requested resource"
NOT_ALLOWED = "the server does not allow this method on the requested resource"
THREE = "application/json, application/yaml, application/vnd.kubernetes.protobuf"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
ALL_AT_ONCE = "application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io"
BETA = ALL_AT_ONCE.replace("v2", "v2beta1")
DEFAULT = "/api/v1/namespaces/default"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
@pytest.mark.parametrize(
    ("path", "type_"),
    [
        ("/", "application/json"),
        ("/apis", "application/json"),
        ("/apis/", "application/json"),
        ("/apis/apps", "application/json"),
        ("/apis/apps/", "application/json"),
        ("/openapi/v2", "application/json"),
        ("/openapi/v3", "text/plain; charset=utf-8"),
        ("/openapi/v3/apis/apps/v1", "application/json"),
        ("/livez", "text/plain; charset=utf-8"),
    ],
)
def test_any_method_reads_these(plain: PlainHttp, method: str, path: str, type_: str) -> None:
    answer = plain.ask(method, path)
    assert (answer.code, answer.type, bool(answer.content)) == (200, type_, method != "HEAD")


@pytest.mark.parametrize("method", ["POST", "DELETE", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v1//", "/apis/apps/v1", "/apis/apps//", "/version"])
def test_only_get_reads_these(plain: PlainHttp, method: str, path: str) -> None:
    answer = plain.ask(method, path)
    assert (answer.code, answer.type) == (405, "application/json")
    assert plain.ask("GET", path).code == 200


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("path", ["//", "/apis//", "/apis///", "/openapi/v2/", "/healthz/", "/nope", "/apis/nope/v1/x"])
def test_nothing_is_at_these(plain: PlainHttp, method: str, path: str) -> None:
    answer = plain.ask(method, path)
    assert (answer.code, answer.type, answer.content) == (404, "text/plain; charset=utf-8", PAGE)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "HEAD"])
@pytest.mark.parametrize(
    "path", ["/api/v1/watch", "/api/v1/proxy//", "/apis/apps/v1/watch?a=<&>", "/apis/nope/v9/proxy/"]
)
def test_what_is_to_be_watched_of_nothing(plain: PlainHttp, method: str, path: str) -> None:
    answer = plain.ask(method, path)
    shown = path.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    why = f"failed to create RequestInfo: unable to determine kind and namespace from url, {shown}"
    text = f'Internal Server Error: "{shown}": {why}\n' if method != "HEAD" else ""
    assert (answer.code, answer.type, answer.content.decode()) == (500, "text/plain; charset=utf-8", text)


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("path", ["/%zz", f"{DEFAULT}/configmaps/%z", f"{DEFAULT}/configmaps/a%"])
def test_escapes_that_are_none(plain: PlainHttp, method: str, path: str) -> None:
    answer = plain.ask(method, path)
    assert (answer.code, answer.type, answer.content) == (400, "text/plain; charset=utf-8", b"400 Bad Request")


@pytest.mark.parametrize("path", ["/openapi/v3/", "/openapi/v3/apis/nope/v1", "/openapi/v3/apis/apps/v1/"])
def test_no_document_is_at_these(plain: PlainHttp, path: str) -> None:
    answer = plain.ask("GET", path)
    assert (answer.code, answer.type, answer.content) == (404, "", b"")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api%2Fv1", "APIResourceList"),
        ("/%61pi", "APIVersions"),
        ("/api/v1%2Fnamespaces", "NamespaceList"),
        ("/api/v1/n%61mespaces/", "NamespaceList"),
        ("/api/v1/namespaces//", "NamespaceList"),
        ("/api/v1/namespaces/default/", "Namespace"),
        ("/api//", "APIVersions"),
    ],
)
def test_paths_are_decoded_and_may_end_in_slashes(plain: PlainHttp, path: str, kind: str) -> None:
    assert plain.ask("GET", path).json["kind"] == kind


@pytest.mark.parametrize(
    ("method", "path", "code", "message"),
    [
        ("GET", "/api/v2", 404, UNKNOWN),
        ("POST", "/apis/apps/v9/deployments", 404, UNKNOWN),
        ("GET", "/api/v1//pods", 404, UNKNOWN),
        ("GET", "/api/v1/watch/configmaps/a", 404, UNKNOWN),
        ("POST", "/api/v1/watch/configmaps/a", 404, UNKNOWN),
        ("GET", f"{DEFAULT}/configmaps/a%2Fb", 404, UNKNOWN),
        ("GET", f"{DEFAULT}/configmaps/%2e%2e", 400, "Name parameter invalid: \"..\": may not be '..'"),
        ("GET", "/api/v1/namespaces/../configmaps", 500, 'invalid key: "/configmaps/.."'),
        ("GET", "/apis/apps/v1/namespaces/%2e/deployments/a", 500, 'invalid key: "/deployments/./a"'),
        ("DELETE", "/api/v1/namespaces/./configmaps/a", 500, 'invalid key: "/configmaps/./a"'),
        ("OPTIONS", f"{DEFAULT}/configmaps/a", 405, NOT_ALLOWED),
        ("HEAD", f"{DEFAULT}/configmaps/a", 405, ""),
    ],
)
def test_odd_paths_of_resources(plain: PlainHttp, method: str, path: str, code: int, message: str) -> None:
    answer = plain.ask(method, path)
    assert (answer.code, answer.message if message else "") == (code, message)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/api/v1/nodes/kubex-nobody/proxy/stats", 'nodes "kubex-nobody" not found'),
        (f"{DEFAULT}/pods/kubex-nobody/proxy", 'pods "kubex-nobody" not found'),
        (f"{DEFAULT}/services/https:kubex-nobody:x/proxy/a/b", 'services "kubex-nobody" not found'),
    ],
)
def test_a_proxy_passes_on_whatever_it_is_sent(plain: PlainHttp, method: str, path: str, message: str) -> None:
    answer = plain.ask(method, path, "Content-Type: text/plain", content=b"{")
    assert answer.code == 404
    assert method == "HEAD" or answer.message == message


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*", ""),
        ("application/json;charset=utf-8", "Namespace"),
        ("APPLICATION/JSON", ""),
        ("application/*", ""),
        ("application/json, text/html", "Namespace"),
        (TABLE, "Table"),
        (TABLE.replace("Table", '"Table"'), ""),
        (TABLE.replace(";", " ; ").replace("=", " = "), "Table"),
        (TABLE.replace(";", ";\t"), "Namespace"),
        (TABLE.replace(";as", ";\tas"), ""),
        (TABLE.upper().replace("APPLICATION/JSON", "application/json"), "Namespace"),
        (f"APPLICATION/json;as=Table;v=v1;g=meta.k8s.io,{TABLE.partition(';')[0]}", "Namespace"),
        ("application/json;as=Table", ""),
        ("application/json;v=v1", ""),
        ("application/json;as=", "Namespace"),
        ("application/json;sv=v1", "Namespace"),
        ("application/json;sv=v2", ""),
        ("application/json;a=b=c", "Namespace"),
        ("application/json/x", ""),
        (f"{TABLE};q=0.5,application/json", "Namespace"),
        (f"{TABLE};q=0.5,application/json;q=x", "Table"),
        (f"*/*;q=0.1,{TABLE};q=0.01", "Table"),
        (ALL_AT_ONCE, ""),
    ],
)
def test_what_is_accepted_is_read_letter_by_letter(plain: PlainHttp, accept: str, kind: str) -> None:
    answer = plain.ask("GET", DEFAULT, f"Accept: {accept}")
    assert (answer.code, answer.json["kind"]) == ((200, kind) if kind else (406, "Status"))


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", ""),
        ("*", ""),
        ("application/*", ""),
        (ALL_AT_ONCE, "v2"),
        (f"{ALL_AT_ONCE};profile=nopeer", "v2"),
        (ALL_AT_ONCE.replace("application/json", "*/*"), "v2"),
        (f"application/json,{ALL_AT_ONCE};q=0.1", "v2"),
        (f"{BETA},{ALL_AT_ONCE},application/json", "v2"),
        (f"{BETA},application/json", ""),
        (BETA, None),
        (f"{ALL_AT_ONCE};sv=x", None),
        ("APPLICATION/JSON", None),
        ("application/json;v=v2", None),
        (TABLE, None),
        ("text/html", None),
    ],
)
def test_discovery_of_all_groups_at_once(plain: PlainHttp, accept: str, kind: str | None) -> None:
    answer = plain.ask("GET", "/apis", *([f"Accept: {accept}"] if accept else []))
    if kind is None:
        assert (answer.code, answer.message) == (406, f"only the following media types are accepted: {THREE}")
    elif kind:
        assert answer.type == "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
        assert (answer.json["kind"], answer.json["apiVersion"]) == ("APIGroupDiscoveryList", "apidiscovery.k8s.io/v2")
    else:
        assert (answer.type, answer.json["kind"]) == ("application/json", "APIGroupList")


@pytest.mark.parametrize("path", ["/api", "/api/v1", "/apis/apps/v1"])
def test_routes_look_at_names_alone(plain: PlainHttp, path: str) -> None:
    for accept in ("*", "APPLICATION/JSON", "application/*", "text/html"):
        answer = plain.ask("GET", path, f"Accept: {accept}")
        assert (answer.code, answer.message) == (406, f"406: Not Acceptable\n\nAvailable representations: {THREE}")
    for accept in (TABLE, "application/json;v=v1", "application/yaml;stream=watch"):
        answer = plain.ask("GET", path, f"Accept: {accept}")
        assert (answer.code, answer.message) == (406, f"only the following media types are accepted: {THREE}")


def test_the_version_is_json_by_that_very_name(plain: PlainHttp) -> None:
    alone = "406: Not Acceptable\n\nAvailable representations: application/json"
    assert plain.ask("GET", "/version", "Accept: application/*").message == alone
    assert plain.ask("GET", "/version", "Accept: application/json;v=v1").json["major"] == "1"


@pytest.mark.parametrize("path", ["/", "/openapi/v3"])
def test_nobody_looks_at_what_is_accepted(plain: PlainHttp, path: str) -> None:
    for accept in ("text/html", "application/yaml", "application/vnd.kubernetes.protobuf", "APPLICATION/json"):
        answer = plain.ask("GET", path, f"Accept: {accept}")
        assert (answer.code, list(answer.json)) == (200, ["paths"])


@pytest.mark.parametrize("path", ["/openapi/v2", "/openapi/v3/apis/apps/v1"])
def test_documents_are_refused_without_a_word(plain: PlainHttp, path: str) -> None:
    for accept in ("*", "application/*", TABLE):
        assert plain.ask("GET", path, f"Accept: {accept}").type == "application/json"
    for accept in ("APPLICATION/json", "application/yaml", "text/html", "application/vnd.kubernetes.protobuf"):
        answer = plain.ask("GET", path, f"Accept: {accept}")
        assert (answer.code, answer.type, answer.content) == (406, "", b"")


def test_what_can_not_be_read_asks_for_nothing(plain: PlainHttp) -> None:
    for accept in (",", ";", "a", "application/"):
        for path, code in (("/openapi/v3/apis/apps/v1", 200), ("/openapi/v2", 406)):
            answer = plain.ask("GET", path, f"Accept: {accept}")
            assert (answer.code, answer.type, answer.content) == (code, "", b"")


@pytest.mark.parametrize(
    ("path", "accept"),
    [("/apis", ALL_AT_ONCE), ("/api", ALL_AT_ONCE), ("/openapi/v2", "*/*"), ("/openapi/v3/apis/apps/v1", "*/*")],
)
def test_what_a_client_has_already_is_not_sent_again(plain: PlainHttp, path: str, accept: str) -> None:
    tries = 20  # definitions of other tests change documents still some time after they are gone
    while True:
        tries -= 1
        mark = plain.ask("GET", path, f"Accept: {accept}").headers["Etag"]
        again = plain.ask("GET", path, f"Accept: {accept}", f"If-None-Match: {mark}")
        if again.code == 304 or not tries:
            break
    assert (again.code, again.content, again.headers["Etag"]) == (304, b"", mark)
    assert plain.ask("GET", path, f"Accept: {accept}", 'If-None-Match: "other"').code == 200


def test_a_document_of_a_state_may_be_kept(plain: PlainHttp) -> None:
    place: str = plain.ask("GET", "/openapi/v3").json["paths"]["apis/apps/v1"]["serverRelativeURL"]
    answer = plain.ask("GET", place)
    assert (answer.code, answer.headers["Cache-Control"]) == (200, "public, immutable")
    assert answer.headers["Expires"].endswith(" UTC")
    assert place.endswith(answer.headers["Etag"].strip('"'))
    other = plain.ask("GET", f"{place}0")
    assert (other.code, other.headers["Location"]) == (301, place)
