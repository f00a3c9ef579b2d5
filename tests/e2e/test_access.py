"""Who may do what: tokens, refusals, and servers that are not the one configured."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kubex.api import Api
from kubex.client import create_client
from kubex.client.base import BaseClient
from kubex.configuration import ClientConfiguration, configure_from_kubeconfig
from kubex.core.exceptions import ConnectionFailed, Forbidden, Unauthorized
from kubex.core.patch import MergePatch
from kubex.core.request import Request
from kubex.k8s.v1_35.authentication.v1 import SelfSubjectReview, TokenRequest, TokenRequestSpec
from kubex.k8s.v1_35.core.v1 import Secret, ServiceAccount
from kubex_core.models.metadata import ObjectMetadata
from tests.cluster import Transport

pytestmark = pytest.mark.anyio


async def token_of(client: BaseClient, namespace: str) -> str:
    accounts = Api(ServiceAccount, client, namespace=namespace)
    await accounts.create(ServiceAccount(metadata=ObjectMetadata(name="bot")))
    answer = await accounts.token.create("bot", TokenRequest(spec=TokenRequestSpec(audiences=[])))
    assert answer.status is not None
    return answer.status.token


def with_token(administrator: ClientConfiguration, token: str) -> ClientConfiguration:
    return ClientConfiguration(
        url=administrator.base_url,
        server_ca_file=administrator.server_ca_file,
        server_ca_data=administrator.server_ca_data,
        token=token,
    )


@pytest.fixture
async def configuration(kubeconfig: Path) -> ClientConfiguration:
    return await configure_from_kubeconfig(path=kubeconfig)


@pytest.fixture
async def bot(
    client: BaseClient, namespace: str, configuration: ClientConfiguration, transport: Transport
) -> AsyncIterator[BaseClient]:
    """A client with a service account's token, which may read nothing."""
    limited = with_token(configuration, await token_of(client, namespace))
    async with await create_client(limited, transport.library) as bot:
        yield bot


async def test_a_token_says_who_we_are(bot: BaseClient, namespace: str) -> None:
    review = await Api(SelfSubjectReview, bot).create(SelfSubjectReview())
    assert review.status is not None
    assert review.status.user_info is not None
    assert review.status.user_info.username == f"system:serviceaccount:{namespace}:bot"


async def test_a_refusal_is_a_sentence(bot: BaseClient, namespace: str) -> None:
    secrets = Api(Secret, bot, namespace=namespace)
    user = f"system:serviceaccount:{namespace}:bot"
    with pytest.raises(Forbidden, match=f'^user "{user}" cannot list "secrets" in namespace "{namespace}"$') as caught:
        await secrets.list()
    assert caught.value.reason == "Forbidden"
    with pytest.raises(Forbidden, match=f'^user "{user}" cannot get "secrets" named "key" in namespace "{namespace}"$'):
        await secrets.get("key")
    with pytest.raises(Forbidden, match=f'^user "{user}" cannot list "secrets"$'):
        await secrets.list(namespace=None)
    with pytest.raises(Forbidden):
        await secrets.patch("key", MergePatch({}))
    with pytest.raises(Forbidden):
        async for _ in secrets.watch():
            pass


async def test_a_token_that_nobody_issued(configuration: ClientConfiguration, transport: Transport) -> None:
    stranger = with_token(configuration, "made-up-token")
    async with await create_client(stranger, transport.library) as client:
        with pytest.raises(Unauthorized, match="did not accept the credentials") as caught:
            await Api(Secret, client, namespace="default").list()
        assert "made-up-token" not in str(caught.value)
        with pytest.raises(Unauthorized):
            async for _ in Api(Secret, client, namespace="default").watch():
                pass


async def test_a_server_of_another_authority(
    configuration: ClientConfiguration, transport: Transport, tmp_path: Path
) -> None:
    import trustme

    other = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    wrong = ClientConfiguration(url=configuration.base_url, server_ca_file=str(other), token="x")
    async with await create_client(wrong, transport.library) as client:
        with pytest.raises(ConnectionFailed, match=r'secrets "key" in namespace "default" \(get\).*certificate'):
            await Api(Secret, client, namespace="default").get("key")


async def test_a_plain_request_of_any_path(client: BaseClient) -> None:
    response = await client.request(Request("GET", "/version"))
    assert response.status_code == 200
    assert b'"gitVersion"' in response.content
