"""Users of the cluster under test: the administrator's client acts as them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import anyio

from kubex.client import create_client
from kubex.client.base import BaseClient
from kubex.configuration import ClientConfiguration
from kubex.configuration.auth.impersonation import Impersonation
from tests.cluster import Transport
from tests.contract.answers import Answer, ask

__all__ = ["RBAC", "Users", "until"]

RBAC = "/apis/rbac.authorization.k8s.io/v1"


class Users:
    """Makes clients of users who are there as soon as somebody speaks of them.

    Args:
        administrator: a client of who may do everything.
        transport: of the clients.
    """

    def __init__(self, administrator: BaseClient, transport: Transport) -> None:
        self.administrator = administrator
        self._transport = transport

    @asynccontextmanager
    async def acting(
        self,
        user: str,
        groups: Sequence[str] = (),
        *,
        uid: str | None = None,
        extra: Mapping[str, Sequence[str]] | None = None,
    ) -> AsyncGenerator[BaseClient]:
        """Give a client that acts as a user."""
        who = Impersonation(user=user, groups=groups, uid=uid, extra=extra or {})
        configuration = replace(self.administrator.configuration, impersonation=who)
        async with await create_client(configuration, self._transport.library) as client:
            yield client

    @asynccontextmanager
    async def with_token(
        self,
        token: str,
        *,
        user: str = "",
        groups: Sequence[str] = (),
        uid: str | None = None,
        extra: Mapping[str, Sequence[str]] | None = None,
    ) -> AsyncGenerator[BaseClient]:
        """Give a client that has a token, and may act as a user."""
        given = self.administrator.configuration
        configuration = ClientConfiguration(
            url=given.base_url, server_ca_file=given.server_ca_file, server_ca_data=given.server_ca_data, token=token
        )
        if user:
            who = Impersonation(user=user, groups=groups, uid=uid, extra=extra or {})
            configuration = replace(configuration, impersonation=who)
        async with await create_client(configuration, self._transport.library) as client:
            yield client

    async def account_token(self, namespace: str, name: str, **spec: Any) -> str:
        """Create a service account where it is missing, and give a token of it."""
        accounts = f"/api/v1/namespaces/{namespace}/serviceaccounts"
        answer = await ask(self.administrator, "POST", accounts, {"metadata": {"name": name}})
        assert answer.code in (201, 409), answer
        asked: dict[str, Any] = {"audiences": [], **spec}
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": asked}
        created = await self.make(f"{accounts}/{name}/token", request)
        token: str = created["status"]["token"]
        return token

    async def make(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create something as the administrator."""
        answer = await ask(self.administrator, "POST", path, body)
        assert answer.code == 201, answer
        created: dict[str, Any] = answer.body
        return created

    async def role(self, namespace: str, name: str, *rules: dict[str, Any]) -> None:
        """Create a Role, and bind it to the user of its name."""
        await self.make(f"{RBAC}/namespaces/{namespace}/roles", {"metadata": {"name": name}, "rules": list(rules)})
        subject = {"kind": "User", "name": name, "apiGroup": "rbac.authorization.k8s.io"}
        await self.bind(namespace, name, {"kind": "Role", "name": name}, subject)

    async def bind(self, namespace: str, name: str, role: dict[str, str], *subjects: dict[str, str]) -> None:
        """Create a RoleBinding, and wait until the server goes by it."""
        reference = {"apiGroup": "rbac.authorization.k8s.io", **role}
        body = {"metadata": {"name": name}, "roleRef": reference, "subjects": list(subjects)}
        await self.make(f"{RBAC}/namespaces/{namespace}/rolebindings", body)


async def until(
    client: BaseClient, wanted: int | Callable[[Answer], bool], method: str, path: str, body: Any = None
) -> Answer:
    """Ask until the answer has a code, or is as wanted: what servers know of roles comes to them by watches."""
    with anyio.fail_after(30):
        while True:
            answer = await ask(client, method, path, body)
            if answer.code == wanted if isinstance(wanted, int) else wanted(answer):
                return answer
            await anyio.sleep(0.02)
