"""CustomResourceDefinitions: accepted, established, served, and taken away with all their objects.

The work of the API server's controllers, done before the request that causes it returns.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

from kubex.testing.failures import ApiFailure, ResourceName
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.deleting import CLEANUP, DeleteOptions, delete
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.registry import CustomResource, Resource, Subresource
from kubex.testing.schema.custom_resource import read_structural_schema
from kubex.testing.schema.tree import ObjectSchema
from kubex.testing.storage import Entry, JsonObject, Key

__all__ = ["Definitions"]

_PLACE: Final = "apiextensions.k8s.io/customresourcedefinitions"
_VERBS: Final = frozenset({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"})
_CHANGES: Final = frozenset({"get", "patch", "update"})


class Definitions:
    """Follows the definitions of a cluster and serves what they define.

    Args:
        cluster: whose definitions.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._served: dict[str, list[Resource]] = {}
        cluster.followers.append(self._follow)
        for _, entry in list(cluster.storage.scan(_PLACE)):
            if _is_established(entry.object):
                self._serve(entry.object)

    def _follow(self, place: str, key: Key, before: Entry | None, after: Entry | None) -> None:
        if place == _PLACE:
            if after is None:
                self._withdraw(key.name)
            elif "deletionTimestamp" in after.object["metadata"]:
                self._cluster.defer(lambda: self._clean_up(key))
            elif before is None or before.object.get("spec") != after.object.get("spec"):
                self._cluster.defer(lambda: self._establish(key))
        elif after is None and before is not None:
            for definition, resources in self._served.items():
                if resources and resources[0].storage == place:
                    self._cluster.defer(lambda definition=definition: self._clean_up(Key("", definition)))  # type: ignore[misc]

    def _resource(self) -> Resource:
        return self._cluster.registry.storage_version(_PLACE)

    def _entry(self, key: Key) -> Entry | None:
        return self._cluster.storage.get(_PLACE, key)

    def _establish(self, key: Key) -> None:
        entry = self._entry(key)
        if entry is None:
            return
        definition = entry.object
        conflict = self._name_conflict(definition)
        status = dict(object_at(definition, "status"))
        conditions: list[JsonObject] = list_at(status, "conditions")
        was_established = _is_established(definition)
        accepted = ("True", "NoConflicts", "no conflicts found") if not conflict else ("False", *conflict)
        established = ("True", "InitialNamesAccepted", "the initial names have been accepted")
        if conflict and not was_established:
            established = ("False", "NotAccepted", "not all names are accepted")
        conditions = self._with_condition(conditions, "NamesAccepted", *accepted)
        conditions = self._with_condition(conditions, "Established", *established)
        status["conditions"] = conditions
        if not conflict:
            status["acceptedNames"] = definition["spec"]["names"]
        stored = list(list_at(status, "storedVersions"))
        storage = next(each["name"] for each in definition["spec"]["versions"] if each.get("storage"))
        status["storedVersions"] = stored if storage in stored else [*stored, storage]
        if status != definition.get("status"):
            definition = self._cluster.put(self._resource(), key, {**definition, "status": status}).object
        if established[0] == "True":
            self._serve(definition)

    def _with_condition(
        self, conditions: list[JsonObject], type_: str, status: str, reason: str, message: str
    ) -> list[JsonObject]:
        new = {
            "type": type_,
            "status": status,
            "lastTransitionTime": self._cluster.now(),
            "reason": reason,
            "message": message,
        }
        for index, each in enumerate(conditions):
            if each["type"] == type_:
                same = each["status"] == status and each.get("reason") == reason
                return conditions if same else [*conditions[:index], new, *conditions[index + 1 :]]
        return [*conditions, new]

    def _name_conflict(self, definition: JsonObject) -> tuple[str, str] | None:
        spec = definition["spec"]
        names = spec["names"]
        for resource in self._cluster.registry.every():
            if resource.name.group != spec["group"]:
                continue
            if resource.custom is not None and resource.custom.definition == definition["metadata"]["name"]:
                continue
            if resource.name.plural == names["plural"]:
                return "PluralConflict", f'"{names["plural"]}" is already in use'
            if resource.list_kind == names.get("listKind"):
                return "ListKindConflict", f'"{names["listKind"]}" is already in use'
            if resource.kind == names["kind"]:
                return "KindConflict", f'"{names["kind"]}" is already in use'
        return None

    def _serve(self, definition: JsonObject) -> None:
        self._withdraw(definition["metadata"]["name"])
        meta = _object_meta(self._cluster)
        served = [
            _custom_resource(definition, version, meta)
            for version in definition["spec"]["versions"]
            if version.get("served")
        ]
        for resource in served:
            self._cluster.registry.add(resource)
        self._served[definition["metadata"]["name"]] = served

    def _withdraw(self, name: str) -> None:
        for resource in self._served.pop(name, ()):
            self._cluster.registry.remove(resource.name.group, resource.version, resource.name.plural)

    def _clean_up(self, key: Key) -> None:
        """Delete what a definition that is being deleted has defined, and then let it go."""
        entry = self._entry(key)
        if entry is None or "deletionTimestamp" not in entry.object["metadata"]:
            return
        for resource in self._served.get(key.name, [])[:1]:
            for each, own in list(self._cluster.storage.scan(resource.storage)):
                if "deletionTimestamp" in own.object["metadata"]:
                    continue
                try:
                    delete(self._cluster, resource, each, DeleteOptions(uid=own.object["metadata"]["uid"]))
                except ApiFailure:  # gone meanwhile
                    continue
            if self._cluster.storage.count(resource.storage):
                return
        metadata = entry.object["metadata"]
        rest = [each for each in list_at(metadata, "finalizers") if each != CLEANUP]
        if not rest:
            self._cluster.remove(self._resource(), key)
        elif rest != metadata.get("finalizers"):
            self._cluster.put(self._resource(), key, {**entry.object, "metadata": {**metadata, "finalizers": rest}})


def _is_established(definition: JsonObject) -> bool:
    conditions: list[JsonObject] = list_at(object_at(definition, "status"), "conditions")
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)


def _object_meta(cluster: Cluster) -> ObjectSchema:
    meta = cluster.registry.storage_version(_PLACE).schema.fields["metadata"].schema
    if not isinstance(meta, ObjectSchema):  # what no document of Kubernetes has
        raise TypeError("metadata is no object")
    return meta


def _custom_resource(definition: JsonObject, version: JsonObject, meta: ObjectSchema) -> Resource:
    spec = definition["spec"]
    names = spec["names"]
    group, plural, kind = spec["group"], names["plural"], names["kind"]
    source: Any = object_at(version, "schema").get("openAPIV3Schema")
    subresources = object_at(version, "subresources")
    found: dict[str, Subresource] = {}
    if subresources.get("status") is not None:
        found["status"] = Subresource("status", group, version["name"], kind, _CHANGES)
    if subresources.get("scale") is not None:
        found["scale"] = Subresource("scale", "autoscaling", "v1", "Scale", _CHANGES)
    warning: str | None = None
    if version.get("deprecated"):
        default = f"{group}/{version['name']} {kind} is deprecated"
        warning = version.get("deprecationWarning") or default
    custom = CustomResource(
        definition["metadata"]["name"],
        source,
        tuple(list_at(version, "additionalPrinterColumns")),
        subresources.get("scale"),
        tuple(each["jsonPath"] for each in list_at(version, "selectableFields")),
        warning,
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
        lambda: read_structural_schema(source, kind, meta),
        custom,
    )
