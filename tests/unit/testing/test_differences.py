"""What differs from kube-apiserver: the rows of the table in docs/testing-server.md, a test for each."""

# Long because each row of the table of differences has its test here.

from __future__ import annotations

import ast
import asyncio
import http.client
import re
import socket
import ssl
import threading
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from kubex.testing import ApiServer
from kubex.testing.pods import CommandSession
from tests.e2e.likeness.differences import DIFFERENCES, SHOWN_DIFFERENTLY
from tests.unit.testing.clusters import Cluster, pod
from tests.unit.testing.http.conftest import Answer, RawClient, _running, raw, server
from tests.unit.testing.http.pods import connected, make_pod
from tests.unit.testing.installed import without_cel
from tests.unit.testing.test_loading import DEFINITION, object_, template

__all__ = ("_running", "raw", "server", "without_cel")

ROOT = Path(__file__).parents[3]
PODS = "/api/v1/namespaces/default/pods"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/default/leases"
READY = [{"type": "Ready", "status": "True"}]
POD = {"metadata": {"name": "web-0"}, "spec": template()["spec"]}


def rows() -> list[str]:
    """Name the rows of the table."""
    section = (ROOT / "docs" / "testing-server.md").read_text().partition("## What differs from kube-apiserver")[2]
    return re.findall(r"^\| `([a-z0-9-]+)` \|", section, re.MULTILINE)


def marked() -> list[str]:
    """Name the rows whose marker some test carries."""
    found: list[str] = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for decorator in function.decorator_list:
                    if ast.unparse(decorator).startswith("pytest.mark.differs("):
                        assert isinstance(decorator, ast.Call)
                        (row,) = decorator.args
                        found.append(ast.literal_eval(row))
    return found


def test_each_row_has_a_test_and_each_test_a_row() -> None:
    assert Counter(rows()) == dict.fromkeys(marked(), 1)
    assert len(rows()) > 20


def test_each_difference_that_is_left_out_of_comparisons_is_of_a_row() -> None:
    assert {each.row for each in (*DIFFERENCES, *SHOWN_DIFFERENTLY)} <= set(rows())


def create(raw: RawClient, path: str, body: dict[str, Any], code: int = 201) -> Answer:
    answer = raw.ask("POST", path, body)
    assert answer.code == code, answer.content
    return answer


def items(raw: RawClient, path: str) -> list[Any]:
    found: list[Any] = raw.get(path).json["items"]
    return found


def merge(raw: RawClient, path: str, patch: dict[str, Any]) -> Answer:
    answer = raw.ask("PATCH", path, patch, Content_Type="application/merge-patch+json")
    assert answer.code == 200, answer.content
    return answer


def custom(kind: str) -> dict[str, Any]:
    return {"apiVersion": "example.com/v1", "kind": kind, "metadata": {"name": "a"}}


def define(raw: RawClient, plural: str, schema: dict[str, Any], **names: Any) -> None:
    scale = {"scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    kind = plural.removesuffix("s").title()
    spec = {"group": "example.com", "scope": "Cluster", "names": {"plural": plural, "kind": kind, **names}}
    body = {
        "metadata": {"name": f"{plural}.example.com"},
        "spec": {**spec, "versions": [{**version, "subresources": scale}]},
    }
    create(raw, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body)


@pytest.mark.differs("pods-do-not-run")
def test_pods_do_not_run(raw: RawClient) -> None:
    create(raw, PODS, POD)
    found = raw.get(f"{PODS}/web-0").json
    assert found["status"]["phase"] == "Pending"
    assert "nodeName" not in found["spec"]


@pytest.mark.differs("pods-answer-by-handlers")
def test_pods_answer_with_what_a_test_gives_or_not_at_all(raw: RawClient) -> None:
    create(raw, PODS, POD)
    assert raw.get(f"{PODS}/web-0/log").content == b""
    create(raw, PODS, {"metadata": {"name": "web-1"}, "spec": {**POD["spec"], "nodeName": "node-1"}})
    create(raw, "/api/v1/nodes", {"metadata": {"name": "node-1"}})
    create(raw, PODS, {"metadata": {"name": "web-2"}, "spec": {**POD["spec"], "nodeName": "node-2"}})
    assert raw.get(f"{PODS}/web-1/log").code == 400
    for path in ("exec?command=ls", "attach", "portforward"):
        assert [raw.ask("POST", f"{PODS}/web-{number}/{path}").code for number in range(3)] == [400, 500, 404]


@pytest.mark.differs("budgets-without-controller")
def test_evictions_go_by_the_pods_that_there_are(raw: RawClient) -> None:
    for name in ("web-0", "web-1"):
        create(raw, PODS, {**POD, "metadata": {"name": name, "labels": {"app": "web"}}})
        merge(raw, f"{PODS}/{name}/status", {"status": {"phase": "Running", "conditions": READY}})
    spec = {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}
    create(raw, "/apis/policy/v1/namespaces/default/poddisruptionbudgets", {"metadata": {"name": "a"}, "spec": spec})

    def evict(name: str) -> int:
        eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}}
        return raw.ask("POST", f"{PODS}/{name}/eviction", eviction).code

    assert [evict(name) for name in ("web-0", "web-1")] == [201, 429]


