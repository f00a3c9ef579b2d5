"""A server that asks who one is: users and their credentials, and what it notes of them."""

from __future__ import annotations

import base64
import json
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from kubex.api import Api
from kubex.client import ClientChoise, create_client
from kubex.configuration import ClientConfiguration, configure_from_kubeconfig
from kubex.core.exceptions import ConfigurationError, ConnectionFailed, Forbidden, InvalidArgument, Unauthorized
from kubex.k8s.v1_35.authentication.v1 import SelfSubjectReview
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex.testing import ApiServer, Authentication, User
from kubex.testing.certificates import Authority

JANE = User("jane", uid="7", groups=["shop"], extra={"scopes": ["a"]})


class Reply(NamedTuple):
    code: int
    body: Any


def ask(server: ApiServer, path: str, method: str = "GET", body: Any = None, **headers: str) -> Reply:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        server.url + path, content, {"Content-Type": "application/json", **sent}, method=method
    )
    context = ssl.create_default_context(cadata=(server.configuration.server_ca_data or b"").decode() or None)
    try:
        with urllib.request.urlopen(request, context=context if server.url.startswith("https") else None) as answer:
            return Reply(answer.status, json.loads(answer.read()))
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, json.loads(error.read()))


async def who_is(configuration: ClientConfiguration) -> dict[str, Any]:
    async with await create_client(configuration, ClientChoise.HTTPX) as client:
        review = await Api(SelfSubjectReview, client).create(SelfSubjectReview())
    assert review.status is not None
    assert review.status.user_info is not None
    return review.status.user_info.model_dump(by_alias=True, exclude_none=True)


@pytest.fixture(scope="module")
def _running() -> Iterator[ApiServer]:
    with ApiServer(tls=False, authentication=Authentication(tokens={"s3cret": JANE}), authorization="RBAC") as server:
        yield server


@pytest.fixture
def guarded(_running: ApiServer) -> ApiServer:
    _running.reset()
    return _running


@pytest.fixture(scope="module")
def secure() -> Iterator[ApiServer]:
    with ApiServer(authorization="RBAC") as server:
        yield server


@pytest.mark.anyio
async def test_users_with_tokens(guarded: ApiServer) -> None:
    assert await who_is(guarded.configuration) == {
        "username": "admin",
        "groups": ["system:masters", "system:authenticated"],
    }
    anna = guarded.configuration_for("anna", groups=["a", "b"], uid="1", extra={"k": ["v"]}, namespace="shop")
    assert anna.namespace == "shop"
    assert await who_is(anna) == {
        "username": "anna",
        "uid": "1",
        "groups": ["a", "b", "system:authenticated"],
        "extra": {"k": ["v"]},
    }
    groups = ["system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated"]
    bot = guarded.configuration_for("system:serviceaccount:shop:bot")
    assert (await who_is(bot))["groups"] == groups


def test_a_token_that_the_test_gives(guarded: ApiServer) -> None:
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    for scheme in ("Bearer", "bearer"):
        info = ask(guarded, path, "POST", {}, Authorization=f"{scheme} s3cret").body["status"]["userInfo"]
        assert info == {
            "username": "jane",
            "uid": "7",
            "groups": ["shop", "system:authenticated"],
            "extra": {"scopes": ["a"]},
        }
    encoded = base64.urlsafe_b64encode(b"s3cret").decode().rstrip("=")
    protocols = f"v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.{encoded}"
    assert ask(guarded, "/api", Upgrade="websocket", Sec_WebSocket_Protocol=protocols).code == 200
    assert ask(guarded, "/api", Upgrade="websocket", Sec_WebSocket_Protocol=f"{protocols}x").code == 401


