"""Changes that read first and are guarded by the version that was read: on a conflict all is done again."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterator
from inspect import iscoroutine
from typing import TYPE_CHECKING, Any, TypeVar, cast

import anyio

from kubex.core.exceptions import (
    AlreadyExists,
    Conflict,
    InvalidArgument,
    InvalidType,
    NotFound,
    UnprocessableEntity,
)
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.entity import Entity

if TYPE_CHECKING:
    from kubex.core.patch import JsonPatch, Patch

__all__ = ["create_or_replace", "edit", "with_version"]

# As client-go's retry of conflicts: others write in milliseconds; who fails that often has a rival that never rests.
_FIRST_PAUSE = 0.01  # seconds
_GROWTH = 5
_RETRIES = 4


M = TypeVar("M")
T = TypeVar("T", bound=Entity)


def with_version(data: T, version: str | None) -> T:
    """Give a copy that differs in its resource version alone."""
    metadata = data.metadata.model_copy(update={"resource_version": version})
    if isinstance(data, DynamicObject):
        copied = data.model_copy()
        copied.metadata = metadata  # an update would lose what `ObjectMetadata` has no field for
        return copied
    changed: T = cast("Any", data).model_copy(update={"metadata": metadata})
    return changed


async def create_or_replace(
    name: str | None, create: Callable[[], Awaitable[T]], replace: Callable[[str], Awaitable[T]]
) -> T:
    """Create, or replace where the object is there; again where it came, went or changed in between.

    Args:
        name: the object's name; without one the server makes one up.
        create: sends the object as a new one.
        replace: reads the version of the one that is there, and sends the object with it.
    """
    waits = _pauses()
    while True:
        try:
            return await create()
        except AlreadyExists:
            if name is None:
                raise
        try:
            return await replace(name)
        except (Conflict, NotFound):
            pause = next(waits, None)
            if pause is None:
                raise
        await anyio.sleep(pause)


def _pauses() -> Iterator[float]:
    """Give the seconds to wait before each further try."""
    for number in range(_RETRIES):
        yield _FIRST_PAUSE * _GROWTH**number * random.uniform(1, 1.5)  # noqa: S311 - not a secret


async def edit(
    read: Callable[[], Awaitable[tuple[M, bytes]]],
    write: Callable[[Patch], Awaitable[M]],
    change: Callable[[M], M | None],
) -> M:
    """Read, change, and write the difference, until nobody else has written in between.

    Args:
        read: gives the object as the server has it, and the JSON that it was read from.
        write: sends a patch and gives the object as it is then.
        change: changes the object in place, or gives a changed one.
    """
    waits = _pauses()
    while True:
        current, stored = await read()
        version = _version_of(current)
        patch, wanted = _difference(current, stored, change)
        if patch is None:
            return wanted
        try:
            return await write(patch)
        except (Conflict, UnprocessableEntity) as error:
            # An operation may not fit an object that has changed; only then it is worth another try.
            pause = next(waits, None)
            if pause is None or (not isinstance(error, Conflict) and _version_of((await read())[0]) == version):
                raise
        await anyio.sleep(pause)


def _difference(current: M, stored: bytes, change: Callable[[M], M | None]) -> tuple[JsonPatch | None, M]:
    """Give the patch that `change` amounts to, `None` where it changes nothing, and the object as it left it.

    What a class fills in, as its defaults, is not there on the server: a patch can't replace it, nor what is in it.
    """
    from kubex.core.codec import encode
    from kubex.core.diff import difference_of_json
    from kubex.core.patch import JsonPatch, JsonPatchReplace

    version, identity = _version_of(current), _identity_of(current)
    before = encode(current)
    changed = change(current)
    if iscoroutine(changed):
        changed.close()
        raise InvalidArgument("change must not be asynchronous: it may run several times, each on a newer object")
    wanted = current if changed is None else changed
    _check_is_same(identity, type(current), wanted)
    operations = difference_of_json(before, encode(wanted), stored)
    if not operations:
        return None, wanted
    # The server takes a version in a patch as the one that the object must still have.
    guard = JsonPatchReplace("/metadata/resourceVersion", version)
    return JsonPatch([guard, *operations]), wanted


def _identity_of(value: Any) -> tuple[str | None, str | None, str | None]:
    metadata = value.metadata
    return metadata.namespace, metadata.name, metadata.uid


def _check_is_same(identity: tuple[str | None, str | None, str | None], model: type[Any], wanted: Any) -> None:
    """Refuse what is no changed form of the object that was read: its difference would be sent as a patch of that."""
    if not isinstance(wanted, DynamicObject if issubclass(model, DynamicObject) else model):
        raise InvalidType.of("what change gives", f"{model.__qualname__} or None", wanted)
    namespace, name, uid = _identity_of(wanted)
    if (name, namespace) != (identity[1], identity[0]) or uid not in (identity[2], None):
        was, is_ = (
            f'"{each[1]}" in namespace "{each[0]}", uid {each[2]}' for each in (identity, (namespace, name, uid))
        )
        raise InvalidArgument(f"change gives another {model.__qualname__} than it got: it got {was}, and gives {is_}")


def _version_of(value: Any) -> str:
    version: str | None = getattr(getattr(value, "metadata", None), "resource_version", None)
    if version is None:
        raise InvalidArgument(f"a {type(value).__qualname__} has no resource version: no edit of it can be guarded")
    return version
