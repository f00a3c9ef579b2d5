"""CustomResourceDefinitions: accepted, established, served, and taken away with all their objects.

The work of the API server's controllers, done before the request that causes it returns.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final, NamedTuple

from kubex.testing.failures import ApiFailure, ResourceName
from kubex.testing.lifecycle.accepted_names import accept_names
from kubex.testing.lifecycle.api_approval import approval_of
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.deleting import CLEANUP, TERMINATING, delete, with_condition
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.ownership import owned
from kubex.testing.lifecycle.requests import ChangeOptions, DeleteOptions
from kubex.testing.registry import CustomResource, Resource, Subresource, version_order
from kubex.testing.schema.custom_resource import read_structural_schema
from kubex.testing.schema.tree import ObjectSchema
from kubex.testing.storage import Entry, JsonObject, Key

__all__ = ["Definitions"]

_PLACE: Final = "apiextensions.k8s.io/customresourcedefinitions"
_SCALED: Final = "apps/deployments"
_VERBS: Final = frozenset({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"})
_CHANGES: Final = frozenset({"get", "patch", "update"})
_STATUS: Final = ("conditions", "acceptedNames", "storedVersions")
_NAMED: Final = "the initial names have been accepted"
_OWN: Final = ChangeOptions(field_manager="kube-apiserver")


class _Served(NamedTuple):
    """What is served of a definition."""

    terms: tuple[JsonObject, JsonObject]
    """What the definition said: its spec, and the names that it has been given."""
    resources: list[Resource]


class Definitions:
    """Follows the definitions of a cluster and serves what they define.

    Args:
        cluster: whose definitions.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._served: dict[str, _Served] = {}
        cluster.followers.append(self._follow)
        for _, entry in list(cluster.storage.scan(_PLACE)):
            if _is_established(entry.object):
                self._serve(entry.object)

    def _follow(self, place: str, key: Key, before: Entry | None, after: Entry | None) -> None:
        if place == _PLACE:
            if after is None:
                self._withdraw(key.name)
                for other, _ in list(self._cluster.storage.scan(_PLACE)):  # a name may have become free
                    self._cluster.defer(lambda other=other: self._establish(other))  # type: ignore[misc]
            elif "deletionTimestamp" in after.object["metadata"]:
                self._cluster.defer(lambda: self._clean_up(key))
            elif before is None or _asks_anew(before.object, after.object):
                self._cluster.defer(lambda: self._establish(key))
        elif after is None and before is not None:
            for definition, served in self._served.items():
                if served.resources and served.resources[0].storage == place:
                    self._cluster.defer(lambda definition=definition: self._clean_up(Key("", definition)))  # type: ignore[misc]

    def _resource(self) -> Resource:
        return self._cluster.registry.storage_version(_PLACE)

    def _entry(self, key: Key) -> Entry | None:
        return self._cluster.storage.get(_PLACE, key)

    def _establish(self, key: Key) -> None:
        """Look at the names of a definition, and serve what it defines once it has had them all.

        Done in two steps, as by two controllers: who watches sees both.
        """
        entry = self._entry(key)
        if entry is None or "deletionTimestamp" in entry.object["metadata"]:
            return
        definition = self._with_storage_version(entry.object)
        others = [each.object for other, each in self._cluster.storage.scan(_PLACE) if other != key]
        group = definition["spec"]["group"]
        names, conflict = accept_names(definition, [each for each in others if each["spec"]["group"] == group])
        status = {**object_at(definition, "status"), "acceptedNames": names}
        accepted = ("False", *conflict) if conflict else ("True", "NoConflicts", "no conflicts found")
        conditions: list[JsonObject] = list_at(status, "conditions")
        approval = approval_of(definition)
        if approval is not None:
            conditions = self._with_condition(conditions, "KubernetesAPIApprovalPolicyConformant", *approval)
        conditions = self._with_condition(conditions, "NamesAccepted", *accepted)
        if not _is_established(definition):
            waiting = ("False", "NotAccepted", "not all names are accepted")
            begun = ("False", "Installing", _NAMED)
            conditions = self._with_condition(conditions, "Established", *(waiting if conflict else begun))
        definition = self._note(key, definition, {**status, "conditions": conditions})
        if conflict is None and not _is_established(definition):
            conditions = definition["status"]["conditions"]
            conditions = self._with_condition(conditions, "Established", "True", "InitialNamesAccepted", _NAMED)
            definition = self._note(key, definition, {**definition["status"], "conditions": conditions})
        if _is_established(definition):
            self._serve(definition)

    def _with_storage_version(self, definition: JsonObject) -> JsonObject:
        status = object_at(definition, "status")
        stored = list_at(status, "storedVersions")
        storage = next(each["name"] for each in definition["spec"]["versions"] if each.get("storage"))
        if storage in stored:
            return definition
        return {**definition, "status": {**status, "storedVersions": [*stored, storage]}}

    def _note(self, key: Key, definition: JsonObject, status: JsonObject) -> JsonObject:
        """Store a definition with another status, whose fields become the server's own."""
        changed = {**definition, "status": {name: status[name] for name in _STATUS if name in status}}
        entry = self._entry(key)
        if entry is not None and changed == entry.object:
            return changed
        resource, now = self._resource(), self._cluster.now()
        changed = owned(self._cluster.registry, resource, definition, changed, _OWN, now, "status")
        return self._cluster.put(resource, key, changed).object

    def _with_condition(
        self, conditions: list[JsonObject], type_: str, status: str, reason: str, message: str
    ) -> list[JsonObject]:
        return with_condition(conditions, type_, (status, reason, message), self._cluster.now())

    def _serve(self, definition: JsonObject) -> None:
        """Serve what a definition says; where that is something new, whoever watches has to begin again."""
        name, terms = definition["metadata"]["name"], (definition["spec"], definition["status"]["acceptedNames"])
        if name in self._served and self._served[name].terms == terms:
            return
        self._withdraw(name)
        meta, scale = _object_meta(self._cluster), _scale(self._cluster)
        since = self._cluster.storage.revision
        resources = [
            _custom_resource(definition, version, meta, scale, since)
            for version in definition["spec"]["versions"]
            if version.get("served")
        ]
        for resource in resources:
            self._cluster.registry.add(resource)
        self._served[name] = _Served(terms, resources)

    def _withdraw(self, name: str) -> None:
        served = self._served.pop(name, None)
        for resource in served.resources if served is not None else ():
            self._cluster.registry.remove(resource.name.group, resource.version, resource.name.plural)

    def _clean_up(self, key: Key) -> None:
        """Delete what a definition that is being deleted has defined, and then let it go."""
        entry = self._entry(key)
        if entry is None or "deletionTimestamp" not in entry.object["metadata"]:
            return
        definition = entry.object
        if CLEANUP not in list_at(definition["metadata"], "finalizers"):
            return
        status = object_at(definition, "status")
        state = ("True", "InstanceDeletionInProgress", "CustomResource deletion is in progress")
        conditions = self._with_condition(list_at(status, "conditions"), TERMINATING, *state)
        definition = self._note(key, definition, {**status, "conditions": conditions})
        served = self._served.get(key.name)
        for resource in served.resources[:1] if served is not None else ():
            for each, own in list(self._cluster.storage.scan(resource.storage)):
                if "deletionTimestamp" in own.object["metadata"]:
                    continue
                try:
                    delete(self._cluster, resource, each, DeleteOptions(uid=own.object["metadata"]["uid"]))
                except ApiFailure:  # gone meanwhile
                    continue
            if self._cluster.storage.count(resource.storage):
                return
        metadata = definition["metadata"]
        had: list[str] = list_at(metadata, "finalizers")
        rest = [each for each in had if each != CLEANUP]
        if not rest:
            self._cluster.remove(self._resource(), key)
        elif rest != had:
            gone = ("False", "InstanceDeletionCompleted", "removed all instances")
            never = ("False", "NeverEstablished", "resource was never established")
            ended = gone if _is_established(definition) else never
            conditions = self._with_condition(definition["status"]["conditions"], TERMINATING, *ended)
            definition = {**definition, "metadata": {**metadata, "finalizers": rest}}
            self._note(key, definition, {**definition["status"], "conditions": conditions})


