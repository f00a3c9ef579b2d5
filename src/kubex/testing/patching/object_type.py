"""What a request is about, as far as the ownership of fields asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from kubex.testing.patching.field_filters import KEEP_ALL, FieldFilter
from kubex.testing.schema.tree import ObjectSchema

__all__ = ["JsonObject", "ObjectType", "with_api_version"]

JsonObject: TypeAlias = dict[str, Any]


def with_api_version(object_: Mapping[str, Any], api_version: str) -> JsonObject:
    """Give an object in another version that has the same fields: the conversion `None` of custom resources."""
    return {**object_, "apiVersion": api_version}


@dataclass(frozen=True)
class ObjectType:
    """A kind in the version of a request's path, and what its managers' entries may be in besides.

    Made once for each resource and subresource.
    """

    api_version: str
    kind: str
    schema: ObjectSchema
    subresource: str = ""
    """Of the request; the entries of its managers name it."""
    tracked: FieldFilter = KEEP_ALL
    """Fields that requests here can set; the others are reset, and owned by no one who writes here."""
    other_versions: Mapping[str, ObjectSchema] = field(default_factory=dict[str, ObjectSchema])
    """Schemas of the kind's other versions by `apiVersion`. Entries in a version that is neither are dropped."""
    convert: Callable[[Mapping[str, Any], str], JsonObject] = with_api_version
    """Gives an object in another version."""

    @property
    def group_version_kind(self) -> str:
        """As Go prints it: `apps/v1, Kind=Deployment`; `/v1, Kind=Pod` in the core group."""
        slash = "" if "/" in self.api_version else "/"
        return f"{slash}{self.api_version}, Kind={self.kind}"

    def schema_of(self, api_version: str) -> ObjectSchema | None:
        """Give the schema of a version; `None` if the kind has none of that name."""
        return self.schema if api_version == self.api_version else self.other_versions.get(api_version)

    def converted(self, object_: Mapping[str, Any], api_version: str) -> Mapping[str, Any]:
        """Give an object of the request's version in another one."""
        return object_ if object_.get("apiVersion", api_version) == api_version else self.convert(object_, api_version)
