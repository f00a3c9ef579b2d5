"""Where a watch stands, and where it goes from there: named states, stepped by a pure function.

Nothing here does I/O, waits, or looks at a clock: what was seen comes in as an input, and chance as a number in it.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from kubex.core.exceptions import Gone, InvalidResponse, KubexApiError, KubexException, NotFound
from kubex.core.exceptions import RequestTimeout as Silence

__all__ = [
    "Action",
    "Failure",
    "Input",
    "ListEnded",
    "Listing",
    "PageListed",
    "Position",
    "StreamEnded",
    "StreamingList",
    "Waited",
    "Waiting",
    "Watching",
    "begin",
    "step",
]

# The values that the field has settled on: client-go's reflector has them, too.
FIRST_PAUSE: Final = 0.8
LONGEST_PAUSE: Final = 30.0
HEALTHY_AFTER: Final = 120.0
"""Seconds of a stream after which what failed before is forgotten."""

_SHORTEST_STREAM: Final = 1.0
"""A stream that ends within so many seconds, and brought nothing, is a failure: it must not be opened in a circle."""

_GARBLED_STREAMS: Final = 3
"""After so many streams in a row that began with what nobody can read, a list is the only way past it."""


class Listing(msgspec.Struct, frozen=True):
    """The next page of a list is to be read; the whole of it where `is_paged` is not set."""

    token: str | None = None
    is_paged: bool = True


class StreamingList(msgspec.Struct, frozen=True):
    """A stream is to be opened that begins with all objects there are, and says when that was all."""


class Watching(msgspec.Struct, frozen=True):
    """A stream is to be opened that tells what happens after a version."""

    version: str


Action: TypeAlias = Listing | StreamingList | Watching


class Waiting(msgspec.Struct, frozen=True):
    """Nothing is to be asked for so many seconds; then the action."""

    seconds: float
    then: Action


class Position(msgspec.Struct, frozen=True):
    """Where a watch stands, and what it remembers of how it got there."""

    state: Action | Waiting
    can_stream: bool = False
    """Whether lists are streamed: wanted, and the server has not shown that it can't."""
    failures: int = 0
    garbled: int = 0


class Waited(msgspec.Struct, frozen=True):
    """The pause is over."""


class PageListed(msgspec.Struct, frozen=True):
    """A page of a list came; the last one has no token."""

    version: str
    token: str | None = None


class ListEnded(msgspec.Struct, frozen=True):
    """A streaming list has told all objects there are."""

    version: str


class StreamEnded(msgspec.Struct, frozen=True):
    """The server ended a stream in an orderly way."""

    version: str
    seconds: float
    has_received: bool
    chance: float = 0.5


class Failure(msgspec.Struct, frozen=True):
    """A list or a stream failed.

    `chance` is from 0 to 1, `version` the last one that a stream told.
    """

    error: KubexException
    version: str = ""
    seconds: float = 0.0
    has_received: bool = False
    chance: float = 0.5


Input: TypeAlias = Waited | PageListed | ListEnded | StreamEnded | Failure


def begin(*, version: str | None = None, streaming: bool = False) -> Position:
    """Give where a watch begins: with a list, or behind a version that is known already."""
    state = Watching(version) if version is not None else _list(streaming)
    return Position(state, can_stream=streaming)


def step(position: Position, seen: Input) -> Position:
    """Give where a watch goes, from where it stands and what was seen there."""
    match position.state, seen:
        case Waiting(then=then), Waited():
            return _at(position, then)
        case Listing(is_paged=is_paged), PageListed(version=version, token=token):
            return _at(position, Listing(token, is_paged) if token else Watching(version))
        case StreamingList(), ListEnded(version=version):
            return _at(position, Watching(version))
        case StreamingList(), StreamEnded():
            # It ended before it said that this was all: this server, or what is before it, does not do it.
            return _pause(_without_streaming(position), _list(False), seen.chance)
        case Watching(), StreamEnded():
            return _after_end(position, seen)
        case Listing() as listing, Failure():
            return _after_failed_list(position, listing, seen)
        case StreamingList(), Failure():
            return _after_failed_streaming_list(position, seen)
        case Watching(), Failure():
            return _after_failed_stream(position, seen)
        case state, _:
            raise AssertionError(f"{type(seen).__name__} can't be seen while {type(state).__name__}")


