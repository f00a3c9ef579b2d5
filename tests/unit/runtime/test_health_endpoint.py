"""Probes and metrics, over real sockets."""

from __future__ import annotations

import anyio
import pytest

from kubex.runtime import Context, Controller, Manager
from tests.unit.api.resources import Widget
from tests.unit.runtime.fake_cluster import FakeClient, FakeCluster

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


async def ask(port: int, request: bytes) -> bytes:
    answer = b""
    async with await anyio.connect_tcp("127.0.0.1", port) as stream:
        await stream.send(request)
        if not request.endswith(b"\r\n\r\n"):
            await stream.send_eof()
        try:
            while True:
                answer += await stream.receive()
        except anyio.EndOfStream:
            return answer


async def test_probes_and_metrics_are_served() -> None:
    controller, cluster = Controller(Widget, name="widgets"), FakeCluster()

    @controller.reconcile
    async def reconcile(widget: Widget, ctx: Context) -> None: ...

    cluster.is_down = True
    manager = Manager(
        controller, client=FakeClient(cluster), health_port=0, health_host="127.0.0.1", handle_signals=False
    )
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(manager.run)
        with anyio.fail_after(10):
            while manager.port is None:  # noqa: ASYNC110 - there is nothing else to wait for
                await anyio.sleep(0.01)
        port = manager.port
        assert (await ask(port, b"GET /healthz HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")
        assert (await ask(port, b"GET /readyz HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        cluster.is_down = False
        with anyio.fail_after(10):
            while not manager.is_ready:  # noqa: ASYNC110
                await anyio.sleep(0.01)
        ready = await ask(port, b"GET /readyz?verbose HTTP/1.1\r\nHost: x\r\n\r\n")
        assert ready.endswith(b"\r\n\r\nok\n")
        metrics = await ask(port, b"GET /metrics HTTP/1.0\r\n\r\n")
        assert b'kubex_controller_ready{controller="widgets"} 1\n' in metrics
        assert b"# TYPE kubex_workqueue_depth gauge\n" in metrics
        head = await ask(port, b"HEAD /healthz HTTP/1.1\r\n\r\n")
        assert head.endswith(b"Content-Length: 3\r\nConnection: close\r\n\r\n")
        for request, status in (
            (b"GET /other HTTP/1.1\r\n\r\n", b"404"),
            (b"POST /healthz HTTP/1.1\r\n\r\n", b"405"),
            (b"nonsense\r\n\r\n", b"400"),
            (b"x" * 20_000, b"400"),
            (b"", b"400"),
        ):
            assert (await ask(port, request)).startswith(b"HTTP/1.1 " + status), request[:20]
        manager.stop()
    assert cluster.streams == []
