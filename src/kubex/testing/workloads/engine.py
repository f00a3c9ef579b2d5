"""Has controllers look at what changed: from changes of the storage to keys, and from keys to writes.

It has no loop and no clock of its own: `step` does one thing that is due, and whoever paces it is told by `wake` that
there is one.
"""

from __future__ import annotations

import heapq
import logging
from collections import defaultdict, deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Final, TypeAlias

from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.operations import Operations
from kubex.testing.storage import Entry, Key
from kubex.testing.webhooks.admission import RequestAdmission, ReviewNeeded
from kubex.testing.workloads.asking import Asking
from kubex.testing.workloads.controller import Change, Controller
from kubex.testing.workloads.state import State, key_of
from kubex.testing.workloads.writer import Writer
from kubex.testing.workloads.writes import Later, Update, Write

__all__ = ["Engine"]

_log = logging.getLogger("kubex.testing")

_Item: TypeAlias = tuple[int, Key]

# Of what is refused, doubled with each time: the back-off of the controllers' queues, from where it begins to matter.
_FIRST_DELAY: Final = 0.05
_LONGEST_DELAY: Final = 1000.0


@dataclass(slots=True, eq=False)
class _Work:
    """What a controller is about to do for a key."""

    item: _Item
    writes: Generator[Write, None, None]
    write: Write | None = None
    later: float | None = None
    """Seconds after which it wants to look again."""
    admission: RequestAdmission | None = None


