"""`RetryPolicy`: which requests that failed are sent again, and after how long; decided without I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from kubex.core.exceptions import ConnectionFailed
from kubex.core.response import Response

__all__ = ["Failure", "RetryPolicy", "failure_of", "parse_retry_after"]

_TOO_MANY_REQUESTS, _UNAVAILABLE, _GATEWAY_TIMEOUT = 429, 503, 504

# A disruption budget's "too many requests" is about pods: asking again in a second is no use.
_BUDGET = b'"DisruptionBudget"'


@dataclass(frozen=True)
class Failure:
    """What went wrong with a request, as far as sending it again depends on it.

    Args:
        reason: for the log line.
        status: status of the answer; `None` where there was none.
        retry_after: seconds that the server asks to wait; `None` where it does not say.
        was_sent: whether the server may have seen the request.
    """

    reason: str
    status: int | None = None
    retry_after: float | None = None
    was_sent: bool = True


@dataclass(frozen=True)
class RetryPolicy:
    """How a client repeats what failed for a reason that passes.

    An answer of 429, and one of 503 with Retry-After, says that the server did not take the request: any is repeated.
    After another 503, a 504, or a broken connection nobody knows: only those that read are repeated. Where there was no
    connection nothing was sent, and any is repeated; but not where the name or the certificate is wrong, nor after a
    time-out. What ends a watch or a log that has begun is the program's to hear of. There is no rate limiter.

    Args:
        max_retries: how often a request is sent again at most.
        initial_delay: seconds before the first time; doubled for each further one, and less by up to a half at random.
        max_delay: seconds up to which they are doubled. A server's Retry-After is obeyed as it is.
        deadline: seconds since the request was first sent after which it is not sent again; a shorter time-out of
            the request's own bounds it, too.

    Example:
        ```python
        ClientOptions(retry=RetryPolicy(max_retries=10, deadline=300))
        ClientOptions(retry=None)  # never
        ```
    """

    max_retries: int = 4
    initial_delay: float = 0.25
    max_delay: float = 10.0
    deadline: float = 60.0

    def __post_init__(self) -> None:
        if self.max_retries < 0 or not all(
            0 <= seconds < float("inf") for seconds in (self.initial_delay, self.max_delay, self.deadline)
        ):
            raise ValueError("a retry policy needs a count and seconds that are not negative")

    def delay(self, failure: Failure, *, is_read: bool, retries: int, elapsed: float, chance: float) -> float | None:
        """Give the seconds to wait before the request is sent again; `None` where it isn't.

        Args:
            failure: what went wrong.
            is_read: whether the request changes nothing on the server.
            retries: how often it was sent again before.
            elapsed: seconds since it was first sent.
            chance: a random number from 0 to 1.
        """
        if retries >= self.max_retries or not _is_repeatable(failure, is_read):
            return None
        backoff = min(self.max_delay, self.initial_delay * 2.0 ** min(retries, 64)) * (1 - chance / 2)
        # Of many that were told the same, not all come back in the same instant.
        seconds = backoff if failure.retry_after is None else failure.retry_after + backoff * chance
        return seconds if elapsed + seconds <= self.deadline else None


def _is_repeatable(failure: Failure, is_read: bool) -> bool:
    if failure.status == _TOO_MANY_REQUESTS:
        return True
    if failure.status == _UNAVAILABLE:
        return is_read or failure.retry_after is not None
    if failure.status is None or failure.status == _GATEWAY_TIMEOUT:
        return is_read or not failure.was_sent
    return False


def failure_of(outcome: object, now: datetime | None = None) -> Failure | None:
    """Give what of an outcome is a failure that may pass; `None` where it is none."""
    if isinstance(outcome, Response):
        status = outcome.status_code
        if status not in (_TOO_MANY_REQUESTS, _UNAVAILABLE, _GATEWAY_TIMEOUT):
            return None
        if status == _TOO_MANY_REQUESTS and _BUDGET in outcome.content:
            return None
        return Failure(f"the server answered {status}", status, _retry_after(outcome.headers, now))
    if isinstance(outcome, ConnectionFailed) and not outcome.is_lasting:
        return Failure("the connection failed", was_sent=outcome.was_sent)
    return None


def _retry_after(headers: Mapping[str, str], now: datetime | None) -> float | None:
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    return None if value is None else parse_retry_after(value, now or datetime.now(UTC))


def parse_retry_after(value: str, now: datetime) -> float | None:
    """Give the seconds that a Retry-After header means: a number, or a date; `None` where it is neither.

    https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    from email.utils import parsedate_to_datetime  # which few servers make anybody need

    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
