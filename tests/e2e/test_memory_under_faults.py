"""Each fault of the proxy again and again: a client holds no more after the last one than after the first ones."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Final

import pytest
import trustme

from kubex.api import Api
from kubex.client import create_client
from kubex.client.base import BaseClient
from kubex.client.options import ClientOptions
from kubex.client.retries import RetryPolicy
from kubex.configuration import ClientConfiguration
from kubex.k8s.v1_35.core.v1 import Namespace
from kubex_core.models.metadata import ObjectMetadata
from tests.cluster import Transport
from tests.faults.between import configuration_behind, proxy_before
from tests.faults.faults import FAULTS
from tests.faults.load import Load
from tests.faults.memory import held_by_the_client, traced_memory
from tests.faults.proxy import FaultProxy

pytestmark = pytest.mark.anyio

BOUND: Final = 2.0
"""Seconds in which each caller wants an answer; a test waits for it about a dozen times."""
LONGEST: Final = 300
"""Seconds that a test takes at most."""
OPTIONS: Final = ClientOptions(
    timeout=BOUND, retry=RetryPolicy(initial_delay=0.01, max_delay=0.05), log_api_warnings=False
)
LARGEST_GROWTH: Final = 2**16
"""Bytes, of some hundred calls that met a fault: a connection that is kept of each is many times as much."""


async def meet_each(proxy: FaultProxy, tried: BaseClient, direct: BaseClient, prefix: str) -> None:
    for number, (fault, every) in enumerate(FAULTS.values()):
        namespace = f"{prefix}-{number}"
        await Api(Namespace, direct).create(Namespace(metadata=ObjectMetadata(name=namespace)))
        load = Load(tried, namespace, silence=BOUND)
        proxy.inject(fault, every=every)
        await load.run(writes=4, checked_by=direct, at_the_end=proxy.heal)
        assert await load.problems(direct) == []


@pytest.mark.timeout(LONGEST)
async def test_it_returns_to_what_it_was(bare_server: ClientConfiguration, transport: Transport) -> None:
    name = f"faults-{transport.library.value}-{transport.loop}"
    authority = trustme.CA()
    async with AsyncExitStack() as exits:
        exits.enter_context(traced_memory())
        proxy = exits.enter_context(proxy_before(bare_server, authority, seconds=LONGEST + 30))
        direct = await exits.enter_async_context(await create_client(bare_server, transport.library))
        behind = configuration_behind(proxy, authority)
        tried = await exits.enter_async_context(await create_client(behind, transport.library, OPTIONS))
        await meet_each(proxy, tried, direct, f"{name}-0")
        before = held_by_the_client()
        await meet_each(proxy, tried, direct, f"{name}-1")
        after = held_by_the_client()
        assert after.size - before.size < LARGEST_GROWTH, after.more_than(before)
