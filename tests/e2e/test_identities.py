"""Who a client is to kube-apiserver, by its audit log: of every source, for requests, watches and WebSockets."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import anyio
import pytest

from kubex.api import Api
from kubex.client import create_client
from kubex.client.base import BaseClient
from kubex.configuration import ClientConfiguration, ExecConfig, configure_from_kubeconfig, configure_from_pod_env
from kubex.configuration.auth.impersonation import Impersonation
from kubex.configuration.auth.oidc import OidcConfig
from kubex.core.exceptions import KubexApiError
from kubex.k8s.v1_35.authentication.v1 import TokenRequest, TokenRequestSpec
from kubex.k8s.v1_35.core.v1 import Pod, ServiceAccount
from kubex_core.models.metadata import ObjectMetadata
from tests.cluster import Transport
from tests.e2e.guarded_server import ANNS_TOKEN, GuardedServer
from tests.unit.configuration.auth.oidc_issuer import CLIENT_ID, CLIENT_SECRET

pytestmark = pytest.mark.anyio

V1 = "client.authentication.k8s.io/v1"


class Case(NamedTuple):
    """What a source needs to be set up."""

    server: GuardedServer
    administrator: ClientConfiguration
    client: BaseClient
    namespace: str
    folder: Path

    @property
    def nobody(self) -> ClientConfiguration:
        """The server without credentials."""
        return replace(self.administrator, client_cert_file=None, client_key_file=None)

    @property
    def cert(self) -> str:
        return str(self.administrator.client_cert_file)

    @property
    def key(self) -> str:
        return str(self.administrator.client_key_file)


async def token(case: Case) -> ClientConfiguration:
    return replace(case.nobody, token=ANNS_TOKEN)


async def token_file(case: Case) -> ClientConfiguration:
    path = case.folder / "token"
    path.write_text(f"{ANNS_TOKEN}\n")
    return replace(case.nobody, token_file=path)


async def function(case: Case) -> ClientConfiguration:
    async def fetch() -> str:
        return ANNS_TOKEN

    return replace(case.nobody, refreshable_token=fetch)


async def plugins_token(case: Case) -> ClientConfiguration:
    return replace(case.nobody, exec=plugin("{'token': sys.argv[1]}", ANNS_TOKEN))


async def plugins_certificate(case: Case) -> ClientConfiguration:
    status = "{'clientCertificateData': open(sys.argv[1]).read(), 'clientKeyData': open(sys.argv[2]).read()}"
    return replace(case.nobody, exec=plugin(status, case.cert, case.key))


def plugin(status: str, *args: str) -> ExecConfig:
    answer = f"{{'kind': 'ExecCredential', 'apiVersion': '{V1}', 'status': {status}}}"
    program = f"import json, sys; print(json.dumps({answer}))"
    return ExecConfig(command=sys.executable, args=["-c", program, *args], api_version=V1)


async def certificate_files(case: Case) -> ClientConfiguration:
    return case.administrator


async def certificate_data(case: Case) -> ClientConfiguration:
    cert, key = await anyio.Path(case.cert).read_bytes(), await anyio.Path(case.key).read_bytes()
    return replace(case.nobody, client_cert_data=cert, client_key_data=key)


async def oidc(case: Case) -> ClientConfiguration:
    issuer = case.server.issuer
    (refresh_token,) = issuer.refresh_tokens
    config = OidcConfig(
        issuer_url=issuer.url,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        refresh_token=refresh_token,
        ca_data=issuer.ca_pem,
    )
    return replace(case.nobody, oidc=config)


async def service_account(case: Case) -> ClientConfiguration:
    accounts = Api(ServiceAccount, case.client, namespace=case.namespace)
    await accounts.create(ServiceAccount(metadata=ObjectMetadata(name="bot")))
    answer = await accounts.token.create("bot", TokenRequest(spec=TokenRequestSpec(audiences=[])))
    assert answer.status is not None
    (case.folder / "token").write_text(answer.status.token)
    (case.folder / "namespace").write_text(case.namespace)
    return await configure_from_pod_env(
        token_filename=str(case.folder / "token"),
        cert_filename=str(case.administrator.server_ca_file),
        kubernetes_service_host="127.0.0.1",
        kubernetes_service_port=str(case.server.cluster.settings.api_port),
    )


async def impersonation(case: Case) -> ClientConfiguration:
    return replace(case.administrator, impersonation=Impersonation(user="jane", groups=["developers"]))


SOURCES: dict[Callable[[Case], Awaitable[ClientConfiguration]], str] = {
    token: "ann",
    token_file: "ann",
    function: "ann",
    plugins_token: "ann",
    plugins_certificate: "admin",
    certificate_files: "admin",
    certificate_data: "admin",
    oidc: "oidc:jo",
    service_account: "system:serviceaccount:NAMESPACE:bot",
    impersonation: "jane",
}


@pytest.fixture(scope="module")
def kubeconfig(guarded_server: GuardedServer) -> Path:
    """That of the server's administrator."""
    return guarded_server.kubeconfig


@pytest.mark.parametrize(("source", "who"), SOURCES.items(), ids=[source.__name__ for source in SOURCES])
async def test_who_asks(
    source: Callable[[Case], Awaitable[ClientConfiguration]],
    who: str,
    guarded_server: GuardedServer,
    kubeconfig: Path,
    client: BaseClient,
    empty_namespace: str,
    transport: Transport,
    tmp_path: Path,
) -> None:
    administrator = await configure_from_kubeconfig(path=kubeconfig)
    configuration = await source(Case(guarded_server, administrator, client, empty_namespace, tmp_path))
    mark = uuid.uuid4().hex
    async with await create_client(configuration, transport.library) as tried:
        pods = Api(Pod, tried, namespace=empty_namespace)
        # There are no pods, and not everyone may look for them: the server writes down who asks all the same.
        with suppress(KubexApiError):
            await pods.get(f"get-{mark}")
        with suppress(KubexApiError):
            async for _ in pods.watch(field_selector=f"metadata.name=watch-{mark}", timeout_seconds=1):
                pass
        with suppress(KubexApiError):
            await pods.exec.run(f"exec-{mark}", command=["true"])
    ways = {"get", "watch", "exec"}
    events: list[dict[str, Any]] = []
    with anyio.fail_after(20):  # it writes when an answer is through
        while ways != {way for way in ways for event in events if f"{way}-{mark}" in event["requestURI"]}:
            await anyio.sleep(0.02)
            events = guarded_server.audited(mark)
    users = {event.get("impersonatedUser", event["user"])["username"] for event in events}
    assert users == {who.replace("NAMESPACE", empty_namespace)}