@pytest.mark.differs("websockets-alone")
def test_an_upgrade_to_spdy_is_refused(server: ApiServer, raw: RawClient) -> None:
    create(raw, PODS, POD)
    server.pods.on_exec(lambda command, stdin: "")
    server.pods.on_port(80, to="127.0.0.1:1")
    for path in ("exec?command=ls&stdout=1", "portforward"):
        answer = raw.ask("POST", f"{PODS}/web-0/{path}", Connection="Upgrade", Upgrade="SPDY/3.1")
        assert (answer.code, answer.json["message"]) == (400, "Upgrade request required")


@pytest.mark.differs("no-web-pages")
@pytest.mark.parametrize(
    ("host", "origin", "code"),
    [
        ("127.0.0.1", None, 101),
        ("127.0.0.1", "http://127.0.0.1:{port}", 101),
        ("localhost", "http://localhost:{port}", 101),
        ("127.0.0.1", "http://127.0.0.1:1", 403),
        ("127.0.0.1", "https://shop.example.com", 403),
        ("127.0.0.1", "null", 403),
        ("127.0.0.1", "http://[", 403),
        ("shop.example.com", "http://shop.example.com:{port}", 403),  # its name leads here
    ],
)
def test_a_web_page_opens_no_websockets(server: ApiServer, host: str, origin: str | None, code: int) -> None:
    make_pod(server)
    server.pods.on_exec(lambda command, stdin: "")
    address = urlsplit(server.url)
    headers = {
        "Host": f"{host}:{address.port}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "a3ViZXhrdWJleGt1YmV4IQ==",
    }
    if origin is not None:
        headers["Origin"] = origin.format(port=address.port)
    connection = http.client.HTTPConnection(address.netloc, timeout=20)
    try:
        connection.putrequest("GET", f"{PODS}/web-0/exec?command=ls&stdout=1", skip_host=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        assert connection.getresponse().status == code
    finally:
        connection.close()


@pytest.mark.differs("commands-end-with-clients")
@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_command_ends_with_its_client(server: ApiServer) -> None:
    make_pod(server)
    ended = threading.Event()

    async def wait(session: CommandSession) -> int:
        try:
            await session.stdin.read()
        finally:
            ended.set()
        return 0

    server.pods.on_exec_session(wait)
    async with connected(server, "web-0/exec?command=x&stdin=1&stdout=1") as socket:
        assert await socket.receive() == b"\x01"
        assert not ended.is_set()
    assert await asyncio.to_thread(ended.wait, 20)


@pytest.mark.differs("no-workload-controllers")
def test_workloads_make_nothing(raw: RawClient) -> None:
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template()}
    create(raw, "/apis/apps/v1/namespaces/default/deployments", {"metadata": {"name": "web"}, "spec": spec})
    create(
        raw,
        "/apis/batch/v1/namespaces/default/jobs",
        {
            "metadata": {"name": "once"},
            "spec": {"template": {"spec": {**template()["spec"], "restartPolicy": "Never"}}},
        },
    )
    create(
        raw,
        "/api/v1/namespaces/default/services",
        {"metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}], "selector": {"app": "web"}}},
    )
    assert items(raw, "/apis/apps/v1/replicasets") == items(raw, "/api/v1/pods") == []
    assert items(raw, "/apis/discovery.k8s.io/v1/endpointslices") == []
    assert raw.get("/apis/apps/v1/namespaces/default/deployments/web").json["status"] == {}


@pytest.mark.differs("controllers-at-once")
def test_what_follows_from_a_request_is_done_with_it(raw: RawClient) -> None:
    create(raw, "/api/v1/namespaces", {"metadata": {"name": "shop"}})
    create(raw, "/api/v1/namespaces/shop/configmaps", {"metadata": {"name": "a"}})
    raw.ask("DELETE", "/api/v1/namespaces/shop")
    assert raw.get("/api/v1/namespaces/shop").code == 404
    create(raw, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", DEFINITION)
    assert raw.get("/apis/example.com/v1/backups").code == 200


@pytest.mark.differs("grace-without-kubelet")
def test_the_server_removes_pods_of_nodes_after_their_grace_period() -> None:
    cluster = Cluster()
    cluster.create("v1/pods", pod("web-0", node="node-1"))
    cluster.delete("v1/pods", "web-0")
    assert cluster.get("v1/pods", "web-0") is not None
    cluster.operations.cluster.clock.skew_seconds = 31.0
    cluster.operations.expire()
    assert cluster.get("v1/pods", "web-0") is None


@pytest.mark.differs("no-initial-objects")
def test_a_new_cluster_has_namespaces_alone(raw: RawClient) -> None:
    resources: list[str] = []
    for group in [
        "/api/v1",
        *(f"/apis/{each['preferredVersion']['groupVersion']}" for each in raw.get("/apis").json["groups"]),
    ]:
        listed = raw.get(group).json["resources"]
        resources += [f"{group}/{each['name']}" for each in listed if "list" in each["verbs"]]
    assert [path for path in resources if items(raw, path)] == ["/api/v1/namespaces"]


@pytest.mark.differs("no-authentication")
def test_everybody_is_the_administrator(raw: RawClient) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}):
        answer = raw.ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}, **headers)
        assert answer.json["status"]["userInfo"]["username"] == "admin"


