"""Faults on purpose: what a server does wrong, to which requests, how often."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from typing import Final

from kubex.core.exceptions import InvalidArgument
from kubex.testing.clock import Clock

__all__ = ["Fault", "Faults"]

_VERBS: Final = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")
_KIND: Final = re.compile(r"([A-Z][A-Za-z0-9]*)?")


@dataclass(kw_only=True)
class Fault:
    """Something that goes wrong with requests of a verb and a kind; `None` is any."""

    verb: str | None = None
    kind: str | None = None
    count: int | None = None
    """How many requests it still meets; `None` is all."""
    latency_seconds: float = 0.0
    code: int | None = None
    reason: str = ""
    message: str = ""
    retry_after_seconds: int | None = None
    resets_connection: bool = False
    gone_after: int | None = None
    stalled_after: int | None = None
    truncated_after: int | None = None
    reset_after: int | None = None
    drops_bookmarks: bool = False

    @property
    def spoils_after(self) -> int | None:
        """After how many events it spoils a watch; `None` if it does not by itself."""
        bounds = (self.gone_after, self.stalled_after, self.truncated_after, self.reset_after)
        return min((bound for bound in bounds if bound is not None), default=None)

    @property
    def spoils_watches(self) -> bool:
        """Whether it is one that concerns an open watch."""
        return self.drops_bookmarks or self.spoils_after is not None

    @property
    def answers(self) -> bool:
        """Whether it takes the place of an answer."""
        return self.resets_connection or self.code is not None

    def meets(self, verb: str, kind: str) -> bool:
        """Whether it is meant for such a request."""
        return self.verb in (None, verb) and self.kind in (None, kind)


@dataclass
class Faults:
    """The faults of a server, which may be asked for from any thread.

    Each method adds one. The parameters that all of them have:

    - `verb`: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete` or `deletecollection`; any if left out.
    - `kind`: as objects have it, `Pod`; any if left out. What is no resource, such as discovery, has the kind `""`.
    - `count`: how many requests are met; `None` is all from now on.

    A request is ended by one fault, the first that was asked for; the next one waits for another request.

    Raises:
        InvalidArgument: there is no such verb, a kind is not written as objects have it, or a number is out of range.

    Example:
        ```python
        server.faults.status(503, verb="list", kind="Pod", count=2, retry_after=1)
        server.faults.watch(gone_after=3)
        ```
    """

    clock: Clock
    _faults: list[Fault] = field(default_factory=list[Fault])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def latency(
        self, seconds: float, *, verb: str | None = None, kind: str | None = None, count: int | None = None
    ) -> None:
        """Answer late; by default from now on.

        Args:
            seconds: by how much.
            verb: see the class.
            kind: see the class.
            count: see the class.
        """
        self._add(Fault(verb=verb, kind=kind, count=count, latency_seconds=seconds))

    def status(
        self,
        code: int,
        *,
        reason: str = "",
        message: str = "",
        retry_after: int | None = None,
        verb: str | None = None,
        kind: str | None = None,
        count: int | None = 1,
    ) -> None:
        """Answer with a Status and do nothing; by default once.

        Args:
            code: HTTP status, 400 or above.
            reason: of the Status; the usual one of the code where left out.
            message: of the Status.
            retry_after: seconds of a `Retry-After` header; none where left out.
            verb: see the class.
            kind: see the class.
            count: see the class.
        """
        if not 400 <= code <= 599:
            raise InvalidArgument(f"a fault's status is 400 to 599, and not {code}")
        self._add(
            Fault(
                verb=verb,
                kind=kind,
                count=count,
                code=code,
                reason=reason,
                message=message,
                retry_after_seconds=retry_after,
            )
        )

    def reset(self, *, verb: str | None = None, kind: str | None = None, count: int | None = 1) -> None:
        """Reset the connection instead of an answer; by default once. The request is not carried out.

        Args:
            verb: see the class.
            kind: see the class.
            count: see the class.
        """
        self._add(Fault(verb=verb, kind=kind, count=count, resets_connection=True))

    def watch(
        self,
        *,
        gone_after: int | None = None,
        stalled_after: int | None = None,
        truncated_after: int | None = None,
        reset_after: int | None = None,
        drop_bookmarks: bool = False,
        kind: str | None = None,
        count: int | None = 1,
    ) -> None:
        """Spoil watches; by default the next one.

        Args:
            gone_after: tell an ERROR event of 410 after so many events, and end.
            stalled_after: tell nothing more after so many events, and stay open.
            truncated_after: break off in the middle of the event after so many.
            reset_after: reset the connection after so many events.
            drop_bookmarks: tell no bookmarks.
            kind: see the class.
            count: see the class.
        """
        bounds = (gone_after, stalled_after, truncated_after, reset_after)
        if any(bound is not None and bound < 0 for bound in bounds):
            raise InvalidArgument("a watch is spoiled after 0 events or more")
        self._add(
            Fault(
                verb="watch",
                kind=kind,
                count=count,
                gone_after=gone_after,
                stalled_after=stalled_after,
                truncated_after=truncated_after,
                reset_after=reset_after,
                drops_bookmarks=drop_bookmarks,
            )
        )

    def clock_skew(self, seconds: float) -> None:
        """Set the cluster's clock ahead of the machine's by so many seconds; below zero, behind."""
        self.clock.skew_seconds = seconds

    def clear(self) -> None:
        """End all faults, the clock's too."""
        with self._lock:
            self._faults.clear()
        self.clock.skew_seconds = 0.0

    def take(self, verb: str, kind: str) -> tuple[Fault, ...]:
        """Give the faults that meet a request, and count it."""
        if not self._faults:
            return ()
        with self._lock:
            met = _first_end([fault for fault in self._faults if fault.meets(verb, kind)])
            for fault in met:
                if fault.count is not None:
                    fault.count -= 1
            self._faults[:] = [fault for fault in self._faults if fault.count is None or fault.count > 0]
        return tuple(met)

    def _add(self, fault: Fault) -> None:
        if fault.count is not None and fault.count < 1:
            raise InvalidArgument(f"a fault meets 1 request or more, and not {fault.count}")
        if fault.verb is not None and fault.verb not in _VERBS:
            raise InvalidArgument(f"a fault's verb is one of {', '.join(_VERBS)}, and not {fault.verb!r}")
        if fault.kind is not None and not _KIND.fullmatch(fault.kind):
            raise InvalidArgument(f"a fault's kind is written as objects have it, like 'Pod', and not {fault.kind!r}")
        with self._lock:
            self._faults.append(fault)


def _first_end(faults: list[Fault]) -> list[Fault]:
    """Leave out what can't come to pass any more, as another fault ends the request."""
    ending = [fault for fault in faults if fault.answers or fault.spoils_after is not None]
    left_out = ending[1:]
    if ending and ending[0].answers:
        left_out += [fault for fault in faults if fault.drops_bookmarks]
    return [fault for fault in faults if not any(fault is each for each in left_out)]
