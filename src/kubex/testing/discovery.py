"""What a cluster tells of its resources: group by group, and all at once.

https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any, Final

import msgspec

from kubex.testing.registry import Registry, Resource, Subresource
from kubex.testing.schema.openapi_document import OpenApiDocument
from kubex.testing.storage import JsonObject

__all__ = ["Discovery"]

# Stored in an older version than the preferred one; from the discovery of 1.35.
_STORED_AS: Final = {
    "apiextensions.k8s.io/customresourcedefinitions": "v1beta1",
    "storage.k8s.io/volumeattributesclasses": "v1beta1",
}

# In the order in which custom resources name them; built-in ones sort theirs.
_CUSTOM_VERBS: Final = ("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch")

_encode = msgspec.json.encode


class Discovery:
    """The answers of discovery, each made when it is first asked for and again once the resources have changed.

    Args:
        registry: what is served.
        document: of the Kubernetes release, for its version.
    """

    def __init__(self, registry: Registry, document: OpenApiDocument) -> None:
        self._registry = registry
        self._document = document
        self._made: dict[tuple[str, ...], bytes] = {}
        self._generation = registry.generation

    def version(self) -> bytes:
        """Give what `/version` answers."""
        major, minor, *_ = self._document.version.removeprefix("v").split(".")
        content = _encode(
            {
                "major": major,
                "minor": minor,
                "emulationMajor": major,
                "emulationMinor": minor,
                "minCompatibilityMajor": major,
                "minCompatibilityMinor": str(int(minor) - 1),
                "gitVersion": self._document.version,
                "gitCommit": "",
                "gitTreeState": "clean",
                "buildDate": "1970-01-01T00:00:00Z",
                "goVersion": "",
                "compiler": "",
                "platform": "kubex/testing",
            }
        )
        return msgspec.json.format(content, indent=2)

    def core_versions(self, server_address: str) -> bytes:
        """Give what `/api` answers."""
        address = {"clientCIDR": "0.0.0.0/0", "serverAddress": server_address}
        versions = self._registry.versions("")
        return _encode({"kind": "APIVersions", "versions": versions, "serverAddressByClientCIDRs": [address]})

    def groups(self) -> bytes:
        """Give what `/apis` answers."""
        return self._once(("groups",), self._groups)

    def group(self, name: str) -> bytes | None:
        """Give what `/apis/NAME` answers; `None` if there is no such group."""
        if not name or not self._registry.versions(name):
            return None
        return _encode({"kind": "APIGroup", "apiVersion": "v1", **self._group(name)})

    def resources(self, group: str, version: str) -> bytes | None:
        """Give what `/apis/GROUP/VERSION` answers; `None` if there is no such version."""
        if version not in self._registry.versions(group):
            return None
        return self._once(("resources", group, version), lambda: self._resources(group, version))

    def aggregated(self, core: bool) -> bytes:
        """Give all resources at once.

        Args:
            core: those of the core group, or else of all others.
        """
        return self._once(("aggregated", str(core)), lambda: self._aggregated(core))

    def paths(self) -> bytes:
        """Give what `/` answers."""
        return msgspec.json.format(self._once(("paths",), self._paths), indent=2)

    def _once(self, key: tuple[str, ...], make: Callable[[], JsonObject]) -> bytes:
        if self._generation != self._registry.generation:
            self._generation = self._registry.generation
            self._made.clear()
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = _encode(make())
        return made

    def _groups(self) -> JsonObject:
        groups = [self._group(name) for name in self._registry.groups() if name]
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}

    def _group(self, name: str) -> JsonObject:
        versions = [{"groupVersion": f"{name}/{each}", "version": each} for each in self._registry.versions(name)]
        return {"name": name, "versions": versions, "preferredVersion": versions[0]}

    def _resources(self, group: str, version: str) -> JsonObject:
        entries: list[JsonObject] = []
        for resource in self._registry.resources(group, version):
            entries.append(self._resource_entry(resource))
            entries += _subresource_entries(resource)
        group_version = f"{group}/{version}" if group else version
        head: JsonObject = {"kind": "APIResourceList"}
        if group:
            head["apiVersion"] = "v1"
        return {**head, "groupVersion": group_version, "resources": entries}

    def _resource_entry(self, resource: Resource) -> JsonObject:
        entry: JsonObject = {
            "name": resource.name.plural,
            "singularName": resource.singular,
            "namespaced": resource.namespaced,
            "kind": resource.kind,
            "verbs": _verbs(resource),
        }
        if resource.short_names:
            entry["shortNames"] = list(resource.short_names)
        if resource.categories:
            entry["categories"] = list(resource.categories)
        if "list" in resource.verbs and "create" in resource.verbs:
            entry["storageVersionHash"] = self._storage_version_hash(resource)
        return entry

    def _storage_version_hash(self, resource: Resource) -> str:
        stored = self._registry.storage_version(resource.storage)
        what = f"{stored.name.group}/{_STORED_AS.get(resource.storage, stored.version)}/{stored.kind}"
        return base64.b64encode(hashlib.sha256(what.encode()).digest()[:8]).decode()

    def _aggregated(self, core: bool) -> JsonObject:
        groups = [name for name in self._registry.groups() if (name == "") is core]
        return {
            "kind": "APIGroupDiscoveryList",
            "apiVersion": "apidiscovery.k8s.io/v2",
            "metadata": {},
            "items": [self._aggregated_group(name) for name in groups],
        }

    def _aggregated_group(self, name: str) -> JsonObject:
        versions: list[JsonObject] = [
            {
                "version": version,
                "resources": [_aggregated_resource(each) for each in self._registry.resources(name, version)],
                "freshness": "Current",
            }
            for version in self._registry.versions(name)
        ]
        return {"metadata": {"name": name} if name else {}, "versions": versions}

    def _paths(self) -> JsonObject:
        paths = ["/api", "/apis", "/apis/", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"]
        for group in self._registry.groups():
            place = f"/apis/{group}" if group else "/api"
            paths += [place] if group else []
            paths += [f"{place}/{version}" for version in self._registry.versions(group)]
        return {"paths": sorted(paths)}


def _verbs(resource: Resource) -> list[str]:
    order = _CUSTOM_VERBS if resource.custom is not None else sorted(resource.verbs)
    return [each for each in order if each in resource.verbs]


def _subresources(resource: Resource) -> list[tuple[str, Subresource]]:
    """Give the subresources by name; those of a custom resource as its definition has them, status first."""
    pairs = list(resource.subresources.items())
    return pairs if resource.custom is not None else sorted(pairs)


def _subresource_entries(resource: Resource) -> list[JsonObject]:
    entries: list[JsonObject] = []
    for name, subresource in _subresources(resource):
        entry: JsonObject = {
            "name": f"{resource.name.plural}/{name}",
            "singularName": "",
            "namespaced": resource.namespaced,
            "kind": subresource.kind,
            "verbs": sorted(subresource.verbs),
        }
        if (subresource.group, subresource.version) != (resource.name.group, resource.version):
            entry |= {"group": subresource.group, "version": subresource.version}
        entries.append(entry)
    return entries


def _aggregated_resource(resource: Resource) -> JsonObject:
    entry: JsonObject = {
        "resource": resource.name.plural,
        "responseKind": _response_kind("", "", resource.kind, resource),
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": _verbs(resource),
    }
    if resource.short_names:
        entry["shortNames"] = list(resource.short_names)
    if resource.categories:
        entry["categories"] = list(resource.categories)
    subresources: list[dict[str, Any]] = [
        {
            "subresource": name,
            "responseKind": _response_kind(each.group, each.version, each.kind, resource),
            "verbs": sorted(each.verbs),
        }
        for name, each in _subresources(resource)
    ]
    if subresources:
        entry["subresources"] = subresources
    return entry


def _response_kind(group: str, version: str, kind: str, resource: Resource) -> JsonObject:
    """Name a kind; of the resource's own group and version nothing is said, but of a custom resource's."""
    if resource.custom is not None and not version:
        return {"group": resource.name.group, "version": resource.version, "kind": kind}
    own = (group, version) == (resource.name.group, resource.version) and resource.custom is None
    return {"group": "" if own else group, "version": "" if own else version, "kind": kind}
