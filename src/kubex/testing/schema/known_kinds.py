"""Which kinds an API server knows in the bodies of requests, also where it takes others."""

from __future__ import annotations

from typing import Final, NamedTuple

from kubex.testing.schema.openapi_v2 import OpenApiSchemas
from kubex.testing.schema.tree import ObjectSchema

__all__ = ["KnownKind", "KnownKinds"]

# What any group version has, and what belongs to none.
_EVERYWHERE: Final = frozenset(
    {"CreateOptions", "DeleteOptions", "GetOptions", "ListOptions", "PatchOptions", "UpdateOptions", "WatchEvent"}
)
_UNVERSIONED: Final = frozenset({"APIGroup", "APIGroupList", "APIResourceList", "APIVersions", "Status"})
# Of the core group, but of no resource: no document has them.
_OF_NO_RESOURCE: Final = frozenset(
    {
        "List",
        "NodeProxyOptions",
        "PodAttachOptions",
        "PodExecOptions",
        "PodLogOptions",
        "PodPortForwardOptions",
        "PodProxyOptions",
        "PodStatusResult",
        "RangeAllocation",
        "SerializedReference",
        "ServiceProxyOptions",
    }
)
# Each served by a server of its own, which knows these kinds alone.
_APART: Final = ("apiextensions.k8s.io", "apiregistration.k8s.io")
_CORE: Final = ("", "v1")


class KnownKind(NamedTuple):
    """A kind that a server knows."""

    package: str
    """That its type is of, in Go: `v1beta1`."""
    schema: ObjectSchema | None
    """`None` where no document has it."""


class KnownKinds:
    """The kinds that the server of a group knows.

    Args:
        schemas: of the release; kinds of versions that it serves no longer are not among them.
        group: whose server is asked.
    """

    def __init__(self, schemas: OpenApiSchemas, group: str) -> None:
        self._schemas = schemas
        self._group = group

    def find(self, api_version: str, kind: str) -> KnownKind | None:
        """Find a kind in its own group version; `None` if the server knows none."""
        group, _, version = api_version.rpartition("/")
        if kind in _UNVERSIONED:
            return KnownKind("v1", self._schemas.find_kind(*_CORE, kind))
        if not self._may_know(group, kind):
            return None
        schema = self._schemas.find_kind(group, version, kind)
        if kind in _EVERYWHERE:
            is_version = self._schemas.find_kind(group, version, "DeleteOptions") is not None
            return KnownKind("v1", schema) if is_version else None
        if schema is not None or ((group, version) == _CORE and kind in _OF_NO_RESOURCE):
            return KnownKind(version, schema)
        return None

    def _may_know(self, group: str, kind: str) -> bool:
        if self._group in _APART:
            return group == self._group or (not group and kind in _EVERYWHERE)
        return group not in _APART
