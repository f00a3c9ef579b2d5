from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.testing.pods import logs
from kubex.testing.pods.log_selection import LogOptions, LogReader
from kubex.testing.pods.logs import ContainerLog, stamp

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Minutes:
    """A clock that is a minute later each time."""

    def __init__(self) -> None:
        self._minute = -1

    def __call__(self) -> datetime:
        self._minute += 1
        return NOON + timedelta(minutes=self._minute)


def log_of(*texts: bytes) -> ContainerLog:
    log = ContainerLog(Minutes())
    for text in texts:
        log.write(text)
    return log


def read(log: ContainerLog, **options: object) -> bytes:
    return b"".join(LogReader(log, LogOptions(**options)).read())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, b"one\ntwo\nthree\n"),
        ({"tail_lines": 2}, b"two\nthree\n"),
        ({"tail_lines": 0}, b""),
        ({"tail_lines": 9}, b"one\ntwo\nthree\n"),
        ({"limit_bytes": 5}, b"one\nt"),
        ({"limit_bytes": 4}, b"one\n"),
        ({"tail_lines": 2, "limit_bytes": 2}, b"tw"),
        ({"since": NOON + timedelta(minutes=1)}, b"two\nthree\n"),
        ({"since": NOON + timedelta(minutes=1, seconds=1)}, b"three\n"),
        # The last lines are counted first.
        ({"since": NOON + timedelta(minutes=2), "tail_lines": 1}, b"three\n"),
        ({"since": NOON + timedelta(minutes=3), "tail_lines": 1}, b""),
        ({"timestamps": True, "tail_lines": 1}, b"2026-01-01T12:02:00.000000000Z three\n"),
        ({"timestamps": True, "limit_bytes": 12}, b"2026-01-01T1"),
    ],
)
def test_a_part_of_a_log(options: dict[str, object], expected: bytes) -> None:
    assert read(log_of(b"one\n", b"two", b"three\n"), **options) == expected


def test_lines_end_at_newlines_alone() -> None:
    log = log_of(b"a\rb\x0bc\r\nd\n", b"", b"\n")
    assert [line.text for line in log.since(0)] == [b"a\rb\x0bc\r\n", b"d\n", b"\n"]


def test_only_the_newest_of_a_long_log_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_LARGEST", 10)
    log = log_of(*(b"%d\n" % number for number in range(20)))
    assert read(log) == b"17\n18\n19\n"
    assert log.end == 20
    log.write(b"x" * 100)
    assert read(log) == b"x" * 100 + b"\n"


def test_followers_are_told() -> None:
    log = log_of()
    seen: list[bool] = []
    unfollow = log.follow(lambda: seen.append(log.has_ended))
    log.write(b"a\n")
    log.finish()
    unfollow()
    log.write(b"b\n")
    assert seen == [False, True]


@given(
    pieces=st.lists(st.binary(max_size=20), max_size=20),
    limit=st.none() | st.integers(1, 200),
    tail=st.none() | st.integers(0, 30),
    reads=st.sets(st.integers(0, 19)),
)
def test_reading_in_pieces_gives_what_reading_at_once_does(
    pieces: list[bytes], limit: int | None, tail: int | None, reads: set[int]
) -> None:
    log = log_of()
    options = LogOptions(limit_bytes=limit)
    reader = LogReader(log, options)
    parts: list[bytes] = []
    for number, piece in enumerate(pieces):
        log.write(piece)
        if number in reads:
            parts += reader.read()
    parts += reader.read()
    whole = b"".join(line.text for line in log.since(0))
    assert b"".join(parts) == whole[:limit]
    assert reader.is_done == (limit is not None and limit <= len(whole))
    lines = [line.text for line in log.since(0)]
    kept = lines if tail is None else lines[max(0, len(lines) - tail) :]
    assert read(log, tail_lines=tail) == b"".join(kept)


def test_a_moment_in_another_zone() -> None:
    assert stamp(datetime.fromisoformat("2026-01-01T14:00:00.123456+02:00")) == b"2026-01-01T12:00:00.123456000Z "
