"""`wait_for`: waits until something can be said of an object; on a watch, never by asking again and again."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import aclosing
from inspect import iscoroutine
from typing import Any, Generic, TypeGuard, TypeVar, cast, overload

import anyio

from kubex.api import Api
from kubex.api._accessor import Accessor
from kubex.api._namespace import check_object
from kubex.core.exceptions import InvalidArgument, InvalidType, KubexApiError, KubexException, WaitTimeout
from kubex.core.params import ApiNamespaceTypes
from kubex.core.request_builder import RequestBuilder
from kubex.manifests.objects import plain
from kubex.runtime._missing import missing
from kubex.runtime._watch_driver import Selection, Source, WatchDriver
from kubex.runtime.conditions import Absence, Condition, all_of, any_of, condition
from kubex.runtime.watcher_events import Applied, Deleted, Failed, ListCompleted, Listed, ListStarted, WatcherEvent
from kubex_core.models.entity import Entity

__all__ = ["seen_last", "time_is_up", "wait_for", "wait_within"]

T = TypeVar("T", bound=Entity)

# Answers of 400 to 499 after which the same question may get another answer.
_PASSING = (408, 409, 410, 429)

# What makes a condition, by the call that was likely meant: called with an object, it gives what is never false.
_MAKERS: tuple[tuple[object, str], ...] = (
    (condition, 'conditions.condition("Ready")'),
    (any_of, "conditions.any_of(conditions.pod_ready, …)"),
    (all_of, "conditions.all_of(conditions.pod_ready, …)"),
    (Condition, "an object of the class"),
    (Absence, "an object of the class"),
)


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
            what is missing (an `AttributeError`, `LookupError` or `TypeError`) says "not yet"; so does one with a
            typing error in it, and what it raised last is in the text of the `WaitTimeout`.
        timeout: seconds; `None` waits for ever.
        namespace: `...` the Api's own, or another one; a kind that lives in namespaces needs one.

    Returns:
        The object of which the condition holds; `None` where it holds because there is none, as `deleted` may alone.

    Raises:
        InvalidArgument: the condition is asynchronous, makes a condition, or is about objects of other kinds; the name
            is none, or there is no namespace where one is needed.
        InvalidType: an Api of `kubex.sync`, a condition that is no function, or a time-out that is no number.
        WaitTimeout: it does not hold by then; the text says what went wrong meanwhile, and of an object that is there
            and not ready what it lacks, as far as its status tells.
        KubexApiError: the object can't be read: no right to list and watch it, no such resource.
        ClientClosed: the client is closed.

    Example:
        ```python
        await kubex.wait_for(deployments, "web", kubex.conditions.rollout_complete, timeout=300)
        await kubex.wait_for(pods, "web-0", lambda pod: pod.status.phase == "Running", timeout=60)
        ```
    """
    return await wait_within(api, name, condition, timeout, namespace=namespace, of=timeout)


async def wait_within(
    api: Source[T],
    name: str,
    condition: Condition[Any] | Callable[[T], object],
    seconds: float | None,
    *,
    namespace: ApiNamespaceTypes,
    of: float | None,
) -> T | None:
    """Wait as `wait_for` does, for the rest of a time that several waits share.

    Args:
        seconds: that are left.
        of: the whole time in seconds, for the error.
    """
    _check(api, name, condition, seconds, namespace)
    wait = _Wait(name, condition)
    driver = WatchDriver(
        api,
        Selection(namespace, field_selector=f"metadata.name={name}"),
        page_size=1,
        streaming=False,
        is_fatal=_is_final,
    )
    with anyio.move_on_after(seconds):
        async with aclosing(driver.events()) as events:
            async for event in events:
                if wait.take(event):
                    return wait.found
    raise time_is_up(api, name, condition, wait.seen, wait.last_error, namespace=namespace, of=of) from wait.last_error


def time_is_up(
    api: object,
    name: str,
    condition: Condition[Any] | Callable[[T], object],
    seen: str,
    last_error: KubexException | None = None,
    *,
    namespace: ApiNamespaceTypes,
    of: float | None,
) -> WaitTimeout:
    """Give the error of a wait that has taken too long.

    Args:
        seen: what was there last; see `seen_last`.
        last_error: what went wrong meanwhile.
        of: seconds that were waited in all.
    """
    what = str(condition) if _is_known(condition) else "the condition"
    where = f'"{name}" in namespace "{namespace}"' if isinstance(namespace, str) else f'{api}: "{name}"'
    return WaitTimeout(f"{where}: waited {of or 0:g} s for {what}; {seen}", last_error)


def seen_last(found: Entity | None, *, with_reason: bool = True) -> str:
    """Say whether an object is there, and what it lacks, as far as its status tells."""
    if found is None:
        return "it is not there"
    why = missing(plain(found)) if with_reason else ""
    return f"it is there ({why})" if why else "it is there"


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

    @property
    def seen(self) -> str:
        """Say what was there last, and what it lacks."""
        if self.found is None and not self.is_known:
            return "no answer by then"
        is_about_status = _is_known(self._condition) and not isinstance(self._condition, Absence)
        error = self.stumbled
        stumbled = f" (the condition raised {type(error).__name__}: {error})" if error is not None else ""
        return seen_last(self.found, with_reason=is_about_status) + stumbled

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
        if _is_known(holds):
            raise InvalidArgument(
                f"the function gives a condition ({holds}), which is never false: give that one to wait_for itself,"
                " without the function (or lambda) around it"
            )
        return bool(holds)


def _check(
    api: Source[Any],
    name: str,
    condition: Condition[Any] | Callable[..., object],
    timeout: object,
    namespace: ApiNamespaceTypes,
) -> None:
    """Refuse what would wait in vain, or for something else than is meant, before anything is asked."""
    if not hasattr(api, "watch"):
        raise InvalidType.of("api", "an Api", api)
    if isinstance(getattr(api, "asynchronous", None), Api | Accessor):
        raise InvalidType("api: an Api of kubex is needed, and not one of kubex.sync: that is for kubex.sync.wait_for")
    if isinstance(timeout, bool) or not isinstance(timeout, int | float | None):
        raise InvalidType.of("timeout", "a number of seconds, or None,", timeout)
    if timeout is not None and math.isnan(timeout):
        raise InvalidArgument("timeout=nan: a number of seconds, or None, is needed")
    _check_condition(condition)
    if _is_known(condition):
        condition.check_applies_to(getattr(api, "resource_type", object))
    builder = getattr(api, "request_builder", None)
    if isinstance(builder, RequestBuilder):  # what is like an Api, and none, has to know for itself
        check_object(builder, name, namespace, getattr(api, "namespace", None))


def _check_condition(condition: object) -> None:
    if _is_known(condition):
        return
    if not callable(condition):
        hint = f": conditions.condition({condition!r}) is a condition" if isinstance(condition, str) else ""
        needed = "one of kubex.conditions, or a function of the object,"
        raise InvalidType(f"{InvalidType.of('condition', needed, condition)}{hint}")
    for maker, call in _MAKERS:
        if condition is maker:
            name = getattr(condition, "__name__", "")
            raise InvalidArgument(f"condition: {name} makes conditions, and is none: write {call}")


def _is_known(condition: object) -> TypeGuard[Condition[Any]]:
    return isinstance(condition, Condition)


def _is_final(error: KubexException) -> bool:
    code = error.code if isinstance(error, KubexApiError) else None
    return code is not None and 400 <= code < 500 and code not in _PASSING
