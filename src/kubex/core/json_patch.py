"""The operations of a JSON patch, and how they change a JSON document (RFC 6902)."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, cast

from kubex.core._json_value import is_array, is_object
from kubex.core.exceptions import InvalidArgument, JsonPatchError, PathNotFound
from kubex.core.json_pointer import JsonPointer, array_index

__all__ = [
    "JsonPatchAdd",
    "JsonPatchCopy",
    "JsonPatchMove",
    "JsonPatchOperation",
    "JsonPatchRemove",
    "JsonPatchReplace",
    "JsonPatchTest",
    "apply_json_patch",
    "parse_json_patch",
]


class JsonPatchOperation(ABC):
    """One operation of a JSON patch.

    Args:
        path: place in the document that the operation is about.

    Raises:
        InvalidArgument: a path that is no JSON pointer.
    """

    __slots__ = ("path",)

    op: ClassVar[str]

    def __init__(self, path: str | JsonPointer) -> None:
        self.path: JsonPointer = JsonPointer(path)

    def to_dict(self) -> dict[str, Any]:
        """Give the operation as its JSON has it; the value as it was given."""
        return {"op": self.op, "path": str(self.path)}

    @abstractmethod
    def apply(self, document: Any) -> Any:
        """Give the document as the operation leaves it; `document` itself stays as it is.

        Raises:
            InvalidArgument: the operation does not fit the document.
        """

    def __repr__(self) -> str:
        # No value: it may be a secret's.
        return f"{type(self).__name__}(path={str(self.path)!r})"

    def __eq__(self, other: object) -> bool:
        return self.to_dict() == other.to_dict() if isinstance(other, JsonPatchOperation) else NotImplemented

    __hash__ = None  # type: ignore[assignment]


class _WithValue(JsonPatchOperation):
    __slots__ = ("value",)

    def __init__(self, path: str | JsonPointer, value: Any) -> None:
        super().__init__(path)
        self.value: Any = value

    def to_dict(self) -> dict[str, Any]:
        """Give the operation as its JSON has it; the value as it was given."""
        return {**super().to_dict(), "value": self.value}


class _WithSource(JsonPatchOperation):
    __slots__ = ("from_",)

    def __init__(self, from_: str | JsonPointer, path: str | JsonPointer) -> None:
        super().__init__(path)
        self.from_: JsonPointer = JsonPointer(from_)

    def to_dict(self) -> dict[str, Any]:
        """Give the operation as its JSON has it."""
        return {"op": self.op, "from": str(self.from_), "path": str(self.path)}


class JsonPatchAdd(_WithValue):
    """Adds a member to an object or replaces it, or inserts an item into an array (`/-` appends).

    Args:
        path: place of the new value; what is to hold it must be there.
        value: JSON value or model.
    """

    __slots__ = ()
    op = "add"

    def apply(self, document: Any) -> Any:
        """Give the document with the value."""
        return _added(document, self.path, self.value)


class JsonPatchRemove(JsonPatchOperation):
    """Removes what is at a place.

    Args:
        path: place of it; it must be there.
    """

    __slots__ = ()
    op = "remove"

    def apply(self, document: Any) -> Any:
        """Give the document without what was at the path."""
        return _removed(document, self.path)


class JsonPatchReplace(_WithValue):
    """Replaces what is at a place.

    Args:
        path: place of it; it must be there.
        value: JSON value or model.
    """

    __slots__ = ()
    op = "replace"

    def apply(self, document: Any) -> Any:
        """Give the document with the value in place of the old one."""
        return _replaced(document, self.path, self.value)


class JsonPatchMove(_WithSource):
    """Moves what is at one place to another.

    Args:
        from_: place of it; it must be there.
        path: where it goes, as in `JsonPatchAdd`.
    """

    __slots__ = ()
    op = "move"

    def apply(self, document: Any) -> Any:
        """Give the document with the value at its new place alone."""
        value = self.from_.resolve(document)
        if self.path == self.from_:
            return document
        if self.path.tokens[: len(self.from_.tokens)] == self.from_.tokens:
            raise InvalidArgument(f'"{self.from_}" can\'t be moved into itself')
        return _added(_removed(document, self.from_), self.path, value)


class JsonPatchCopy(_WithSource):
    """Copies what is at one place to another.

    Args:
        from_: place of it; it must be there.
        path: where the copy goes, as in `JsonPatchAdd`.
    """

    __slots__ = ()
    op = "copy"

    def apply(self, document: Any) -> Any:
        """Give the document with the value at both places."""
        return _added(document, self.path, self.from_.resolve(document))


class JsonPatchTest(_WithValue):
    """Makes the whole patch fail unless a place holds a value.

    Args:
        path: place to look at; it must be there.
        value: JSON value or model that it must equal.
    """

    __slots__ = ()
    op = "test"

    def apply(self, document: Any) -> Any:
        """Give the document as it is."""
        if not _equal(self.path.resolve(document), self.value):
            raise InvalidArgument("another value is there")
        return document


_OPERATIONS: dict[str, type[JsonPatchOperation]] = {
    operation.op: operation
    for operation in (
        JsonPatchAdd,
        JsonPatchRemove,
        JsonPatchReplace,
        JsonPatchMove,
        JsonPatchCopy,
        JsonPatchTest,
    )
}


def parse_json_patch(document: Any) -> list[JsonPatchOperation]:
    """Read the operations of a JSON patch's document, an array of objects. Unknown members are passed over.

    Raises:
        InvalidArgument: it is no JSON patch; the text says which operation is wrong, from 0.
    """
    if not is_array(document):
        raise InvalidArgument("a JSON patch is an array of operations")
    return [_parsed(index, operation) for index, operation in enumerate(document)]


def _parsed(index: int, operation: Any) -> JsonPatchOperation:
    if not is_object(operation):
        raise InvalidArgument(f"operation {index} of the JSON patch is no object")
    op = operation.get("op")
    type_ = _OPERATIONS.get(op) if isinstance(op, str) else None
    if type_ is None:
        raise InvalidArgument(f"operation {index} of the JSON patch: op {op!r} is none of {', '.join(_OPERATIONS)}")
    arguments = {"path": "path"}
    if issubclass(type_, _WithValue):
        arguments["value"] = "value"
    if issubclass(type_, _WithSource):
        arguments["from"] = "from_"
    missing = arguments.keys() - operation.keys()
    if missing:
        raise InvalidArgument(f'operation {index} of the JSON patch ({op}) has no "{min(missing)}"')
    try:
        make = cast("Callable[..., JsonPatchOperation]", type_)
        return make(**{argument: operation[name] for name, argument in arguments.items()})
    except InvalidArgument as error:
        raise InvalidArgument(f"operation {index} of the JSON patch ({op}): {error}") from None


def apply_json_patch(document: Any, operations: Iterable[JsonPatchOperation]) -> Any:
    """Give the document as the operations leave it, one after the other; all of them or none.

    The document is not changed, and what is the same in the result is shared with it, not copied.

    Args:
        document: JSON document as dicts, lists and plain values.
        operations: operations whose values are in the same form.

    Raises:
        JsonPatchError: an operation does not fit the document; the text says which and why.
    """
    for index, operation in enumerate(operations):
        try:
            document = operation.apply(document)
        except InvalidArgument as error:
            text = f'operation {index} of the JSON patch ({operation.op} "{operation.path}"): {error}'
            raise JsonPatchError(text, index) from None
    return document


def _opened(document: Any, pointer: JsonPointer) -> tuple[Any, Any]:
    """Give a copy of the document, and in it the container that holds the pointer's place.

    Only the containers on the way are copied: the rest is shared.
    """
    pointer.parent.resolve(document)  # its error names the part that is missing
    root = container = copy.copy(document)
    for token in pointer.tokens[:-1]:
        key = _key(container, token)
        container[key] = copy.copy(container[key])
        container = container[key]
    return root, container


def _key(container: Any, token: str) -> str | int:
    return token if is_object(container) else int(token)


def _added(document: Any, pointer: JsonPointer, value: Any) -> Any:
    if not pointer.tokens:
        return value
    root, container = _opened(document, pointer)
    last = pointer.tokens[-1]
    if is_object(container):
        container[last] = value
    elif is_array(container):
        index = len(container) if last == "-" else array_index(last)
        if index is None or index > len(container):
            raise PathNotFound(f'an item can\'t be put at "{last}" of an array of {len(container)}')
        container.insert(index, value)
    else:
        raise PathNotFound(f'there is neither object nor array at "{pointer.parent}"')
    return root


def _removed(document: Any, pointer: JsonPointer) -> Any:
    pointer.resolve(document)
    if not pointer.tokens:
        raise InvalidArgument("the whole document can't be removed")
    root, container = _opened(document, pointer)
    del container[_key(container, pointer.tokens[-1])]
    return root


def _replaced(document: Any, pointer: JsonPointer, value: Any) -> Any:
    pointer.resolve(document)
    if not pointer.tokens:
        return value
    root, container = _opened(document, pointer)
    container[_key(container, pointer.tokens[-1])] = value
    return root


def _equal(left: Any, right: Any) -> bool:
    """Compare as JSON does: numbers by value, and `true` is not 1."""
    if is_object(left) and is_object(right):
        return left.keys() == right.keys() and all(_equal(value, right[name]) for name, value in left.items())
    if is_array(left) and is_array(right):
        return len(left) == len(right) and all(map(_equal, left, right))
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)
