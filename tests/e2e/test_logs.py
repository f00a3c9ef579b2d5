"""Logs of running containers."""

from __future__ import annotations

import re
import time
from contextlib import aclosing

import anyio
import pytest

from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.core.exceptions import BadRequest, NotFound
from kubex.k8s.v1_35.core.v1 import Pod
from tests.e2e.pods import PATIENCE, finish, pod, shell, start

pytestmark = pytest.mark.anyio


async def test_what_there_is(client: BaseClient, namespace: str) -> None:
    pods = Api(Pod, client, namespace=namespace)
    await finish(pods, pod("talker", shell("seq 5"), shell("echo à côté", name="other")))
    assert await pods.logs.get("talker", container="main") == "1\n2\n3\n4\n5\n"
    assert await pods.logs.get("talker", container="other") == "à côté\n"
    assert await pods.logs.get("talker", container="main", tail_lines=2) == "4\n5\n"
    assert await pods.logs.get("talker", container="main", limit_bytes=3) == "1\n2"
    assert await pods.logs.get("talker", container="main", since_seconds=3600, tail_lines=0) == ""
    stamped = await pods.logs.get("talker", container="main", tail_lines=1, timestamps=True)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z 5\n", stamped)
    lines = [line async for line in pods.logs.stream("talker", container="main", follow=False)]
    assert lines == ["1", "2", "3", "4", "5"]


async def test_what_there_is_not(client: BaseClient, namespace: str) -> None:
    pods = Api(Pod, client, namespace=namespace)
    await finish(pods, pod("talker", shell("seq 5")))
    with pytest.raises(BadRequest, match="container nobody is not valid"):
        await pods.logs.get("talker", container="nobody")
    with pytest.raises(BadRequest, match="previous terminated container"):
        await pods.logs.get("talker", previous=True)
    with pytest.raises(NotFound):
        await pods.logs.get("nobody")
    with pytest.raises(NotFound):
        async for _ in pods.logs.stream("nobody"):
            pass


async def test_a_followed_log_ends_with_the_container(client: BaseClient, namespace: str) -> None:
    pods = Api(Pod, client, namespace=namespace)
    await start(pods, pod("counter", shell("for i in 1 2 3; do echo $i; sleep 0.3; done")))
    with anyio.fail_after(PATIENCE):
        assert [line async for line in pods.logs.stream("counter")] == ["1", "2", "3"]


async def test_silence_longer_than_the_libraries_patience(client: BaseClient, namespace: str) -> None:
    """httpx waits 5 seconds for bytes by default; before the first line there are not even headers."""
    pods = Api(Pod, client, namespace=namespace)
    await start(pods, pod("quiet", shell("sleep 6.5; echo first; sleep 6.5; echo second")))
    with anyio.fail_after(PATIENCE):
        assert [line async for line in pods.logs.stream("quiet")] == ["first", "second"]


async def test_each_line_comes_when_it_is_written(client: BaseClient, namespace: str) -> None:
    pods = Api(Pod, client, namespace=namespace)
    await start(pods, pod("waiting", shell("echo first; sleep 1000; echo second")))
    with anyio.fail_after(PATIENCE):
        async with aclosing(pods.logs.stream("waiting")) as lines:
            assert await anext(lines) == "first"


async def test_lines_longer_than_any_buffer(client: BaseClient, namespace: str) -> None:
    pods = Api(Pod, client, namespace=namespace)
    # Each character is of three bytes, so chunks end within one.
    await finish(pods, pod("epic", shell("yes € | head -n 500000 | tr -d '\\n'; echo; echo end")))
    lines = [line async for line in pods.logs.stream("epic")]
    assert [len(lines[0]), set(lines[0]), lines[1:]] == [500_000, {"€"}, ["end"]]


async def test_cancelling_a_followed_log_is_immediate(client: BaseClient, namespace: str) -> None:
    pods = Api(Pod, client, namespace=namespace)
    await start(pods, pod("quiet", shell("echo first; sleep 1000")))
    arrived = anyio.Event()

    async def follow() -> None:
        async with aclosing(pods.logs.stream("quiet")) as lines:
            async for _ in lines:
                arrived.set()

    cancelled = 0.0
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(follow)
        with anyio.fail_after(PATIENCE):
            await arrived.wait()
        cancelled = time.monotonic()
        tasks.cancel_scope.cancel()
    assert time.monotonic() - cancelled < 1
