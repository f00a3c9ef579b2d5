"""Tokens of service accounts: who they are, for whom they are, and when they are valid no more."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.cluster import Transport
from tests.contract.answers import Answer, ask
from tests.contract.users import Users, until

pytestmark = pytest.mark.anyio

REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews"
OWN = "/apis/authentication.k8s.io/v1/selfsubjectreviews"


@pytest.fixture(scope="module")
def kubeconfig(guarded_kubeconfig: Path) -> Path:
    """Of a cluster that asks who one is."""
    return guarded_kubeconfig


@pytest.fixture
def users(client: BaseClient, transport: Transport) -> Users:
    return Users(client, transport)


def part(token: str, place: int) -> dict[str, Any]:
    text = token.split(".")[place]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return decoded


async def request(client: BaseClient, namespace: str, spec: dict[str, Any]) -> Answer:
    asked: dict[str, Any] = {"audiences": [], **spec}
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": asked}
    return await ask(client, "POST", f"/api/v1/namespaces/{namespace}/serviceaccounts/bot/token", body)


async def test_a_token_says_whose_it_is(users: Users, namespace: str) -> None:
    token = await users.account_token(namespace, "bot")
    claims = part(token, 1)
    account = claims["kubernetes.io"]["serviceaccount"]
    assert set(claims) == {"aud", "exp", "iat", "iss", "jti", "kubernetes.io", "nbf", "sub"}
    assert claims["kubernetes.io"] == {"namespace": namespace, "serviceaccount": account}
    assert claims["sub"] == f"system:serviceaccount:{namespace}:bot"
    assert claims["aud"] == [claims["iss"]]
    assert claims["exp"] - claims["iat"] == 3600
    assert set(part(token, 0)) == {"alg", "kid"}
    info = {
        "username": claims["sub"],
        "uid": account["uid"],
        "groups": ["system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated"],
        "extra": {"authentication.kubernetes.io/credential-id": [f"JTI={claims['jti']}"]},
    }
    async with users.with_token(token) as bot:
        assert (await ask(bot, "POST", OWN, {})).body["status"] == {"userInfo": info}
    review = await users.make(REVIEWS, {"spec": {"token": token}})
    assert review["status"] == {"authenticated": True, "user": info, "audiences": claims["aud"]}


async def test_a_token_for_others_is_no_credential_here(users: Users, namespace: str) -> None:
    token = await users.account_token(namespace, "bot", audiences=["vault", "bank"])
    async with users.with_token(token) as bot:
        answer = await ask(bot, "GET", "/api")
    assert (answer.code, answer.message) == (401, "Unauthorized")
    review = await users.make(REVIEWS, {"spec": {"token": token}})
    assert "authenticated" not in review["status"]
    assert "token audiences" in review["status"]["error"]
    review = await users.make(REVIEWS, {"spec": {"token": token, "audiences": ["bank", "shop"]}})
    assert review["status"]["authenticated"]
    assert review["status"]["audiences"] == ["bank"]


async def test_tokens_that_nobody_signed(users: Users, namespace: str) -> None:
    token = await users.account_token(namespace, "bot")
    head, claims, signature = token.split(".")
    forged = ".".join((head, claims, "A" * len(signature)))
    for each in ("made-up", "a.b.c", forged, f"{head}.{claims}."):
        async with users.with_token(each) as nobody:
            assert (await ask(nobody, "GET", "/api")).code == 401
        review = await users.make(REVIEWS, {"spec": {"token": each}})
        assert set(review["status"]) == {"user", "error"}
        assert review["status"]["user"] == {}
    answer = await ask(users.administrator, "POST", REVIEWS, {"spec": {}})
    assert (answer.code, answer.message) == (400, "token is required for TokenReview in authentication")


async def test_a_token_ends_with_its_account(users: Users, namespace: str) -> None:
    token = await users.account_token(namespace, "bot")
    account = f"/api/v1/namespaces/{namespace}/serviceaccounts/bot"
    assert (await ask(users.administrator, "DELETE", account)).code == 200
    async with users.with_token(token) as bot:
        await until(bot, 401, "GET", "/api")
    await users.account_token(namespace, "bot")  # another one of the same name
    async with users.with_token(token) as bot:
        assert (await ask(bot, "GET", "/api")).code == 401


async def test_a_token_ends_with_what_it_is_bound_to(users: Users, namespace: str) -> None:
    secret = await users.make(f"/api/v1/namespaces/{namespace}/secrets", {"metadata": {"name": "key"}})
    reference = {"apiVersion": "v1", "kind": "Secret", "name": "key"}
    token = await users.account_token(namespace, "bot", boundObjectRef=reference)
    private = part(token, 1)["kubernetes.io"]
    assert private["secret"] == {"name": "key", "uid": secret["metadata"]["uid"]}
    await ask(users.administrator, "DELETE", f"/api/v1/namespaces/{namespace}/secrets/key")
    async with users.with_token(token) as bot:
        await until(bot, 401, "GET", "/api")
    review = await users.make(REVIEWS, {"spec": {"token": token}})
    assert "service account token has been invalidated" in review["status"]["error"]


async def test_a_token_bound_to_a_pod(users: Users, namespace: str) -> None:
    await users.account_token(namespace, "bot")
    spec = {"serviceAccountName": "bot", "containers": [{"name": "a", "image": "a"}], "nodeSelector": {"no": "where"}}
    pod = await users.make(f"/api/v1/namespaces/{namespace}/pods", {"metadata": {"name": "web-0"}, "spec": spec})
    reference = {"apiVersion": "v1", "kind": "Pod", "name": "web-0", "uid": pod["metadata"]["uid"]}
    token = await users.account_token(namespace, "bot", boundObjectRef=reference, expirationSeconds=3607)
    claims = part(token, 1)
    assert claims["kubernetes.io"]["pod"] == {"name": "web-0", "uid": pod["metadata"]["uid"]}
    assert claims["kubernetes.io"]["warnafter"] - claims["iat"] == 3607
    assert claims["exp"] - claims["iat"] == 365 * 24 * 3600
    async with users.with_token(token) as bot:
        extra = (await ask(bot, "POST", OWN, {})).body["status"]["userInfo"]["extra"]
    assert extra["authentication.kubernetes.io/pod-name"] == ["web-0"]
    assert extra["authentication.kubernetes.io/pod-uid"] == [pod["metadata"]["uid"]]

    other = await request(users.administrator, namespace, {"boundObjectRef": {**reference, "uid": "1"}})
    assert other.code == 409
    assert other.message == (
        'Operation cannot be fulfilled on Pod "web-0": the UID in the bound object reference (1) does not match the '
        "UID in record. The object might have been deleted and then recreated"
    )
    gone = await request(users.administrator, namespace, {"boundObjectRef": {**reference, "name": "x"}})
    assert (gone.code, gone.message) == (404, 'pods "x" not found')
    odd = {"apiVersion": "v1", "kind": "ConfigMap", "name": "x"}
    refused = await request(users.administrator, namespace, {"boundObjectRef": odd})
    assert refused.code in (400, 422)


async def test_others_can_check_tokens_by_the_published_keys(users: Users, namespace: str) -> None:
    token = await users.account_token(namespace, "bot")
    async with users.with_token(token) as bot:
        document = (await ask(bot, "GET", "/.well-known/openid-configuration")).body
        keys = (await ask(bot, "GET", "/openid/v1/jwks")).body["keys"]
    assert document["issuer"] == part(token, 1)["iss"]
    assert document["jwks_uri"].endswith("/openid/v1/jwks")
    header = part(token, 0)
    assert header["alg"] in document["id_token_signing_alg_values_supported"]
    (key,) = [each for each in keys if each["kid"] == header["kid"]]
    assert (key["use"], key["alg"]) == ("sig", header["alg"])
