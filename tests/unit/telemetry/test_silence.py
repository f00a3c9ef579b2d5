"""What is not asked for costs and says nothing: no log line at INFO in the ordinary case, no library."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path

import anyio
import pytest

import kubex
from kubex.client.base import BaseClient
from kubex.k8s.v1_35.core.v1.config_map import ConfigMap
from kubex.runtime import Context, Controller, Manager
from kubex.testing import ApiServer
from kubex_core.models.metadata import ObjectMetadata

SOURCES = Path(__file__).parents[3] / "src"


async def ordinary_day(client: BaseClient) -> None:
    """Create, read, list, watch, a cache, a controller from its beginning to its end."""
    maps = kubex.Api(ConfigMap, client, namespace="default")
    controller = Controller(ConfigMap, name="painter")
    seen = anyio.Event()

    @controller.reconcile
    async def reconcile(config_map: ConfigMap, ctx: Context) -> None:
        seen.set()

    manager = Manager(controller, client=client, namespace="default", handle_signals=False)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(manager.run)
        await maps.create(ConfigMap(metadata=ObjectMetadata(name="a"), data={"sky": "blue"}))
        await maps.get("a")
        await maps.list()
        async with aclosing(maps.watch()) as events:
            await anext(events)
        async with kubex.Informer(maps) as cache:
            await cache.wait_synced(timeout=30)
        with anyio.fail_after(30):
            await seen.wait()
        await maps.delete("a")
        manager.stop()


@pytest.mark.anyio
@pytest.mark.usefixtures("no_leaks")
async def test_an_ordinary_day_is_silent(server: ApiServer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "kubex"):
        async with await kubex.create_client(server.configuration, kubex.ClientChoice.HTTPX) as client:
            await ordinary_day(client)
    assert [record for record in caplog.records if record.name.partition(".")[0] == "kubex"] == []


def test_all_that_is_logged_is_under_one_name() -> None:
    names = {
        name
        for path in SOURCES.rglob("*.py")
        for name in re.findall(r"getLogger\(([^)]*)\)", path.read_text(encoding="utf-8"))
    }
    assert len(names) > 3
    assert [name for name in names if not re.match(r'f?"kubex[."]', name)] == []


def test_no_library_of_telemetry_is_imported_before_it_is_asked_for() -> None:
    program = "import sys, kubex, kubex.client.aiohttp, kubex.client.httpx, kubex.runtime; print(*sys.modules)"
    command = [sys.executable, "-c", program]
    loaded = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.split()
    assert [name for name in loaded if re.match(r"opentelemetry|prometheus_client|kubex\.telemetry", name)] == []
