"""A small load of reads, writes and watches, and what is to hold of it whatever went wrong on the way.

Each write can be found again by a key of its own: a ConfigMap that is created carries it as a label, under a name that
the server makes up, and a rule that is appended to a Role names it. What was carried out twice is there twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, TypeVar

import anyio

from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.core.exceptions import (
    ConnectionFailed,
    Gone,
    KubexException,
    RequestTimeout,
    TooManyRequests,
)
from kubex.core.params import Timeout
from kubex.core.patch import JsonPatch, JsonPatchAdd
from kubex.core.watch_event import EventType
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex.k8s.v1_35.rbac.v1 import PolicyRule, Role
from kubex_core.models.metadata import ObjectMetadata

__all__ = ["Follower", "Load", "Write"]

T = TypeVar("T")

LABEL = "kubex-test/write"
"""Whoever looks asks for the objects that have it: a server makes a ConfigMap in each namespace, some time later."""
PATIENCE = 60.0
"""Seconds in which followers have seen everything, on a slow machine."""
_PAUSE = 0.01  # seconds that somebody waits who was refused


@dataclass
class Write:
    """A write, and what the program was told of it."""

    verb: str
    key: str
    error: KubexException | None = None
    name: str | None = None
    """Of what was created, or is to be deleted."""

    @property
    def is_done(self) -> bool:
        """Whether it was reported to be carried out."""
        return self.error is None

    @property
    def cannot_be_there(self) -> bool:
        """Whether the error says that the server has not carried it out."""
        error = self.error
        if isinstance(error, ConnectionFailed | RequestTimeout):
            return not error.was_sent
        return isinstance(error, TooManyRequests)


class Follower:
    """Lists and watches a load's ConfigMaps, and goes on behind the last event when a stream fails.

    Args:
        maps: what is followed.
        silence: seconds after which a stream that says nothing is given up.
    """

    def __init__(self, maps: Api[ConfigMap], silence: float) -> None:
        self._maps = maps
        self._silence = silence
        self._version: str | None = None
        self.names: set[str] = set()
        self.versions: list[int] = []
        self.longest_wait = 0.0
        self._heard = 0.0
        self.failures = Counter[str]()
        self.endings = 0
        """How many streams the server has ended."""

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            self._heard = anyio.current_time()
            try:
                if self._version is None:
                    await self._list()
                await self._follow()
                self.endings += 1
            except Gone:
                self._version = None
            except KubexException as error:
                self.failures[type(error).__name__] += 1
                await anyio.sleep(_PAUSE)
            self._has_heard()

    async def _list(self) -> None:
        listed = await self._maps.list(label_selector=LABEL)
        self.names = {item.metadata.name or "" for item in listed.items}
        self._version = listed.metadata.resource_version

    def _has_heard(self) -> None:
        now = anyio.current_time()
        self.longest_wait, self._heard = max(self.longest_wait, now - self._heard), now

    async def _follow(self) -> None:
        bounds = Timeout(connect=self._silence, read=self._silence)
        stream = self._maps.watch(
            label_selector=LABEL, resource_version=self._version, timeout_seconds=60, request_timeout=bounds
        )
        async with aclosing(stream) as events:
            async for event in events:
                self._has_heard()
                assert isinstance(event.object, ConfigMap)
                metadata = event.object.metadata
                self._version = metadata.resource_version
                self.versions.append(int(self._version or 0))
                change = self.names.discard if event.type == EventType.DELETED else self.names.add
                change(metadata.name or "")


@dataclass
class Load:
    """Writers, readers and followers of one namespace.

    Args:
        client: what is tried.
        namespace: the load's own.
        silence: seconds after which a silent watch is given up.
    """

    client: BaseClient
    namespace: str
    silence: float
    writes: list[Write] = field(default_factory=list[Write])
    followers: list[Follower] = field(default_factory=list[Follower])
    reads: Counter[str] = field(default_factory=Counter[str])
    slowest: float = 0.0
    is_over: bool = False

    def __post_init__(self) -> None:
        self._maps = Api(ConfigMap, self.client, namespace=self.namespace)
        self._roles = Api(Role, self.client, namespace=self.namespace)

    async def run(
        self,
        *,
        writes: int | None = None,
        writers: int = 3,
        readers: int = 2,
        watchers: int = 2,
        pause: float = 0.0,
        at_the_end: Callable[[], None] = lambda: None,
        checked_by: BaseClient,
    ) -> None:
        """Run it, and wait at the end until the followers have seen everything.

        Args:
            writes: of each writer; `None` until `is_over` is set.
            writers: how many.
            readers: how many; they read as long as somebody writes.
            watchers: how many followers.
            pause: seconds between two writes, or two reads, of one of them.
            at_the_end: called when the writers have ended; from then on all goes well.
            checked_by: a client that nothing goes wrong with.
        """
        self.followers = [Follower(self._maps, self.silence) for _ in range(watchers)]
        async with anyio.create_task_group() as following:
            for follower in self.followers:
                following.start_soon(follower.run)
            async with anyio.create_task_group() as reading:
                for number in range(readers):
                    reading.start_soon(self._read, number, pause)
                async with anyio.create_task_group() as writing:
                    for number in range(writers):
                        await self._prepare(number, checked_by)
                        writing.start_soon(self._write, number, writes, pause)
                self.is_over = True
            at_the_end()
            await self._until_all_is_seen(checked_by)
            following.cancel_scope.cancel()

    async def _until_all_is_seen(self, checked_by: BaseClient) -> None:
        maps = Api(ConfigMap, checked_by, namespace=self.namespace)
        with anyio.move_on_after(PATIENCE):  # what is missing then is a problem
            while True:
                names = {item.metadata.name for item in (await maps.list(label_selector=LABEL)).items}
                if all(follower.names == names for follower in self.followers):
                    return
                await anyio.sleep(_PAUSE)

    async def _prepare(self, number: int, checked_by: BaseClient) -> None:
        role = Role(metadata=ObjectMetadata(name=f"writer-{number}"), rules=[PolicyRule.model_validate(_rule("none"))])
        await Api(Role, checked_by, namespace=self.namespace).create(role)

    async def _write(self, number: int, count: int | None, pause: float) -> None:
        done = 0
        made: list[str] = []
        while done < count if count is not None else not self.is_over:
            key = f"{number}-{done}"
            if done % 5 == 4 and made:
                await self._delete(key, made.pop())
            elif done % 2:
                await self._append(key, f"writer-{number}")
            elif (name := await self._create(key)) is not None:
                made.append(name)
            done += 1
            await anyio.sleep(pause)

    async def _create(self, key: str) -> str | None:
        new = ConfigMap(metadata=ObjectMetadata(generate_name="made-", labels={LABEL: key}), data={"x": "y" * 200})
        write = Write("create", key)
        created = await self._attempt(write, self._maps.create(new))
        write.name = None if created is None else created.metadata.name
        return write.name

    async def _append(self, key: str, role: str) -> None:
        patch = JsonPatch([JsonPatchAdd(path="/rules/-", value=_rule(key))])
        await self._attempt(Write("append", key), self._roles.patch(role, patch))

    async def _delete(self, key: str, name: str) -> None:
        await self._attempt(Write("delete", key, name=name), self._maps.delete(name))

    async def _attempt(self, write: Write, call: Awaitable[T]) -> T | None:
        outcome = await self._timed(call)
        self.writes.append(write)
        if isinstance(outcome, KubexException):
            write.error = outcome
            await anyio.sleep(_PAUSE)
            return None
        return outcome

    async def _read(self, number: int, pause: float) -> None:
        while not self.is_over:
            outcome: Any = await self._timed(self._roles.get("writer-0") if number % 2 else self._maps.list())
            self.reads[type(outcome).__name__ if isinstance(outcome, KubexException) else "done"] += 1
            await anyio.sleep(max(pause, _PAUSE))

    async def _timed(self, call: Awaitable[T]) -> T | KubexException:
        begun = anyio.current_time()
        try:
            return await call
        except KubexException as error:  # any other fails the test: no library's own error comes through
            return error
        finally:
            self.slowest = max(self.slowest, anyio.current_time() - begun)

    async def problems(self, checked_by: BaseClient) -> list[str]:
        """Compare what was reported with what is there, and say what does not fit.

        Args:
            checked_by: a client that nothing goes wrong with.
        """
        maps = await Api(ConfigMap, checked_by, namespace=self.namespace).list(label_selector=LABEL)
        roles = await Api(Role, checked_by, namespace=self.namespace).list()
        names = {item.metadata.name for item in maps.items}
        created = Counter((item.metadata.labels or {}).get(LABEL, "") for item in maps.items)
        appended = Counter(
            name for role in roles.items for rule in role.rules or () for name in rule.resource_names or ()
        )
        counts = {"create": created, "append": appended, "delete": Counter[str]()}
        deleted = {write.name for write in self.writes if write.verb == "delete" and not write.cannot_be_there}
        problems: list[str] = []
        for write in self.writes:
            count = counts[write.verb][write.key]
            told = f"{write.verb} {write.key} ({write.error!r})"
            if count > 1:
                problems.append(f"{told}: it was carried out {count} times")
            if count and write.cannot_be_there:
                problems.append(f"{told}: it was carried out all the same")
            if write.is_done and write.verb == "delete" and write.name in names:
                problems.append(f"{told}: it is still there")
            if write.is_done and write.verb != "delete" and not count and write.name not in deleted - {None}:
                problems.append(f"{told}: it is not there")
        for number, follower in enumerate(self.followers):
            if follower.names != names:
                problems.append(f"follower {number} differs in {follower.names ^ names}")
            if follower.versions != sorted(set(follower.versions)):
                problems.append(f"follower {number} was told something twice, or out of order")
        return problems


def _rule(key: str) -> dict[str, list[str]]:
    """A rule that can be found again."""
    return {"verbs": ["get"], "apiGroups": [""], "resources": ["pods"], "resourceNames": [key]}
