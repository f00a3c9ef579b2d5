"""Admission webhooks: who is asked about what, what an answer does, and what is said where none comes."""

# Long because all that webhooks are asked about, and all that they may answer, is tried on the same few helpers.

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import APPLY, JSON, MERGE, ask
from tests.contract.webhooks import GROUP, configured, hook, rule
from tests.webhook_server import Webhook, json_patch, serve_webhook

pytestmark = pytest.mark.anyio

SECRET: dict[str, Any] = {"metadata": {"name": "a"}, "stringData": {"k": "v"}}
POD = {"containers": [{"name": "main", "image": "example.com/none:1"}]}


@pytest.fixture
def webhook(leave_nothing_open: None) -> Iterator[Webhook]:
    with serve_webhook() as webhook:
        yield webhook


def secrets(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/secrets"


def refused(code: int = 400, message: str = "", reason: str = "") -> dict[str, Any]:
    """Give a response that denies a request, with what is given of a Status."""
    status = {"code": code, "message": message, "reason": reason}
    return {"allowed": False, "status": {name: value for name, value in status.items() if value}}


async def test_a_webhook_denies(client: BaseClient, namespace: str, webhook: Webhook) -> None:
    path, by = secrets(namespace), 'admission webhook "w.kubex.example.com" denied the request'
    async with configured(client, namespace, "validating", webhook, hook(webhook, namespace, rule("secrets", "*"))):

        async def denied(response: dict[str, Any]) -> tuple[int, str, str | None]:
            webhook.answer = lambda request: response
            answer = await ask(client, "POST", path, SECRET)
            return answer.code, answer.message, answer.body.get("reason")

        assert await denied({"allowed": False}) == (400, f"{by} without explanation", None)
        assert await denied(refused(403, "not here", "Forbidden")) == (403, f"{by}: not here", "Forbidden")
        assert await denied(refused(0, "", "TooUgly")) == (400, f"{by}: TooUgly", "TooUgly")
        assert await denied(refused(200, "no")) == (400, f"{by}: no", None)
        assert await denied(refused(422, "no")) == (422, f"{by}: no", None)
        webhook.answer = lambda request: {}
        assert (await ask(client, "POST", path, SECRET)).code == 201


async def test_a_webhook_changes_what_is_created(client: BaseClient, namespace: str, webhook: Webhook) -> None:
    add = {"op": "add", "path": "/metadata/labels", "value": {"from": "webhook"}}
    webhook.answer = lambda request: {**json_patch(add), "warnings": ["beware"]}
    async with configured(client, namespace, "mutating", webhook, hook(webhook, namespace, rule("secrets", "*"))):
        with pytest.warns(UserWarning, match="beware"):
            made = await ask(client, "POST", secrets(namespace), SECRET, fieldManager="me")
    assert made.code == 201
    assert made.body["metadata"]["labels"] == {"from": "webhook"}
    (entry,) = made.body["metadata"]["managedFields"]
    assert "f:labels" not in entry["fieldsV1"].get("f:metadata", {}), "nobody owns what a webhook adds"


async def test_what_a_webhook_is_asked(client: BaseClient, namespace: str, webhook: Webhook) -> None:
    path = secrets(namespace)
    hooks = hook(webhook, namespace, rule("secrets", "*"))
    async with configured(client, namespace, "validating", webhook, hooks):
        made = await ask(client, "POST", path, SECRET, fieldManager="me", fieldValidation="Strict")
        applied_body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "b"}}
        await ask(client, "PATCH", f"{path}/a", {"type": None, "data": {"k": "dw=="}}, MERGE, fieldManager="me")
        await ask(client, "PUT", f"{path}/a", {**made.body, "metadata": {"name": "a"}}, dryRun="All")
        await ask(client, "PATCH", f"{path}/b", applied_body, APPLY, fieldManager="me")
        await ask(client, "DELETE", f"{path}/a", {"gracePeriodSeconds": 0})
    created, patched, replaced, applied, deleted = webhook.reviews
    assert set(webhook.paths) == {"/review?timeout=5s"}
    kind = {"group": "", "version": "v1", "kind": "Secret"}
    resource = {"group": "", "version": "v1", "resource": "secrets"}
    user = created.pop("userInfo")
    assert user["username"]
    assert "system:authenticated" in user["groups"]
    stored = {name: value for name, value in made.body["metadata"].items() if name != "resourceVersion"}
    assert {name: value for name, value in created.items() if name != "uid"} == {
        "kind": kind,
        "resource": resource,
        "requestKind": kind,
        "requestResource": resource,
        "name": "a",
        "namespace": namespace,
        "operation": "CREATE",
        "object": {**made.body, "metadata": stored},
        "oldObject": None,
        "dryRun": False,
        "options": {
            "kind": "CreateOptions",
            "apiVersion": "meta.k8s.io/v1",
            "fieldManager": "me",
            "fieldValidation": "Strict",
        },
    }
    assert (patched["operation"], patched["options"]["kind"]) == ("UPDATE", "UpdateOptions")
    assert (patched["oldObject"], patched["object"]["data"]) == (made.body, {"k": "dw=="})
    assert (replaced["dryRun"], replaced["options"]["dryRun"]) == (True, ["All"])
    assert (applied["operation"], applied["name"], applied["options"]["kind"]) == ("CREATE", "b", "CreateOptions")
    assert (deleted["operation"], deleted["name"], deleted["object"]) == ("DELETE", "a", None)
    assert deleted["oldObject"]["metadata"]["uid"] == made.body["metadata"]["uid"]
    assert deleted["options"] == {"kind": "DeleteOptions", "apiVersion": "meta.k8s.io/v1", "gracePeriodSeconds": 0}


