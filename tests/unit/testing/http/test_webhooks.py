"""Webhooks of the server in memory alone: Services, what goes on meanwhile, what they are not asked about."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from kubex.testing import ApiServer, VirtualClock
from tests.contract.webhooks import rule
from tests.unit.testing.http.conftest import RawClient
from tests.unit.testing.installed import without_cel
from tests.webhook_server import Webhook, json_patch, serve_webhook

__all__ = ("without_cel",)

GROUP = "/apis/admissionregistration.k8s.io/v1"
MAPS = "/api/v1/namespaces/default/configmaps"
PODS = "/api/v1/namespaces/default/pods"
APPS = "/apis/apps/v1/namespaces/default/deployments"


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with serve_webhook() as webhook:
        yield webhook


def configure(raw: RawClient, phase: str, webhook: Webhook, *rules: dict[str, Any], **more: Any) -> Any:
    hook = {
        "name": "w.kubex.example.com",
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "clientConfig": webhook.client_config,
        "rules": list(rules),
        **more,
    }
    body = {"metadata": {"name": "policy"}, "webhooks": [hook]}
    answer = raw.ask("POST", f"{GROUP}/{phase}webhookconfigurations", body)
    assert answer.code == 201, answer.content
    return answer


def test_a_service_is_where_the_test_says(server: ApiServer, raw: RawClient) -> None:
    service = {"namespace": "shop", "name": "policy", "path": "/check"}
    with serve_webhook("policy.shop.svc") as webhook:
        bundle = webhook.client_config["caBundle"]
        configure(
            raw,
            "validating",
            webhook,
            rule("configmaps", "CREATE"),
            clientConfig={"service": service, "caBundle": bundle},
        )
        server.webhooks["shop", "policy"] = f"127.0.0.1:{webhook.port}"
        assert raw.ask("POST", MAPS, {"metadata": {"name": "a"}}).code == 201
        assert webhook.paths == ["/check?timeout=10s"]
        server.webhooks["shop", "policy"] = f"localhost:{webhook.port}"
        assert raw.ask("POST", MAPS, {"metadata": {"name": "b"}}).code == 201
        server.webhooks.clear()
        answer = raw.ask("POST", MAPS, {"metadata": {"name": "c"}}).json
        assert answer["message"].endswith(
            'Post "https://policy.shop.svc:443/check?timeout=10s": service "policy" not found'
        )
    server.reset()
    assert not server.webhooks


def test_the_certificate_is_to_be_the_services(server: ApiServer, raw: RawClient, webhook: Webhook) -> None:
    service = {"namespace": "shop", "name": "policy"}
    client = {"service": service, "caBundle": webhook.client_config["caBundle"]}
    configure(raw, "validating", webhook, rule("configmaps", "CREATE"), clientConfig=client)
    server.webhooks["shop", "policy"] = f"127.0.0.1:{webhook.port}"
    answer = raw.ask("POST", MAPS, {"metadata": {"name": "a"}}).json
    assert answer["message"].endswith("x509: certificate is not valid for policy.shop.svc")


def test_others_are_served_while_a_webhook_thinks(server: ApiServer, raw: RawClient, webhook: Webhook) -> None:
    """The webhook asks the server itself, and changes what the request is about."""
    raw.ask("POST", MAPS, {"metadata": {"name": "a"}})
    seen: list[Any] = []

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        seen.append(request["oldObject"].get("data"))
        if len(seen) == 1:
            assert raw.get(f"{MAPS}/a").code == 200
            # Webhooks are asked of what others change as well; this one lets it pass.
            data = {"metadata": {"name": "a"}, "data": {"from": "another"}}
            changed = threading.Thread(target=lambda: raw.ask("PUT", f"{MAPS}/a", data))
            changed.start()
            changed.join(20)
        return {}

    webhook.answer = answer
    configure(raw, "validating", webhook, rule("configmaps", "UPDATE"))
    patch = {"metadata": {"labels": {"a": "b"}}}
    patched = raw.ask("PATCH", f"{MAPS}/a", patch, Content_Type="application/merge-patch+json")
    assert (patched.code, patched.json["data"]) == (200, {"from": "another"})
    assert seen == [None, None, {"from": "another"}]


def test_a_client_that_goes_away_leaves_nothing(server: ApiServer, raw: RawClient, webhook: Webhook) -> None:
    let_go = threading.Event()
    webhook.answer = lambda request: {"allowed": let_go.wait(20)}
    configure(raw, "validating", webhook, rule("configmaps", "CREATE"))
    impatient = RawClient(server.url)
    impatient.timeout = 0.2
    with pytest.raises(TimeoutError):
        impatient.ask("POST", MAPS, {"metadata": {"name": "a"}})
    let_go.set()
    assert raw.get(f"{MAPS}/a").code == 404


def deploy(raw: RawClient, replicas: int = 1) -> None:
    template = {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "main", "image": "example.com/none:1"}]},
    }
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    assert raw.ask("POST", APPS, {"metadata": {"name": "web"}, "spec": spec}).code == 201


SIDECAR = {"name": "sidecar", "image": "example.com/none:1"}


def inject(request: dict[str, Any]) -> dict[str, Any]:
    return json_patch({"op": "add", "path": "/spec/containers/-", "value": SIDECAR})


def test_controllers_have_webhooks_decide_too(webhook: Webhook) -> None:
    """On a clock that stands still, time waits for the answers, and what is due later happens at its moment."""
    webhook.answer = inject
    with ApiServer(workloads=True, clock=VirtualClock()) as server:
        raw = RawClient(server.url)
        configure(raw, "mutating", webhook, rule("pods", "CREATE"))
        deploy(raw, replicas=3)
        before = server.clock.now()
        server.clock.advance(60)
        assert (server.clock.now() - before).total_seconds() == 60
        pods = raw.get(PODS).json["items"]
        assert [pod["status"]["phase"] for pod in pods] == ["Running"] * 3
        assert {container["name"] for pod in pods for container in pod["spec"]["containers"]} == {"main", "sidecar"}
        assert raw.get(f"{APPS}/web").json["status"]["availableReplicas"] == 3
        users = {review["userInfo"]["username"] for review in webhook.reviews}
        assert users == {"system:serviceaccount:kube-system:replicaset-controller"}
        for pod in pods:
            started = datetime.fromisoformat(pod["status"]["startTime"])
            assert (started - before).total_seconds() < 5


def test_what_a_webhook_denies_controllers_they_try_again(webhook: Webhook) -> None:
    webhook.answer = lambda request: {"allowed": False} if len(webhook.reviews) < 3 else {}
    with ApiServer(workloads=True, clock=VirtualClock()) as server:
        raw = RawClient(server.url)
        configure(raw, "validating", webhook, rule("pods", "CREATE"))
        deploy(raw)
        server.clock.advance(60)
        (pod,) = raw.get(PODS).json["items"]
        assert pod["status"]["phase"] == "Running"
        events = raw.get("/api/v1/namespaces/default/events").json["items"]
        (failed,) = {each["message"] for each in events if each["reason"] == "FailedCreate"}
        assert 'admission webhook "w.kubex.example.com" denied the request' in failed


def test_on_the_machines_clock_too(webhook: Webhook) -> None:
    webhook.answer = inject
    with ApiServer(workloads=True) as server:
        raw = RawClient(server.url)
        configure(raw, "mutating", webhook, rule("pods", "CREATE"))
        deploy(raw, replicas=2)
        until = time.monotonic() + 60
        while raw.get(f"{APPS}/web").json["status"].get("availableReplicas") != 2:
            assert time.monotonic() < until
            time.sleep(0.01)
        pods = raw.get(PODS).json["items"]
        assert [len(pod["spec"]["containers"]) for pod in pods] == [2, 2]


@pytest.mark.differs("webhooks-for-requests")
def test_webhooks_are_not_asked_about_what_is_collected(raw: RawClient, webhook: Webhook) -> None:
    configure(raw, "validating", webhook, rule("configmaps", "DELETE"))
    raw.ask("POST", "/api/v1/namespaces", {"metadata": {"name": "shop"}})
    raw.ask("POST", "/api/v1/namespaces/shop/configmaps", {"metadata": {"name": "a"}})
    raw.ask("DELETE", "/api/v1/namespaces/shop")
    assert raw.get("/api/v1/namespaces/shop").code == 404
    assert webhook.reviews == []


@pytest.mark.differs("no-match-conditions")
@pytest.mark.usefixtures("without_cel")
def test_conditions_are_not_evaluated_without_the_extra(raw: RawClient, webhook: Webhook) -> None:
    conditions = [{"name": "never", "expression": "false"}]
    answer = configure(raw, "validating", webhook, rule("configmaps", "CREATE"), matchConditions=conditions)
    assert "webhooks[0].matchConditions are not evaluated by this server without" in answer.headers["Warning"]
    webhook.answer = lambda request: {"allowed": False}
    assert raw.ask("POST", MAPS, {"metadata": {"name": "a"}}).code == 400


@pytest.mark.differs("webhooks-for-requests")
def test_webhooks_are_not_asked_about_proxies(raw: RawClient, webhook: Webhook) -> None:
    configure(raw, "validating", webhook, rule("pods/proxy", "*"))
    body = {"metadata": {"name": "web"}, "spec": {"containers": [{"name": "main", "image": "example.com/none:1"}]}}
    assert raw.ask("POST", PODS, body).code == 201
    assert raw.get(f"{PODS}/web/proxy").code == 400
    assert webhook.reviews == []


def test_an_injected_container_has_the_pods_token(raw: RawClient, webhook: Webhook) -> None:
    webhook.answer = inject
    configure(raw, "mutating", webhook, rule("pods", "CREATE"))
    body = {"metadata": {"name": "web"}, "spec": {"containers": [{"name": "main", "image": "example.com/none:1"}]}}
    made = raw.ask("POST", PODS, body)
    assert made.code == 201, made.content
    (volume,) = made.json["spec"]["volumes"]
    mounts = [[each["name"] for each in container["volumeMounts"]] for container in made.json["spec"]["containers"]]
    assert mounts == [[volume["name"]], [volume["name"]]]
    assert made.json["spec"]["containers"][1]["imagePullPolicy"] == "IfNotPresent", "it is filled in as any other"
