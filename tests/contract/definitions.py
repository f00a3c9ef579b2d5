"""Definitions that a test creates, of classes in a group that no other test knows."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.core.exceptions import KubexApiError
from kubex.k8s.v1_35.apiextensions.v1 import CustomResourceDefinition
from kubex_core.models.resource_config import ResourceConfig

__all__ = ["Definitions", "definitions", "in_a_group_of_its_own", "served"]


class Definitions:
    """Definitions that are deleted in the end."""

    def __init__(self, client: BaseClient) -> None:
        self._api = Api(CustomResourceDefinition, client)
        self._created: list[str] = []

    async def create(self, definition: CustomResourceDefinition) -> None:
        """Create a definition and wait until it is established."""
        created = await self._api.create(definition)
        name = created.metadata.name or ""
        self._created.append(name)
        with anyio.fail_after(30):
            while True:
                if self._is_established(await self._api.get(name)):
                    return
                await anyio.sleep(0.05)

    @staticmethod
    def _is_established(definition: CustomResourceDefinition) -> bool:
        conditions = (definition.status.conditions if definition.status else None) or []
        return any(each.type == "Established" and each.status == "True" for each in conditions)

    async def delete(self) -> None:
        """Delete what was created."""
        for name in self._created:
            await self._api.delete(name)


@pytest.fixture
async def definitions(client: BaseClient) -> AsyncIterator[Definitions]:
    definitions = Definitions(client)
    yield definitions
    await definitions.delete()


def in_a_group_of_its_own(*classes: Any) -> list[Any]:
    """Give subclasses of resources in a group that no other test knows."""
    group = f"g{uuid.uuid4().hex[:8]}.example.com"
    found: list[Any] = []
    for each in classes:
        config = ResourceConfig[Any](
            group=group, version=each.__RESOURCE_CONFIG__.version, kind=each.__RESOURCE_CONFIG__.kind, plural="backups"
        )
        options = {"kw_only": True} if hasattr(each, "__struct_fields__") else {}
        found.append(
            type(each)(each.__name__, (each,), {"__RESOURCE_CONFIG__": config, "__module__": __name__}, **options)
        )
        found[-1].__doc__ = each.__doc__
    return found


async def served(api: Api[Any]) -> None:
    """Wait until a resource is served: a moment after its definition is established."""
    with anyio.fail_after(30):
        while True:
            try:
                await api.list()
            except KubexApiError:
                await anyio.sleep(0.05)
            else:
                return