async def test_a_new_object_has_no_identity_yet(client: BaseClient, namespace: str, webhook: Webhook) -> None:
    pods = f"/api/v1/namespaces/{namespace}/pods"
    account = {"metadata": {"name": "bot"}}
    assert (await ask(client, "POST", f"/api/v1/namespaces/{namespace}/serviceaccounts", account)).code == 201
    asked = rule("pods", "CREATE")
    with serve_webhook() as last:
        async with (
            configured(client, namespace, "mutating", webhook, hook(webhook, namespace, asked)),
            configured(client, namespace, "validating", last, hook(last, namespace, asked)),
        ):
            body = {"metadata": {"generateName": "web-"}, "spec": {**POD, "serviceAccountName": "bot"}}
            made = await ask(client, "POST", pods, body)
    assert made.code == 201, made.body
    (first,), (second,) = webhook.reviews, last.reviews
    unnamed = first["object"]["metadata"]
    assert "uid" not in unnamed
    assert not unnamed.get("creationTimestamp")
    assert first["object"]["spec"]["serviceAccountName"] == "bot"
    (volume,) = first["object"]["spec"]["volumes"]
    assert volume["name"].startswith("kube-api-access-")
    assert second["object"]["metadata"]["uid"] == made.body["metadata"]["uid"]
    assert second["object"]["metadata"]["name"] == second["name"] == made.body["metadata"]["name"]
    assert second["object"]["spec"] == made.body["spec"]