def test_invalid_credentials_are_refused(guarded: ApiServer) -> None:
    expected: dict[str, Any] = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": "Unauthorized",
        "reason": "Unauthorized",
        "code": 401,
    }
    assert ask(guarded, "/version", Authorization="Bearer nonsense") == (401, expected)
    assert ask(guarded, "/version").code == 200
    assert ask(guarded, "/api", Authorization="Basic amFuZQ==").code == 403  # no credential here: nobody in particular
    with ApiServer(tls=False, authentication=Authentication(anonymous=False)) as server:
        assert ask(server, "/version") == (401, expected)
        assert ask(server, "/version", Authorization=f"Bearer {server.configuration.token}").code == 200


def test_requests_say_who_asked(guarded: ApiServer) -> None:
    ask(guarded, "/api/v1/pods")
    ask(guarded, "/api/v1/pods", Authorization="Bearer s3cret")
    ask(guarded, "/api/v1/pods", Authorization="Bearer x")
    administrator = f"Bearer {guarded.configuration.token}"
    ask(guarded, "/version", Authorization=administrator, Impersonate_User="anna", Impersonate_Group="g")
    ask(guarded, "/version", Authorization="Bearer s3cret", Impersonate_User="anna")
    noted = [
        (
            each.user.name if each.user is not None else None,
            each.impersonated_user.name if each.impersonated_user is not None else None,
            each.decision,
        )
        for each in guarded.requests
    ]
    assert noted == [
        ("system:anonymous", None, "forbid"),
        ("jane", None, "forbid"),
        (None, None, None),
        ("admin", "anna", "allow"),
        ("jane", None, "forbid"),
    ]
    assert guarded.requests[3].reason.startswith('RBAC: allowed by ClusterRoleBinding "system:')
    assert "s3cret" not in repr(guarded.requests)
    with ApiServer() as server:
        ask(server, "/api/v1/pods", Authorization="Bearer x")
        (request,) = server.requests
        assert (request.user, request.decision) == (
            User("admin", groups=["system:masters", "system:authenticated"]),
            "allow",
        )


@pytest.mark.anyio
async def test_users_with_kubeconfigs(secure: ApiServer) -> None:
    john = await configure_from_kubeconfig(path=secure.kubeconfig_for("john"))
    assert (await who_is(john))["username"] == "john"
    administrator = await configure_from_kubeconfig(path=secure.kubeconfig)
    assert (await who_is(administrator))["username"] == "admin"


@pytest.mark.anyio
async def test_users_with_certificates(secure: ApiServer) -> None:
    jane = secure.configuration_for("jane", groups=["a", "b"], credentials="certificate")
    info = await who_is(jane)
    assert (info["username"], info["groups"]) == ("jane", ["a", "b", "system:authenticated"])
    (credential,) = info["extra"]["authentication.kubernetes.io/credential-id"]
    assert credential.startswith("X509SHA256=")
    path = secure.kubeconfig_for("jane", groups=["system:masters"], credentials="certificate", namespace="shop")
    master = await configure_from_kubeconfig(path=path)
    assert master.namespace == "shop"
    async with await create_client(master, ClientChoise.HTTPX) as client:
        await Api(ConfigMap, client).list(namespace=None)
    async with await create_client(jane, ClientChoise.HTTPX) as client:
        with pytest.raises(Forbidden, match='user "jane" cannot list "configmaps"'):
            await Api(ConfigMap, client).list(namespace=None)


@pytest.mark.anyio
@pytest.mark.differs("foreign-certificates")
async def test_certificates_of_others_end_the_handshake(secure: ApiServer) -> None:
    signed = Authority().client_certificate("jane", ["system:masters"])
    configuration = ClientConfiguration(
        url=secure.url,
        server_ca_data=secure.configuration.server_ca_data,
        client_cert_data=signed.certificate,
        client_key_data=signed.key,
    )
    async with await create_client(configuration, ClientChoise.HTTPX) as client:
        with pytest.raises((ConnectionFailed, Unauthorized)):
            await Api(ConfigMap, client).list(namespace=None)


