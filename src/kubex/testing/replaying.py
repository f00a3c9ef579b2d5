"""Plays recordings into a cluster in memory; `Replay` is what a test holds of one that is being played.

A `Player` takes one entry after the other: each is due at a time, which either the event loop waits for or a clock that
stands still comes to. It writes beside the verbs: what a recording tells has been admitted, filled in and followed up
in the cluster that it is of.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from kubex.core.exceptions import KubexException
from kubex.recording.entries import Entry, RecordedResource, Recording, RecordingError
from kubex.testing.clock import VirtualClock
from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.operations import Operations
from kubex.testing.lifecycle.requests import ChangeOptions
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject, Key

__all__ = ["Player", "Replay", "next_player"]

_SLICE_SECONDS: Final = 0.004
_PLAYING: Final = ChangeOptions(field_manager="kubex-replay", admitted=True)
_DEFINITIONS: Final = "apiextensions.k8s.io/customresourcedefinitions"


class Replay:
    """A recording that is being played.

    Args:
        call: does something in the server's thread.
        player: plays it there.
    """

    def __init__(self, call: Callable[[Callable[[], Any]], Any], player: Player) -> None:
        self._call = call
        self._player = player

    @property
    def entries(self) -> int:
        """How many entries have been played."""
        return self._player.entries

    @property
    def is_over(self) -> bool:
        """Whether it was played to its end, has failed, or was stopped."""
        return self._player.ended.done()

    def wait(self, timeout: float | None = 60.0) -> None:
        """Wait for the end.

        Args:
            timeout: seconds; `None` waits for as long as it takes. On a clock that stands still it ends with
                `server.clock.advance` alone.

        Raises:
            RecordingError: a line of the file can't be read, or played.
            TimeoutError: it is not over by then.
        """
        try:
            self._player.ended.result(timeout)
        except FutureTimeout:
            raise TimeoutError(f"the recording is not over after {timeout} s: {self.entries} entries so far") from None

    def stop(self) -> None:
        """Play no more of it; what was played stays. May be called again."""
        if not self.is_over:
            self._call(self._player.close)


class Player:
    """Plays one recording, in the thread of the cluster.

    Args:
        recording: what is played; it is closed at the end.
        operations: of the cluster.
        speed: how many times as fast as it was; `None` is as fast as it goes.

    Raises:
        RecordingError: it has a resource that the cluster does not.
    """

    def __init__(self, recording: Recording, operations: Operations, speed: float | None) -> None:
        self.speed: float | None = speed
        self.entries: int = 0
        self.ended: Future[None] = Future()
        """Done when it is played to its end, has failed, or was closed."""
        self._recording = recording
        self._operations = operations
        self._cluster = operations.cluster
        self._lines = iter(recording)
        self._resources = [self._served(each) for each in recording.header.resources]
        self._tells_of_namespaces = any(each.storage == "namespaces" for each in self._resources)
        self._known: list[set[Key]] = [set() for _ in self._resources]
        self._listed: list[set[Key] | None] = [None for _ in self._resources]
        self._next: Entry | None = None
        self._players: list[Player] = []
        self._task: asyncio.Task[None] | None = None
        clock = self._cluster.clock
        self._begun = clock.moment if isinstance(clock, VirtualClock) else clock.now()

    @property
    def due(self) -> datetime:
        """When the next entry is to be played, on a clock that stands still."""
        return self._begun + timedelta(seconds=self._seconds())

    @property
    def is_on_loop(self) -> bool:
        """Whether the event loop has it played."""
        return self._task is not None

    def begin(self, players: list[Player]) -> None:
        """Take the first entry; somebody else has it played, and those after it, among these players."""
        self._players = players
        players.append(self)
        self._take()

    def begin_on_loop(self, players: list[Player]) -> None:
        """Play everything, on the event loop that runs."""
        self.begin(players)
        if not self.ended.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    def close(self) -> None:
        """Play no more; may be called again."""
        self._end(None)

    def step(self) -> None:
        """Play the next entry."""
        entry = self._next
        if entry is None:
            return
        try:
            self._play(entry)
            self._cluster.settle()
        except ApiFailure as failure:
            self._end(RecordingError(f"entry {self.entries + 1} can't be played: {failure}"))
            return
        self.entries += 1
        self._take()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        until = time.monotonic() + _SLICE_SECONDS
        while self._next is not None:
            wait = 0.0 if self.speed is None else begun + self._seconds() - loop.time()
            if wait > 0 or time.monotonic() >= until:
                await asyncio.sleep(max(0.0, wait))
                until = time.monotonic() + _SLICE_SECONDS
            self.step()

    def _seconds(self) -> float:
        at = self._next.at if self._next is not None else 0.0
        return at / (self.speed or 1.0)

    def _take(self) -> None:
        try:
            self._next = next(self._lines, None)
        except KubexException as error:
            self._end(error)
            return
        if self._next is None:
            self._end(None)

    def _end(self, error: KubexException | None) -> None:
        self._next = None
        self._recording.close()
        if self in self._players:
            self._players.remove(self)
        if self.ended.done():
            return
        if self._task is not None and self._task is not _current_task():
            self._task.cancel()
        if error is None:
            self.ended.set_result(None)
        else:
            self.ended.set_exception(error)

    def _play(self, entry: Entry) -> None:
        place = entry.resource
        match entry.event:
            case "LIST_STARTED":
                self._listed[place] = set()
            case "LIST_COMPLETED":
                listed, self._listed[place] = self._listed[place], None
                if listed is not None:
                    for key in sorted(self._known[place] - listed):
                        self._remove(place, key, None)
            case "LISTED" | "APPLIED" if entry.object is not None:
                self._put(place, entry.object, is_listed=entry.event == "LISTED")
            case "DELETED" if entry.object is not None:
                self._remove(place, self._key(place, entry.object), entry.object)
            case _:
                pass

    def _put(self, place: int, object_: JsonObject, *, is_listed: bool) -> None:
        resource, key = self._resources[place], self._key(place, object_)
        listed = self._listed[place]
        if is_listed and listed is not None:
            listed.add(key)
        self._known[place].add(key)
        if key.namespace and not self._tells_of_namespaces:
            self._make_namespace(key.namespace)
        live = self._cluster.get(resource, key)
        if live is not None and live.object["metadata"].get("uid") != object_["metadata"]["uid"]:
            self._remove(place, key, None)
            self._known[place].add(key)
            live = None
        if is_listed and live is not None and _same(live.object, self._cluster.stored(resource, object_)):
            return
        if resource.storage == _DEFINITIONS and "deletionTimestamp" not in object_["metadata"]:
            self._cluster.put(resource, key, object_)  # what it defines is to be served
        else:
            self._cluster.mirror(resource, key, object_)

    def _remove(self, place: int, key: Key, last: JsonObject | None) -> None:
        resource = self._resources[place]
        self._known[place].discard(key)
        live = self._cluster.get(resource, key)
        if live is None or (last is not None and last["metadata"]["uid"] != live.object["metadata"].get("uid")):
            return
        if resource.storage == _DEFINITIONS:
            self._cluster.remove(resource, key)
        else:
            self._cluster.remove_mirrored(resource, key, last)

    def _key(self, place: int, object_: JsonObject) -> Key:
        metadata = object_["metadata"]
        namespaced = self._resources[place].namespaced
        return Key(metadata.get("namespace") or "" if namespaced else "", metadata["name"])

    def _make_namespace(self, name: str) -> None:
        namespaces = self._cluster.registry.storage_version("namespaces")
        if self._cluster.get(namespaces, Key("", name)) is None:
            self._operations.create(namespaces, None, {"metadata": {"name": name}}, _PLAYING)

    def _served(self, recorded: RecordedResource) -> Resource:
        """Find a resource in the cluster; of a custom one that is not there, its definition is created."""
        group, _, version = recorded.api_version.rpartition("/")
        find = partial(self._cluster.registry.find, group, version, recorded.plural)
        found = find()
        if found is None and recorded.definition is not None:
            definitions = self._cluster.registry.storage_version(_DEFINITIONS)
            metadata = {"name": f"{recorded.plural}.{group}"}
            body = {"metadata": metadata, "spec": recorded.definition.get("spec")}
            try:
                self._operations.create(definitions, None, body, _PLAYING)
            except ApiFailure as failure:
                raise RecordingError(f"the definition of {recorded.plural} can't be made: {failure}") from None
            found = find()
        if found is None:
            why = "load its CustomResourceDefinition, or take another version of Kubernetes"
            raise RecordingError(f"this server has no {recorded.plural} of {recorded.api_version}: {why}")
        return found


def next_player(players: Iterable[Player], until: datetime) -> Player | None:
    """Give the player whose next entry comes first, if it is due by then; those on the event loop aside."""
    due = [each for each in players if not each.is_on_loop and each.due <= until]
    return min(due, key=lambda each: each.due, default=None)


def _same(old: JsonObject, new: JsonObject) -> bool:
    """Say whether two states of an object differ in their version alone."""
    before, after = ({**each, "metadata": {**each["metadata"], "resourceVersion": ""}} for each in (old, new))
    return before == after


def _current_task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