async def test_parts_of_objects_are_asked_about_by_themselves(
    client: BaseClient, namespace: str, webhook: Webhook
) -> None:
    pods, apps = f"/api/v1/namespaces/{namespace}/pods", f"/apis/apps/v1/namespaces/{namespace}/replicasets"
    rules = [rule("pods/*", "*"), rule("replicasets/scale", "*", group="apps")]
    template = {"metadata": {"labels": {"app": "web"}}, "spec": POD}
    selector = {"matchLabels": {"app": "web"}}
    async with configured(client, namespace, "validating", webhook, hook(webhook, namespace, *rules)):
        spec = {"replicas": 0, "selector": selector, "template": template}
        assert (await ask(client, "POST", apps, {"metadata": {"name": "web"}, "spec": spec})).code == 201
        assert (await ask(client, "PATCH", f"{apps}/web/scale", {"spec": {"replicas": 0}}, MERGE)).code == 200
        webhook.answer = lambda request: refused(403, "no")
        answers = [
            await ask(client, "PATCH", f"{apps}/web/scale", {"spec": {"replicas": 3}}, MERGE),
            await ask(client, "POST", f"{pods}/none/exec?command=ls&stdout=1"),
        ]
    assert [answer.code for answer in answers] == [403, 403]
    reviews = [each for each in webhook.reviews if each.get("subResource") != "status"]
    scaled, *_, connected = reviews  # a server begins a patch again where a controller has written meanwhile
    assert connected["kind"]["kind"] == "PodExecOptions"
    assert (scaled["subResource"], scaled["requestSubResource"]) == ("scale", "scale")
    assert scaled["kind"] == {"group": "autoscaling", "version": "v1", "kind": "Scale"}
    assert (scaled["object"]["kind"], scaled["oldObject"]["spec"]) == ("Scale", {})
    assert (connected["operation"], connected["subResource"], connected["name"]) == ("CONNECT", "exec", "none")
    assert connected["object"] == {"kind": "PodExecOptions", "apiVersion": "v1", "stdout": True, "command": ["ls"]}


async def test_each_object_of_a_collection_is_asked_about(client: BaseClient, namespace: str, webhook: Webhook) -> None:
    path = secrets(namespace)
    for name in ("a", "b", "c"):
        assert (await ask(client, "POST", path, {"metadata": {"name": name, "labels": {"x": "y"}}})).code == 201
    webhook.answer = lambda request: refused(403, "stays") if request["oldObject"]["metadata"]["name"] == "b" else {}
    async with configured(
        client, namespace, "validating", webhook, hook(webhook, namespace, rule("secrets", "DELETE"))
    ):
        answer = await ask(client, "DELETE", path, labelSelector="x=y")
    assert (answer.code, answer.message[-7:]) == (403, ": stays")
    assert all("name" not in review for review in webhook.reviews)
    left = (await ask(client, "GET", path, labelSelector="x=y")).body["items"]
    assert [each["metadata"]["name"] for each in left] == ["b", "c"]


async def test_selectors_and_versions(client: BaseClient, namespace: str, webhook: Webhook) -> None:
    scalers = "autoscaling"
    rules = [rule("horizontalpodautoscalers", "CREATE", group=scalers, version="v1")]
    labels = {"matchLabels": {"watched": "yes"}}
    spec = {"maxReplicas": 3, "scaleTargetRef": {"kind": "Deployment", "name": "web", "apiVersion": "apps/v1"}}
    path = f"/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers"
    chosen = hook(webhook, namespace, *rules, objectSelector=labels)
    async with configured(client, namespace, "validating", webhook, chosen):
        await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": spec})
        await ask(client, "POST", path, {"metadata": {"name": "b", "labels": {"watched": "yes"}}, "spec": spec})
        await ask(client, "PATCH", f"{path}/b", {"metadata": {"labels": {"watched": "no"}}}, MERGE)
    (review,) = webhook.reviews
    assert (review["name"], review["kind"]["version"], review["requestKind"]["version"]) == ("b", "v1", "v2")
    assert review["object"]["apiVersion"] == "autoscaling/v1"
    exact = hook(webhook, namespace, *rules, matchPolicy="Exact")
    async with configured(client, namespace, "validating", webhook, exact, name=f"{namespace}-exact"):
        await ask(client, "POST", path, {"metadata": {"name": "c"}, "spec": spec})
    assert len(webhook.reviews) == 1


