"""A server in memory for the command, and manifests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kubex.testing import ApiServer
from tests.unit.cli.commands import SHOP, Command


@pytest.fixture(scope="module")
def server() -> Iterator[ApiServer]:
    with ApiServer() as server:
        yield server


@pytest.fixture
def cluster(server: ApiServer, monkeypatch: pytest.MonkeyPatch) -> ApiServer:
    """An empty cluster that the command finds by itself."""
    server.reset()
    monkeypatch.setenv("KUBECONFIG", str(server.kubeconfig))
    return server


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP)
    return path


@pytest.fixture
def kubex(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)