def _asks_anew(before: JsonObject, after: JsonObject) -> bool:
    """Whether a definition says something else than before, or that it was approved."""
    return before.get("spec") != after.get("spec") or approval_of(before) != approval_of(after)


def _is_established(definition: JsonObject) -> bool:
    conditions: list[JsonObject] = list_at(object_at(definition, "status"), "conditions")
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)


def _object_meta(cluster: Cluster) -> ObjectSchema:
    meta = cluster.registry.storage_version(_PLACE).schema.fields["metadata"].schema
    if not isinstance(meta, ObjectSchema):  # what no document of Kubernetes has
        raise TypeError("metadata is no object")
    return meta


def _scale(cluster: Cluster) -> Subresource:
    """Give the one Scale that there is, of built-in and custom resources alike."""
    deployments = cluster.registry.storage_version(_SCALED)
    return deployments.subresources["scale"]


def _custom_resource(
    definition: JsonObject, version: JsonObject, meta: ObjectSchema, scale: Subresource, since: int
) -> Resource:
    spec = definition["spec"]
    names = definition["status"]["acceptedNames"]  # which may be others than those that it asks for
    group, plural, kind = spec["group"], names["plural"], names["kind"]
    source: Any = object_at(version, "schema").get("openAPIV3Schema")
    subresources = object_at(version, "subresources")
    found: dict[str, Subresource] = {}

    def read_schema() -> ObjectSchema:
        return read_structural_schema(source, kind, meta)

    if subresources.get("status") is not None:
        found["status"] = Subresource("status", group, version["name"], kind, _CHANGES, read_schema)
    if subresources.get("scale") is not None:
        found["scale"] = scale
    warning = version.get("deprecationWarning") or _deprecation(spec, version["name"], kind)
    custom = CustomResource(
        definition["metadata"]["name"],
        source,
        tuple(list_at(version, "additionalPrinterColumns")),
        subresources.get("scale"),
        tuple(each["jsonPath"] for each in list_at(version, "selectableFields")),
        since,
    )
    return Resource(
        ResourceName(group, plural, kind),
        version["name"],
        spec["scope"] == "Namespaced",
        _VERBS,
        names.get("singular") or kind.lower(),
        names.get("listKind") or f"{kind}List",
        tuple(list_at(names, "shortNames")),
        tuple(list_at(names, "categories")),
        MappingProxyType(found),
        f"{group}/{plural}",
        read_schema,
        custom,
        (warning,) if version.get("deprecated") else (),
    )


def _deprecation(spec: JsonObject, version: str, kind: str) -> str:
    """Word that a version is deprecated, and which one is to be used instead."""
    newer = [
        each["name"]
        for each in spec["versions"]
        if each.get("served") and not each.get("deprecated") and version_order(each["name"]) < version_order(version)
    ]
    instead = f"; use {spec['group']}/{min(newer, key=version_order)} {kind}" if newer else ""
    return f"{spec['group']}/{version} {kind} is deprecated{instead}"