async def test_a_dry_run_needs_a_webhook_without_side_effects(
    client: BaseClient, namespace: str, webhook: Webhook
) -> None:
    path = secrets(namespace)
    harmless = hook(webhook, namespace, rule("secrets", "CREATE"))
    async with configured(client, namespace, "validating", webhook, harmless):
        assert (await ask(client, "POST", path, SECRET, dryRun="All")).code == 201
    assert [review["dryRun"] for review in webhook.reviews] == [True]
    effects = {"sideEffects": "Some"}
    body = {"metadata": {"name": f"{namespace}-effects"}, "webhooks": [{**harmless, **effects}]}
    answer = await ask(client, "POST", f"{GROUP}/validatingwebhookconfigurations", body)
    assert answer.code == 422


@pytest.mark.parametrize("policy", ["Fail", "Ignore"])
async def test_webhooks_that_give_no_answer(client: BaseClient, namespace: str, webhook: Webhook, policy: str) -> None:
    # Long because each kind of bad answer is given by the same webhook, which takes a while to be in force.
    path = secrets(namespace)
    hooks = hook(webhook, namespace, rule("secrets", "CREATE"), failurePolicy=policy)
    async with configured(client, namespace, "mutating", webhook, hooks):

        async def message(**changes: Any) -> str:
            webhook.raw, webhook.document = changes.get("raw"), changes.get("document", {})
            webhook.answer = lambda request: changes.get("response", {})
            answer = await ask(client, "POST", path, SECRET, dryRun="All")
            assert answer.code == (500 if policy == "Fail" else 201), answer.body
            before = 'Internal error occurred: failed calling webhook "w.kubex.example.com": '
            if policy == "Fail":
                assert answer.body["reason"] == "InternalError"
                assert answer.message.startswith(before)
                assert answer.body["details"]["causes"][0]["message"] == answer.message.partition(": ")[2]
            return answer.message.removeprefix(before)

        found = [
            await message(raw=(500, b"broken")),
            await message(raw=(404, b"")),
            await message(raw=(403, b"")),
            await message(raw=(302, b"")),
            await message(raw=(200, b"hello")),
            await message(raw=(200, b"")),
            await message(raw=(200, b"{}")),
            await message(document={"response": None}),
            await message(response={"uid": "other"}),
            await message(document={"apiVersion": "v1"}),
            await message(response={"patch": "W10="}),
            await message(response={"patchType": "JSONPatch"}),
            await message(response={"patchType": "JSONPatch", "patch": "!!"}),
            await message(response={"patchType": "JSONPatch", "patch": "e30="}),
        ]
    called, invalid = "failed to call webhook: ", "received invalid webhook response: "
    uid = webhook.reviews[8]["uid"]
    struct = r'struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }'
    not_one = f"json: cannot unmarshal string into Go value of type {struct}"
    if policy == "Ignore":
        assert set(found) == {""}
        return
    assert found == [
        f'{called}an error on the server ("unknown") has prevented the request from succeeding',
        f"{called}the server could not find the requested resource",
        f"{called}unknown",
        f"{called}the server responded with the status code 302 but did not return more information",
        f"{called}couldn't get version/kind; json parse error: {not_one}",
        f"{called}0-length response with status code: 200 and content type: application/json",
        f"{invalid}webhook response was absent",
        f"{invalid}webhook response was absent",
        f'{invalid}expected response.uid="{uid}", got "other"',
        f'{called}no kind "AdmissionReview" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"',
        f"{invalid}webhook returned response.patch but not response.patchType",
        f"{invalid}webhook returned response.patchType but not response.patch",
        f"{called}illegal base64 data at input byte 0",
        "received undecodable patch in webhook response: json: cannot unmarshal object into Go value of type "
        "jsonpatch.Patch",
    ]


