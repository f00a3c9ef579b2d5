from __future__ import annotations

from collections.abc import Iterator

import pytest

from kubex.testing import ApiServer


@pytest.fixture(scope="module")
def shared_server() -> Iterator[ApiServer]:
    with ApiServer() as server:
        yield server


@pytest.fixture
def server(shared_server: ApiServer) -> ApiServer:
    shared_server.reset()
    return shared_server
