"""Reads discovery documents: all resources at once, or one list for each version as older servers have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from kubex.core.discovery import DiscoveredGroup, DiscoveredResource, DiscoveredSubresource, DiscoveredVersion
from kubex.core.exceptions import InvalidResponse
from kubex_core.models.resource_config import Scope

__all__ = ["ACCEPT", "aggregated_groups", "group_versions", "legacy_group", "resources_of"]

T = TypeVar("T")

ACCEPT = ",".join(
    [
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
        "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList",
        "application/json",
    ]
)
"""Media types of `/api` and `/apis`: everything at once where the server can, else the versions alone."""


class _Document(msgspec.Struct, rename="camel"):
    """Any of the documents; a null is as good as nothing, as in Go."""

    kind: str = ""
    items: list[_Group] | None = None  # APIGroupDiscoveryList
    versions: list[str] | None = None  # APIVersions
    groups: list[_LegacyGroup] | None = None  # APIGroupList
    resources: list[_LegacyResource] | None = None  # APIResourceList


class _Named(msgspec.Struct):
    name: str = ""


class _Group(msgspec.Struct):
    metadata: _Named
    versions: list[_Version] | None = None


class _Version(msgspec.Struct):
    version: str
    freshness: str = ""
    resources: list[_Resource] | None = None


class _Kind(msgspec.Struct):
    kind: str = ""
    group: str = ""
    version: str = ""


class _Subresource(msgspec.Struct, rename="camel"):
    subresource: str
    response_kind: _Kind | None = None
    verbs: list[str] | None = None


class _Resource(msgspec.Struct, rename="camel"):
    resource: str
    response_kind: _Kind | None = None
    scope: str = ""
    singular_resource: str = ""
    verbs: list[str] | None = None
    short_names: list[str] | None = None
    categories: list[str] | None = None
    subresources: list[_Subresource] | None = None


class _LegacyVersion(msgspec.Struct, rename="camel"):
    group_version: str


class _LegacyGroup(msgspec.Struct, rename="camel"):
    name: str
    versions: list[_LegacyVersion] | None = None
    preferred_version: _LegacyVersion | None = None


class _LegacyResource(msgspec.Struct, rename="camel"):
    name: str
    kind: str = ""
    group: str = ""
    version: str = ""
    namespaced: bool = False
    singular_name: str = ""
    verbs: list[str] | None = None
    short_names: list[str] | None = None
    categories: list[str] | None = None


_decoder = msgspec.json.Decoder(_Document)


def _read(body: bytes, path: str, *kinds: str) -> _Document:
    try:
        document = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidResponse(f"{path}: the server's answer is no discovery document: {error}") from None
    if document.kind not in kinds:
        raise InvalidResponse(f'{path}: the server\'s answer is a "{document.kind}", not a {" or a ".join(kinds)}')
    return document


def aggregated_groups(body: bytes, path: str) -> tuple[list[DiscoveredGroup], dict[str, str]] | None:
    """Give the groups of a document that has all at once, and the versions that are out of date.

    Args:
        body: what `/api` or `/apis` answered to `ACCEPT`.
        path: which of them, for errors.

    Returns:
        `None` where the server gave the list of versions instead.

    Raises:
        InvalidResponse: it is neither.
    """
    document = _read(body, path, "APIGroupDiscoveryList", "APIVersions", "APIGroupList")
    if document.kind != "APIGroupDiscoveryList":
        return None
    groups: list[DiscoveredGroup] = []
    stale: dict[str, str] = {}
    for group in document.items or ():
        name = group.metadata.name
        versions: list[DiscoveredVersion] = []
        for each in group.versions or ():
            if each.freshness == "Stale":
                stale[f"{name}/{each.version}" if name else each.version] = "its API service does not answer"
            resources = tuple(_resource(resource, name, each.version) for resource in each.resources or ())
            versions.append(DiscoveredVersion(version=each.version, resources=resources))
        if versions:
            groups.append(DiscoveredGroup(name=name, versions=tuple(versions)))
    return groups, stale


def _resource(found: _Resource, group: str, version: str) -> DiscoveredResource:
    return DiscoveredResource(
        group=group,
        version=version,
        kind=found.response_kind.kind if found.response_kind is not None else "",
        plural=found.resource,
        singular=found.singular_resource,
        scope=Scope.NAMESPACE if found.scope == "Namespaced" else Scope.CLUSTER,
        verbs=tuple(found.verbs or ()),
        short_names=tuple(found.short_names or ()),
        categories=tuple(found.categories or ()),
        subresources=tuple(
            DiscoveredSubresource(
                name=each.subresource,
                kind=kind.kind,
                group=kind.group if kind.version else group,
                version=kind.version or version,
                verbs=tuple(each.verbs or ()),
            )
            for each in found.subresources or ()
            for kind in (each.response_kind or _Kind(),)
        ),
    )


def group_versions(body: bytes, path: str) -> dict[str, list[str]]:
    """Give the versions of each group, the preferred first: `{"apps": ["apps/v1"]}`.

    Args:
        body: what `/api` or `/apis` answers where it does not give all at once.
        path: which of them, for errors.

    Raises:
        InvalidResponse: it is something else.
    """
    document = _read(body, path, "APIVersions", "APIGroupList")
    found = {"": document.versions or []} if document.kind == "APIVersions" else {}
    for group in document.groups or ():
        versions = [each.group_version for each in group.versions or ()]
        preferred = group.preferred_version.group_version if group.preferred_version is not None else ""
        found[group.name] = sorted(versions, key=lambda each: each != preferred)
    return found


def resources_of(body: bytes, group: str, version: str) -> tuple[DiscoveredResource, ...]:
    """Give the resources of what `/apis/GROUP/VERSION` answers.

    Raises:
        InvalidResponse: it is something else.
    """
    path = f"/apis/{group}/{version}" if group else f"/api/{version}"
    found = _read(body, path, "APIResourceList").resources or []
    below: dict[str, list[DiscoveredSubresource]] = {}
    for each in found:
        plural, slash, name = each.name.partition("/")
        if slash:
            subresource = DiscoveredSubresource(
                name=name,
                kind=each.kind,
                group=each.group if each.version else group,
                version=each.version or version,
                verbs=tuple(each.verbs or ()),
            )
            below.setdefault(plural, []).append(subresource)
    return tuple(
        DiscoveredResource(
            group=group,
            version=version,
            kind=each.kind,
            plural=each.name,
            singular=each.singular_name or each.kind.lower(),
            scope=Scope.NAMESPACE if each.namespaced else Scope.CLUSTER,
            verbs=tuple(each.verbs or ()),
            short_names=tuple(each.short_names or ()),
            categories=tuple(each.categories or ()),
            subresources=tuple(below.get(each.name, ())),
        )
        for each in found
        if "/" not in each.name
    )


def legacy_group(
    name: str, versions: list[str], resources: Mapping[str, tuple[DiscoveredResource, ...]]
) -> DiscoveredGroup | None:
    """Put a group together of the versions that answered; `None` where none did."""
    answered = tuple(
        DiscoveredVersion(version=each.rpartition("/")[2], resources=resources[each])
        for each in versions
        if each in resources
    )
    return DiscoveredGroup(name=name, versions=answered) if answered else None