async def test_webhooks_that_are_not_reached(client: BaseClient, namespace: str, webhook: Webhook) -> None:
    def reached(**config: Any) -> dict[str, Any]:
        return {**hook(webhook, namespace, rule("secrets", "CREATE")), "clientConfig": config}

    async def message(path: str, *hooks: dict[str, Any]) -> str:
        ready = hook(webhook, namespace, name="z.kubex.example.com")
        # The ones that can't be reached are asked about secrets alone, so that the probe gets through.
        for each in hooks:
            each["rules"] = each["rules"][:1]
        async with configured(client, namespace, "validating", webhook, *hooks, ready):
            answer = await ask(client, "POST", path, SECRET, dryRun="All")
        assert answer.code == 500, answer.body
        return answer.message.partition("failed to call webhook: ")[2]

    path, bundle = secrets(namespace), webhook.client_config["caBundle"]
    post = f'Post "{webhook.url}?timeout=5s": '
    untrusted = await message(path, reached(url=webhook.url))
    assert untrusted == f"{post}tls: failed to verify certificate: x509: certificate signed by unknown authority"
    closed = await message(path, reached(url="https://127.0.0.1:1/", caBundle=bundle))
    assert closed == 'Post "https://127.0.0.1:1/?timeout=5s": dial tcp 127.0.0.1:1: connect: connection refused'
    service = {"namespace": namespace, "name": "policy", "path": "/a"}
    missing = await message(path, reached(service=service, caBundle=bundle))
    url = f"https://policy.{namespace}.svc:443/a?timeout=5s"
    assert missing == f'Post "{url}": service "policy" not found'
    assert webhook.reviews == []


async def test_a_webhook_that_takes_too_long(client: BaseClient, namespace: str, webhook: Webhook) -> None:
    def sleepy(request: dict[str, Any]) -> dict[str, Any]:
        time.sleep(1.2)  # longer than the shortest time-out there is; the server is what waits
        return {}

    webhook.answer = sleepy
    hooks = hook(webhook, namespace, rule("secrets", "CREATE"), timeoutSeconds=1)
    async with configured(client, namespace, "validating", webhook, hooks):
        answer = await ask(client, "POST", secrets(namespace), SECRET)
    assert answer.code == 500
    post = f'Post "{webhook.url}?timeout=1s": '
    assert answer.message.endswith(f"failed to call webhook: {post}context deadline exceeded")


async def test_patches_that_do_not_fit(client: BaseClient, namespace: str, webhook: Webhook) -> None:
    remove = {"op": "remove", "path": "/metadata/labels/none"}
    number = {"op": "add", "path": "/metadata/labels", "value": 5}
    async with configured(client, namespace, "mutating", webhook, hook(webhook, namespace, rule("secrets", "*"))):
        for each in (remove, number):
            webhook.answer = lambda request, each=each: json_patch(each)  # type: ignore[misc]
            answer = await ask(client, "POST", secrets(namespace), SECRET, dryRun="All")
            assert (answer.code, answer.body["reason"]) == (500, "InternalError"), answer.body
        webhook.answer = lambda request: {}
        await ask(client, "POST", secrets(namespace), SECRET)
        webhook.answer = lambda request: json_patch(remove)
        answer = await ask(client, "DELETE", f"{secrets(namespace)}/a")
    why = 'admission webhook "w.kubex.example.com" attempted to modify the object, which is not supported'
    assert (answer.code, answer.message) == (500, f"Internal error occurred: {why} for this operation")


async def test_webhooks_are_asked_one_after_the_other_and_again(
    client: BaseClient, namespace: str, webhook: Webhook
) -> None:
    def answer(request: dict[str, Any]) -> dict[str, Any]:
        data: dict[str, str] = request["object"].get("data") or {}
        name = f"k{len(data)}"
        if len(data) >= 3:
            return {}
        return json_patch({"op": "add", "path": "/data", "value": {**data, name: "dg=="}})

    webhook.answer = answer
    asked = rule("secrets", "CREATE")
    first = hook(webhook, namespace, asked, name="a.kubex.example.com", reinvocationPolicy="IfNeeded")
    second = hook(webhook, namespace, asked, name="b.kubex.example.com")
    async with configured(client, namespace, "mutating", webhook, first, second):
        made = await ask(client, "POST", secrets(namespace), {"metadata": {"name": "a"}})
    assert [len(review["object"].get("data") or {}) for review in webhook.reviews] == [0, 1, 2]
    assert sorted(made.body["data"]) == ["k0", "k1", "k2"]


