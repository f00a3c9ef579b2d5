"""A controller at work: its caches, its queue, and the calls of its functions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

import anyio

from kubex.client.base import BaseClient
from kubex.core.exceptions import KubexException, NotFound, UnexpectedCancellation
from kubex.runtime._cancellations import unexpected, unexpected_in_call
from kubex.runtime._finalizers import adding, removing
from kubex.runtime._guarded_steps import GuardedSteps
from kubex.runtime.context import Context, Requeue, TerminalError
from kubex.runtime.controller import Controller
from kubex.runtime.event_recorder import EventRecorder
from kubex.runtime.informer import Informer, InformerFactory
from kubex.runtime.predicates import Predicate
from kubex.runtime.queue import Queue
from kubex.runtime.store_changes import ObjectKey, StoreChange, Updated
from kubex_core.models.entity import Entity

__all__ = ["ControllerRun", "Outcomes"]

T = TypeVar("T", bound=Entity)

_FROM_FIRST_LIST = -1  # its priority: what changes now comes before what was there when the controller began


class Outcomes:
    """How often calls ended how, and how many seconds all took together."""

    def __init__(self) -> None:
        self.succeeded = 0
        self.requeued = 0
        self.failed = 0
        self.terminal = 0
        self.seconds = 0.0


class ControllerRun(Generic[T]):
    """One run of a controller.

    Args:
        controller: what it runs.
        client: of the cluster.
        informers: caches that it shares with others.
        recorder: of its events.
        may_start: says whether another call, or the next step of one, may begin now.
    """

    def __init__(
        self,
        controller: Controller[T],
        client: BaseClient,
        informers: InformerFactory,
        recorder: EventRecorder,
        may_start: Callable[[], bool] = lambda: True,
    ) -> None:
        self.controller = controller
        self.queue: Queue[ObjectKey] = Queue()
        self.outcomes = Outcomes()
        self.last_error: Exception | None = None
        self._client = client
        self._informers = informers
        self._recorder = recorder
        self._may_start = may_start
        self._log = logging.getLogger(f"kubex.controller.{controller.name}")
        self._informer: Informer[T] = informers.get(
            controller.resource_type,
            namespace=controller.namespace,
            label_selector=controller.label_selector,
            field_selector=controller.field_selector,
        )
        self._watched: list[Informer[Any]] = [
            informers.get(each.resource_type, namespace=each.namespace) for each in controller.watched
        ]
        self._caches: dict[type[Any], Informer[Any]] = {controller.resource_type: self._informer}
        for watched, informer in zip(controller.watched, self._watched, strict=True):
            self._caches.setdefault(watched.resource_type, informer)
        self._waiting = anyio.CancelScope()  # for the caches

    @property
    def is_ready(self) -> bool:
        """Whether all its caches have their first lists."""
        return self._informer.is_synced and all(each.is_synced for each in self._watched)

    def stop(self) -> None:
        """Begin no further call; those that are under way go on."""
        self.queue.close()
        self._waiting.cancel()

    async def run(self) -> None:
        """Work until stopped, and then until the calls that are under way are done."""
        stops = [self._follow(self._informer, lambda obj: (ObjectKey.of(obj),), self.controller.predicate)]
        for informer, each in zip(self._watched, self.controller.watched, strict=True):
            stops.append(self._follow(informer, each.mapper, each.predicate))
        try:
            # Before the caches are whole, what is not there yet would look as if it did not exist.
            with self._waiting:
                for informer in (self._informer, *self._watched):
                    await informer.wait_synced()
            async with anyio.create_task_group() as calls:
                room = anyio.Semaphore(self.controller.concurrency)
                while True:
                    await room.acquire()
                    try:
                        key = await self.queue.get()
                    except anyio.EndOfStream:
                        break
                    calls.start_soon(self._work, key, room)
        finally:
            for stop in stops:
                stop()

    def _follow(
        self, informer: Informer[Any], mapper: Callable[[Any], Iterable[ObjectKey]], predicate: Predicate | None
    ) -> Callable[[], None]:
        def take(change: StoreChange[Any]) -> None:
            try:
                if predicate is not None and not predicate(change):
                    return
                keys = {*mapper(change.object)}
                if isinstance(change, Updated):
                    keys |= {*mapper(change.before)}  # it may have had another owner
            except Exception as error:
                self._passed_over(change, error)
                return
            except anyio.get_cancelled_exc_class() as cancellation:
                self._passed_over(change, unexpected(cancellation, "a mapper or predicate"))
                return
            for key in keys:
                self.queue.add(key, priority=0 if informer.is_synced else _FROM_FIRST_LIST)

        return informer.store.listen(take)

    def _passed_over(self, change: StoreChange[Any], error: Exception) -> None:
        self.last_error = error
        self._log.error("a mapper or predicate failed for %s", ObjectKey.of(change.object), exc_info=error)

    async def _work(self, key: ObjectKey, room: anyio.Semaphore) -> None:
        try:
            if self._may_start():
                began = anyio.current_time()
                try:
                    # Of led work, what a task group runs is not guarded by the elector's own guard.
                    with anyio.CancelScope() as leading:
                        await GuardedSteps(self._call(key), lambda: not self._may_start(), leading.cancel)
                finally:
                    self.outcomes.seconds += anyio.current_time() - began
        finally:
            self.queue.done(key)
            room.release()

    async def _call(self, key: ObjectKey) -> None:
        held = self._informer.by_key(key)
        if held is None:
            self.queue.forget(key)
            return
        obj: Any = held
        timeout = self.controller.timeout
        context = Context(
            self._client,
            self._informers,
            self._recorder,
            controller=self.controller,
            caches=self._caches,
            key=key,
            attempt=self.queue.failures(key),
        )
        try:
            result: Requeue | None = None
            with anyio.move_on_after(timeout) as bound:
                result = _checked(await self._handle(obj.model_copy(deep=True), context))
            if bound.cancelled_caught:
                raise TimeoutError(f"the call for {key} was ended after {timeout:g} s")
        except TerminalError as error:
            self.outcomes.terminal += 1
            self.last_error = error
            self.queue.forget(key)
            self._log.error("%s is not tried again until it changes: %s", key, error)
        except Exception as error:
            self._failed(key, held, error)
        except anyio.get_cancelled_exc_class() as cancellation:
            self._failed(key, held, await unexpected_in_call(cancellation, f"the call for {key}"))
        else:
            self.queue.forget(key)
            if result is None:
                self.outcomes.succeeded += 1
            else:
                self.outcomes.requeued += 1
                self.queue.add_after(key, result.after)

    def _failed(self, key: ObjectKey, obj: T, error: Exception) -> None:
        self.outcomes.failed += 1
        self.last_error = error
        policy, again = self.controller.error_policy, None
        if policy is not None:
            try:
                again = _checked(policy(obj, error, self.queue.failures(key) + 1))
            except (Exception, anyio.get_cancelled_exc_class()):
                self._log.exception("the error policy failed for %s", key)
        seconds = self.queue.add_failed(key) if again is None else again.after
        if again is not None:
            self.queue.add_after(key, seconds)
        # Of what the server said, the sentence is enough; of a program's own failure, where it was.
        is_told = isinstance(error, KubexException) and not isinstance(error, UnexpectedCancellation)
        trace = None if is_told else error
        self._log.warning("%s failed and is tried again in %.3g s: %s", key, seconds, error, exc_info=trace)

    async def _handle(self, obj: Any, context: Context) -> Any:
        controller = self.controller
        api = context.api(controller.resource_type)
        if obj.metadata.deletion_timestamp is not None and controller.finalizers:
            for finalizer, cleanup in controller.finalizers.items():
                if finalizer in (obj.metadata.finalizers or ()):
                    await cleanup(obj, context)
                    patch = removing(obj.metadata, finalizer)
                    if patch is not None:
                        obj = await _patched(api.patch(obj.metadata.name, patch), obj)
            return None
        patch = adding(obj.metadata, list(controller.finalizers))
        if patch is not None:
            obj = await api.patch(obj.metadata.name, patch)
        if controller.function is None:
            return None
        return await controller.function(obj, context)


async def _patched(patching: Any, obj: Any) -> Any:
    """Take a finalizer out; an object that is gone needs none."""
    try:
        return await patching
    except NotFound:
        return obj


def _checked(result: object) -> Requeue | None:
    if result is None or isinstance(result, Requeue):
        return result
    raise TypeError(f"a controller's function gives a Requeue or None, and not {result!r}")
