"""Watches: chunked streams of lines or frames, which the server ends in time and the client whenever it likes."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from typing import Final

from aiohttp import web

from kubex.testing.failures import expired
from kubex.testing.http.answers import base_headers
from kubex.testing.http.objects import ObjectRequest
from kubex.testing.http.parameters import timeout_seconds, watch_options
from kubex.testing.http.representations import watch_event
from kubex.testing.negotiation import PROTOBUF, Representation
from kubex.testing.tables import check_included
from kubex.testing.watching import Subscription, WatchItem

__all__ = ["WatchStreams", "close_connection", "reset_connection"]

_BOOKMARK_SECONDS: Final = 60.0
_LAST_BOOKMARK_SECONDS: Final = 2.0  # before the end of a watch
_PIECE: Final = 64 * 1024  # bytes of events that are written at once, or one event
_PATIENCE_SECONDS: Final = 2.0  # with a watch that is behind and takes nothing
_SHORTEST_SECONDS: Final = 1800.0  # --min-request-timeout; a watch without a bound of its own lasts up to twice that


class WatchStreams:
    """The watches that are open."""

    def __init__(self) -> None:
        self._open: set[_Stream] = set()

    def __len__(self) -> int:
        return len(self._open)

    def end_all(self) -> None:
        """End every watch, as the server does when its time is over."""
        for stream in tuple(self._open):
            stream.end()

    async def serve(self, asked: ObjectRequest) -> web.StreamResponse:
        """Answer a watch until it ends.

        Raises:
            ApiFailure: the server refuses, before anything was sent.
        """
        form = asked.form
        seconds = timeout_seconds(asked.query)
        options = watch_options(asked.query, at_old_path=asked.address.watched)
        if form.transformation == "Table":
            check_included(asked.query.get("includeObject"))
        subscription = asked.cluster.operations.watch(asked.resource, asked.address.namespace, options)
        stream = _Stream(asked, subscription, form)
        self._open.add(stream)
        try:
            return await stream.run(seconds or random.uniform(_SHORTEST_SECONDS, 2 * _SHORTEST_SECONDS))  # noqa: S311
        finally:
            self._open.discard(stream)
            subscription.close()


class _Stream:
    """One watch."""

    def __init__(self, asked: ObjectRequest, subscription: Subscription, form: Representation) -> None:
        self._asked = asked
        self._subscription = subscription
        self._form = form
        self._is_plain = form == Representation()
        self._wake = asyncio.Event()
        self._ended = False
        self._stopped = False
        self._bookmark_timer: asyncio.TimerHandle | None = None
        self._bookmark_due = False
        self._deadline = 0.0
        self._told = 0
        self._patience: asyncio.TimerHandle | None = None
        self._spoiling = [fault for fault in asked.faults if fault.spoils_watches]

    def end(self) -> None:
        """End it whatever its state."""
        self._stopped = True
        self._time_is_over()

    async def run(self, seconds: float) -> web.StreamResponse:
        """Tell events until the end."""
        request = self._asked.request
        media_type = self._form.media_type
        content_type = f"{media_type};stream=watch" if media_type == PROTOBUF else media_type
        response = web.StreamResponse(headers=base_headers(content_type, self._asked.resource.deprecation))
        if request.version >= (1, 1):
            response.enable_chunked_encoding()
        await response.prepare(request)
        timer = asyncio.get_running_loop().call_later(seconds, self._time_is_over)
        self._deadline = timer.when()
        self._wait_for_bookmark()
        self._subscription.on_ready(self._ready)
        try:
            while not self._ended:
                is_last = self._subscription.ended  # asked before: what comes while this is told is told, too
                await self._tell(response, self._taken())
                if is_last:
                    break
                await self._wake.wait()
                self._wake.clear()
        finally:
            timer.cancel()
            for each in (self._bookmark_timer, self._patience):
                if each is not None:
                    each.cancel()
        await response.write_eof()
        return response

    def _ready(self) -> None:
        self._wake.set()
        if self._patience is None and self._subscription.is_behind:
            loop = asyncio.get_running_loop()
            self._patience = loop.call_later(_PATIENCE_SECONDS, self._check_pace, self._subscription.takings)

    def _check_pace(self, takings: int) -> None:
        """End a watch whose client doesn't read: as the API server, which keeps nobody's events without bound."""
        self._patience = None
        if self._subscription.takings != takings:
            return
        self._subscription.close()
        self._subscription.take()
        transport = self._asked.request.transport
        if transport is not None:
            transport.abort()  # what is being written would wait for the client for ever

    def _time_is_over(self) -> None:
        self._ended = True
        self._wake.set()

    def _wait_for_bookmark(self) -> None:
        loop = asyncio.get_running_loop()
        due, last = loop.time() + _BOOKMARK_SECONDS, self._deadline - _LAST_BOOKMARK_SECONDS
        self._bookmark_timer = loop.call_at(last if loop.time() < last < due else due, self._bookmark_is_due)

    def _bookmark_is_due(self) -> None:
        self._bookmark_due = True
        self._wake.set()
        self._wait_for_bookmark()

    def _taken(self) -> list[WatchItem]:
        items = self._subscription.take()
        if self._bookmark_due:
            self._bookmark_due = False
            bookmark = self._subscription.bookmark()
            items += [bookmark] if bookmark is not None else []
        if any(fault.drops_bookmarks for fault in self._spoiling):
            items = [item for item in items if item.type != "BOOKMARK"]
        return items

    async def _tell(self, response: web.StreamResponse, items: list[WatchItem]) -> None:
        if items and self._form.transformation == "PartialObjectMetadataList":  # which no event can have
            self._time_is_over()
            return
        if self._spoiling:
            items = await self._spoiled(response, items)
        # Few large pieces, but not one of megabytes: most of its time would go to finding memory for it, and who comes
        # meanwhile would wait for it to be taken.
        piece: list[bytes] = []
        size = 0
        for item in items:
            line = self._line(item)
            piece.append(line)
            size += len(line)
            if size >= _PIECE:
                await response.write(b"".join(piece))
                piece, size = [], 0
        if piece:
            await response.write(piece[0] if len(piece) == 1 else b"".join(piece))

    def _line(self, item: WatchItem) -> bytes:
        first = self._told == 0
        self._told += 1
        if self._is_plain:
            return item.line
        asked = self._asked
        include = asked.query.get("includeObject")
        return watch_event(asked.resource, item.type, item.object, self._form, asked.cluster, include, first=first)

    async def _spoiled(self, response: web.StreamResponse, items: list[WatchItem]) -> list[WatchItem]:
        """Tell what comes before a fault, and then commit it; gives what is left to be told in the usual way."""
        bounds = [(bound, fault) for fault in self._spoiling if (bound := fault.spoils_after) is not None]
        if not bounds:
            return items
        bound, fault = min(bounds, key=lambda each: each[0])
        left = bound - self._told
        if len(items) < left:
            return items
        for item in items[:left]:
            await response.write(self._line(item))
        if fault.gone_after is not None:
            self._subscription.fail(expired("too old resource version: 1 (2)").status)
            return self._subscription.take()[-1:]
        if fault.truncated_after is not None and not items[left:]:
            return []  # with the next event, which breaks off
        if fault.truncated_after is not None:
            line = self._line(items[left])
            await response.write(line[: len(line) // 2])
            close_connection(self._asked.request)
        elif fault.reset_after is not None:
            reset_connection(self._asked.request)
        else:
            while not self._stopped:
                self._subscription.take()
                self._wake.clear()
                await self._wake.wait()
        return []


def close_connection(request: web.BaseRequest) -> None:
    """Close the connection of a request once what was written is sent, without an end of the answer.

    Raises:
        ConnectionResetError: always, so that nothing more is answered.
    """
    if request.transport is not None:
        request.transport.close()
    raise ConnectionResetError("a fault asked for this")


def reset_connection(request: web.BaseRequest) -> None:
    """Reset the connection of a request: its client hears of no end.

    Raises:
        ConnectionResetError: always, so that nothing more is answered.
    """
    transport = request.transport
    if transport is not None:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    raise ConnectionResetError("a fault asked for this")