async def test_configurations_are_filled_in_and_never_asked_about(
    client: BaseClient, namespace: str, webhook: Webhook
) -> None:
    labels = {"kubex-test": namespace}
    everything = {**rule("*", "*", version="*"), "apiGroups": ["*"]}
    hooks = hook(webhook, namespace, everything, namespaceSelector=None, objectSelector={"matchLabels": labels})
    path = f"{GROUP}/validatingwebhookconfigurations"
    webhook.answer = lambda request: refused(403, "no")
    async with configured(client, namespace, "validating", webhook, hooks) as made:
        (stored,) = made["webhooks"]
        given = {"name": "x.kubex.example.com", "sideEffects": "None", "admissionReviewVersions": ["v1"]}
        target = {"clientConfig": {"service": {"name": "a", "namespace": "b"}}, "rules": [rule("x", "CREATE")]}
        metadata = {"name": f"{namespace}-other", "labels": labels}
        other = await ask(client, "POST", path, {"metadata": metadata, "webhooks": [{**given, **target}]})
        removed = await ask(client, "DELETE", f"{path}/{namespace}-other")
        role = await ask(client, "POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles", {"metadata": metadata})
    assert (other.code, removed.code, role.code) == (201, 200, 403)
    assert (stored["matchPolicy"], stored["namespaceSelector"]) == ("Equivalent", {})
    assert other.body["webhooks"] == [
        {
            **given,
            "clientConfig": {"service": {"name": "a", "namespace": "b", "port": 443}},
            "rules": [{**rule("x", "CREATE"), "scope": "*"}],
            "failurePolicy": "Fail",
            "matchPolicy": "Equivalent",
            "namespaceSelector": {},
            "objectSelector": {},
            "timeoutSeconds": 10,
        }
    ]


class Refusals:
    """Tries configurations that no server takes."""

    def __init__(self, client: BaseClient, namespace: str) -> None:
        self._client = client
        self._name = namespace

    async def of(self, **changes: Any) -> list[str]:
        """Give what a server has against a good webhook with some changes; `None` leaves a field out."""
        good = {
            "name": "a.kubex.example.com",
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
            "clientConfig": {"url": "https://127.0.0.1:1/"},
            "rules": [rule("x", "CREATE")],
        }
        changed = {name: value for name, value in {**good, **changes}.items() if value is not None}
        body = {"metadata": {"name": self._name}, "webhooks": [changed]}
        answer = await ask(self._client, "POST", f"{GROUP}/mutatingwebhookconfigurations", body, dryRun="All")
        assert answer.code == 422, answer.body
        causes = [f"{each['field']}: {each['message']}" for each in answer.body["details"]["causes"]]
        assert all(cause.startswith("webhooks[0].") for cause in causes), causes
        return [cause.removeprefix("webhooks[0].") for cause in causes]


@pytest.fixture
def refusals(client: BaseClient, namespace: str) -> Refusals:
    return Refusals(client, namespace)