@pytest.mark.differs("no-authorization")
def test_everything_is_allowed(raw: RawClient) -> None:
    spec = {"user": "nobody", "resourceAttributes": {"verb": "delete", "resource": "nodes"}}
    answer = create(raw, "/apis/authorization.k8s.io/v1/subjectaccessreviews", {"spec": spec})
    assert answer.json["status"] == {"allowed": True}


@pytest.mark.differs("tokens-prove-nothing")
def test_a_token_can_not_be_verified(raw: RawClient) -> None:
    create(raw, "/api/v1/namespaces/default/serviceaccounts", {"metadata": {"name": "web"}})
    answer = create(raw, "/api/v1/namespaces/default/serviceaccounts/web/token", {"spec": {}})
    review = {"spec": {"token": answer.json["status"]["token"]}}
    assert "error" in create(raw, "/apis/authentication.k8s.io/v1/tokenreviews", review).json["status"]
    assert raw.get("/openid/v1/jwks").code == raw.get("/.well-known/openid-configuration").code == 404


def definition(**version: Any) -> dict[str, Any]:
    spec: dict[str, Any] = DEFINITION["spec"]
    return {**DEFINITION, "spec": {**spec, "versions": [{**spec["versions"][0], **version}]}}


@pytest.mark.usefixtures("without_cel")
@pytest.mark.differs("no-cel-in-definitions")
def test_rules_in_cel_are_reported_and_not_evaluated(raw: RawClient) -> None:
    schema = {
        "type": "object",
        "properties": {
            "spec": {
                "type": "object",
                "x-kubernetes-validations": [{"rule": "false"}, {"rule": "no rule"}],
                "x-kubernetes-preserve-unknown-fields": True,
            }
        },
    }
    body = definition(schema={"openAPIV3Schema": schema})
    warned = create(raw, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body).headers["Warning"]
    assert "x-kubernetes-validations of CustomResourceDefinition are not evaluated" in warned
    body = object_("Backup", "daily", "example.com/v1", spec={})
    answer = create(raw, "/apis/example.com/v1/namespaces/default/backups", body)
    assert "x-kubernetes-validations of Backup are not evaluated" in answer.headers["Warning"]