def test_what_can_not_be_a_user(secure: ApiServer, guarded: ApiServer) -> None:
    with ApiServer() as server, pytest.raises(InvalidArgument, match='authorization="RBAC"'):
        server.configuration_for("jane")
    with pytest.raises(InvalidArgument, match="needs a name"):
        guarded.configuration_for("")
    with pytest.raises(InvalidArgument, match="over plain HTTP"):
        guarded.kubeconfig_for("jane")
    with pytest.raises(InvalidArgument, match="need TLS"):
        guarded.configuration_for("jane", credentials="certificate")
    with pytest.raises(InvalidArgument, match="uid and extra"):
        secure.configuration_for("jane", uid="7", credentials="certificate")
    with pytest.raises(InvalidArgument, match="no certificate of user"):
        secure.configuration_for("j" * 65, credentials="certificate")
    with pytest.raises(InvalidArgument, match=r"groups of user 'jane' are a list: \['dev'\]"):
        User("jane", groups="dev")
    with pytest.raises(InvalidArgument, match="can't be sent"):
        Authentication(tokens={"with space": JANE})
    with pytest.raises(InvalidArgument, match="no authorization 'ABAC', but AlwaysAllow, AlwaysDeny, RBAC"):
        ApiServer(authorization="ABAC")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert "s3cret" not in repr(Authentication(tokens={"s3cret": JANE}))


def test_without_joserfc_the_start_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "joserfc", None)
    for name in ("authenticator", "account_tokens"):
        monkeypatch.delitem(sys.modules, f"kubex.testing.access.{name}", raising=False)
    with pytest.raises(ConfigurationError, match=r"kubex\[testing-auth\]"):
        ApiServer(authorization="RBAC").start()


def test_nothing_but_administrators_passes_where_everything_is_denied() -> None:
    with ApiServer(tls=False, authorization="AlwaysDeny") as server:
        token = server.configuration_for("jane").token
        answer = ask(server, "/version", Authorization=f"Bearer {token}")
        assert answer.body["message"] == 'forbidden: User "jane" cannot get path "/version": Everything is forbidden.'
        assert ask(server, "/version", Authorization=f"Bearer {server.configuration.token}").code == 200


@pytest.mark.differs("tokens-end-at-once")
def test_a_token_ends_with_its_account_at_once(guarded: ApiServer) -> None:
    administrator = {"Authorization": f"Bearer {guarded.configuration.token}"}
    accounts = "/api/v1/namespaces/default/serviceaccounts"
    ask(guarded, accounts, "POST", {"metadata": {"name": "bot"}}, **administrator)
    token = ask(guarded, f"{accounts}/bot/token", "POST", {"spec": {}}, **administrator).body["status"]["token"]
    assert ask(guarded, "/api", Authorization=f"Bearer {token}").code == 200
    ask(guarded, f"{accounts}/bot", "DELETE", **administrator)
    assert ask(guarded, "/api", Authorization=f"Bearer {token}").code == 401


def test_a_token_ends_with_its_time(guarded: ApiServer) -> None:
    administrator = {"Authorization": f"Bearer {guarded.configuration.token}"}
    accounts = "/api/v1/namespaces/default/serviceaccounts"
    ask(guarded, accounts, "POST", {"metadata": {"name": "bot"}}, **administrator)
    token = ask(guarded, f"{accounts}/bot/token", "POST", {"spec": {}}, **administrator).body["status"]["token"]
    guarded.faults.clock_skew(3630)  # a minute of leeway
    assert ask(guarded, "/api", Authorization=f"Bearer {token}").code == 200
    guarded.faults.clock_skew(3670)
    assert ask(guarded, "/api", Authorization=f"Bearer {token}").code == 401
    guarded.faults.clock_skew(-70)
    assert ask(guarded, "/api", Authorization=f"Bearer {token}").code == 401


@pytest.mark.differs("no-node-authorization")
def test_nodes_are_users_like_others(guarded: ApiServer) -> None:
    node = guarded.configuration_for("system:node:node-1", groups=["system:nodes"])
    answer = ask(guarded, "/api/v1/nodes/node-1", Authorization=f"Bearer {node.token}")
    assert answer.code == 403
