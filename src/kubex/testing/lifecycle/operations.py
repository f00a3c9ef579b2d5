"""`Operations`: what can be done to the objects of a cluster; the one thing that HTTP talks to."""

from __future__ import annotations

from dataclasses import replace as replace_fields
from typing import Any

from kubex.testing.access.access import Access
from kubex.testing.access.users import ADMINISTRATOR, User
from kubex.testing.admission_policies.enforcement import policy_warnings
from kubex.testing.change_warnings import collected_warnings
from kubex.testing.clock import Clock
from kubex.testing.custom_rules import rule_warnings
from kubex.testing.failures import ApiFailure, method_not_allowed
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.creation import create
from kubex.testing.lifecycle.definitions import Definitions
from kubex.testing.lifecycle.deleting import delete, deletion_warnings, read_delete_options
from kubex.testing.lifecycle.garbage_collector import GarbageCollector
from kubex.testing.lifecycle.namespaces import create_initial
from kubex.testing.lifecycle.patches import patch
from kubex.testing.lifecycle.pod_warnings import pod_status_warnings
from kubex.testing.lifecycle.policy import RoleAggregation, create_policy
from kubex.testing.lifecycle.quota_counts import QuotaCounts
from kubex.testing.lifecycle.reading import get_entry, list_page
from kubex.testing.lifecycle.requests import ChangeOptions, DeleteOptions, ListOptions, Outcome, Page, WatchOptions
from kubex.testing.lifecycle.submission import Admission, Submission
from kubex.testing.lifecycle.submitting import submit, submit_deletion
from kubex.testing.lifecycle.subresources.connecting import create_binding, create_by_subresource, get_subresource
from kubex.testing.lifecycle.subresources.scale import patch_scale, replace_scale
from kubex.testing.lifecycle.updating import replace
from kubex.testing.lifecycle.warnings import object_warnings
from kubex.testing.registry import Registry, Resource
from kubex.testing.storage import Entry, JsonObject, Key, Storage
from kubex.testing.watching import Subscription

__all__ = ["Operations"]

_WHOLE = 2**31  # more than anybody has here


