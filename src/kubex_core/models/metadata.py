"""Metadata of objects and lists, one set of classes for every Kubernetes version and for users' own resources."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import msgspec
from msgspec import UNSET, Raw, UnsetType, field

from kubex_core.models.base_struct import BaseStruct

__all__ = ["ListMetadata", "ManagedFieldsEntry", "ObjectMetadata", "OwnerReference", "ShardInfo"]


_NULL = Raw(b"null")


class OwnerReference(BaseStruct, kw_only=True):
    """Names the object that owns another.

    https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/#OwnerReference
    """

    api_version: str
    kind: str
    name: str
    uid: str
    controller: bool | None = None
    block_owner_deletion: bool | None = None


class ManagedFieldsEntry(BaseStruct, kw_only=True):
    """What one field manager owns of an object.

    `fields_v1` is the field set as its JSON bytes, `UNSET` where there is none: it makes up most of an object and few
    programs read it, so it is parsed by whoever asks: `entry.fields()`.

    https://kubernetes.io/docs/reference/using-api/server-side-apply/#managing-fields
    """

    manager: str | None = None
    operation: str | None = None
    api_version: str | None = None
    time: datetime | None = None
    fields_type: str | None = None
    fields_v1: Raw | UnsetType = field(name="fieldsV1", default=UNSET)
    subresource: str | None = None

    def __post_init__(self) -> None:
        # A Raw is a view into the buffer it was decoded from: without the copy one object kept from a list keeps
        # the whole response alive.
        fields = self.fields_v1
        if fields is not UNSET:
            self.fields_v1 = fields.copy() if fields != _NULL else UNSET

    def fields(self) -> dict[str, Any]:
        """Give the field set parsed, `{}` where there is none."""
        return cast("dict[str, Any]", msgspec.json.decode(self.fields_v1)) if self.fields_v1 is not UNSET else {}


class ObjectMetadata(BaseStruct, kw_only=True):
    """Metadata that every object has.

    https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/
    """

    name: str | None = None
    generate_name: str | None = None
    namespace: str | None = None
    self_link: str | None = None
    uid: str | None = None
    resource_version: str | None = None
    generation: int | None = None
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None
    deletion_grace_period_seconds: int | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    owner_references: list[OwnerReference] | None = None
    finalizers: list[str] | None = None
    managed_fields: list[ManagedFieldsEntry] | None = None


class ShardInfo(BaseStruct, kw_only=True):
    """Which part of a collection a list holds, where the request asked for one (Kubernetes 1.36 and newer).

    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#shardinfo-v1-meta
    """

    selector: str


class ListMetadata(BaseStruct, kw_only=True):
    """Metadata of a list: its resource version and, for a page, where the next one begins.

    https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/list-meta/
    """

    self_link: str | None = None
    resource_version: str | None = None
    continue_: str | None = field(name="continue", default=None)
    remaining_item_count: int | None = None
    shard_info: ShardInfo | None = None
