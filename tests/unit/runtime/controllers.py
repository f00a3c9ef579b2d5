"""Controllers at work on a fake cluster."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import anyio

from kubex.runtime import Controller, Manager
from tests.unit.runtime.fake_cluster import FakeClient, FakeCluster

__all__ = ["running"]


@asynccontextmanager
async def running(cluster: FakeCluster, *controllers: Controller[Any], **options: Any) -> AsyncGenerator[Manager, None]:
    manager = Manager(*controllers, client=FakeClient(cluster), handle_signals=False, **options)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(manager.run)
        yield manager
        manager.stop()
