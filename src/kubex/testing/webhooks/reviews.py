"""AdmissionReviews: what webhooks are sent, and what their answers say.

https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request
"""

from __future__ import annotations

import base64
import binascii
import string
from typing import Any, Final, NamedTuple

from kubex.core._go_text import go_quoted
from kubex.core._json_value import is_object
from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.submission import Submission
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject
from kubex.testing.webhooks.configurations import Webhook

__all__ = ["CallFailed", "Review", "Verdict", "denied", "failing_call", "internal_error", "review_of", "verdict_of"]

_GROUP: Final = "admission.k8s.io"
_BAD_REQUEST: Final = 400
_BASE64: Final = frozenset(f"{string.ascii_letters}{string.digits}+/=")


class CallFailed(Exception):
    """A webhook was not reached, or has not given an answer; the text says why."""


class Review(NamedTuple):
    """What a webhook is sent."""

    uid: str
    document: JsonObject


class Verdict(NamedTuple):
    """What a webhook answers."""

    allowed: bool
    status: JsonObject | None
    patch: bytes
    warnings: tuple[str, ...]


def review_of(webhook: Webhook, asked: Submission, shown: Resource, uid: str) -> Review:
    """Make the AdmissionReview of a request.

    Args:
        webhook: that is asked.
        asked: what is to be done, with the objects in the version of `shown`.
        shown: the version of its resource that the webhook takes.
        uid: of the review.
    """
    request: JsonObject = {"uid": uid, **asked.as_request(shown), "object": asked.object, "oldObject": asked.old}
    version = f"{_GROUP}/{webhook.review_version}"
    return Review(uid, {"kind": "AdmissionReview", "apiVersion": version, "request": request})


def verdict_of(webhook: Webhook, review: Review, answer: JsonObject) -> Verdict:
    """Read the answer of a webhook.

    Raises:
        CallFailed: it is none.
    """
    response: Any = answer.get("response")
    if not is_object(response):
        raise _no_answer("webhook response was absent")
    mutates = webhook.phase == "mutating"
    kind: Any = response.get("patchType")
    patch = _patch(response.get("patch"))
    if webhook.review_version == "v1":
        _check_answer(review, answer, response)
        _check_patch(patch, kind, mutates=mutates)
    if patch and mutates and kind not in ("JSONPatch", None):
        raise CallFailed(f"unsupported patch type {go_quoted(str(kind))}")
    warnings = tuple(str(each) for each in list_at(response, "warnings"))
    status: Any = response.get("status")
    return Verdict(
        response.get("allowed") is True, status if is_object(status) else None, patch if mutates else b"", warnings
    )


def _check_answer(review: Review, answer: JsonObject, response: JsonObject) -> None:
    uid = response.get("uid") or ""
    if uid != review.uid:
        raise _no_answer(f'expected response.uid="{review.uid}", got {go_quoted(str(uid))}')
    expected, found = f"{_GROUP}/v1, Kind=AdmissionReview", _group_version_kind(answer)
    if found != expected:
        raise _no_answer(f"expected webhook response of {expected}, got {found}")


def _group_version_kind(answer: JsonObject) -> str:
    api_version = str(answer.get("apiVersion") or "")
    group, slash, version = api_version.partition("/")
    return f"{group if slash else ''}/{version if slash else api_version}, Kind={answer.get('kind') or ''}"


def _check_patch(patch: bytes, kind: Any, *, mutates: bool) -> None:
    if not mutates:
        if patch:
            raise _no_answer("validating webhook may not return response.patch")
        if kind is not None:
            raise _no_answer("validating webhook may not return response.patchType")
    elif patch and kind is None:
        raise _no_answer("webhook returned response.patch but not response.patchType")
    elif kind is not None and not patch:
        raise _no_answer("webhook returned response.patchType but not response.patch")
    elif kind == "":
        raise _no_answer('webhook returned invalid response.patchType of ""')


def _patch(value: Any) -> bytes:
    """Read a patch, which stands in the answer as Go has bytes in JSON: in base64."""
    if value is None:
        return b""
    if not isinstance(value, str):
        raise CallFailed("failed to call webhook: json: response.patch is no string")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        at = next((place for place, each in enumerate(value) if each not in _BASE64), len(value) // 4 * 4)
        raise CallFailed(f"failed to call webhook: illegal base64 data at input byte {at}") from None


def _no_answer(why: str) -> CallFailed:
    return CallFailed(f"received invalid webhook response: {why}")


def denied(webhook: Webhook, status: JsonObject | None) -> ApiFailure:
    """Give the refusal of a request that a webhook denies, with what it says of it."""
    given = dict(status or {})
    by = f'admission webhook "{webhook.name}" denied the request'
    code: Any = given.get("code")
    code = code if isinstance(code, int) and code >= _BAD_REQUEST else _BAD_REQUEST
    message, reason = str(given.get("message") or ""), str(given.get("reason") or "")
    text = f"{by}: {message or reason}" if message or reason else f"{by} without explanation"
    failure = ApiFailure(code, reason, text)
    if object_at(given, "details"):
        failure.status["details"] = given["details"]
        failure.status["code"] = failure.status.pop("code")  # which comes last
    return failure


def failing_call(webhook: Webhook, why: str) -> ApiFailure:
    """Give the refusal of a request whose webhook can't be asked."""
    return internal_error(f'failed calling webhook "{webhook.name}": {why}')


def internal_error(why: str) -> ApiFailure:
    """Something has gone wrong that the client can't help (500)."""
    details = {"causes": [{"message": why}]}
    return ApiFailure(500, "InternalError", f"Internal error occurred: {why}", details=details)
