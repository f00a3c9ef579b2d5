"""`Hooks`: what a program is told of each request, for traces and metrics."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import anyio

from kubex.core.exceptions import KubexClientException
from kubex.core.request import Request
from kubex.core.response import Response

__all__ = ["Hooks", "Outcome", "Retry", "around", "notify"]

_logger = logging.getLogger("kubex.client")

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """How one sending of a request ended.

    Args:
        seconds: how long it took, up to the whole answer; of streams and WebSockets, up to their beginning.
        status: status of the answer; `None` where there was none.
        error: what happened instead.
        url: what was asked, query included; no user name or password stands in it.
        was_cancelled: whether it was given up, by the program or by a bound of the whole request; then there is neither
            of them.
    """

    seconds: float
    status: int | None = None
    error: KubexClientException | None = None
    url: str = ""
    was_cancelled: bool = False


@dataclass(frozen=True)
class Retry:
    """That a request is sent again.

    Args:
        number: 1 for the first retry.
        delay: seconds that are waited before it.
        reason: what went wrong, as in the log line.
    """

    number: int
    delay: float
    reason: str


class Hooks:
    """Override what you want to hear of, and give it to `ClientOptions(hooks=[...])`.

    The methods are called in the event loop, so that they have to be quick. What they raise is logged, and does not
    disturb the request. None of them is shown a credential; bodies and answers are in `request` as they are.

    Example:
        ```python
        class Metrics(Hooks):
            def after_response(self, request: Request, outcome: Outcome) -> None:
                seconds.labels(request.method, outcome.status).observe(outcome.seconds)
        ```
    """

    def before_request(self, request: Request, headers: dict[str, str]) -> None:
        """Before each sending.

        Args:
            request: what is sent.
            headers: empty at first; what is put into it (`traceparent`) goes along.
        """

    def after_response(self, request: Request, outcome: Outcome) -> None:
        """After each sending; refusals of the server, failures and those that are cancelled included.

        Args:
            request: what was sent.
            outcome: how it ended, and how long it took.
        """

    def on_retry(self, request: Request, retry: Retry) -> None:
        """Before the wait for another sending.

        Args:
            request: what is sent again.
            retry: which one it is, why, and after how many seconds.
        """

    def on_refresh(self, request: Request, was_rejected: bool) -> None:
        """There are other credentials.

        Args:
            request: for which they were had.
            was_rejected: whether the server had answered 401; otherwise the earlier ones were about to expire.
        """


def notify(hooks: Sequence[Hooks], call: Callable[[Hooks], None]) -> None:
    """Call each; what one raises is logged."""
    for hook in hooks:
        try:
            call(hook)
        except (Exception, anyio.get_cancelled_exc_class()):  # no hook waits: it is none of the request's
            _logger.exception("a hook failed: %s", type(hook).__name__)


def around(
    hooks: Sequence[Hooks],
    send: Callable[[Request, str, Mapping[str, str]], Awaitable[T]],
    failure: Callable[[Exception], KubexClientException],
    clock: Callable[[], float] = time.perf_counter,
) -> Callable[[Request, str, Mapping[str, str]], Awaitable[T]]:
    """Give a way to send that tells the hooks.

    Args:
        hooks: whom to tell.
        send: the way without.
        failure: gives kubex' own error for what `send` raises.
        clock: time in seconds.
    """

    async def send_and_tell(request: Request, url: str, headers: Mapping[str, str]) -> T:
        added: dict[str, str] = {}
        notify(hooks, lambda hook: hook.before_request(request, added))
        begun = clock()
        try:
            answer = await send(request, url, {**added, **headers})
        except BaseException as error:
            if isinstance(error, Exception):
                outcome = Outcome(clock() - begun, error=failure(error), url=url)
            else:  # each event loop has a class of its own for it
                outcome = Outcome(clock() - begun, url=url, was_cancelled=True)
            notify(hooks, lambda hook: hook.after_response(request, outcome))
            raise
        outcome = Outcome(clock() - begun, status=_status_of(answer), url=url)
        notify(hooks, lambda hook: hook.after_response(request, outcome))
        return answer

    return send_and_tell


def _status_of(answer: object) -> int:
    if isinstance(answer, Response):
        return answer.status_code
    return 200 if hasattr(answer, "receive") else 101  # a stream, or a WebSocket
