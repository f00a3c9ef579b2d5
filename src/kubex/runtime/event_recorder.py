"""`EventRecorder`: tells people what a program does to objects, without ever holding it up or flooding the cluster."""

from __future__ import annotations

import logging
import os
import re
import socket
import uuid
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import anyio

from kubex.api import Api
from kubex.api._background_tasks import BackgroundTasks
from kubex.client.base import BaseClient
from kubex.core.exceptions import AlreadyExists, ConnectionFailed, KubexException, NotFound, RequestTimeout, ServerError
from kubex.core.patch import MergePatch
from kubex.core.references import object_reference
from kubex.runtime._cancellations import in_own_task
from kubex.runtime._event import Event, EventSeries, ObjectReference
from kubex_core.models.entity import Entity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.micro_time import MicroTime

__all__ = ["EventRecorder"]

_log = logging.getLogger("kubex.runtime")

_SERIES_ENDS_AFTER: Final = 360.0
"""Seconds after which the same event is a new one again."""
_SERIES_INTERVAL: Final = 10.0
"""Seconds between two writes of how often an event happened."""
_TRIES: Final = 3
_TRY: Final = 10.0  # seconds that one write may take
_LONGEST_NOTE: Final = 1024  # bytes; the API server refuses more
_LONGEST_NAME: Final = 253
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?").fullmatch

_BURST: Final = 25
_REFILL: Final = 300.0
"""New events about one object: so many at once, then one in so many seconds, as client-go has it."""


class _Key(NamedTuple):
    """What makes two events the same."""

    regarding: tuple[str | None, ...]
    related: tuple[str | None, ...]
    reason: str
    action: str
    type: str


class _Record:
    """An event, how often it happened, and how much of that is written."""

    def __init__(self, namespace: str, event: Event, now: float) -> None:
        self.namespace = namespace
        self.event = event
        self.count = 0
        self.written = 0
        self.last_at = now
        self.last_time = event.event_time
        self.due = now
        self.tries = 0