class Operations:
    """The verbs of the API, on objects as dicts; each raises `ApiFailure` where the server would refuse.

    What follows from a change (the garbage collector's and the namespace controller's work) is done when the method
    returns; its answer tells the object as it was before that.

    Args:
        storage: where the objects are.
        registry: what is served; CustomResourceDefinitions add to it.
        clock: the cluster's time.
        access: who may do what; everybody everything where it is left out.
    """

    def __init__(self, storage: Storage, registry: Registry, clock: Clock, access: Access | None = None) -> None:
        self.cluster: Cluster = Cluster(storage, registry, clock, access)
        GarbageCollector(self.cluster)
        QuotaCounts(self.cluster)
        Definitions(self.cluster)
        create_initial(self.cluster)
        if self.cluster.access.rbac is not None:
            RoleAggregation(self.cluster, self.cluster.access.rbac)
            create_policy(self.cluster, self.cluster.access.policy)
        # No watch begins before there was a cluster: version 1 is as old here as it is elsewhere.
        storage.compact()

    def get(self, resource: Resource, key: Key, *, resource_version: str | None = None) -> Entry:
        """Give an object."""
        return get_entry(self.cluster, resource, key, resource_version)

    def list(self, resource: Resource, namespace: str | None, options: ListOptions) -> Page:
        """Give a page of the objects of a namespace, or of all."""
        return list_page(self.cluster, resource, namespace, options)

    def create(self, resource: Resource, namespace: str | None, body: Any, options: ChangeOptions) -> Outcome:
        """Create an object."""
        with collected_warnings() as warnings:
            if resource.kind == "Binding" and namespace is not None:
                outcome = create_binding(self.cluster, resource, namespace, body, options)
            else:
                outcome = create(self.cluster, resource, namespace, body, options)
        self.cluster.settle()
        return _warned(resource, _with_warnings(outcome, warnings))

    def replace(
        self, resource: Resource, key: Key, body: Any, options: ChangeOptions, *, subresource: str | None = None
    ) -> Outcome:
        """Put an object in the place of another, or its subresource."""
        before = self.cluster.get(resource, key)
        with collected_warnings() as warnings:
            if subresource == "scale":
                outcome = replace_scale(self.cluster, resource, key, body, options)
            else:
                outcome = replace(self.cluster, resource, key, body, options, subresource)
        self.cluster.settle()
        return _warned(resource, _with_warnings(outcome, warnings), before, subresource)

    def patch(
        self,
        resource: Resource,
        key: Key,
        patch_type: str,
        body: Any,
        options: ChangeOptions,
        *,
        subresource: str | None = None,
    ) -> Outcome:
        """Change an object, or its subresource, by a patch.

        Args:
            resource: of the object.
            key: of the object.
            patch_type: content type of the patch, without parameters.
            body: the patch, decoded.
            options: of the request.
            subresource: name of the subresource; `None` for the object itself.
        """
        before = self.cluster.get(resource, key)
        with collected_warnings() as warnings:
            if subresource == "scale":
                outcome = patch_scale(self.cluster, resource, key, patch_type, body, options)
            else:
                outcome = patch(self.cluster, resource, key, patch_type, body, options, subresource)
        self.cluster.settle()
        return _warned(resource, _with_warnings(outcome, warnings), before, subresource)

    def delete(
        self,
        resource: Resource,
        key: Key,
        options: JsonObject,
        *,
        dry_run: bool = False,
        user: User | None = ADMINISTRATOR,
        admission: Admission | None = None,
    ) -> Outcome:
        """Delete an object; `options` is a DeleteOptions, and `user` who asks, if policies are to be asked."""
        read = read_delete_options(options, dry_run=dry_run, user=user, admission=admission)
        with collected_warnings() as warnings:
            outcome = delete(self.cluster, resource, key, read)
        self.cluster.settle()
        return _with_warnings(outcome, warnings)

    def delete_collection(
        self,
        resource: Resource,
        namespace: str | None,
        list_options: ListOptions,
        options: JsonObject,
        *,
        dry_run: bool = False,
        user: User | None = ADMINISTRATOR,
        admission: Admission | None = None,
    ) -> Outcome:
        """Delete the objects that a list would give, and give that list."""
        if not list_options.limit:  # as the server, which takes a version for that of pages
            list_options = replace_fields(list_options, limit=_WHOLE)
        page = list_page(self.cluster, resource, namespace, list_options)
        read = read_delete_options(options, dry_run=dry_run)
        asked = replace_fields(read, user=user, admission=admission)
        refused: ApiFailure | None = None
        admitted: list[Entry] = []
        for entry in page.entries:  # before any is deleted: the request is carried out again once this is decided
            key = _key_of(entry)
            try:
                submit_deletion(self.cluster, resource, key, entry, asked, of_collection=True)
            except ApiFailure as failure:
                refused = failure
                break
            admitted.append(entry)
        with collected_warnings() as warnings:
            for entry in admitted:
                key = _key_of(entry)
                if self.cluster.get(resource, key) is not None:
                    delete(self.cluster, resource, key, read)
        self.cluster.settle()
        if refused is not None:
            raise refused
        told = (*deletion_warnings(resource, read), *warnings)
        return Outcome(Entry({}, 0), warnings=told, page=replace_fields(page, entries=admitted))

    def connect(
        self,
        resource: Resource,
        key: Key,
        subresource: str,
        verb: str,
        body: Any = None,
        options: ChangeOptions | None = None,
    ) -> Outcome:
        """Read a subresource (`get`) or post to it (`create`: eviction, binding, token)."""
        if verb == "get":
            return get_subresource(self.cluster, resource, key, subresource)
        if verb != "create":
            raise method_not_allowed()
        options = options or ChangeOptions()
        with collected_warnings() as warnings:
            outcome = create_by_subresource(self.cluster, resource, key, subresource, body, options)
        self.cluster.settle()
        return _with_warnings(outcome, warnings)

    def admit_connection(self, asked: Submission, admission: Admission | None) -> None:
        """Ask whether a pod may be connected to."""
        with collected_warnings():
            submit(self.cluster, asked, admission)

    def watch(self, resource: Resource, namespace: str | None, options: WatchOptions) -> Subscription:
        """Follow the objects of a namespace, or of all."""
        return Subscription(self.cluster, resource, namespace, options)

    def expire(self) -> None:
        """Remove the pods whose grace period is over, as their kubelets would."""
        resource = self.cluster.registry.find("", "v1", "pods")
        if resource is None:
            return
        now = self.cluster.now()
        for key, entry in list(self.cluster.storage.scan(resource.storage)):
            metadata = entry.object["metadata"]
            is_over = metadata.get("deletionGracePeriodSeconds") and metadata["deletionTimestamp"] <= now
            if is_over and metadata["uid"] not in self.cluster.mirrored:
                delete(self.cluster, resource, key, DeleteOptions(grace_period_seconds=0))
        self.cluster.settle()


def _with_warnings(outcome: Outcome, warnings: list[str]) -> Outcome:
    return replace_fields(outcome, warnings=(*outcome.warnings, *warnings)) if warnings else outcome


def _key_of(entry: Entry) -> Key:
    metadata = entry.object["metadata"]
    return Key(metadata.get("namespace", ""), metadata["name"])


def _warned(
    resource: Resource, outcome: Outcome, before: Entry | None = None, subresource: str | None = None
) -> Outcome:
    """Add what a change is warned about for the sake of the object that it makes."""
    object_ = outcome.entry.state
    warnings = rule_warnings(resource, object_) + policy_warnings(resource, object_)
    if subresource is None and object_.get("kind") == resource.kind:
        warnings += object_warnings(resource, object_, before.state if before is not None else None)
    elif subresource == "status" and object_.get("kind") == "Pod":
        warnings += tuple(pod_status_warnings(object_))
    return replace_fields(outcome, warnings=(*outcome.warnings, *warnings)) if warnings else outcome
