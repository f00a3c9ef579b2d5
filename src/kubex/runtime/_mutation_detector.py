"""Finds those who change objects of a cache in place; switched on by an environment variable, as it is slow."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Final

from kubex.core.codec import encode
from kubex.core.exceptions import CacheCorrupted
from kubex_core.models.entity import Entity

__all__ = ["ENVIRONMENT_VARIABLE", "MutationDetector", "mutation_detector"]

ENVIRONMENT_VARIABLE: Final = "KUBEX_CACHE_MUTATION_DETECTOR"


class MutationDetector:
    """Remembers what objects looked like."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}  # by identity: the store holds the objects for as long as they are here

    def remember(self, obj: Entity) -> None:
        """Take an object as it is now."""
        self._seen[id(obj)] = _fingerprint(obj)

    def forget(self, obj: Entity) -> None:
        """Look at an object a last time.

        Raises:
            CacheCorrupted: it is not what it was.
        """
        self._check(obj, self._seen.pop(id(obj), None))

    def check(self, objects: Iterable[Entity]) -> None:
        """Look at objects.

        Raises:
            CacheCorrupted: one is not what it was.
        """
        for obj in objects:
            self._check(obj, self._seen.get(id(obj)))

    def _check(self, obj: Entity, seen: int | None) -> None:
        if seen is not None and seen != _fingerprint(obj):
            metadata = obj.metadata
            place = f' in namespace "{metadata.namespace}"' if metadata.namespace else ""
            raise CacheCorrupted(
                f'{type(obj).__name__} "{metadata.name}"{place} was changed in the cache: its objects are shared by '
                "all who read it; change a copy, obj.model_copy(deep=True)"
            )


def _fingerprint(obj: Entity) -> int:
    return hash(encode(obj))


def mutation_detector() -> MutationDetector | None:
    """Give a detector where the environment asks for one."""
    value = os.environ.get(ENVIRONMENT_VARIABLE, "").lower()
    return MutationDetector() if value in ("1", "true", "yes", "on") else None