async def test_what_no_webhook_may_say_of_itself(refusals: Refusals) -> None:
    unsupported = 'Unsupported value: "No": supported values: '
    short = "should be a domain with at least three segments separated by dots"
    assert await refusals.of(name="short.example") == [f'name: Invalid value: "short.example": {short}']
    assert await refusals.of(sideEffects="No") == [f'sideEffects: {unsupported}"None", "NoneOnDryRun"']
    assert await refusals.of(failurePolicy="No") == [f'failurePolicy: {unsupported}"Fail", "Ignore"']
    assert await refusals.of(matchPolicy="No") == [f'matchPolicy: {unsupported}"Equivalent", "Exact"']
    assert await refusals.of(reinvocationPolicy="No") == [f'reinvocationPolicy: {unsupported}"IfNeeded", "Never"']
    seconds = "the timeout value must be between 1 and 30 seconds"
    assert await refusals.of(timeoutSeconds=31) == [f"timeoutSeconds: Invalid value: 31: {seconds}"]
    assert await refusals.of(admissionReviewVersions=["v2"]) == [
        'admissionReviewVersions: Invalid value: ["v2"]: must include at least one of v1, v1beta1'
    ]
    assert await refusals.of(sideEffects=None, admissionReviewVersions=None) == [
        "sideEffects: Required value: must specify one of None, NoneOnDryRun",
        "admissionReviewVersions: Required value: must specify one of v1, v1beta1",
    ]


async def test_what_no_webhook_may_say_of_requests_and_its_address(refusals: Refusals) -> None:
    known = '"*", "CONNECT", "CREATE", "DELETE", "UPDATE"'
    assert await refusals.of(rules=[{**rule("x", "MAKE"), "apiVersions": ["*", "v1"], "scope": "No"}]) == [
        f'rules[0].operations[0]: Unsupported value: "MAKE": supported values: {known}',
        'rules[0].apiVersions: Invalid value: ["*","v1"]: if \'*\' is present, must not specify other API versions',
        'rules[0].scope: Unsupported value: "No": supported values: "*", "Cluster", "Namespaced"',
    ]
    where, double = "rules[0].resources", "if '*/*' is present, must not specify other resources"
    single = "if '*' is present, must not specify other resources without subresources"
    assert await refusals.of(rules=[{**rule("x", "CREATE"), "resources": ["", "*", "pods", "*/*"]}]) == [
        f"{where}[0]: Required value",
        f'{where}: Invalid value: ["","*","pods","*/*"]: {double}',
        f'{where}: Invalid value: ["","*","pods","*/*"]: {single}',
    ]
    exactly = "exactly one of url or service is required"
    assert await refusals.of(clientConfig={}) == [f"clientConfig: Required value: {exactly}"]
    form = "desired format: https://host[/path]"
    assert await refusals.of(clientConfig={"url": "http://a/?b"}) == [
        f"clientConfig.url: Invalid value: \"http\": 'https' is the only allowed URL scheme; {form}",
        'clientConfig.url: Invalid value: "b": query parameters are not permitted in the URL',
    ]
    port = "port is not valid: must be between 1 and 65535, inclusive"
    assert await refusals.of(clientConfig={"service": {"name": "", "namespace": "b", "port": 70000}}) == [
        "clientConfig.service.namespace: Required value",  # it is the name that is missing
        f"clientConfig.service.port: Invalid value: 70000: {port}",
    ]
    where = 'clientConfig.service.path: Invalid value: "x//y": '
    assert await refusals.of(clientConfig={"service": {"name": "a", "namespace": "b", "path": "x//y"}}) == [
        f"{where}must start with a '/'",
        f"{where}segment[0] may not be empty",
        f"{where}segment[1] may not be empty",
    ]


async def test_a_change_in_between_is_seen(client: BaseClient, namespace: str, webhook: Webhook) -> None:
    """What is asked about is what is there: a patch is made anew of what somebody else has changed meanwhile."""
    path = secrets(namespace)
    assert (await ask(client, "POST", path, {"metadata": {"name": "a"}})).code == 201
    seen: list[str] = []

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        seen.append(request["oldObject"]["metadata"]["resourceVersion"])
        return {}

    webhook.answer = answer
    async with configured(
        client, namespace, "validating", webhook, hook(webhook, namespace, rule("secrets", "UPDATE"))
    ):
        add = [{"op": "add", "path": "/metadata/labels", "value": {"a": "b"}}]
        first = await ask(client, "PATCH", f"{path}/a", add, JSON)
        stale = {**first.body, "metadata": {**first.body["metadata"], "resourceVersion": seen[0]}}
        conflict = await ask(client, "PUT", f"{path}/a", stale)
    assert (first.code, conflict.code) == (200, 409)