@pytest.mark.usefixtures("without_cel")
@pytest.mark.differs("no-admission-policies")
def test_policies_are_not_evaluated(raw: RawClient) -> None:
    group = "/apis/admissionregistration.k8s.io/v1"
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["*"], "resources": ["configmaps"]}
    spec = {"matchConstraints": {"resourceRules": [rule]}, "validations": [{"expression": "false"}]}
    warned = create(raw, f"{group}/validatingadmissionpolicies", {"metadata": {"name": "never"}, "spec": spec})
    assert "ValidatingAdmissionPolicy is not evaluated" in warned.headers["Warning"]
    binding = {"metadata": {"name": "never"}, "spec": {"policyName": "never", "validationActions": ["Deny"]}}
    create(raw, f"{group}/validatingadmissionpolicybindings", binding)
    create(raw, "/api/v1/namespaces/default/configmaps", {"metadata": {"name": "a"}})


@pytest.mark.differs("no-conversion-webhooks")
def test_versions_of_custom_resources_differ_in_their_name_alone(raw: RawClient) -> None:
    body = definition()
    (version,) = body["spec"]["versions"]
    body["spec"]["versions"] = [version, {**version, "name": "v2", "storage": False}]
    client = {"url": "https://127.0.0.1:1/"}
    body["spec"]["conversion"] = {
        "strategy": "Webhook",
        "webhook": {"conversionReviewVersions": ["v1"], "clientConfig": client},
    }
    create(raw, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body)
    backup = object_("Backup", "daily", "example.com/v1", spec={"at": "02:00"})
    create(raw, "/apis/example.com/v1/namespaces/default/backups", backup)
    found = raw.get("/apis/example.com/v2/namespaces/default/backups/daily").json
    assert (found["apiVersion"], found["spec"]) == ("example.com/v2", {"at": "02:00"})


@pytest.mark.differs("no-aggregation")
def test_nothing_is_forwarded(raw: RawClient) -> None:
    spec = {
        "group": "metrics.k8s.io",
        "version": "v1",
        "groupPriorityMinimum": 100,
        "versionPriority": 100,
        "service": {"name": "m", "namespace": "default"},
    }
    create(
        raw, "/apis/apiregistration.k8s.io/v1/apiservices", {"metadata": {"name": "v1.metrics.k8s.io"}, "spec": spec}
    )
    assert raw.get("/apis/metrics.k8s.io/v1").code == 404


@pytest.mark.differs("no-pod-security")
def test_pod_security_is_not_enforced(raw: RawClient) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    create(raw, "/api/v1/namespaces", {"metadata": {"name": "strict", "labels": labels}})
    create(raw, "/api/v1/namespaces/strict/pods", POD)


@pytest.mark.differs("default-account-not-needed")
def test_the_default_account_of_a_pod_need_not_be_there(raw: RawClient) -> None:
    assert items(raw, "/api/v1/serviceaccounts") == []
    assert create(raw, PODS, POD).json["spec"]["serviceAccountName"] == "default"
    body = {"metadata": {"name": "web-1"}, "spec": {**template()["spec"], "serviceAccountName": "none"}}
    create(raw, PODS, body, code=403)


@pytest.mark.differs("validation-of-common-kinds")
def test_other_kinds_are_checked_against_their_types_alone(raw: RawClient) -> None:
    path = "/apis/resource.k8s.io/v1/deviceclasses"
    create(raw, path, {"metadata": {"name": "one"}, "spec": {"selectors": [{}]}})
    create(raw, path, {"metadata": {"name": "two"}, "spec": {"selectors": 1}}, code=400)


@pytest.mark.differs("service-addresses")
def test_services_take_any_address(raw: RawClient) -> None:
    path = "/api/v1/namespaces/default/services"
    given = create(raw, path, {"metadata": {"name": "a"}, "spec": {"ports": [{"port": 80}]}}).json["spec"]["clusterIP"]
    assert given.startswith("10.96.") or given.startswith("10.97.")
    create(raw, path, {"metadata": {"name": "b"}, "spec": {"clusterIP": "8.8.8.8", "ports": [{"port": 80}]}})


@pytest.mark.differs("history-by-count")
def test_history_is_bounded_by_its_number_of_changes() -> None:
    with ApiServer(history=2) as server:
        raw = RawClient(server.url)
        version = raw.get("/api/v1/configmaps").json["metadata"]["resourceVersion"]
        watch = f"/api/v1/configmaps?watch=true&timeoutSeconds=1&resourceVersion={version}"
        for name in ("a", "b"):
            create(raw, "/api/v1/namespaces/default/configmaps", {"metadata": {"name": name}})
        assert raw.get(watch).content.count(b'"ADDED"') == 2
        create(raw, "/api/v1/namespaces/default/configmaps", {"metadata": {"name": "c"}})
        assert b'"code":410' in raw.get(watch).content


