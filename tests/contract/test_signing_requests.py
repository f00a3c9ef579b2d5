"""What servers decide about requests for certificates: their names, what they must say, and what conditions may be."""

from __future__ import annotations

import base64
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kubex.client.base import BaseClient
from kubex.testing.certificates import Authority
from tests.contract.answers import MERGE, Answer, ask

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

PATH = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
APPROVED, DENIED, FAILED = ({"type": each, "status": "True"} for each in ("Approved", "Denied", "Failed"))
EXCLUSIVE = "Approved and Denied conditions are mutually exclusive"
LONG_AGO = "2020-01-01T00:00:00Z"


def signed(*names: x509.NameAttribute[str]) -> str:
    """A request as it is sent."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names))
    made = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return encoded(made.public_bytes(serialization.Encoding.PEM))


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def asked(name: str, **spec: Any) -> Part:
    request = signed(x509.NameAttribute(x509.NameOID.COMMON_NAME, "someone"))
    spec = {"request": request, "signerName": "example.com/none", "usages": ["client auth"], **spec}
    return {"metadata": {"name": name}, "spec": spec}


@asynccontextmanager
async def existing(client: BaseClient, name: str) -> AsyncGenerator[str]:
    """Have a request for a moment."""
    made = await ask(client, "POST", PATH, asked(name))
    assert made.code == 201, made
    try:
        yield f"{PATH}/{name}"
    finally:
        await ask(client, "DELETE", f"{PATH}/{name}")


async def changed(client: BaseClient, path: str, **status: Any) -> Answer:
    return await ask(client, "PATCH", path, {"status": status}, MERGE)


def causes(answer: Answer) -> list[str]:
    assert answer.code == 422, answer
    return [f"{cause['field']}: {cause['message']}" for cause in answer.body["details"]["causes"]]


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"usages": None}, ["spec.usages: Required value"]),
        ({"usages": ["any", "any"]}, ['spec.usages[1]: Duplicate value: "any"']),
        (
            {"expirationSeconds": 1},
            ["spec.expirationSeconds: Invalid value: 1: may not specify a duration less than 600 seconds (10 minutes)"],
        ),
        (
            {"signerName": "a"},
            [
                'spec.signerName: Invalid value: "a": must be a fully qualified domain and path of the form '
                "'example.com/signer-name'"
            ],
        ),
    ],
)
async def test_what_a_request_says(client: BaseClient, namespace: str, spec: Part, why: list[str]) -> None:
    assert causes(await ask(client, "POST", PATH, asked(namespace, **spec), dryRun="All")) == why


async def test_usages_that_are_unknown(client: BaseClient, namespace: str) -> None:
    (cause,) = causes(await ask(client, "POST", PATH, asked(namespace, usages=["a"]), dryRun="All"))
    assert cause.startswith('spec.usages[0]: Unsupported value: "a": supported values: "any", "cert sign", ')


async def test_a_request_may_have_any_name(client: BaseClient, namespace: str) -> None:
    made = await ask(client, "POST", PATH, asked(f"{namespace}_A:b"), dryRun="All")
    assert (made.code, made.body["metadata"]["name"]) == (201, f"{namespace}_A:b")


async def test_no_certificate_opens_everything(client: BaseClient, namespace: str) -> None:
    request = signed(x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "system:masters"))
    body = asked(namespace, request=request, signerName="kubernetes.io/kube-apiserver-client")
    refused = await ask(client, "POST", PATH, body, dryRun="All")
    assert refused.code == 403
    assert refused.message == (
        f'certificatesigningrequests.certificates.k8s.io "{namespace}" is forbidden: use of '
        "kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed"
    )


async def test_approval_takes_conditions_alone(client: BaseClient, namespace: str) -> None:
    async with existing(client, f"{namespace}_A") as path:
        answer = await changed(client, f"{path}/approval", conditions=[APPROVED], certificate=encoded(b"none"))
        (condition,) = answer.body["status"]["conditions"]
        assert "certificate" not in answer.body["status"]
        assert condition["lastUpdateTime"] == condition["lastTransitionTime"] is not None
        dated = {**APPROVED, "lastTransitionTime": LONG_AGO}
        await changed(client, f"{path}/approval", conditions=[dated])
        answer = await changed(client, f"{path}/approval", conditions=[{**APPROVED, "reason": "a"}])
        (condition,) = answer.body["status"]["conditions"]
        assert (condition["lastTransitionTime"], condition["reason"]) == (LONG_AGO, "a")
        refused = await changed(client, f"{path}/approval", conditions=None)
        assert causes(refused) == [
            'status.conditions: Forbidden: updates may not remove a condition of type "Approved"'
        ]
        answer = await changed(client, f"{path}/status", conditions=[{**APPROVED, "reason": "b"}, FAILED])
        assert [each.get("reason") for each in answer.body["status"]["conditions"]] == ["a", None]


@pytest.mark.parametrize(
    ("subresource", "conditions", "why"),
    [
        (
            "status",
            [APPROVED],
            ['status.conditions: Forbidden: updates may not add a condition of type "Approved"'],
        ),
        ("approval", [APPROVED, DENIED], [f'status.conditions: Invalid value: "Denied": {EXCLUSIVE}']),
        ("approval", [DENIED, APPROVED], [f'status.conditions: Invalid value: "Approved": {EXCLUSIVE}']),
        (
            "approval",
            [{"type": "Approved", "status": "False"}, {"type": "X", "status": "a"}, {"type": "Y", "status": ""}],
            [
                'status.conditions[0].status: Unsupported value: "False": supported values: "True"',
                'status.conditions[1].status: Unsupported value: "a": supported values: "False", "True", "Unknown"',
                "status.conditions[2].status: Required value",
            ],
        ),
        ("status", [FAILED, FAILED], ['status.conditions[1].type: Duplicate value: "Failed"']),
    ],
)
async def test_conditions(
    client: BaseClient, namespace: str, subresource: str, conditions: list[Part], why: list[str]
) -> None:
    async with existing(client, f"{namespace}-a") as path:
        assert causes(await changed(client, f"{path}/{subresource}", conditions=conditions)) == why


async def test_a_certificate_stays(client: BaseClient, namespace: str) -> None:
    first, second = (encoded(Authority().certificate) for _ in range(2))
    async with existing(client, f"{namespace}-b") as path:
        refused = await changed(client, f"{path}/status", certificate=encoded(b"none"))
        why = "must contain at least one CERTIFICATE PEM block"
        assert causes(refused) == [f'status.certificate: Invalid value: "<certificate data>": {why}']
        assert (await changed(client, f"{path}/status", certificate=first)).body["status"]["certificate"] == first
        why = "updates may not modify existing certificate content"
        assert causes(await changed(client, f"{path}/status", certificate=second)) == [
            f"status.certificate: Forbidden: {why}"
        ]