class Engine:
    """Runs controllers.

    Args:
        operations: of the cluster.
        state: what the controllers see; it follows the same cluster.
        controllers: who is asked, in this order where a change concerns several.
        asking: has webhooks decide about what they write.
    """

    def __init__(self, operations: Operations, state: State, controllers: Sequence[Controller], asking: Asking) -> None:
        self._cluster = operations.cluster
        self._state = state
        self._writer = Writer(operations)
        self._controllers = list(controllers)
        self._interested: dict[str, list[int]] = defaultdict(list)
        self._ready: dict[_Item, None] = {}
        self._due: dict[_Item, datetime] = {}
        self._timers: list[tuple[datetime, int, _Item]] = []
        self._numbers = count()
        self._failures: dict[_Item, int] = {}
        self._last: tuple[int, str, Key] | None = None
        """A change that is being written, and the controller that need not look at it."""
        self._asking = asking
        self._waiting: dict[_Item, _Work] = {}
        self._answered: deque[_Work] = deque()
        self.wake: Callable[[], None] = lambda: None
        """Called when there is something to do, or something will be earlier than was known."""
        self.resume: Callable[[], None] = lambda: None
        """Called when a webhook has answered, while nothing else happens."""
        for number, controller in enumerate(self._controllers):
            for place in controller.places:
                self._interested[place].append(number)
        for place in self._interested:
            for key, entry in self._cluster.storage.scan(place):
                self._follow(place, key, None, entry)
        self._cluster.followers.append(self._follow)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is to be done now."""
        return not self._ready and ((due := self.next_due) is None or due > self._cluster.clock.now())

    @property
    def next_due(self) -> datetime | None:
        """When something is to be done, if nothing happens before; `None` if nothing is."""
        while self._timers and self._due.get(self._timers[0][2]) != self._timers[0][0]:
            heapq.heappop(self._timers)  # it was put off, or has become needless
        return self._timers[0][0] if self._timers else None

    @property
    def is_waiting(self) -> bool:
        """Whether a controller waits for the answer of a webhook."""
        return bool(self._waiting or self._answered)

    def look_at(self, controller: Controller, key: Key) -> None:
        """Have a controller look at a key."""
        self._add((self._controllers.index(controller), key))

    def step(self) -> bool:
        """Do the next thing that is due; `False` if there is none."""
        if self._answered:
            self._go_on(self._answered.popleft())
            return True
        self._gather()
        ready = (each for each in self._ready if each not in self._waiting) if self._waiting else iter(self._ready)
        item = next(ready, None)
        if item is None:
            return False
        del self._ready[item]
        self._due.pop(item, None)
        number, key = item
        self._go_on(_Work(item, self._controllers[number].reconcile(self._state, key)))
        return True

    def close(self) -> None:
        """Wait for no answer any more."""
        self._waiting.clear()
        self._answered.clear()

    def _follow(self, place: str, key: Key, before: Entry | None, after: Entry | None) -> None:
        numbers = self._interested.get(place)
        if not numbers:
            return
        change = Change(place, key, before.state if before else None, after.state if after else None)
        writer: int | None = None
        if self._last is not None and self._last[1:] == (place, key):
            writer, self._last = self._last[0], None  # what follows from the change is another one
        for number in numbers:
            for each in self._controllers[number].concerned(self._state, change):
                if number != writer or each != key:
                    self._add((number, each))

    def _add(self, item: _Item) -> None:
        if item not in self._ready:
            self._ready[item] = None
            if len(self._ready) == 1 or self._waiting:
                self.wake()

    def _gather(self) -> None:
        """Take what has become due, in the order of time."""
        now = self._cluster.clock.now()
        while (due := self.next_due) is not None and due <= now:
            _, _, item = heapq.heappop(self._timers)
            del self._due[item]
            self._ready[item] = None

    def _go_on(self, work: _Work) -> None:
        """Have a controller write what it wants, as far as no webhook has to be asked."""
        number, key = work.item
        controller = self._controllers[number]
        later: float | None = None
        try:
            if not self._carry_out(controller, work):
                return
            later = work.later
        except ApiFailure as failure:
            later = self._delay(work.item)
            _log.debug("%s will try %s again in %s s: %s", controller.component, key, later, failure)
        except Exception:  # one object that a controller can't work with is no reason to end the others' work
            _log.exception("%s could not work on %s", controller.component, key)
        else:
            self._failures.pop(work.item, None)
        if later is not None:
            self._put_off(work.item, later)

    def _carry_out(self, controller: Controller, work: _Work) -> bool:
        """Write what a controller wants; `False` if it waits for a webhook."""
        writes = work.writes
        if work.write is None:
            work.write = next(writes, None)
        while work.write is not None:
            if isinstance(work.write, Later):
                seconds = work.write.seconds
                work.later = seconds if work.later is None else min(work.later, seconds)
                work.write = next(writes, None)
                continue
            if work.admission is None:
                work.admission = self._asking.admission()
            if work.admission is None and isinstance(work.write, Update) and work.write.is_last:
                # Nobody makes another status of it than the controller has seen.
                self._last = (work.item[0], work.write.place, key_of(work.write.object))
            try:
                self._writer.write(work.write, controller.manager, controller.component, work.admission)
            except ReviewNeeded as needed:
                self._wait(work, needed)
                return False
            except ApiFailure as failure:
                work.admission = None
                work.write = writes.throw(failure)
            else:
                work.admission = None
                work.write = next(writes, None)
            finally:
                self._last = None
        return True

    def _wait(self, work: _Work, needed: ReviewNeeded) -> None:
        """Let a controller wait for webhooks, with the write in its hand; others go on, and so do its other keys."""

        def answered() -> None:
            if self._waiting.pop(work.item, None) is work:
                self._answered.append(work)
                self.resume()

        if work.admission is not None:
            self._waiting[work.item] = work
            self._asking.ask(needed, work.admission, answered)

    def _delay(self, item: _Item) -> float:
        failures = self._failures[item] = self._failures.get(item, 0) + 1
        return min(_FIRST_DELAY * float(2 ** min(failures - 1, 20)), _LONGEST_DELAY)

    def _put_off(self, item: _Item, seconds: float) -> None:
        due = self._cluster.clock.now() + timedelta(seconds=max(0.0, seconds))
        self._due[item] = due
        heapq.heappush(self._timers, (due, next(self._numbers), item))
        if self._timers[0][2] == item:
            self.wake()
