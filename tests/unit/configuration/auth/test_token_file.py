"""`TokenFile`: when it is read, and what happens when it can't be."""

# ruff: noqa: ASYNC240  # the test is the only task

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from kubex.configuration.auth.token_file import REREAD_AFTER, TokenFile
from kubex.core.exceptions import ConfigurationError

pytestmark = pytest.mark.anyio


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text("first\n")
    return file


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_it_is_read_again_after_a_minute(file: Path, clock: Clock) -> None:
    source = TokenFile(file, clock=clock)
    assert await source.headers() == bearer("first")
    file.write_text("second")
    clock.now += REREAD_AFTER - 0.01
    assert await source.headers() == bearer("first")
    clock.now += 0.01
    assert await source.headers() == bearer("second")


async def test_a_good_token_is_given_without_looking_at_the_file(file: Path, clock: Clock) -> None:
    source = TokenFile(file, clock=clock)
    first = await source.headers()
    file.unlink()
    assert await source.headers() is first


@pytest.mark.parametrize("content", [None, b"", b" \n", b"two words", b"\xff\xfe", b"x" * (1 << 21)])
async def test_the_old_token_stays_while_the_file_is_useless(
    file: Path, clock: Clock, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    source = TokenFile(file, clock=clock)
    await source.headers()
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    clock.now += REREAD_AFTER
    with caplog.at_level(logging.WARNING, logger="kubex.configuration"):
        assert await source.headers() == bearer("first")
        assert await source.headers() == bearer("first")
    assert [record.getMessage().endswith("going on with the token known before") for record in caplog.records] == [True]
    file.write_text("third")
    clock.now += REREAD_AFTER
    assert await source.headers() == bearer("third")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "token file .*token does not exist"),
        ("", "token file .*token is empty"),
        ("\n \n", "token file .*token is empty"),
        ("hunter2 hunter2", "characters that no token has"),
        ("x" * ((1 << 20) + 1), "larger than 1048576 bytes"),
    ],
)
async def test_a_file_that_is_useless_from_the_start(file: Path, content: str | None, problem: str) -> None:
    file.unlink()
    if content is not None:
        file.write_text(content)
    source = TokenFile(file)
    with pytest.raises(ConfigurationError, match=problem) as raised:
        await source.headers()
    assert "hunter2" not in str(raised.value)
    file.write_text("good")
    assert await source.headers() == bearer("good"), "the failure is not kept"


async def test_a_pipe_is_refused_rather_than_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match="not an ordinary file"):
        await TokenFile(tmp_path / "pipe").headers()


async def test_fallback_until_the_file_is_there(file: Path, clock: Clock) -> None:
    file.unlink()
    source = TokenFile(file, fallback="fallback", clock=clock)
    assert await source.headers() == bearer("fallback")
    file.write_text("first")
    clock.now += REREAD_AFTER
    assert await source.headers() == bearer("first")
    file.unlink()
    clock.now += REREAD_AFTER
    assert await source.headers() == bearer("first"), "the last token of the file goes before the fallback"


async def test_refresh_reads_at_once(file: Path, clock: Clock) -> None:
    source = TokenFile(file, clock=clock)
    rejected = await source.headers()
    assert await source.refresh(rejected) is False, "the file holds the rejected token still"
    file.write_text("second")
    assert await source.refresh(rejected) is True
    assert await source.headers() == bearer("second")


async def test_of_many_rejected_requests_each_is_told_to_try_again(file: Path, clock: Clock) -> None:
    source = TokenFile(file, clock=clock)
    rejected = await source.headers()
    file.write_text("second")
    assert await source.refresh(rejected) is True
    file.write_text("third")
    assert [await source.refresh(rejected) for _ in range(3)] == [True, True, True]
    assert await source.headers() == bearer("second"), "only the first of them reads"
    assert await source.refresh(bearer("second")) is True
    assert await source.headers() == bearer("third")


async def test_refresh_where_the_rejected_token_is_not_known(file: Path, clock: Clock) -> None:
    source = TokenFile(file, clock=clock)
    await source.headers()
    assert await source.refresh() is False
    file.write_text("second")
    assert await source.refresh() is True


async def test_refresh_counts_as_reading(file: Path, clock: Clock) -> None:
    source = TokenFile(file, clock=clock)
    await source.headers()
    clock.now += REREAD_AFTER - 1
    await source.refresh()
    file.write_text("second")
    clock.now += REREAD_AFTER - 1
    assert await source.headers() == bearer("first")


async def test_no_refresh_where_none_is_wanted(file: Path, clock: Clock) -> None:
    source = TokenFile(file, reread_when_rejected=False, clock=clock)
    rejected = await source.headers()
    file.write_text("second")
    assert await source.refresh(rejected) is False
    assert await source.headers() == bearer("first")
    clock.now += REREAD_AFTER
    assert await source.headers() == bearer("second"), "every minute it is read all the same"
