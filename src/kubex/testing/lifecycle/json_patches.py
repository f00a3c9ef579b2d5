"""Reads JSON patches as the API server does, which is not as strict as RFC 6902.

A member that an object lacks counts as `null` where an operation replaces, tests or copies it, and so does a value that
an operation lacks.

https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
"""

from __future__ import annotations

from typing import Any, Final

from kubex.core._json_value import is_array, is_object
from kubex.core.exceptions import InvalidArgument
from kubex.core.json_patch import (
    JsonPatchCopy,
    JsonPatchOperation,
    JsonPatchReplace,
    JsonPatchTest,
    parse_json_patch,
)
from kubex.core.json_pointer import JsonPointer
from kubex.testing.failures import bad_request

__all__ = ["json_kind", "read_json_patch"]

_WITH_VALUE: Final = ("add", "replace", "test")
_TEXTS: Final = ("op", "path", "from")


class _MemberPointer(JsonPointer):
    """A place in a document, which may be a member that its object lacks."""

    __slots__ = ()

    def resolve(self, document: Any) -> Any:
        """Give what is at the place; `None` for a member that the object there lacks."""
        if self.tokens:
            container = self.parent.resolve(document)
            if is_object(container):
                return container.get(self.tokens[-1])
        return super().resolve(document)


def read_json_patch(body: Any) -> list[JsonPatchOperation]:
    """Read the operations of a JSON patch.

    Raises:
        ApiFailure: something in it is of a type that the server's decoder does not take (400).
        InvalidArgument: an operation lacks something, or nobody knows it.
    """
    if body is None:
        return []
    if not is_array(body):
        raise _undecodable(body, "value of type []handlers.jsonPatchOp")
    for operation in body:
        if operation is not None and not is_object(operation):
            raise _undecodable(operation, "value of type handlers.jsonPatchOp")
        for name in _TEXTS:
            text = operation.get(name) if operation is not None else None
            if text is not None and not isinstance(text, str):
                raise _undecodable(text, f"struct field jsonPatchOp.{name} of type string")
    operations = parse_json_patch([_with_value(operation) for operation in body])
    for operation in operations:
        if isinstance(operation, JsonPatchReplace | JsonPatchTest):
            operation.path = _MemberPointer(operation.path)
        elif isinstance(operation, JsonPatchCopy):
            operation.from_ = _MemberPointer(operation.from_)
    return operations


def _with_value(operation: Any) -> Any:
    if operation is None:
        raise InvalidArgument("an operation is null")
    return {"value": None, **operation} if operation.get("op") in _WITH_VALUE else operation


def _undecodable(value: Any, what: str) -> Exception:
    return bad_request(f"error decoding patch: json: cannot unmarshal {json_kind(value)} into Go {what}")


def json_kind(value: Any) -> str:
    """Name what a value is in JSON, as Go's decoder does."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if is_array(value) else "object"
