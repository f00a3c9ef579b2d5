"""Which places in objects hold parts that many objects have: found out by looking at some of the objects.

Names, addresses and times differ from object to object, and tables of those would take more memory than they save. So a
part is looked up only where a third of those that stood at its place were there already. Where not, it is looked into:
a container whose mounts have generated names has an environment as others have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import itemgetter
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import fields as fields_of

__all__ = ["PLAIN", "Action", "FieldPlaces", "Place"]

PLAIN: Final = frozenset({NoneType, bool, int, float, UnsetType})
"""Types of values that have no parts, and take no memory worth saving."""

_MOST_KEYS: Final = 64
_MOST_ITEMS: Final = 16
_LOOK_UPS_FOR_A_HIT: Final = 3
_COMPARISONS_FOR_A_HIT: Final = 8


class Action:
    """What is done with a part; plain numbers, as this is asked for each part of each object."""

    LOOK_UP: Final = 0
    """Look for an equal one among those of all objects."""
    LOOK_INTO: Final = 1
    """Look at its own parts alone."""
    COMPARE_WITHIN: Final = 2
    """Look for an equal string or time in the same object."""
    LEAVE: Final = 3
    """Nothing."""


class Place:
    """One place in the objects of a class, such as `spec.containers[0].env`.

    Each place has a table of its own: so no part that can be changed comes to stand at two places of one object. A
    copy of the object would have it at both, too (`copy.deepcopy` remembers what it has copied), and who changed it at
    one would change the other.

    Args:
        is_single: whether an object can have this place once alone.
    """

    __slots__ = ("action", "fields", "hits", "hits_within", "is_single", "items", "keys", "others", "table", "tries")

    def __init__(self, *, is_single: bool) -> None:
        self.is_single = is_single
        self.action = Action.LOOK_UP
        self.table: dict[int, Any] | None = None
        self.fields: FieldPlaces | None = None
        self.keys: dict[Any, Place] | None = None
        self.items: list[Place] | None = None
        self.others: Place | None = None
        self.tries = self.hits = self.hits_within = 0

    def of_key(self, key: Any) -> Place:
        """Give the place of a value of a dict; from some number on keys share one, as they may be without end."""
        if self.keys is None:
            self.keys = {}
        found = self.keys.get(key)
        if found is None:
            if len(self.keys) >= _MOST_KEYS:
                return self._of_others()
            found = self.keys[key] = Place(is_single=self.is_single)
        return found

    def of_item(self, index: int) -> Place:
        """Give the place of an item of a list; those behind the first ones share one."""
        if index >= _MOST_ITEMS:
            return self._of_others()
        if self.items is None:
            self.items = []
        while index >= len(self.items):
            self.items.append(Place(is_single=self.is_single))
        return self.items[index]

    def of_fields(self, kind: type[Struct]) -> FieldPlaces:
        """Give the places of a struct's fields, of the class that stood there last."""
        if self.fields is None or self.fields.kind is not kind:
            self.fields = FieldPlaces(kind, is_single=self.is_single)
        return self.fields

    def within(self) -> Iterator[Place]:
        """Give the places right in this one."""
        yield from self.items or ()
        yield from (self.keys or {}).values()
        if self.fields is not None:
            yield from (place for _, _, place in self.fields.known)
        if self.others is not None:
            yield self.others

    def everywhere(self) -> Iterator[Place]:
        """Give this place and all within."""
        yield self
        for place in self.within():
            yield from place.everywhere()

    def study(self) -> None:
        """Begin to find out what is worth what, here and in all places within."""
        for place in self.everywhere():
            place.action = Action.LOOK_UP
            place.tries = place.hits = place.hits_within = 0
            if place.fields is not None:
                place.fields.watched = place.fields.known

    def settle(self) -> bool:
        """Decide what is done here, and in all places within; whether that is anything at all."""
        is_any_within = False
        for place in self.within():
            is_any_within |= place.settle()
        if self.fields is not None:
            self.fields.watched = [each for each in self.fields.known if each[2].action != Action.LEAVE]
        if self.action == Action.LOOK_UP and self.tries > _LOOK_UPS_FOR_A_HIT * self.hits:
            self.action, self.table = Action.LOOK_INTO, None
        if self.action == Action.LOOK_INTO and not is_any_within:
            self.action = Action.COMPARE_WITHIN
        if self.action == Action.COMPARE_WITHIN and self.tries > _COMPARISONS_FOR_A_HIT * self.hits_within:
            self.action = Action.LEAVE
        return self.action != Action.LEAVE

    def _of_others(self) -> Place:
        if self.others is None:
            self.others = Place(is_single=False)
        return self.others


class FieldPlaces:
    """The places of a struct's fields: index, name and place of each that was ever there.

    Most fields of most structs never are: those are looked at all at once.
    """

    __slots__ = ("_absent", "_is_single", "kind", "known", "nothing", "those_absent", "watched")

    def __init__(self, kind: type[Struct], *, is_single: bool) -> None:
        self.kind = kind
        self.known: list[tuple[int, str, Place]] = []
        self.watched = self.known
        self._is_single = is_single
        self._absent: list[tuple[int, str, Any]] = []
        if not kind.__struct_config__.frozen:
            self._absent = [
                (index, field.name, UNSET if field.default is UNSET else None)
                for index, field in enumerate(fields_of(kind))
                if not _is_plain(field.type)
            ]
        self._look_at_absent()

    def notice(self, values: tuple[Any, ...]) -> None:
        """Take note of fields that are there for the first time, of a struct with these values."""
        added = [
            (index, name, Place(is_single=self._is_single))
            for index, name, nothing in self._absent
            if values[index] is not nothing
        ]
        self.known, self.watched = [*self.known, *added], [*self.watched, *added]
        self._absent = [each for each in self._absent if values[each[0]] is each[2]]
        self._look_at_absent()

    def _look_at_absent(self) -> None:
        self.nothing = tuple(nothing for _, _, nothing in self._absent)
        self.those_absent = _getter([index for index, _, _ in self._absent])


def _getter(indexes: list[int]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    if len(indexes) > 1:
        return itemgetter(*indexes)
    only = slice(indexes[0], indexes[0] + 1) if indexes else slice(0)
    return itemgetter(only)


def _is_plain(annotation: Any) -> bool:
    if get_origin(annotation) in (Union, UnionType):
        return all(map(_is_plain, get_args(annotation)))
    return annotation in PLAIN
