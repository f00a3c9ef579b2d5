"""`diff`: the patch that makes one object of another, and changes nothing that is the same in both."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from difflib import SequenceMatcher
from typing import Any, overload

import msgspec

from kubex.core._json_value import is_array, is_object
from kubex.core.codec import encode
from kubex.core.json_patch import (
    JsonPatchAdd,
    JsonPatchOperation,
    JsonPatchRemove,
    JsonPatchReplace,
    apply_json_patch,
)
from kubex.core.json_pointer import JsonPointer
from kubex.core.patch import JsonPatch, MergePatch, PatchBody

__all__ = ["diff", "difference_of_json"]

# What tells the items of most of the API's lists apart, the surest first.
_IDENTIFYING = ("name", "uid", "key", "type", "mountPath", "containerPort", "port", "ip")


@overload
def diff(old: PatchBody, new: PatchBody, form: type[MergePatch] = MergePatch) -> MergePatch: ...


@overload
def diff(old: PatchBody, new: PatchBody, form: type[JsonPatch]) -> JsonPatch: ...


def diff(
    old: PatchBody, new: PatchBody, form: type[MergePatch] | type[JsonPatch] = MergePatch
) -> MergePatch | JsonPatch:
    """Give the patch that makes `new` of `old`.

    Args:
        old: the object as it is: a model or a dict.
        new: the object as it is wanted, in either form.
        form: a `MergePatch` says `null` for what is gone and replaces lists whole. A `JsonPatch` names single items of
            lists by their index, so that what is not known of the others stays; it fits `old` and nothing else.

    Returns:
        The patch; its `body`, or its `operations`, are empty where nothing differs.

    Raises:
        InvalidArgument: something in an object has no JSON form.

    Example:
        ```python
        web = await deployments.get("web")
        wanted = web.model_copy(deep=True)
        wanted.spec.replicas = 3
        await deployments.patch("web", diff(web, wanted))  # {"spec": {"replicas": 3}}
        ```

    https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
    """
    before, after = _plain(old), _plain(new)
    if form is JsonPatch:
        return JsonPatch(_operations(JsonPointer(), before, after, before))
    return MergePatch(_merged(before, after))


def difference_of_json(old: bytes, new: bytes, stored: bytes) -> list[JsonPatchOperation]:
    """Give the operations that change a stored document as one document was changed into another.

    Args:
        old: what a class has read out of `stored`: without what it does not know, and with what it fills in.
        new: the same, changed.
        stored: the document that the operations are for.
    """
    return [*_operations(JsonPointer(), *map(msgspec.json.decode, (old, new, stored)))]


def _plain(value: PatchBody) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.json.decode(encode(value))
    return plain


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {name: None for name in old if new.get(name) is None and old[name] is not None}
    for name, value in new.items():
        before = old.get(name)
        if value is None or _same(before, value):
            continue
        changes[name] = _merged(before, value) if is_object(before) and is_object(value) else value
    return changes


def _same(left: Any, right: Any) -> bool:
    """Compare as JSON does: to Python `True` is 1, and 1 is 1.0."""
    if is_object(left) and is_object(right):
        return left.keys() == right.keys() and all(_same(left[name], right[name]) for name in left)
    if is_array(left) and is_array(right):
        return len(left) == len(right) and all(map(_same, left, right))
    return type(left) is type(right) and left == right


def _operations(at: JsonPointer, old: Any, new: Any, stored: Any) -> Iterator[JsonPatchOperation]:
    if is_object(old) and is_object(new) and is_object(stored):
        for name in old:
            if name not in new and name in stored:
                yield JsonPatchRemove(at / name)
        for name, value in new.items():
            if name in old and name in stored and (old[name] is not None or value is None):
                yield from _operations(at / name, old[name], value, stored[name])
            # A null may stand for what the object does not have: adding is right for both.
            elif name not in old or not _same(old[name], value):
                yield JsonPatchAdd(at / name, value)
    elif is_array(old) and is_array(new) and is_array(stored):
        if _correspond(old, stored):
            yield from _item_operations(at, old, new, stored)
        elif not _same(old, new):
            yield JsonPatchReplace(at, _rewritten(old, new, stored))
    elif not _same(old, new):
        yield JsonPatchReplace(at, new)


def _item_operations(
    at: JsonPointer, old: list[Any], new: list[Any], stored: list[Any]
) -> Iterator[JsonPatchOperation]:
    """Give what makes one list of another, from its end: so no operation moves what a later one names."""
    matcher = SequenceMatcher(None, _identities(old), _identities(new), autojunk=False)
    for _, start, end, new_start, new_end in reversed(matcher.get_opcodes()):
        pairs = min(end - start, new_end - new_start)
        # One behind the other means the same place: what comes in last stands first.
        yield from (JsonPatchAdd(at / (start + pairs), item) for item in reversed(new[new_start + pairs : new_end]))
        yield from (JsonPatchRemove(at / index) for index in reversed(range(start + pairs, end)))
        for offset in reversed(range(pairs)):
            before, after = old[start + offset], new[new_start + offset]
            if _identity(before) == _identity(after):
                yield from _operations(at / (start + offset), before, after, stored[start + offset])
            else:  # another item: nothing of the one may stay in the other
                yield JsonPatchReplace(at / (start + offset), after)


def _correspond(old: list[Any], stored: list[Any]) -> bool:
    """Say whether each item of a list that a class wrote is the one in the same place of the list that is stored.

    It may write them in another order, as it does with a set, or without those that are there twice.
    """
    if old is stored:
        return True
    if len(old) != len(stored):
        return False
    pairs = zip(old, stored, _identities(old), _identities(stored), strict=True)
    return all(mine == theirs or _agree(left, right) for left, right, mine, theirs in pairs)


def _agree(old: Any, stored: Any) -> bool:
    """Say whether what a class wrote can have been read from what is stored: they differ in nothing that both have."""
    if stored is None:
        return True  # which classes fill in
    if is_object(old) and is_object(stored):
        return all(_agree(value, stored[name]) for name, value in old.items() if name in stored)
    if is_array(old) and is_array(stored):
        return len(old) == len(stored) and all(map(_agree, old, stored))
    return _same(old, stored)


def _rewritten(old: list[Any], new: list[Any], stored: list[Any]) -> list[Any]:
    """Give a list anew, with what is stored of those items that can be told to be the same ones."""
    read, kept = (dict(zip(_identities(items), items, strict=True)) for items in (old, stored))
    items: list[Any] = []
    for identity, item in zip(_identities(new), new, strict=True):
        if identity in read and identity in kept:
            item = apply_json_patch(kept[identity], _operations(JsonPointer(), read[identity], item, kept[identity]))
        items.append(item)
    return items


def _identities(items: list[Any]) -> list[Hashable]:
    """Give what tells each item of a list from the others; all of it where nothing shorter does."""
    found = [_identity(item) for item in items]
    return found if len(set(found)) == len(found) else [msgspec.json.encode(item) for item in items]


def _identity(item: Any) -> Hashable:
    if is_object(item):
        for name in _IDENTIFYING:
            if isinstance(value := item.get(name), str | int):
                return (name, value)
    return msgspec.json.encode(item)