class EventRecorder:
    """Records events (`events.k8s.io/v1`), for as long as its context is open.

    Recording does not wait for the server: a task writes what was recorded. An event that happens again within six
    minutes (its text does not count) is counted in the first one's series, with the first one's text. About one
    object 25 new events are written, then one in five minutes; what is too much is dropped, and counted in `dropped`.
    An event that can't be written is tried three times, and is a warning of the logger `kubex.runtime`: it never fails
    the program.

    Args:
        client: of the cluster.
        controller: name of the program: `example.com/backup-operator`.
        instance: which of its processes; host name and process where left out.
        capacity: events that are remembered.

    Example:
        ```python
        async with EventRecorder(client, controller="backup-operator") as recorder:
            await recorder.event(backup, "Scheduled", "job applied")
        ```
    """

    def __init__(
        self,
        client: BaseClient,
        *,
        controller: str,
        instance: str | None = None,
        capacity: int = 4096,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._api = Api(Event, client)
        self._controller = controller
        self._instance = (instance or f"{socket.gethostname()}-{os.getpid()}")[:128]
        self._capacity = capacity
        self._now = now
        self._records: OrderedDict[_Key, _Record] = OrderedDict()
        self._pending: dict[_Key, _Record] = {}
        self._allowances: OrderedDict[tuple[str | None, ...], tuple[float, float]] = OrderedDict()
        self._changed: anyio.Event | None = None
        self._writing = anyio.Lock()
        self._tasks = BackgroundTasks()
        self.dropped: int = 0
        """Events that were not written."""
        self.last_error: KubexException | None = None
        """Why one could not be written, last."""

    async def event(
        self,
        regarding: Entity,
        reason: str,
        note: str = "",
        *,
        type: str = "Normal",
        action: str = "Reconcile",
        related: Entity | None = None,
    ) -> None:
        """Record an event.

        Args:
            regarding: the object that it is about, as the server gave it.
            reason: why, in one word: `Scheduled`.
            note: what happened, for people. It does not make an event another one, as in client-go: the same one with
                another note is counted, and keeps the first note.
            type: `Normal` or `Warning`.
            action: what was being done, in one word.
            related: another object that it is about.

        Raises:
            InvalidArgument: an object has no name.
        """
        about = object_reference(regarding, ObjectReference)
        other = object_reference(related, ObjectReference) if related is not None else None
        key = _Key(_identity(about), _identity(other) if other is not None else (), reason, action, type)
        now, moment = anyio.current_time(), MicroTime.of(self._now())
        record = self._records.get(key)
        if record is None or now - record.last_at > _SERIES_ENDS_AFTER:
            if not self._is_allowed(key.regarding, now):
                self.dropped += 1
                return
            namespace = about.namespace or "default"
            event = Event(
                metadata=ObjectMetadata(name=_event_name(about.name or ""), namespace=namespace),
                event_time=moment,
                reporting_controller=self._controller,
                reporting_instance=self._instance,
                action=action,
                reason=reason,
                regarding=about,
                related=other,
                note=note.encode()[:_LONGEST_NOTE].decode(errors="ignore"),
                type=type,
            )
            record = self._records[key] = _Record(namespace, event, now)
        record.count += 1
        record.last_at, record.last_time = now, moment
        self._records.move_to_end(key)
        while len(self._records) > self._capacity:
            lost, _ = self._records.popitem(last=False)
            self.dropped += self._pending.pop(lost, None) is not None
        self._pending[key] = record
        if self._changed is not None:
            self._changed.set()

    async def flush(self) -> None:
        """Write what waits to be written, once, whether it is due or not."""
        for key, record in tuple(self._pending.items()):
            await self._write(key, record)

    async def __aenter__(self) -> Self:
        group = await self._tasks.__aenter__()
        group.start_soon(in_own_task, self._run, "the recorder of events")
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if exc_type is None:
            with anyio.move_on_after(_TRY):
                await self.flush()
        return await self._tasks.__aexit__(exc_type, exc, traceback)

    async def _run(self) -> None:
        while True:
            now = anyio.current_time()
            due = [(key, record) for key, record in self._pending.items() if record.due <= now]
            for key, record in due:
                await self._write(key, record)
            if not due:
                self._changed = anyio.Event()
                with anyio.CancelScope(
                    deadline=min((each.due for each in self._pending.values()), default=float("inf"))
                ):
                    await self._changed.wait()
                self._changed = None

    async def _write(self, key: _Key, record: _Record) -> None:
        async with self._writing:  # the task's, and that of whoever flushes
            if record.count > record.written:
                await self._write_now(key, record)

    async def _write_now(self, key: _Key, record: _Record) -> None:
        count = record.count
        try:
            await self._send(record, count)
        except KubexException as error:
            self.last_error = error
            record.tries += 1
            may_pass = isinstance(error, ConnectionFailed | RequestTimeout | ServerError) and not error.is_final
            if may_pass and record.tries < _TRIES:
                record.due = anyio.current_time() + 2.0**record.tries
                return
            self.dropped += 1
            _log.warning("an event is not written: %s", error)
        record.written, record.tries = count, 0
        record.due = anyio.current_time() + _SERIES_INTERVAL
        if record.count == count and self._pending.get(key) is record:
            del self._pending[key]

    async def _send(self, record: _Record, count: int) -> None:
        series = EventSeries(count=count, last_observed_time=record.last_time or MicroTime.of(self._now()))
        name, namespace = record.event.metadata.name or "", record.namespace
        if record.written:
            change: dict[str, Any] = {"series": series.model_dump(mode="json", by_alias=True)}
            try:
                await self._api.patch(name, MergePatch(change), namespace=namespace, request_timeout=_TRY)
            except NotFound:  # events are kept for an hour
                pass
            else:
                return
        record.event.series = series if count > 1 else None
        try:
            await self._api.create(record.event, namespace=namespace, request_timeout=_TRY)
        except AlreadyExists:
            if not record.tries:  # else it is there by an earlier try, whose answer was lost
                raise

    def _is_allowed(self, about: tuple[str | None, ...], now: float) -> bool:
        left, at = self._allowances.pop(about, (float(_BURST), now))
        left = min(float(_BURST), left + (now - at) / _REFILL)
        self._allowances[about] = (left - 1 if left >= 1 else left, now)
        while len(self._allowances) > self._capacity:
            self._allowances.popitem(last=False)
        return left >= 1


def _event_name(about: str) -> str:
    """Give a name of its own to an event; that of what it is about is in it, where names of events allow that."""
    number = uuid.uuid4().hex[:16]
    name = f"{about}.{number}"
    return name if len(name) <= _LONGEST_NAME and _NAME(name) and ".." not in name else f"event-{number}"


def _identity(reference: ObjectReference) -> tuple[str | None, ...]:
    return (reference.api_version, reference.kind, reference.namespace, reference.name, reference.uid)
