"""`RefreshableToken`: one fetch at a time, for all who wait."""

from __future__ import annotations

import anyio
import pytest

from kubex.configuration.auth.refreshable_token import RefreshableToken
from kubex.core.exceptions import ConfigurationError

pytestmark = pytest.mark.anyio


class Issuer:
    """Gives token-1, token-2, …; each fetch lets all other tasks run, and they must not be fetches."""

    def __init__(self) -> None:
        self.given = 0
        self.under_way = 0

    async def __call__(self) -> str:
        self.under_way += 1
        assert self.under_way == 1
        await anyio.lowlevel.checkpoint()
        self.under_way -= 1
        self.given += 1
        return f"token-{self.given}"


def bearer(number: int) -> dict[str, str]:
    return {"Authorization": f"Bearer token-{number}"}


async def test_many_first_requests_fetch_once() -> None:
    issuer = Issuer()
    source = RefreshableToken(issuer)

    async def ask() -> None:
        assert await source.headers() == bearer(1)

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(ask)
    assert issuer.given == 1


async def test_many_rejected_requests_fetch_once() -> None:
    issuer = Issuer()
    source = RefreshableToken(issuer)
    rejected = await source.headers()

    async def rejected_one() -> None:
        assert await source.refresh(rejected) is True
        assert await source.headers() == bearer(2)

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(rejected_one)
    assert issuer.given == 2
    assert await source.refresh(bearer(2)) is True
    assert issuer.given == 3


async def test_nothing_newer() -> None:
    async def always_the_same() -> str:
        return "token-1"

    source = RefreshableToken(always_the_same)
    await source.headers()
    assert await source.refresh() is False
    assert await source.refresh(bearer(1)) is False


async def test_a_failed_fetch_is_not_kept() -> None:
    answers = [" ", "token-1", ""]

    async def fetch() -> str:
        return answers.pop(0)

    source = RefreshableToken(fetch)
    with pytest.raises(ConfigurationError, match="the refreshable token is empty"):
        await source.headers()
    assert await source.headers() == bearer(1)
    with pytest.raises(ConfigurationError, match="the refreshable token is empty"):
        await source.refresh(bearer(1))
    assert await source.headers() == bearer(1)


async def test_a_cancelled_fetch_leaves_the_way_free() -> None:
    hang = True

    async def fetch() -> str:
        if hang:
            await anyio.sleep_forever()
        return "token-1"

    source = RefreshableToken(fetch)
    with anyio.CancelScope() as scope:
        scope.cancel()
        await source.headers()
    hang = False
    assert await source.headers() == bearer(1)


def test_a_source_outlives_its_event_loop() -> None:
    issuer = Issuer()
    source = RefreshableToken(issuer)
    for backend in ("asyncio", "trio"):
        assert anyio.run(source.headers, backend=backend) == bearer(1)
