"""What a cluster serves: resources by group, version and plural; built-in ones and those that are added."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from kubex.testing.failures import ResourceName
from kubex.testing.schema.known_kinds import KnownKinds
from kubex.testing.schema.openapi_document import OpenApiDocument
from kubex.testing.schema.openapi_v2 import OpenApiSchemas
from kubex.testing.schema.served_resources import ServedKind, ServedResource, ServedSubresource, served_resources
from kubex.testing.schema.tree import ObjectSchema

__all__ = [
    "ApiResources",
    "CustomResource",
    "Registry",
    "Resource",
    "Subresource",
    "builtin_resources",
    "version_order",
]

ApiResources: TypeAlias = Literal["default", "all"]
"""Which built-in resources are served: `default` is stable versions alone, as of a server without flags."""

# What discovery tells of built-in resources and the OpenAPI document does not; from the discovery of 1.35.
_SHORT_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "certificatesigningrequests": ("csr",),
    "componentstatuses": ("cs",),
    "configmaps": ("cm",),
    "cronjobs": ("cj",),
    "customresourcedefinitions": ("crd", "crds"),
    "daemonsets": ("ds",),
    "deployments": ("deploy",),
    "endpoints": ("ep",),
    "events": ("ev",),
    "horizontalpodautoscalers": ("hpa",),
    "ingresses": ("ing",),
    "ipaddresses": ("ip",),
    "limitranges": ("limits",),
    "namespaces": ("ns",),
    "networkpolicies": ("netpol",),
    "nodes": ("no",),
    "persistentvolumeclaims": ("pvc",),
    "persistentvolumes": ("pv",),
    "poddisruptionbudgets": ("pdb",),
    "pods": ("po",),
    "priorityclasses": ("pc",),
    "replicasets": ("rs",),
    "replicationcontrollers": ("rc",),
    "resourcequotas": ("quota",),
    "serviceaccounts": ("sa",),
    "services": ("svc",),
    "statefulsets": ("sts",),
    "storageclasses": ("sc",),
    "volumeattributesclasses": ("vac",),
}
_ALL: Final = ("all",)
_CATEGORIES: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("pods", "replicationcontrollers", "services"), _ALL),
    **dict.fromkeys(("daemonsets", "deployments", "replicasets", "statefulsets"), _ALL),
    **dict.fromkeys(("cronjobs", "horizontalpodautoscalers", "jobs"), _ALL),
}
_API_EXTENSIONS: Final = ("admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io")

# The order in which the aggregator lists groups; others follow by their names.
_GROUP_ORDER: Final = (
    "",
    "apiregistration.k8s.io",
    "apps",
    "events.k8s.io",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "networking.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "storage.k8s.io",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "scheduling.k8s.io",
    "coordination.k8s.io",
    "node.k8s.io",
    "discovery.k8s.io",
    "resource.k8s.io",
    "flowcontrol.apiserver.k8s.io",
)

# Two groups, one object: events have been moved.
_STORED_ELSEWHERE: Final = {("events.k8s.io", "events"): ("", "events")}

_VERSION = re.compile(r"v(\d+)(?:(alpha|beta)(\d+))?")
# Since which release, and what is said of them.
_DEPRECATED: Final = {
    ("", "v1", "componentstatuses"): ("1.19", "v1 ComponentStatus is deprecated in v1.19+"),
    ("", "v1", "endpoints"): (
        "1.33",
        "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
    ),
}
_STABILITY: Final = {None: 2, "beta": 1, "alpha": 0}


@dataclass(frozen=True, eq=False)
class Subresource:
    """A part of objects with a path of its own, such as `scale`."""

    name: str
    group: str
    version: str
    kind: str
    verbs: frozenset[str]
    read_schema: Callable[[], ObjectSchema]
    """Reads the schema; called once, with the first use."""

    @cached_property
    def schema(self) -> ObjectSchema:
        """Schema of what it takes."""
        return self.read_schema()

    @cached_property
    def api_version(self) -> str:
        """`apiVersion` of what it takes: `policy/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version


@dataclass(frozen=True)
class CustomResource:
    """What a CustomResourceDefinition says of one version of its resource."""

    definition: str
    """Name of the CustomResourceDefinition."""
    openapi_schema: Mapping[str, Any] | None = None
    """`openAPIV3Schema` of the version."""
    columns: tuple[Mapping[str, Any], ...] = ()
    """`additionalPrinterColumns`."""
    scale: Mapping[str, str] | None = None
    """`subresources.scale`: the paths."""
    selectable_fields: tuple[str, ...] = ()
    """JSON paths of `selectableFields`."""
    served_since: int = 0
    """Revision of the cluster when it was first served like this: watches of it can't begin earlier."""


@dataclass(frozen=True, eq=False)
class Resource:
    """A resource in one version of its group."""

    name: ResourceName
    version: str
    namespaced: bool
    verbs: frozenset[str]
    singular: str
    list_kind: str
    short_names: tuple[str, ...]
    categories: tuple[str, ...]
    subresources: Mapping[str, Subresource]
    storage: str
    """Where its objects are in the storage; the same for all versions of a resource."""
    read_schema: Callable[[], ObjectSchema]
    """Reads the schema; called once, with the first use."""
    custom: CustomResource | None = None
    deprecation: tuple[str, ...] = ()
    """What whoever asks for it is warned of."""
    known_kinds: KnownKinds | None = None
    """What its server knows beside it; `None` of a custom resource."""

    @cached_property
    def schema(self) -> ObjectSchema:
        """Schema of its objects."""
        return self.read_schema()

    @cached_property
    def api_version(self) -> str:
        """`apiVersion` of its objects: `apps/v1`."""
        return f"{self.name.group}/{self.version}" if self.name.group else self.version

    @property
    def kind(self) -> str:
        """`kind` of its objects."""
        return self.name.kind


class Registry:
    """The resources that are served now.

    Args:
        resources: what is served from the start.
    """

    def __init__(self, resources: Iterable[Resource] = ()) -> None:
        self._resources: dict[tuple[str, str, str], Resource] = {}
        self._kinds: dict[tuple[str, str, str], Resource] = {}
        self._by_storage: dict[str, list[Resource]] = {}
        # What each write asks for, worked out once between two changes.
        self._versions: dict[str, list[str]] = {}
        self._builtin_groups: dict[str, bool] = {}
        self._storage_versions: dict[str, Resource] = {}
        self._leaving: dict[Resource, list[Callable[[], None]]] = {}
        self.generation: int = 0
        """Grows with every change."""
        for resource in resources:
            self.add(resource)

    def find(self, group: str, version: str, plural: str) -> Resource | None:
        """Find a resource by its place; `None` if nothing is served there."""
        return self._resources.get((group, version, plural))

    def by_kind(self, group: str, version: str, kind: str) -> Resource | None:
        """Find the resource of a kind; `None` if there is none."""
        return self._kinds.get((group, version, kind))

    def groups(self) -> list[str]:
        """Name the groups in the order of discovery, the core group `""` first."""
        known = {group: place for place, group in enumerate(_GROUP_ORDER)}
        found = {group for group, _, _ in self._resources}
        return sorted(found, key=lambda group: (known.get(group, len(known)), group))

    def versions(self, group: str) -> list[str]:
        """Name the versions of a group, the preferred one first; empty if there is no such group."""
        if group not in self._versions:
            found = {version for each, version, _ in self._resources if each == group}
            self._versions[group] = sorted(found, key=version_order)
        return list(self._versions[group])

    def is_builtin(self, group: str) -> bool:
        """Whether a group is the API server's own, which may have custom resources beside."""
        if group not in self._builtin_groups:
            found = (each for (of, _, _), each in self._resources.items() if of == group)
            self._builtin_groups[group] = any(each.custom is None for each in found)
        return self._builtin_groups[group]

    def resources(self, group: str, version: str) -> list[Resource]:
        """Give the resources of a version of a group in the order of their plurals."""
        return [self._resources[key] for key in sorted(self._resources) if key[:2] == (group, version)]

    def every(self) -> list[Resource]:
        """Give all resources, in every version."""
        return list(self._resources.values())

    def add(self, resource: Resource) -> None:
        """Serve a resource, in the place of what may be there."""
        group, plural, kind = resource.name
        self.remove(group, resource.version, plural)
        self._resources[group, resource.version, plural] = resource
        self._kinds[group, resource.version, kind] = resource
        self._by_storage.setdefault(resource.storage, []).append(resource)
        self._changed()

    def remove(self, group: str, version: str, plural: str) -> None:
        """Serve a resource no longer, if it is served."""
        resource = self._resources.pop((group, version, plural), None)
        if resource is None:
            return
        self._kinds.pop((group, version, resource.kind), None)
        siblings = self._by_storage[resource.storage]
        siblings.remove(resource)
        if not siblings:
            del self._by_storage[resource.storage]
        self._changed()
        for callback in tuple(self._leaving.pop(resource, ())):
            callback()

    def when_removed(self, resource: Resource, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back once a resource is served no longer, also where another takes its place.

        Gives the function that takes this back.
        """
        callbacks = self._leaving.setdefault(resource, [])
        callbacks.append(callback)

        def forget() -> None:
            if callback in callbacks:
                callbacks.remove(callback)

        return forget

    def _changed(self) -> None:
        self.generation += 1
        for known in (self._versions, self._builtin_groups, self._storage_versions):
            known.clear()

    def storage_version(self, storage: str) -> Resource:
        """Give the resource whose form its objects are stored in: the preferred version, in the group of the name.

        Raises:
            KeyError: no resource has this place in the storage.
        """
        found = self._storage_versions.get(storage)
        if found is None:
            group = storage.rpartition("/")[0]
            resources = self._by_storage[storage]
            found = min(resources, key=lambda each: (each.name.group != group, version_order(each.version)))
            self._storage_versions[storage] = found
        return found


@cache
def builtin_resources(document: OpenApiDocument, which: ApiResources = "default") -> tuple[Resource, ...]:
    """Give the resources of a document, the same objects for each call.

    Args:
        document: of the Kubernetes release.
        which: stable versions alone, as a server without flags serves them, or everything in the document.
    """
    schemas = OpenApiSchemas(document)
    return tuple(
        _builtin(served, schemas, document.release)
        for served in served_resources(document)
        if which == "all" or _stability(served.version) == _STABILITY[None]
    )


def _builtin(served: ServedResource, schemas: OpenApiSchemas, release: str) -> Resource:
    group, plural = served.group, served.plural
    definition = served.definition

    def read_schema() -> ObjectSchema:
        return schemas.of_object(definition) if definition is not None else schemas.of_kind(*_parts(served.kind))

    subresources = {
        each.name: _subresource(each, each.kind, schemas) for each in served.subresources if each.kind is not None
    }
    since, warning = _DEPRECATED.get((group, served.version, plural), ("", ""))
    stored_group, stored_plural = _STORED_ELSEWHERE.get((group, plural), (group, plural))
    return Resource(
        ResourceName(group, plural, served.kind.kind),
        served.version,
        served.namespaced,
        frozenset(served.verbs),
        served.kind.kind.lower(),
        served.list_kind or f"{served.kind.kind}List",
        _SHORT_NAMES.get(plural, ()),
        ("api-extensions",) if group in _API_EXTENSIONS else _CATEGORIES.get(plural, ()),
        MappingProxyType(subresources),
        f"{stored_group}/{stored_plural}" if stored_group else stored_plural,
        read_schema,
        deprecation=(warning,) if since and release >= since else (),
        known_kinds=KnownKinds(schemas, group),
    )


def _subresource(served: ServedSubresource, kind: ServedKind, schemas: OpenApiSchemas) -> Subresource:
    parts = _parts(kind)
    return Subresource(served.name, *parts, frozenset(served.verbs), lambda: schemas.of_kind(*parts))


def _parts(kind: ServedKind) -> tuple[str, str, str]:
    return kind.group, kind.version, kind.kind


def _stability(version: str) -> int:
    match = _VERSION.fullmatch(version)
    return _STABILITY[match[2]] if match else -1


@lru_cache(maxsize=256)
def version_order(version: str) -> tuple[int, int, int, str]:
    """Sort versions as Kubernetes does: stable before beta before alpha, newer before older, then others by name."""
    match = _VERSION.fullmatch(version)
    if match is None:
        return (1, 0, 0, version)
    return (-_STABILITY[match[2]], -int(match[1]), -int(match[3] or 0), "")
