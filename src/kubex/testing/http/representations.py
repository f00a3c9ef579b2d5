"""Writes objects and lists in the form that was negotiated: as they are, as metadata alone, or as a table."""

from __future__ import annotations

from typing import Any

import msgspec

from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.defaults.workloads import TEMPLATE_GENERATION
from kubex.testing.lifecycle.kinds import name_in_refusals
from kubex.testing.lifecycle.requests import Page
from kubex.testing.negotiation import PROTOBUF, Representation
from kubex.testing.registry import Resource
from kubex.testing.serving import ServedCluster
from kubex.testing.storage import Entry, JsonObject
from kubex.testing.tables import TableMaker

__all__ = ["list_body", "object_body", "watch_event"]

_encode = msgspec.json.encode


def object_body(resource: Resource, entry: Entry, form: Representation, tables: TableMaker, include: str) -> bytes:
    """Write an object.

    Args:
        resource: of the object.
        entry: the object; a Status is written as it is.
        form: what was negotiated.
        tables: makes tables.
        include: `includeObject` of the request, for tables.

    Raises:
        ApiFailure: a form of lists is asked for (406).
    """
    if not form.transformation or entry.object.get("kind") == "Status":
        return entry.encoded
    if form.transformation == "Table":
        version = entry.object["metadata"].get("resourceVersion", "")
        return _encode(tables.table(resource, [entry.object], form.version, include, {"resourceVersion": version}))
    if form.transformation == "PartialObjectMetadataList":
        is_custom = resource.custom is not None
        if is_custom and entry.object.get("kind") == resource.kind:
            raise ApiFailure(500, "", "content is not a list")
        type_ = "v1.Scale" if is_custom else _go_type(resource)
        raise _wrong_form(f"PartialObjectMetadataList, but the requested object is not a list (*{type_})")
    return _encode(_metadata_alone(entry.object, form))


def list_body(resource: Resource, page: Page, form: Representation, tables: TableMaker, include: str) -> bytes:
    """Write a page of a list; parameters as of `object_body`."""
    metadata: JsonObject = {"resourceVersion": page.resource_version}
    if page.continue_token:
        metadata["continue"] = page.continue_token
    if page.remaining is not None:
        metadata["remainingItemCount"] = page.remaining
    if form.transformation == "Table":
        return _encode(tables.table(resource, [each.object for each in page.entries], form.version, include, metadata))
    if form.transformation == "PartialObjectMetadata":
        raise _wrong_form(f"PartialObjectMetadata, but the requested object is a list (*{_go_type(resource)}List)")
    if form.transformation:
        items = [_metadata_alone(each.object, form) for each in page.entries] or None  # as Go writes no items
        version = f"meta.k8s.io/{form.version}"
        return _encode({"kind": form.transformation, "apiVersion": version, "metadata": metadata, "items": items})
    if resource.custom is not None:
        metadata.setdefault("continue", "")  # lists of custom resources have it in any case
    head = _encode({"kind": resource.list_kind, "apiVersion": resource.api_version, "metadata": metadata})
    return head[:-1] + b',"items":[' + b",".join(_items(resource, page.entries)) + b"]}"


def watch_event(
    resource: Resource,
    type_: str,
    object_: JsonObject,
    form: Representation,
    cluster: ServedCluster,
    include: str,
    *,
    first: bool,
) -> bytes:
    """Write an event of a watch in another form than its objects' own JSON.

    Args:
        resource: of the object.
        type_: of the event.
        object_: of the event.
        form: what was negotiated.
        cluster: makes tables, and protobuf.
        include: `includeObject` of the request.
        first: whether it is the first of its watch, which alone has the columns of a table.
    """
    if type_ != "ERROR":
        if form.transformation == "Table":
            version = object_["metadata"].get("resourceVersion", "")
            metadata = {"resourceVersion": version}
            object_ = cluster.tables.table(resource, [object_], form.version, include, metadata, columns=first)
        elif form.transformation:
            object_ = _metadata_alone(object_, form)
    if form.media_type == PROTOBUF:
        return cluster.protobuf.encode_event(type_, object_)
    return _encode({"type": type_, "object": object_}) + b"\n"


def _items(resource: Resource, entries: list[Entry]) -> list[bytes]:
    if resource.custom is not None:
        return [entry.encoded for entry in entries]
    # In lists of built-in kinds the items don't repeat what they are.
    prefix = _encode({"kind": resource.kind, "apiVersion": resource.api_version})[:-1] + b","
    length = len(prefix)
    items: list[bytes] = []
    for entry in entries:
        encoded = entry.encoded
        if encoded.startswith(prefix):
            items.append(b"{" + encoded[length:])
        else:
            bare = {name: value for name, value in entry.object.items() if name not in ("kind", "apiVersion")}
            items.append(_encode(bare))
    return items


def _metadata_alone(object_: JsonObject, form: Representation) -> dict[str, Any]:
    metadata: JsonObject = object_.get("metadata", {})
    if object_.get("kind") == "DaemonSet" and TEMPLATE_GENERATION in metadata.get("annotations", ()):
        # The server makes this annotation of a field of its own, and only for whole objects.
        annotations = {name: value for name, value in metadata["annotations"].items() if name != TEMPLATE_GENERATION}
        metadata = {name: value for name, value in metadata.items() if name != "annotations"}
        metadata.update({"annotations": annotations} if annotations else {})
    return {"kind": "PartialObjectMetadata", "apiVersion": f"meta.k8s.io/{form.version}", "metadata": metadata}


def _go_type(resource: Resource) -> str:
    if resource.custom is not None:
        return "unstructured.Unstructured"
    return f"{name_in_refusals(resource).group.partition('.')[0] or 'core'}.{resource.kind}"


def _wrong_form(why: str) -> ApiFailure:
    return ApiFailure(406, "NotAcceptable", f"you requested {why}")
