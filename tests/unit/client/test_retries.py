"""`RetryPolicy`: a table of what is sent again, and properties of when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.client.retries import Failure, RetryPolicy, failure_of, parse_retry_after
from kubex.core.exceptions import ConnectionFailed, NotFound, RequestTimeout
from kubex.core.response import Response

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def again(failure: Failure | None, *, is_read: bool) -> bool:
    if failure is None:
        return False
    return RetryPolicy().delay(failure, is_read=is_read, retries=0, elapsed=0.0, chance=0.5) is not None


ANSWERS: list[tuple[int, dict[str, str], bytes, bool, bool]] = [
    # status, headers, body, again for what reads, again for what writes
    (200, {}, b"", False, False),
    (401, {}, b"", False, False),
    (404, {}, b"", False, False),
    (409, {}, b"", False, False),
    (429, {}, b"", True, True),
    (429, {"Retry-After": "1"}, b"", True, True),
    (429, {"Retry-After": "61"}, b"", False, False),
    (429, {"Retry-After": "1"}, b'{"details":{"causes":[{"reason":"DisruptionBudget"}]}}', False, False),
    (500, {"Retry-After": "1"}, b"", False, False),
    (502, {}, b"", False, False),
    (503, {}, b"", True, False),
    (503, {"retry-after": "1"}, b"", True, True),
    (503, {"Retry-After": "soon"}, b"", True, False),
    (504, {}, b"", True, False),
    (504, {"Retry-After": "1"}, b"", True, False),
]


@pytest.mark.parametrize(("status", "headers", "body", "read", "write"), ANSWERS)
def test_answers(status: int, headers: dict[str, str], body: bytes, read: bool, write: bool) -> None:
    failure = failure_of(Response(body, headers, status))
    assert (again(failure, is_read=True), again(failure, is_read=False)) == (read, write)


def connection_failed(*, was_sent: bool, is_lasting: bool) -> ConnectionFailed:
    error = ConnectionFailed("x")
    error.was_sent, error.is_lasting = was_sent, is_lasting
    return error


ERRORS: list[tuple[object, bool, bool]] = [
    (connection_failed(was_sent=False, is_lasting=False), True, True),
    (connection_failed(was_sent=True, is_lasting=False), True, False),
    (connection_failed(was_sent=False, is_lasting=True), False, False),
    (connection_failed(was_sent=True, is_lasting=True), False, False),
    (RequestTimeout("x"), False, False),
    (NotFound("x"), False, False),
    (object(), False, False),
]


@pytest.mark.parametrize(("error", "read", "write"), ERRORS)
def test_errors(error: object, read: bool, write: bool) -> None:
    failure = failure_of(error)
    assert (again(failure, is_read=True), again(failure, is_read=False)) == (read, write)


@given(
    retries=st.integers(0, 200),
    elapsed=st.floats(0, 1e6),
    chance=st.floats(0, 1),
    retry_after=st.none() | st.floats(0, 1e6),
    policy=st.builds(
        RetryPolicy,
        max_retries=st.integers(0, 100),
        initial_delay=st.floats(0, 100),
        max_delay=st.floats(0, 100),
        deadline=st.floats(0, 1e5),
    ),
)
def test_delays(policy: RetryPolicy, retries: int, elapsed: float, chance: float, retry_after: float | None) -> None:
    failure = Failure("x", 429, retry_after)
    seconds = policy.delay(failure, is_read=False, retries=retries, elapsed=elapsed, chance=chance)
    if retries >= policy.max_retries:
        assert seconds is None
    elif seconds is not None:
        assert 0 <= elapsed + seconds <= policy.deadline
        if retry_after is None:
            assert seconds <= policy.max_delay
        else:
            assert retry_after <= seconds <= retry_after + policy.max_delay, "never before the server wants it"
    else:
        assert elapsed + (retry_after or 0) + policy.max_delay > policy.deadline


def test_delays_double() -> None:
    policy = RetryPolicy(max_retries=9, initial_delay=1, max_delay=5)
    found = [
        policy.delay(Failure("x", 429), is_read=True, retries=n, elapsed=0, chance=chance)
        for chance in (0.0, 1.0)
        for n in range(4)
    ]
    assert found == [1, 2, 4, 5, 0.5, 1, 2, 2.5]


@pytest.mark.parametrize("wrong", [{"max_retries": -1}, {"deadline": -1}, {"max_delay": float("nan")}])
def test_policies_that_are_none(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="not negative"):
        RetryPolicy(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        (" 120 ", 120.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0.0),
        ("Thu, 01 Jan 2026 00:00:05", 5.0),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("tomorrow", None),
    ],
)
def test_retry_after(header: str, seconds: float | None) -> None:
    assert parse_retry_after(header, NOW) == seconds


@given(st.text(max_size=30))
def test_any_retry_after(header: str) -> None:
    seconds = parse_retry_after(header, NOW)
    assert seconds is None or seconds >= 0
