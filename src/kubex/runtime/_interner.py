"""Keeps equal parts of a cache's objects once: the pods of a ReplicaSet have equal probes, environments, labels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from sys import getrefcount
from typing import Any, Final, TypeVar, cast

from msgspec import Struct
from msgspec.structs import astuple

from kubex.runtime._interning_places import PLAIN, Action, Place
from kubex_core.models import _struct_codec
from kubex_core.models.dynamic_object import DynamicObject

__all__ = ["Interner"]

T = TypeVar("T")

# What is found out of the first objects of a period holds for the rest of it.
_PERIOD: Final = 4096
_STUDIED: Final = 256
_FIRST_STUDIED: Final = 32
_FEW: Final = 64
_REFUSED: Final = (TypeError, ValueError, RecursionError, OverflowError)  # of parts that have no JSON form


class Interner:
    """Replaces parts of objects by equal ones of objects that were there before.

    Parts are equal if they are to Python and have the same JSON: `1`, `True` and `1.0` are not, nor is one moment in
    two time zones. A part that has been changed meanwhile is equal to none that comes.

    A part that no object has any more is forgotten at a sweep, of which there is one whenever as many objects were
    dropped as are left, or many have come.
    """

    def __init__(self) -> None:
        self._strings: dict[str, str] = {}
        self._within: dict[Any, Any] = {}  # strings and times of the object that is looked at
        self._roots: dict[type[Any], Place] = {}
        self._first_places: dict[Any, Place] = {}  # of what stands in `_within`
        self._is_studying = True
        self._count = 0
        self._dropped = 0
        self._until_sweep = _PERIOD

    def __len__(self) -> int:
        """Give the number of parts that are looked up among."""
        return len(self._strings) + sum(map(len, self._tables()))

    def intern(self, obj: T) -> T:
        """Replace parts of an object, and give it."""
        kind = type(obj)
        root = self._roots.get(kind)
        if root is None:
            root = self._roots[kind] = Place(is_single=True)
            self._count = 0
        self._study(root)
        self._until_sweep -= 1
        if not self._until_sweep:
            self.sweep()
        self._intern_parts(obj, kind, root)
        self._within.clear()
        if self._is_studying:
            self._first_places.clear()
        return obj

    def dropped(self, count: int, left: int) -> None:
        """Take note of objects that are not kept any more.

        Args:
            count: how many.
            left: how many others there are.
        """
        self._dropped += count
        if not left:
            self._strings.clear()
            self._roots.clear()
        elif self._dropped >= max(_FEW, left):
            self.sweep()

    def sweep(self) -> None:
        """Forget the parts that no object has any more."""
        tables = list(self._tables())
        while sum(_forget_unheld(table, _UNHELD) for table in tables):
            pass  # and those that only they had
        _forget_unheld(self._strings, _UNHELD_STRING)
        self._dropped, self._until_sweep = 0, max(_PERIOD, len(self))

    def _tables(self) -> list[dict[int, Any]]:
        places = (place for root in self._roots.values() for place in root.everywhere())
        return [place.table for place in places if place.table]

    def _study(self, root: Place) -> None:
        at = self._count % _PERIOD
        self._count += 1
        if at == 0:
            root.study()
            self._is_studying = True
        elif _FIRST_STUDIED <= at <= _STUDIED and at & (at - 1) == 0:  # at powers of two
            root.settle()
            self._is_studying = at < _STUDIED

    def _intern(self, part: Any, place: Place) -> Any:
        kind: type[Any] = type(part)  # pyright: ignore[reportUnknownVariableType]
        if kind is str:
            return self._intern_string(part, place)
        if kind is datetime:
            return self._intern_time(part, place)
        action = place.action
        if action == Action.LEAVE:
            return part
        if action == Action.LOOK_UP and place.is_single:
            if self._is_studying:
                place.tries += 1
            try:
                key = hash(_struct_codec.encode_leniently(part))
            except _REFUSED:
                pass
            else:
                table = place.table
                if table is None:
                    table = place.table = {}
                held = table.get(key)
                if type(held) is kind and held == part:
                    if self._is_studying:
                        place.hits += 1
                    return held
                table[key] = part
        self._intern_parts(part, kind, place)
        return part

    def _intern_string(self, part: str, place: Place) -> str:
        if self._is_studying:
            place.hits += self._strings.get(part, part) is not part
            self._study_within(part, place)
        if place.action == Action.LEAVE:
            return part
        return (self._strings if place.action == Action.LOOK_UP else self._within).setdefault(part, part)

    def _intern_time(self, part: datetime, place: Place) -> datetime:
        if part.tzinfo is not UTC or place.action == Action.LEAVE:
            return part
        if self._is_studying:
            self._study_within(part, place)
        held: datetime = self._within.setdefault(part, part)
        return held

    def _study_within(self, part: str | datetime, place: Place) -> None:
        """Count for both places what stands at two of one object."""
        place.tries += 1
        first = self._first_places.setdefault(part, place)
        if first is not place:
            first.hits_within += 1
            place.hits_within += 1

    def _intern_parts(self, part: Any, kind: type[Any], place: Place) -> None:
        if issubclass(kind, Struct):
            self._intern_fields(part, kind, place)
        elif kind is list:
            for index, item in enumerate(cast("list[Any]", part)):
                if type(item) not in PLAIN:
                    kept = self._intern(item, place.of_item(index))
                    if kept is not item:
                        part[index] = kept
        elif (is_dict := kind is dict) or issubclass(kind, DynamicObject):
            for key in part:
                if key == "metadata" and not is_dict:
                    continue  # it has two forms, which are not to be woken
                item = part[key]
                if type(item) not in PLAIN:
                    kept = self._intern(item, place.of_key(key))
                    if kept is not item:
                        part[key] = kept
        elif hasattr(kind, "__pydantic_fields__"):
            self._intern_parts(part.__dict__, dict, place)
            self._intern_parts(part.__pydantic_extra__ or {}, dict, place)

    def _intern_fields(self, part: Struct, kind: type[Struct], place: Place) -> None:
        fields = place.fields
        if fields is None or fields.kind is not kind:
            fields = place.of_fields(kind)
        values = astuple(part)
        if fields.those_absent(values) != fields.nothing:
            fields.notice(values)
        is_studying, strings, within = self._is_studying, self._strings, self._within
        for index, name, field in fields.watched:
            item = values[index]
            if type(item) in PLAIN:
                continue
            if type(item) is str and not is_studying:  # most are, and a call would take longer than the rest
                kept: Any = (strings if field.action == Action.LOOK_UP else within).setdefault(item, item)
            else:
                kept = self._intern(item, field)
            if kept is not item:
                setattr(part, name, kept)


def _forget_unheld(table: dict[Any, Any], unheld: int) -> bool:
    """Take what nobody else has out of a table; whether there was anything."""
    found = [key for key, count in _references(table) if count <= unheld]
    for key in found:
        del table[key]
    return bool(found)


def _references(table: dict[Any, Any]) -> Iterator[tuple[Any, int]]:
    for key in table:
        yield key, getrefcount(table[key])


# How many references counting itself makes is another number in each release of Python.
_UNHELD: Final = next(_references({0: []}))[1]
_UNHELD_STRING: Final = next(_references({text: text for text in [str(object())]}))[1]