@pytest.mark.differs("events-stay")
def test_events_do_not_expire() -> None:
    cluster = Cluster()
    reference = {"kind": "Pod", "namespace": "shop", "name": "web-0"}
    cluster.create("v1/events", {"metadata": {"name": "a"}, "involvedObject": reference})
    cluster.operations.cluster.clock.skew_seconds = 7200.0
    cluster.operations.expire()
    assert cluster.get("v1/events", "a") is not None


@pytest.mark.differs("no-flow-control")
def test_requests_are_not_queued(raw: RawClient) -> None:
    assert [name for name in raw.get("/api/v1/pods").headers if name.lower().startswith("x-kubernetes-pf-")] == []


@pytest.mark.differs("no-server-internals")
def test_there_is_nothing_to_tell_of_the_server_itself(raw: RawClient) -> None:
    assert raw.get("/metrics").code == raw.get("/debug/pprof/").code == 404
    assert raw.get("/livez?verbose").content.count(b"[+]") == 2


@pytest.mark.differs("http-1-1")
def test_it_speaks_http_1_1_alone() -> None:
    with ApiServer(tls=True) as server:
        context = ssl.create_default_context()
        context.load_verify_locations(cadata=(server.configuration.server_ca_data or b"").decode())
        context.set_alpn_protocols(["h2", "http/1.1"])
        connection = http.client.HTTPSConnection(
            "127.0.0.1", int(server.url.rpartition(":")[2]), context=context, timeout=10
        )
        connection.request("GET", "/readyz")
        assert connection.getresponse().read() == b"ok"
        assert isinstance(connection.sock, ssl.SSLSocket)
        assert connection.sock.selected_alpn_protocol() != "h2"
        connection.close()


@pytest.mark.differs("http-by-library")
def test_what_hardly_is_http_is_refused_by_the_library(raw: RawClient) -> None:
    for method in ("FOO", "get"):
        assert raw.ask(method, "/apis").code == 405
    many = {f"X-{number}": "a" for number in range(200)}
    assert (answer := raw.get("/livez", **many)).code == 400
    assert b"Too many headers" in answer.content
    connection = http.client.HTTPConnection(raw.address, timeout=10)
    connection.putrequest("POST", "/api/v1/namespaces/default/configmaps")
    for _ in range(2):
        connection.putheader("Content-Type", "application/json")
    connection.endheaders()
    response = connection.getresponse()
    assert (response.status, b"Duplicate" in response.read()) == (400, True)
    connection.close()


@pytest.mark.differs("http-by-library")
def test_what_hardly_is_a_path_or_a_body_is_no_request(raw: RawClient) -> None:
    for target in ("/api/v1/namespaces/default/configmaps/\u00e4", "/api/v1/pods?labelSelector=\u00e4", "*"):
        assert sent(raw, f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()).startswith(b"HTTP/1.0 400 ")
    assert sent(raw, b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").startswith(b"HTTP/1.1 200 ")
    head = b"POST /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    for body in (b"Content-Length: 10\r\n\r\n{}", b"Transfer-Encoding: chunked\r\n\r\n4\r\n{}"):
        assert sent(raw, head + body, ended_early=True) == b""


def sent(raw: RawClient, request: bytes, *, ended_early: bool = False) -> bytes:
    """Send bytes, and give what comes back until the server closes.

    Only what is ended early says that there is no more: a whole request that
    says so races its own answer, which the library drops once it saw the end.
    """
    host, _, port = raw.address.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request)
        if ended_early:
            connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(10_000), b""))


@pytest.mark.differs("names-in-utf-8")
def test_what_is_no_utf_8_is_shown_replaced(raw: RawClient) -> None:
    answer = raw.get("/api/v1/namespaces/default/configmaps/%ff")
    assert (answer.code, answer.json["message"]) == (404, 'configmaps "\ufffd" not found')


@pytest.mark.differs("watches-are-streams")
def test_a_watch_is_no_websocket(raw: RawClient) -> None:
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "a"}
    answer = raw.get("/api/v1/configmaps?watch=1&timeoutSeconds=1", **headers)
    assert (answer.code, answer.headers["Upgrade"]) == (200, None)


