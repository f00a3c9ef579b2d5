"""Tests of the runtime against an API server of their own, which they restart and cut off; on one transport."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.e2e.runtime.server import RestartableServer


@pytest.fixture
def anyio_backend() -> str:
    """What is tried here does not depend on the transport; the contract tests have all of them."""
    return "asyncio"


@pytest.fixture(scope="session")
def is_whole() -> bool:
    """Whether the tests have their full sizes."""
    return bool(os.environ.get("KUBEX_SOAK"))


@pytest.fixture(scope="session")
def server() -> Iterator[RestartableServer]:
    """An API server that a test may restart."""
    with RestartableServer.started() as server:
        yield server
