"""Logs: from a request to the lines of a container, followed or not."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from kubex.core._go_text import go_quoted
from kubex.testing.failures import (
    ApiFailure,
    Cause,
    ResourceName,
    bad_request,
    field_forbidden,
    field_invalid,
    invalid,
)
from kubex.testing.http.answers import base_headers
from kubex.testing.http.objects import ObjectRequest
from kubex.testing.http.open_streams import OpenStreams
from kubex.testing.http.parameters import Query
from kubex.testing.http.pod_nodes import check_node
from kubex.testing.pods.containers import (
    check_loggable,
    chosen_container,
    no_previous,
    not_started,
    status_of,
    waits,
)
from kubex.testing.pods.log_selection import LogOptions, LogReader
from kubex.testing.pods.logs import ContainerLog
from kubex.testing.pods.tracking import ContainerTracker

__all__ = ["answer_log", "log_options"]

_PIECE: Final = 64 * 1024
_POSITIVE: Final = "must be greater than 0"
# What Go's layout calls them, and what they may be; digits alone are checked so, and whether there is such a day later.
_PARTS_OF_A_TIME: Final = (
    ("2006", r"[0-9]{4}"),
    ("-", "-"),
    ("01", r"[0-9]{2}"),
    ("-", "-"),
    ("02", r"[0-9]{2}"),
    ("T", "T"),
    ("15", r"[0-9]{2}"),
    (":", ":"),
    ("04", r"[0-9]{2}"),
    (":", ":"),
    ("05", r"[0-9]{2}([.,][0-9]+)?"),
    ("Z07:00", r"Z|[+-][0-9]{2}:[0-9]{2}"),
)
_OPTIONS: Final = ResourceName("", "podlogoptions", "PodLogOptions")


def log_options(query: Query, pod: str, now: datetime) -> LogOptions:
    """Read the parameters of a log.

    Args:
        query: of the request.
        pod: the pod's name, for refusals.
        now: the cluster's time.

    Raises:
        ApiFailure: a value that is none (400), or that a parameter can't have (422).
    """
    tail, limit = query.integer("tailLines"), query.integer("limitBytes")
    seconds, moment = query.integer("sinceSeconds"), _moment(query.get("sinceTime"))
    causes: list[Cause] = []
    if tail is not None and tail < 0:
        causes.append(field_invalid("tailLines", tail, "must be greater than or equal to 0"))
    if limit is not None and limit < 1:
        causes.append(field_invalid("limitBytes", limit, _POSITIVE))
    if seconds is not None and moment is not None:
        causes.append(field_forbidden("[]", "at most one of `sinceTime` or `sinceSeconds` may be specified"))
    elif seconds is not None and seconds < 1:
        causes.append(field_invalid("sinceSeconds", seconds, _POSITIVE))
    if query.get("stream"):
        causes.append(field_forbidden("stream", "may not be specified"))  # without an alpha feature of the server
    if causes:
        raise invalid(_OPTIONS, pod, causes)
    if seconds is not None:
        # Nobody has lines of before the year 1.
        moment = now - timedelta(seconds=min(seconds, int(now.timestamp())))
    return LogOptions(
        follow=query.flag("follow"),
        previous=query.flag("previous"),
        timestamps=query.flag("timestamps"),
        tail_lines=tail,
        limit_bytes=limit,
        since=moment,
    )


def _moment(text: str) -> datetime | None:
    """Read a time as the server does, whose refusals name the first part that it can't read."""
    rest = text
    for part, pattern in _PARTS_OF_A_TIME if text else ():
        found = re.match(pattern, rest, re.ASCII)
        if found is None:
            raise _no_time(text, f"cannot parse {go_quoted(rest)} as {go_quoted(part)}")
        rest = rest[found.end() :]
    if rest:
        raise _no_time(text, f"extra text: {go_quoted(rest)}")
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise _no_time(text, "day out of range") from None


def _no_time(text: str, why: str) -> ApiFailure:
    return bad_request(f'parsing time {go_quoted(text)} as "2006-01-02T15:04:05Z07:00": {why}')


def _log_of(asked: ObjectRequest, tracker: ContainerTracker, *, previous: bool) -> ContainerLog | None:
    """Give the log that is asked for; `None` where the pod has no node.

    What the pod's status says holds. Where it says nothing, lines that a test gave are there all the same.

    Raises:
        ApiFailure: there is no such pod or container, or it has no log.
    """
    pod = asked.cluster.operations.get(asked.resource, asked.key).object
    container = chosen_container(pod, asked.query.get("container"))
    if status_of(pod, container) is not None:
        if not (previous and tracker.previous_log(pod, container)):
            check_loggable(pod, container, previous=previous)
    elif not tracker.has_log(pod, container):
        check_node(asked, pod)
        if pod["spec"].get("nodeName"):
            raise not_started(pod, container, "ContainerCreating")
        return None
    elif previous and tracker.previous_log(pod, container) is None:
        raise no_previous(pod, container)
    if previous and not waits(pod, container):
        return tracker.previous_log(pod, container)
    return tracker.log(pod, container)


async def answer_log(asked: ObjectRequest, tracker: ContainerTracker, open_streams: OpenStreams) -> web.StreamResponse:
    """Answer with a log, as long as it is followed.

    Raises:
        ApiFailure: there is no such pod or container, it has no log, or a parameter is wrong.
    """
    request = asked.request
    options = log_options(asked.query, asked.key.name, asked.cluster.operations.cluster.clock.now())
    log = _log_of(asked, tracker, previous=options.previous)
    if log is None:
        return web.Response(status=204)
    response = web.StreamResponse(headers=base_headers("text/plain"))
    if request.version >= (1, 1):
        response.enable_chunked_encoding()
    with open_streams.opened():
        await _tell(request, response, log, options)
    if not response.prepared:
        await response.prepare(request)
    await response.write_eof()
    return response


async def _tell(request: web.BaseRequest, response: web.StreamResponse, log: ContainerLog, options: LogOptions) -> None:
    """Tell lines as they come; elsewhere, too, not even headers come before the first of them."""
    reader = LogReader(log, options)
    wake = asyncio.Event()
    unfollow = log.follow(wake.set)
    try:
        while True:
            wake.clear()
            is_last = log.has_ended or not options.follow
            for piece in _pieces(reader.read()):
                if not response.prepared:
                    await response.prepare(request)
                await response.write(piece)
            if is_last or reader.is_done:
                return
            if reader.is_at_end:
                await wake.wait()
    finally:
        unfollow()


def _pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Put lines together to pieces of some size."""
    piece: list[bytes] = []
    size = 0
    for line in lines:
        piece.append(line)
        size += len(line)
        if size >= _PIECE:
            yield b"".join(piece)
            piece, size = [], 0
    if piece:
        yield b"".join(piece)
