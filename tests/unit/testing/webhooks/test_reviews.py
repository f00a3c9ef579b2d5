"""What webhooks are sent, and what their answers mean."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from kubex.testing.access.users import User
from kubex.testing.lifecycle.submission import Submission
from kubex.testing.webhooks.configurations import ConfiguredWebhooks, Webhook
from kubex.testing.webhooks.reviews import CallFailed, Review, denied, failing_call, review_of, verdict_of
from tests.unit.testing.clusters import Cluster
from tests.unit.testing.webhooks.test_matching import HOOK

GROUP = "admissionregistration.k8s.io/v1"


def webhook(phase: str = "mutating", **changes: Any) -> Webhook:
    cluster = Cluster()
    body = {"metadata": {"name": "a"}, "webhooks": [{**HOOK, "admissionReviewVersions": ["v1"], **changes}]}
    cluster.create(f"{GROUP}/{phase}webhookconfigurations", body, namespace=None)
    webhooks = ConfiguredWebhooks(cluster.operations.cluster.storage)
    (found,) = (*webhooks.of("mutating"), *webhooks.of("validating"))
    return found


REVIEW = Review("17", {})


def answered(response: Any, **more: Any) -> dict[str, Any]:
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response, **more}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_a_review_says_what_is_asked_and_what_is_shown() -> None:
    cluster = Cluster()
    asked_of, shown = (cluster.resource(f"autoscaling/{version}/horizontalpodautoscalers") for version in ("v2", "v1"))
    asked = Submission(
        operation="UPDATE",
        resource=asked_of,
        subresource="status",
        namespace="shop",
        name="",
        object={"a": 1},
        old={"a": 0},
        user=User("jane", groups=["dev"], extra={"scopes": ["x"]}),
    )
    assert review_of(webhook(), asked, shown, "17").document == {
        "kind": "AdmissionReview",
        "apiVersion": "admission.k8s.io/v1",
        "request": {
            "uid": "17",
            "kind": {"group": "autoscaling", "version": "v1", "kind": "HorizontalPodAutoscaler"},
            "resource": {"group": "autoscaling", "version": "v1", "resource": "horizontalpodautoscalers"},
            "subResource": "status",
            "requestKind": {"group": "autoscaling", "version": "v2", "kind": "HorizontalPodAutoscaler"},
            "requestResource": {"group": "autoscaling", "version": "v2", "resource": "horizontalpodautoscalers"},
            "requestSubResource": "status",
            "namespace": "shop",
            "operation": "UPDATE",
            "userInfo": {"username": "jane", "groups": ["dev"], "extra": {"scopes": ["x"]}},
            "object": {"a": 1},
            "oldObject": {"a": 0},
            "dryRun": False,
            "options": None,
        },
    }


def test_an_answer_allows_changes_and_warns() -> None:
    response = {"uid": "17", "allowed": True, "patchType": "JSONPatch", "patch": encoded("[]"), "warnings": ["a", "b"]}
    verdict = verdict_of(webhook(), REVIEW, answered(response))
    assert verdict == (True, None, b"[]", ("a", "b"))


@pytest.mark.parametrize(
    ("phase", "answer", "why"),
    [
        ("mutating", answered(None), "webhook response was absent"),
        ("mutating", answered({"uid": "18"}), 'expected response.uid="17", got "18"'),
        ("mutating", answered({"allowed": True}), 'expected response.uid="17", got ""'),
        ("mutating", answered({"uid": "17"}, kind="Pod"), "got admission.k8s.io/v1, Kind=Pod"),
        ("mutating", answered({"uid": "17", "patch": encoded("[]")}), "not response.patchType"),
        ("mutating", answered({"uid": "17", "patchType": "JSONPatch"}), "not response.patch"),
        ("validating", answered({"uid": "17", "patch": encoded("[]")}), "may not return response.patch"),
        ("validating", answered({"uid": "17", "patchType": "JSONPatch"}), "may not return response.patchType"),
        ("mutating", answered({"uid": "17", "patch": encoded("[]"), "patchType": "Merge"}), 'patch type "Merge"'),
        (
            "mutating",
            answered({"uid": "17", "patch": "[]", "patchType": "JSONPatch"}),
            "illegal base64 data at input byte 0",
        ),
    ],
)
def test_what_is_no_answer(phase: str, answer: dict[str, Any], why: str) -> None:
    with pytest.raises(CallFailed) as raised:
        verdict_of(webhook(phase), REVIEW, answer)
    assert str(raised.value).endswith(why)


def test_the_older_review_says_less() -> None:
    older = webhook(admissionReviewVersions=["v1beta1", "v1"])
    assert older.review_version == "v1beta1"
    patch = {"response": {"allowed": True, "patch": encoded("[]")}}
    assert verdict_of(older, REVIEW, patch).patch == b"[]"


def test_a_denial_has_the_webhooks_words() -> None:
    by = 'admission webhook "a.example.com" denied the request'
    assert denied(webhook(), None).status == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": f"{by} without explanation",
        "code": 400,
    }
    given = {"code": 422, "reason": "Invalid", "message": "no", "details": {"causes": [{"field": "spec"}]}}
    failure = denied(webhook(), given)
    assert failure.code == 422
    assert failure.status["details"] == given["details"]
    assert (failure.status["message"], failure.status["reason"]) == (f"{by}: no", "Invalid")
    assert denied(webhook(), {"code": 200}).code == 400


def test_a_call_that_fails_is_an_internal_error() -> None:
    failure = failing_call(webhook(), "failed to call webhook: EOF")
    why = 'failed calling webhook "a.example.com": failed to call webhook: EOF'
    assert (failure.code, str(failure)) == (500, f"Internal error occurred: {why}")
    assert failure.status["details"] == {"causes": [{"message": why}]}
