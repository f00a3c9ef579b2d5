"""`RefreshingSource`: when it fetches, and who waits for whom."""

from __future__ import annotations

import logging
from collections.abc import Callable

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.configuration.auth.refreshing import REFRESH_BEFORE, Credentials, RefreshingSource, refresh_time
from kubex.configuration.auth.source import ClientCertificate
from kubex.core.exceptions import ConfigurationError

pytestmark = pytest.mark.anyio


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Source(RefreshingSource):
    """Gives number 1, 2, …, each good for `lifetime` seconds; `fails` while it is told to."""

    def __init__(self, clock: Clock, lifetime: float | None = 100.0) -> None:
        super().__init__(clock=clock)
        self.clock = clock
        self.lifetime = lifetime
        self.fetches = 0
        self.fails = False
        self.certificate_of: Callable[[int], ClientCertificate | None] = lambda number: None

    async def fetch(self) -> Credentials:
        self.fetches += 1
        number = self.fetches
        await anyio.lowlevel.checkpoint()
        if self.fails:
            raise ConfigurationError(f"no {number}")
        expires = None if self.lifetime is None else self.clock() + self.lifetime
        return Credentials({"Authorization": f"Bearer {number}"}, expires, self.certificate_of(number))


def bearer(number: int) -> dict[str, str]:
    return {"Authorization": f"Bearer {number}"}


@given(now=st.floats(0, 2e9), lifetime=st.floats(-1e6, 1e9))
def test_the_time_to_refresh(now: float, lifetime: float) -> None:
    due = refresh_time(now, now + lifetime)
    assert due is not None
    assert due <= now + lifetime
    assert now + lifetime - due <= REFRESH_BEFORE + 1e-3
    if lifetime > 1:
        assert due > now, "what is new is never refreshed at once"


def test_without_an_expiry_there_is_none() -> None:
    assert refresh_time(5.0, None) is None


async def test_it_is_kept_until_it_is_due() -> None:
    clock = Clock()
    source = Source(clock)
    first = await source.headers()
    clock.now += 89.9
    assert await source.headers() is first
    clock.now += 0.2
    assert await source.headers() == bearer(2)
    assert source.fetches == 2


async def test_a_short_life() -> None:
    clock = Clock()
    source = Source(clock, lifetime=2.0)
    await source.headers()
    clock.now += 1.5
    assert await source.headers() == bearer(1)
    clock.now += 0.2
    assert await source.headers() == bearer(2)


async def test_one_without_an_expiry_is_kept_until_it_is_rejected() -> None:
    clock = Clock()
    source = Source(clock, lifetime=None)
    first = await source.headers()
    clock.now += 1e9
    assert await source.headers() is first
    assert await source.refresh(first)
    assert await source.headers() == bearer(2)


async def test_many_wait_for_one() -> None:
    clock = Clock()
    source = Source(clock)
    rejected = await source.headers()
    clock.now += 95

    async def ask() -> None:
        assert await source.headers() == bearer(2)

    async def rejected_one() -> None:
        assert await source.refresh(rejected)

    async with anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(ask)
            tasks.start_soon(rejected_one)
    assert source.fetches == 2


async def test_many_fail_with_one() -> None:
    source = Source(Clock())
    source.fails = True

    async def ask() -> None:
        with pytest.raises(ConfigurationError, match="no 1"):
            await source.headers()

    async with anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(ask)
    assert source.fetches == 1
    source.fails = False
    assert await source.headers() == bearer(2)


async def test_one_that_fails_early_leaves_what_is_there(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    source = Source(clock)
    first = await source.headers()
    source.fails = True
    clock.now += 95
    with caplog.at_level(logging.WARNING, "kubex"):
        assert await source.headers() is first
        assert await source.headers() is first
    assert [record.getMessage() for record in caplog.records] == [
        "no 2; the credentials at hand are used as long as they last"
    ]
    clock.now += 1.5
    assert await source.headers() is first
    assert source.fetches == 3
    clock.now += 10
    with pytest.raises(ConfigurationError, match="no 4"):
        await source.headers()


async def test_certificates_that_are_rejected() -> None:
    source = Source(Clock())
    source.certificate_of = lambda number: ClientCertificate(b"c%d" % number, b"k")
    assert source.certificate is None
    rejected = await source.headers()
    assert source.certificate == ClientCertificate(b"c1", b"k")
    assert await source.refresh(rejected)
    assert await source.refresh(rejected)
    assert source.fetches == 2
    assert source.certificate == ClientCertificate(b"c2", b"k")


async def test_a_cancelled_fetch_is_another_ones() -> None:
    source = Source(Clock())
    with anyio.CancelScope() as scope:
        scope.cancel()
        await source.headers()
    assert await source.headers() == bearer(source.fetches)
