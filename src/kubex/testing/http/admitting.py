"""Carries a verb out while webhooks are asked: nothing is held meanwhile, and others are served."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from kubex.testing.failures import ApiFailure
from kubex.testing.http.parameters import Query
from kubex.testing.http.webhook_calls import WebhookCalls
from kubex.testing.lifecycle.requests import ChangeOptions, Outcome
from kubex.testing.lifecycle.submission import Admission, Submission
from kubex.testing.serving import ServedCluster
from kubex.testing.storage import Entry, JsonObject
from kubex.testing.webhooks.admission import CallWebhook, RequestAdmission, ReviewNeeded

__all__ = ["Admitting", "admitted", "connection_options"]

_LONGEST_SECONDS: Final = 34.0
"""For which the API server works on a request."""

_TOO_LONG: Final = "Timeout: request did not complete within requested timeout - context deadline exceeded"
_CONNECTIONS: Final = {"exec": "PodExecOptions", "attach": "PodAttachOptions", "portforward": "PodPortForwardOptions"}
_FLAGS: Final = ("stdin", "stdout", "stderr", "tty")


@dataclass(frozen=True, slots=True)
class Admitting:
    """Has webhooks decide about a request to a cluster.

    Args:
        cluster: what is served.
        calls: reaches the webhooks.
        ends: when the request does, in the time of the loop.
    """

    cluster: ServedCluster
    calls: WebhookCalls
    ends: float

    async def carry_out(self, work: Callable[[Admission | None], Outcome]) -> Outcome:
        """Carry out a verb, as often as it takes until all webhooks have been asked.

        Args:
            work: does it; `None` is for a cluster without webhooks.

        Raises:
            ApiFailure: the verb refuses, or a webhook does.
        """
        if self.cluster.webhooks.is_empty:
            return work(None)
        admission = RequestAdmission(self.cluster.operations.cluster, self.cluster.webhooks)
        ends = asyncio.get_running_loop().time() + _LONGEST_SECONDS
        call = partial(self.calls.call, self.cluster.operations.cluster, ends=min(ends, self.ends))
        try:
            async with asyncio.timeout_at(ends):
                return _warned(await _carried_out(work, admission, call), admission)
        except ApiFailure as failure:
            failure.warnings = (*admission.warnings, *failure.warnings)
            raise
        except TimeoutError:
            raise ApiFailure(504, "Timeout", _TOO_LONG, details={}) from None

    async def check(self, asked: Submission) -> None:
        """Have policies and webhooks decide about what changes nothing.

        Raises:
            ApiFailure: one refuses.
        """

        def submit(admission: Admission | None) -> Outcome:
            self.cluster.operations.admit_connection(asked, admission)
            return _NOTHING

        await self.carry_out(submit)


async def _carried_out(
    work: Callable[[Admission | None], Outcome], admission: RequestAdmission, call: CallWebhook
) -> Outcome:
    while True:
        try:
            return work(admission)
        except ReviewNeeded as needed:
            await admission.ask(needed, call)


def _warned(outcome: Outcome, admission: RequestAdmission) -> Outcome:
    return replace(outcome, warnings=(*admission.warnings, *outcome.warnings))


_NOTHING: Final = Outcome(Entry({}, 0))


def admitted(options: ChangeOptions, admission: Admission | None) -> ChangeOptions:
    """Give the parameters of a change with who decides about it."""
    return options if admission is None else replace(options, admission=admission)


def connection_options(subresource: str, query: Query) -> JsonObject | None:
    """Give the parameters of a connection to a pod, as an object; `None` for what is none."""
    kind = _CONNECTIONS.get(subresource)
    if kind is None:
        return None
    options: JsonObject = {"kind": kind, "apiVersion": "v1"}
    if subresource == "portforward":
        ports = [int(text) for text in query.all("ports") if text.isdecimal()]
        return {**options, "ports": ports} if ports else options
    options |= {name: True for name in _FLAGS if query.flag(name)}
    if query.get("container"):
        options["container"] = query.get("container")
    if subresource == "exec":
        options["command"] = query.all("command") or None
    return options
