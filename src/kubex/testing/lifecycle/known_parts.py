"""`KnownParts`: what was found of parts of objects that no one changes, so that it is found out once."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, Generic, TypeVar

__all__ = ["KnownParts"]

_MOST: Final = 1024

T = TypeVar("T")


class KnownParts(Generic[T]):
    """Keeps what was found of parts, of the last 1,024 of them.

    A part is told by its identity, as comparing it would cost as much as looking at it again. It is held, so that no
    other can come to have its id.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, int], tuple[object, object, T]] = OrderedDict()

    def get(self, part: object, how: object) -> T | None:
        """Give what was found of a part; `None` where nothing is known.

        Args:
            part: the part.
            how: what it was looked at for, told by its identity, too.
        """
        known = self._known.get((id(part), id(how)))
        return None if known is None else known[2]

    def put(self, part: object, how: object, found: T) -> None:
        """Note what was found of a part."""
        self._known[id(part), id(how)] = (part, how, found)
        if len(self._known) > _MOST:
            self._known.popitem(last=False)