def _after_end(position: Position, seen: StreamEnded) -> Position:
    again = Watching(seen.version)
    if seen.seconds >= HEALTHY_AFTER:
        return Position(again, position.can_stream)
    if not seen.has_received and seen.seconds < _SHORTEST_STREAM:
        return _pause(position, again, seen.chance)
    return _at(position, again)


def _after_failed_list(position: Position, listing: Listing, seen: Failure) -> Position:
    if isinstance(seen.error, Gone) and listing.token is not None:
        # The rest of the list is gone. What has been read is of no use with the rest of another one.
        return _at(position, Listing(is_paged=False))
    return _pause(position, Listing(is_paged=listing.is_paged), seen.chance, seen.error)


def _after_failed_streaming_list(position: Position, seen: Failure) -> Position:
    error = seen.error
    is_refused = isinstance(error, KubexApiError) and error.code in (400, 422) and not seen.has_received
    if is_refused or isinstance(error, Silence):
        return _at(_without_streaming(position), _list(False))
    return _pause(position, StreamingList(), seen.chance, error)


def _after_failed_stream(position: Position, seen: Failure) -> Position:
    if seen.seconds >= HEALTHY_AFTER:
        position = Position(position.state, position.can_stream)
    error, anew = seen.error, _list(position.can_stream)
    if isinstance(error, Gone):
        # The first time at once: it is what a watch hears that was away for long.
        position = _counted(position)
        return _at(position, anew) if position.failures == 1 else _pause_after(position, anew, seen.chance, error)
    if isinstance(error, NotFound) or _is_too_large(error):
        # Another resource of the same name, or another history: the version means nothing there.
        return _pause(position, anew, seen.chance, error)
    garbled = position.garbled + 1 if isinstance(error, InvalidResponse) and not seen.has_received else 0
    if garbled == _GARBLED_STREAMS:
        return _pause(position, anew, seen.chance, error)
    paused = _pause(position, Watching(seen.version), seen.chance, error)
    return msgspec.structs.replace(paused, garbled=garbled)


def _list(streaming: bool) -> Listing | StreamingList:
    return StreamingList() if streaming else Listing()


def _at(position: Position, state: Action) -> Position:
    return msgspec.structs.replace(position, state=state)


def _without_streaming(position: Position) -> Position:
    return msgspec.structs.replace(position, can_stream=False)


def _counted(position: Position) -> Position:
    return msgspec.structs.replace(position, failures=position.failures + 1, garbled=0)


def _pause(position: Position, then: Action, chance: float, error: KubexException | None = None) -> Position:
    return _pause_after(_counted(position), then, chance, error)


def _pause_after(position: Position, then: Action, chance: float, error: KubexException | None) -> Position:
    doubled = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(position.failures - 1, 16))
    seconds = max(round(doubled * (0.5 + 0.5 * chance), 3), _asked_for(error))
    return msgspec.structs.replace(position, state=Waiting(seconds, then))


def _asked_for(error: KubexException | None) -> float:
    """Give the seconds after which the server wants to be asked again, if it said so."""
    if isinstance(error, KubexApiError) and error.details is not None:
        return float(error.details.retry_after_seconds or 0)
    return 0.0


def _is_too_large(error: KubexException) -> bool:
    """Whether the server has not come as far as the version: it is of before a restore, or another replica's."""
    if not isinstance(error, KubexApiError):
        return False
    causes = error.details.causes if error.details is not None else None
    told = any(cause.reason == "ResourceVersionTooLarge" for cause in causes or ())
    return told or "Too large resource version" in error.message
