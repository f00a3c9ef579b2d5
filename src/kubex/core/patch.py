"""The four kinds of patches.

https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeAlias, cast

import msgspec
from pydantic import BaseModel

from kubex.core._json_value import is_object
from kubex.core._patch_body import Omitted, json_bytes
from kubex.core.exceptions import InvalidArgument
from kubex.core.json_patch import (
    JsonPatchAdd,
    JsonPatchCopy,
    JsonPatchMove,
    JsonPatchOperation,
    JsonPatchRemove,
    JsonPatchReplace,
    JsonPatchTest,
)
from kubex.core.json_pointer import JsonPointer

__all__ = [
    "ApplyPatch",
    "JsonPatch",
    "JsonPatchAdd",
    "JsonPatchCopy",
    "JsonPatchMove",
    "JsonPatchOperation",
    "JsonPatchRemove",
    "JsonPatchReplace",
    "JsonPatchTest",
    "JsonPointer",
    "MergePatch",
    "Patch",
    "PatchBody",
    "StrategicMergePatch",
]

PatchBody: TypeAlias = Mapping[str, Any] | msgspec.Struct | BaseModel
"""A patch's body: a dict, in which `None` is a null, or a model, whose `None` is left out."""


class Patch(ABC):
    """A change of an object: what `Api.patch` sends."""

    __slots__ = ()

    content_type: ClassVar[str]

    @abstractmethod
    def encode(self) -> bytes:
        """Give the request's body.

        Raises:
            InvalidArgument: something in the patch has no JSON form; the text says where.
        """


class _BodyPatch(Patch):
    __slots__ = ("body",)

    _omitted: ClassVar[Omitted] = "unset"

    def __init__(self, body: PatchBody) -> None:
        if not isinstance(body, Mapping | msgspec.Struct | BaseModel):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidArgument(f"{type(self).__name__} of a {type(body).__qualname__}: a model or a dict is needed")
        self.body: PatchBody = body

    def encode(self) -> bytes:
        """Give the request's body.

        Raises:
            InvalidArgument: something in the patch has no JSON form; the text says where.
        """
        return json_bytes(self.body, type(self).__name__, self._omitted)

    def __repr__(self) -> str:
        # No contents: they may be a secret's.
        return f"<{type(self).__name__} of a {type(self.body).__qualname__}>"


class MergePatch(_BodyPatch):
    """Merges objects member by member; lists are replaced whole, `null` removes.

    Args:
        body: the parts to change. A dict is sent as it is: `None` in it removes. A struct sends what is not `None`. A
            Pydantic model sends what was given, an explicit `None` as a removal.

    Example:
        ```python
        MergePatch({"spec": {"replicas": 3}, "metadata": {"annotations": {"paused-by": None}}})
        ```

    https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/#use-a-json-merge-patch-to-update-a-deployment
    """

    __slots__ = ()
    content_type = "application/merge-patch+json"


class StrategicMergePatch(_BodyPatch):
    """Merges as `MergePatch`, and lists item by item where the API has a key for them (containers by name).

    Built-in resources take it, custom ones don't.

    Args:
        body: the parts to change, as in `MergePatch`; dicts may hold directives (`$patch: delete`).

    https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/#use-a-strategic-merge-patch-to-update-a-deployment
    """

    __slots__ = ()
    content_type = "application/strategic-merge-patch+json"


class ApplyPatch(_BodyPatch):
    """Server-side apply: all fields that a manager wants, of which it becomes the owner; what it left out, it gives up.

    Args:
        body: the wanted object. Models send what they are created with, a dict is sent as it is. It names its
            `apiVersion`, `kind` and `metadata.name`, or `completed` does.

    https://kubernetes.io/docs/reference/using-api/server-side-apply/
    """

    __slots__ = ()
    content_type = "application/apply-patch+yaml"  # JSON is YAML too
    _omitted: ClassVar[Omitted] = "none"

    def completed(self, *, api_version: str, kind: str, name: str) -> ApplyPatch:
        """Give the patch with what the body leaves out of these, as the server needs them all.

        Raises:
            InvalidArgument: the body names another object, or something in it has no JSON form.
        """
        body = self._document()
        body["apiVersion"] = body.get("apiVersion") or api_version
        body["kind"] = body.get("kind") or kind
        metadata = body["metadata"] = _metadata(body)
        given = metadata.setdefault("name", name)
        if given != name:
            raise InvalidArgument(f'ApplyPatch of {kind} "{name}": the body is of "{given}"')
        return ApplyPatch(body)

    def encode(self) -> bytes:
        """Give the request's body.

        Raises:
            InvalidArgument: `apiVersion`, `kind` or `metadata.name` is missing, or something has no JSON form.
        """
        body = self._document()
        missing = [name for name in ("apiVersion", "kind") if not body.get(name)]
        if not _metadata(body).get("name"):
            missing.append("metadata.name")
        if missing:
            raise InvalidArgument(f"ApplyPatch of a {type(self.body).__qualname__}: {', '.join(missing)} is missing")
        return msgspec.json.encode(body)

    def _document(self) -> dict[str, Any]:
        return cast("dict[str, Any]", msgspec.json.decode(super().encode()))


class JsonPatch(Patch):
    """A list of operations, carried out all or none.

    Args:
        operations: what to do, in this order.

    Example:
        ```python
        JsonPatch(
            [
                JsonPatchTest(path="/spec/replicas", value=2),
                JsonPatchReplace(path="/spec/replicas", value=3),
                JsonPatchAdd(path=JsonPointer.of("metadata", "labels", "example.com/scaled"), value="yes"),
            ]
        )
        ```

    https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
    """

    __slots__ = ("operations",)
    content_type = "application/json-patch+json"

    def __init__(self, operations: Iterable[JsonPatchOperation]) -> None:
        self.operations: tuple[JsonPatchOperation, ...] = tuple(operations)
        for operation in self.operations:
            if not isinstance(operation, JsonPatchOperation):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise InvalidArgument(f"JsonPatch: {type(operation).__qualname__} is no operation of a JSON patch")

    def encode(self) -> bytes:
        """Give the request's body.

        Raises:
            InvalidArgument: a value has no JSON form; the text says where.
        """
        return json_bytes([operation.to_dict() for operation in self.operations], "JsonPatch", "none")

    def __repr__(self) -> str:
        return f"JsonPatch({list(self.operations)!r})"


def _metadata(body: dict[str, Any]) -> dict[str, Any]:
    metadata = body.get("metadata")
    return metadata if is_object(metadata) else {}