@pytest.mark.differs("json-by-meaning")
def test_json_is_written_as_it_is(raw: RawClient) -> None:
    path = "/api/v1/namespaces/default/configmaps"
    create(raw, path, {"metadata": {"name": "a"}, "data": {"x": "<&>"}})
    assert raw.get(f"{path}/a").content.endswith(b',"data":{"x":"<&>"}}')


@pytest.mark.differs("patches-in-one-version")
def test_a_patch_into_another_version_is_read_as_of_its_path(raw: RawClient) -> None:
    path = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers"
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"}
    metrics = [
        {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "AverageValue", "averageValue": "1"}}}
    ]
    create(
        raw, path, {"metadata": {"name": "a"}, "spec": {"scaleTargetRef": target, "maxReplicas": 1, "metrics": metrics}}
    )
    patched = merge(raw, f"{path}/a", {"apiVersion": "autoscaling/v1"}).json
    assert (patched["apiVersion"], patched["spec"]["metrics"][0]["type"]) == ("autoscaling/v2", "Resource")


@pytest.mark.differs("yaml-by-library")
def test_one_escape_of_yaml_is_none(raw: RawClient) -> None:
    body = b'metadata: {name: "it\\\'s"}\n'
    answer = raw.ask("POST", "/api/v1/namespaces/default/configmaps", body, Content_Type="application/yaml")
    assert (answer.code, b"found unknown escape character" in answer.content) == (400, True)


@pytest.mark.differs("yaml-by-library")
def test_yaml_may_be_a_hundred_levels_deep(raw: RawClient) -> None:
    path = "/api/v1/namespaces/default/configmaps"
    for depth, code in ((98, 201), (100, 400)):
        body = f"metadata: {{name: a{depth}}}\nodd: {'[' * depth}{']' * depth}\n".encode()
        answer = raw.ask("POST", path, body, Content_Type="application/yaml")
        assert (answer.code, b"nested deeper than 100 levels" in answer.content) == (code, code == 400)


@pytest.mark.differs("yaml-by-library")
def test_json_that_is_applied_may_be_as_deep(raw: RawClient) -> None:
    path = "/api/v1/namespaces/default/configmaps/a?fieldManager=test"
    for depth in (96, 97, 98, 1000, 10_000):
        for item in ("1", "1.5"):  # JSON is read in another way where YAML would read its numbers otherwise
            head = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": '
            body = f"{head}{'[' * depth}{item}{']' * depth}}}}}".encode()
            answer = raw.ask("PATCH", path, body, Content_Type="application/apply-patch+yaml")
            told = b"expected string" if depth <= 97 else b"nested deeper than 100 levels"
            assert (answer.code, told in answer.content) == (500 if depth <= 97 else 400, True)


@pytest.mark.differs("order-of-refusals")
def test_faults_of_what_is_applied_are_told_in_its_order(raw: RawClient) -> None:
    metadata = {"name": "a", "one": 1}
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"two": 2}, "three": 3, "four": 4}
    path = "/api/v1/namespaces/default/configmaps/a?fieldManager=test"
    answer = raw.ask("PATCH", path, body, Content_Type="application/apply-patch+yaml")
    told = answer.json["message"].splitlines()[1:]
    assert [each.split(":")[0].strip() for each in told] == [".metadata.one", ".data.two", ".three"]


@pytest.mark.differs("order-of-refusals")
def test_a_name_is_refused_before_a_body_is_read(raw: RawClient) -> None:
    answer = raw.ask("PUT", "/api/v1/namespaces/default/configmaps/%2e", b"{")
    assert answer.json["message"].startswith("Name parameter invalid")


@pytest.mark.differs("no-descriptions")
def test_documents_and_tables_have_few_descriptions(raw: RawClient) -> None:
    assert b'"description":"ConfigMap' not in raw.get("/openapi/v2").content
    table = raw.ask("GET", "/api/v1/configmaps", Accept="application/json;as=Table;g=meta.k8s.io;v=v1")
    name, data, _ = (each["description"] for each in table.json["columnDefinitions"][-3:])
    assert (name, data) == ("Name must be unique within a namespace.", "")


@pytest.mark.differs("no-enums-in-openapi")
def test_built_in_types_have_no_enums(raw: RawClient) -> None:
    schemas = raw.get("/openapi/v3/api/v1").json["components"]["schemas"]
    assert "enum" not in schemas["io.k8s.api.core.v1.ServiceSpec"]["properties"]["type"]


