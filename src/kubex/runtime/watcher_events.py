"""What a `Watcher` tells.

A list tells `ListStarted`, a `Listed` for each object, and `ListCompleted`: an object that was known before and is not
in it has been deleted. Behind it come `Applied` and `Deleted`, until the history is lost and a list starts anew.
"""

from __future__ import annotations

from typing import Generic, TypeAlias, TypeVar

import msgspec

from kubex.core.exceptions import KubexException

__all__ = ["Applied", "Bookmarked", "Deleted", "Failed", "ListCompleted", "ListStarted", "Listed", "WatcherEvent"]

T = TypeVar("T")


class ListStarted(msgspec.Struct, frozen=True, gc=False):
    """A list begins, or begins again: what an unfinished one has told is void."""


class Listed(msgspec.Struct, Generic[T], frozen=True, gc=False):
    """An object of the list."""

    object: T


class ListCompleted(msgspec.Struct, frozen=True, gc=False):
    """The list is whole: there is nothing that it did not tell."""

    resource_version: str


class Applied(msgspec.Struct, Generic[T], frozen=True, gc=False):
    """An object was created or changed."""

    object: T


class Deleted(msgspec.Struct, Generic[T], frozen=True, gc=False):
    """An object was deleted, or is not selected any more; `object` is as it last was."""

    object: T


class Bookmarked(msgspec.Struct, frozen=True, gc=False):
    """Everything up to this version has been told."""

    resource_version: str


class Failed(msgspec.Struct, frozen=True):
    """Something went wrong; the watch goes on."""

    error: KubexException
    retry_in: float
    """Seconds until the next try."""


WatcherEvent: TypeAlias = ListStarted | Listed[T] | ListCompleted | Applied[T] | Deleted[T] | Bookmarked | Failed
"""What a `Watcher` tells."""
