"""The client of tests that pytest-asyncio runs: one fixture for each of its loops."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest_asyncio

if TYPE_CHECKING:
    from kubex.client import BaseClient
    from kubex.testing.server import ApiServer

__all__: list[str] = []


def _in_loop(scope: Any) -> Any:
    @pytest_asyncio.fixture(loop_scope=scope, name=f"_kube_client_of_asyncio_{scope}")
    async def client(kube_api_server: ApiServer) -> AsyncIterator[BaseClient]:
        from kubex.client import create_client

        async with await create_client(kube_api_server.configuration) as client:
            yield client

    return client


in_function_loop = _in_loop("function")
in_class_loop = _in_loop("class")
in_module_loop = _in_loop("module")
in_package_loop = _in_loop("package")
in_session_loop = _in_loop("session")
