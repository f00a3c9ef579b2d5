"""Each fault between a client and an API server, under a load of reads, writes and watches.

Every write is reported to have failed or is there afterwards, none is carried out twice, the watches miss nothing,
every caller has an answer within its bound, and no connection is left.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest
import trustme

from kubex.api import Api
from kubex.client import create_client
from kubex.client.base import BaseClient
from kubex.client.options import ClientOptions
from kubex.client.retries import RetryPolicy
from kubex.configuration import configure_from_kubeconfig
from kubex.core.exceptions import ConnectionFailed
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex.k8s.v1_35.rbac.v1 import Role
from kubex_core.models.metadata import ObjectMetadata
from tests.cluster import Transport
from tests.faults.between import configuration_behind, proxy_before
from tests.faults.faults import FAULTS, Fault, Refusal
from tests.faults.load import Load

pytestmark = pytest.mark.anyio

BOUND = 0.3 if os.environ.get("KUBEX_TEST_SERVER") == "memory" else 2.0
"""Seconds in which each caller wants an answer, and of a watch's silence."""
SLACK = 5.0
"""Seconds that a loaded machine may take longer; without a bound a caller in a blackhole has no answer at all."""
WRITES = 100 if os.environ.get("KUBEX_SOAK") else 5
"""Of each writer."""
OPTIONS = ClientOptions(timeout=BOUND, retry=RetryPolicy(initial_delay=0.01, max_delay=0.05), log_api_warnings=False)


async def until(happened: Callable[[], bool]) -> None:
    with anyio.fail_after(20):
        while not happened():  # noqa: ASYNC110 - what happens is another thread's
            await anyio.sleep(0.01)


@pytest.mark.parametrize(("fault", "every"), FAULTS.values(), ids=FAULTS)
async def test_a_fault(
    fault: Fault,
    every: int,
    client: BaseClient,
    namespace: str,
    kubeconfig: Path,
    transport: Transport,
    authority: trustme.CA,
) -> None:
    with proxy_before(await configure_from_kubeconfig(path=kubeconfig), authority) as proxy:
        async with await create_client(configuration_behind(proxy, authority), transport.library, OPTIONS) as tried:
            load = Load(tried, namespace, silence=BOUND)
            proxy.inject(fault, every=every)
            await load.run(writes=WRITES, checked_by=client, at_the_end=proxy.heal)
            after = Role(metadata=ObjectMetadata(name="after"), rules=[])
            await Api(Role, tried, namespace=namespace).create(after, request_timeout=60)
        await until(lambda: proxy.open_connections == 0)
    assert proxy.met > 3
    assert await load.problems(client) == []
    assert any(write.is_done for write in load.writes)
    assert load.slowest < BOUND + SLACK
    assert max(follower.longest_wait for follower in load.followers) < BOUND + SLACK


@pytest.mark.parametrize("retry_after", [None, 0])
async def test_where_the_server_says_that_it_did_nothing_all_is_done_in_the_end(
    client: BaseClient,
    namespace: str,
    kubeconfig: Path,
    transport: Transport,
    authority: trustme.CA,
    retry_after: int | None,
) -> None:
    options = ClientOptions(retry=RetryPolicy(max_retries=50, initial_delay=0.01, max_delay=0.05))
    with proxy_before(await configure_from_kubeconfig(path=kubeconfig), authority) as proxy:
        async with await create_client(configuration_behind(proxy, authority), transport.library, options) as tried:
            load = Load(tried, namespace, silence=60)
            proxy.inject(Refusal(429, retry_after), every=2)
            await load.run(writes=WRITES, checked_by=client, at_the_end=proxy.heal)
    assert await load.problems(client) == []
    assert [write.error for write in load.writes if write.error is not None] == []
    assert load.reads.keys() == {"done"}


async def test_a_certificate_of_another_host(
    kubeconfig: Path, transport: Transport, authority: trustme.CA, client: BaseClient, namespace: str
) -> None:
    server = await configure_from_kubeconfig(path=kubeconfig)
    with proxy_before(server, authority, "elsewhere.example") as proxy:
        async with await create_client(configuration_behind(proxy, authority), transport.library, OPTIONS) as tried:
            maps = Api(ConfigMap, tried, namespace=namespace)
            with pytest.raises(ConnectionFailed, match="another host's") as raised:
                await maps.create(ConfigMap(metadata=ObjectMetadata(name="x")))
            assert not raised.value.was_sent
            with pytest.raises(ConnectionFailed, match="another host's"):
                async for _ in maps.watch():
                    pass
            with pytest.raises(ConnectionFailed, match="another host's"):
                await Api(ConfigMap, tried, namespace=namespace).list()
        await until(lambda: proxy.open_connections == 0)
        assert proxy.requests == 0
