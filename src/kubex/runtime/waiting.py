"""`wait_for`: waits until something can be said of an object; on a watch, never by asking again and again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from inspect import iscoroutine
from typing import Any, Generic, TypeGuard, TypeVar, cast, overload

import anyio

from kubex.core.exceptions import InvalidArgument, KubexApiError, KubexException, WaitTimeout
from kubex.core.params import ApiNamespaceTypes
from kubex.manifests.objects import plain
from kubex.runtime._watch_driver import Selection, Source, WatchDriver
from kubex.runtime.conditions import Absence, Condition
from kubex.runtime.watcher_events import Applied, Deleted, Failed, ListCompleted, Listed, ListStarted, WatcherEvent
from kubex_core.models.entity import Entity

__all__ = ["wait_for"]

T = TypeVar("T", bound=Entity)

# Answers of 400 to 499 after which the same question may get another answer.
_PASSING = (408, 409, 410, 429)


@overload
async def wait_for(
    api: Source[T],
    name: str,
    condition: Absence,
    *,
    timeout: float | None,  # noqa: ASYNC109
    namespace: ApiNamespaceTypes = ...,
) -> T | None: ...
@overload
async def wait_for(
    api: Source[T],
    name: str,
    condition: Condition[T] | Callable[[T], object],
    *,
    timeout: float | None,  # noqa: ASYNC109
    namespace: ApiNamespaceTypes = ...,
) -> T: ...
async def wait_for(
    api: Source[T],
    name: str,
    condition: Condition[Any] | Callable[[T], object],
    *,
    timeout: float | None,  # noqa: ASYNC109 - says what it waited for
    namespace: ApiNamespaceTypes = ...,
) -> T | None:
    """Wait until a condition holds of an object, which need not be there yet.

    Args:
        api: where the object lives; `api.metadata` will do for conditions that read no more.
        name: the object's name.
        condition: one of `kubex.conditions`, or a function that says it of an object. A function that stumbles over
            what is missing (an `AttributeError`, `LookupError` or `TypeError`) says "not yet".
        timeout: seconds; `None` waits for ever.
        namespace: `...` the Api's own, or another one.

    Returns:
        The object of which the condition holds; `None` where it holds because there is none.

    Raises:
        InvalidArgument: the condition is asynchronous, or is about objects of other kinds.
        WaitTimeout: it does not hold by then; the text says what went wrong meanwhile.
        KubexApiError: the object can't be read: no right to list and watch it, no such resource.

    Example:
        ```python
        await kubex.wait_for(deployments, "web", kubex.conditions.rollout_complete, timeout=300)
        await kubex.wait_for(pods, "web-0", lambda pod: pod.status.phase == "Running", timeout=60)
        ```
    """
    if _is_known(condition):
        condition.check_applies_to(getattr(api, "resource_type", object))
    wait = _Wait(name, condition)
    driver = WatchDriver(
        api,
        Selection(namespace, field_selector=f"metadata.name={name}"),
        page_size=1,
        streaming=False,
        is_fatal=_is_final,
    )
    with anyio.move_on_after(timeout):
        async with aclosing(driver.events()) as events:
            async for event in events:
                if wait.take(event):
                    return wait.found
    what = str(condition) if _is_known(condition) else "the condition"
    seen = "it is there" if wait.found is not None else "it is not there" if wait.is_known else "no answer by then"
    stumbled = f" ({wait.stumbled})" if wait.stumbled is not None else ""
    where = f'"{name}" in namespace "{namespace}"' if isinstance(namespace, str) else f'{api}: "{name}"'
    message = f"{where}: waited {timeout:g} s for {what}; {seen}{stumbled}"
    raise WaitTimeout(message, wait.last_error) from wait.last_error


class _Wait(Generic[T]):
    """What one wait has seen."""

    def __init__(self, name: str, condition: Condition[Any] | Callable[[T], object]) -> None:
        self._name = name
        self._condition = condition
        self._uid: str | None = None
        self._is_listed = False
        self.found: T | None = None
        self.is_known = False
        self.last_error: KubexException | None = None
        self.stumbled: Exception | None = None

    def take(self, event: WatcherEvent[T]) -> bool:
        """Take an event, and say whether the condition holds by it."""
        match event:
            case Listed(obj) | Applied(obj) if obj.metadata.name == self._name:
                self._is_listed = True
                return self._holds_of(obj)
            case Deleted(obj) if obj.metadata.name == self._name:
                self.found, self.is_known = None, True
                return self._holds(None)
            case ListStarted():
                self._is_listed = False
            case ListCompleted() if not self._is_listed:
                self.found, self.is_known = None, True
                return self._holds(None)
            case Failed(error):
                self.last_error = error
            case _:
                pass
        return False

    def _holds_of(self, obj: T) -> bool:
        uid, self._uid = self._uid, obj.metadata.uid
        if uid is not None and uid != obj.metadata.uid and self._holds(None):
            self.found = None
            return True
        self.found = obj
        return self._holds(obj)

    def _holds(self, obj: T | None) -> bool:
        if _is_known(self._condition):
            return self._condition.holds(None if obj is None else plain(obj))
        if obj is None:
            return False
        try:
            holds = cast("Callable[[T], object]", self._condition)(obj)
        except (AttributeError, LookupError, TypeError) as error:
            self.stumbled = error
            return False
        if iscoroutine(holds):
            holds.close()
            raise InvalidArgument("a condition must not be asynchronous: it is asked about each state of the object")
        return bool(holds)


def _is_known(condition: object) -> TypeGuard[Condition[Any]]:
    return isinstance(condition, Condition)


def _is_final(error: KubexException) -> bool:
    code = error.code if isinstance(error, KubexApiError) else None
    return code is not None and 400 <= code < 500 and code not in _PASSING