@pytest.mark.differs("documents-are-json")
def test_documents_are_json_and_of_resources(raw: RawClient) -> None:
    define(raw, "gadgets", {"type": "object"})
    assert b"/apis/example.com/v1/gadgets" not in raw.get("/openapi/v2").content
    assert list(raw.get("/openapi/v3").json["paths"])[:2] == ["api/v1", "apis/apiregistration.k8s.io/v1"]
    for path, version in (("/openapi/v2", "v2"), ("/openapi/v3/apis/apps/v1", "v3")):
        form = f"application/com.github.proto-openapi.spec.{version}@v1.0+protobuf"
        assert raw.get(path, Accept=form).code == 406
    form = "application/vnd.kubernetes.protobuf;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io"
    assert raw.get("/apis", Accept=form).code == 406


@pytest.mark.differs("discovery-in-v2")
def test_all_groups_at_once_are_described_in_v2_alone() -> None:
    with ApiServer(version="1.32", tls=False) as server:
        form = "application/json;as=APIGroupDiscoveryList;v={};g=apidiscovery.k8s.io"
        client = RawClient(server.url)
        kinds = [client.get("/apis", Accept=form.format(version)).json["kind"] for version in ("v2", "v2beta1")]
    assert kinds == ["APIGroupDiscoveryList", "Status"]  # 406


@pytest.mark.differs("no-owners-of-answers")
def test_what_is_not_stored_has_no_owners(raw: RawClient) -> None:
    review = {"spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}}}
    answered = create(raw, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review)
    accounts = "/api/v1/namespaces/default/serviceaccounts"
    create(raw, accounts, {"metadata": {"name": "bot"}})
    owned = {"metadata": {"managedFields": [{"manager": "x", "operation": "Update"}]}, "spec": {}}
    for answer in (answered, create(raw, f"{accounts}/bot/token", owned)):
        assert "managedFields" not in answer.json["metadata"]


@pytest.mark.differs("words-of-refusals")
def test_refusals_show_members_in_the_order_of_names(raw: RawClient) -> None:
    create(raw, LEASES, {"metadata": {"name": "a", "labels": {"x": "y"}}})
    odd = {"kind": "Odd", "metadata": {"resourceVersion": "1", "uid": "u"}}
    refused = raw.ask("PATCH", f"{LEASES}/a", odd, Content_Type="application/merge-patch+json")
    assert refused.code == 422
    assert '"metadata":{"creationTimestamp":' in refused.json["message"].replace("\\", "")


@pytest.mark.differs("words-of-refusals")
def test_refusals_do_not_show_internal_types(raw: RawClient) -> None:
    path = "/api/v1/namespaces/default/services"
    create(raw, path, {"metadata": {"name": "a"}, "spec": {"ports": [{"port": 80}]}})
    form = "application/strategic-merge-patch+json"
    refused = raw.ask("PATCH", f"{path}/a", {"spec": {"type": 5}}, Content_Type=form)
    assert refused.code == 422
    assert "cannot convert int64 to string" in refused.json["message"]  # a real one: … to v1.ServiceType


@pytest.mark.differs("words-of-refusals")
def test_kinds_of_versions_that_are_served_no_longer_are_unknown(raw: RawClient) -> None:
    body = {"kind": "Deployment", "apiVersion": "apps/v1beta1", "metadata": {"name": "a"}}
    refused = raw.ask("POST", "/apis/apps/v1/namespaces/default/deployments", body)
    # A real one: the API version in the data (apps/v1beta1) does not match the expected API version (apps/v1)
    assert 'no kind "Deployment" is registered for version "apps/v1beta1"' in refused.json["message"]


@pytest.mark.differs("data-by-meaning")
def test_the_data_of_a_revision_is_compared_by_what_it_says(raw: RawClient) -> None:
    path = "/apis/apps/v1/namespaces/default/controllerrevisions"
    body = b'{"metadata": {"name": "a"}, "revision": 1, "data": {"a": 1}}'  # a real one takes no patch of this
    assert raw.ask("POST", path, body, Content_Type="application/json").code == 201
    assert merge(raw, f"{path}/a", {"metadata": {"labels": {"x": "1"}}}).code == 200
