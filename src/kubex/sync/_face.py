"""`Face`: a blocking object before an asynchronous one; `AccessorFace`: accessors, where a resource has them."""

from __future__ import annotations

from typing import Any, Generic, Protocol, Self, TypeVar, overload

from kubex.api._protocol import ApiOf, SubresourceNotAvailable
from kubex.sync._event_loop import EventLoopThread
from kubex_core.models.entity import Entity

__all__ = ["AccessorFace", "Face"]

A = TypeVar("A")
A_contra = TypeVar("A_contra", contravariant=True)
F_co = TypeVar("F_co", covariant=True)
MarkerT = TypeVar("MarkerT", bound=Entity)


class Face(Generic[A]):
    """A blocking object before an asynchronous one.

    Args:
        thread: where that one lives.
        asynchronous: that one.
    """

    def __init__(self, thread: EventLoopThread, asynchronous: A) -> None:
        self._thread = thread
        self._asynchronous = asynchronous

    @property
    def thread(self) -> EventLoopThread:
        """Where the work is done."""
        return self._thread

    @property
    def asynchronous(self) -> A:
        """The object that does the work, in the event loop of the client's thread."""
        return self._asynchronous

    def __repr__(self) -> str:
        return f"<blocking {self._asynchronous!r}>"


class _Maker(Protocol[F_co]):
    def __call__(self, thread: EventLoopThread, asynchronous: Any) -> F_co: ...


class AccessorFace(Generic[MarkerT, A]):
    """Makes an accessor once per Api, at its first use; see `kubex.api`'s own descriptor for the types.

    Args:
        marker: interface that the resource must carry.
        make: makes the accessor of the asynchronous one.
    """

    def __init__(self, marker: type[MarkerT], make: _Maker[A]) -> None:
        self._make = make
        self._name = ""

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, instance: ApiOf[MarkerT], owner: type[Any]) -> A: ...
    @overload
    def __get__(self, instance: Any, owner: type[Any]) -> SubresourceNotAvailable: ...
    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        if instance is None:
            return self
        made = self._make(instance.thread, getattr(instance.asynchronous, self._name))
        instance.__dict__[self._name] = made  # Python finds it there first from now on
        return made