async def test_what_is_posted_to_be_carried_out_is_asked_about(
    client: BaseClient, namespace: str, webhook: Webhook
) -> None:
    """Bindings and evictions before anybody looks whether there is such a pod."""
    root = f"/api/v1/namespaces/{namespace}"
    binding = {"metadata": {"name": "none"}, "target": {"kind": "Node", "name": "n"}}
    posts = [
        ("bindings", binding),
        ("pods/none/binding", binding),
        ("pods/none/eviction", {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "none"}}),
        ("serviceaccounts/bot/token", {"spec": {"audiences": ["a"]}}),
    ]
    assert (await ask(client, "POST", f"{root}/serviceaccounts", {"metadata": {"name": "bot"}})).code == 201
    rules = [rule(each, "CREATE") for each in ("bindings", "pods/*", "serviceaccounts/token")]
    for phase in ("mutating", "validating"):
        webhook.reviews.clear()
        async with configured(client, namespace, phase, webhook, hook(webhook, namespace, *rules)):
            webhook.answer = lambda request: {}
            missing = [await ask(client, "POST", f"{root}/{path}", body) for path, body in posts]
            asked = [
                (each["resource"]["resource"], each.get("subResource"), each["kind"]["kind"], each.get("name"))
                for each in webhook.reviews
            ]
            webhook.answer = lambda request: refused(403, "no")
            denied = [await ask(client, "POST", f"{root}/{path}", body) for path, body in posts]
        assert asked == [
            ("bindings", None, "Binding", "none"),
            ("pods", "binding", "Binding", "none"),
            ("pods", "eviction", "Eviction", "none"),
            ("serviceaccounts", "token", "TokenRequest", "bot"),
        ]
        assert [answer.code for answer in missing] == [404, 404, 404, 201]
        assert [answer.message.partition(": ")[2] for answer in denied] == ["no"] * 4


async def test_what_webhooks_make_of_what_is_posted_is_read_as_it_is(
    client: BaseClient, namespace: str, webhook: Webhook
) -> None:
    root = f"/api/v1/namespaces/{namespace}"
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "none"}}
    token = {"spec": {"audiences": ["a"]}}
    assert (await ask(client, "POST", f"{root}/serviceaccounts", {"metadata": {"name": "bot"}})).code == 201
    posts: list[tuple[str, object, dict[str, Any], int]] = [
        ("pods/none/eviction", eviction, {"op": "remove", "path": "/metadata"}, 400),
        ("pods/none/eviction", eviction, {"op": "add", "path": "/deleteOptions", "value": {"dryRun": 5}}, 500),
        ("pods/none/eviction", eviction, {"op": "add", "path": "/other", "value": 5}, 404),
        ("serviceaccounts/bot/token", token, {"op": "replace", "path": "/spec", "value": None}, 201),
        ("serviceaccounts/bot/token", token, {"op": "add", "path": "/spec/expirationSeconds", "value": "x"}, 500),
        ("serviceaccounts/bot/token", token, {"op": "add", "path": "/spec/expirationSeconds", "value": 700}, 201),
    ]
    rules = [rule(each, "CREATE") for each in ("pods/*", "serviceaccounts/token")]
    async with configured(client, namespace, "mutating", webhook, hook(webhook, namespace, *rules)):
        for path, body, change, code in posts:
            response = json_patch(change)
            webhook.answer = lambda request: response  # noqa: B023 - asked before the next one
            answer = await ask(client, "POST", f"{root}/{path}", body)
            assert (path, change, answer.code, answer.message) == (path, change, code, answer.message)
