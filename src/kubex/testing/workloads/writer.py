"""Carries out what controllers want, by the way that requests take: admission, rules, versions and owners of fields."""

from __future__ import annotations

from typing import Final

from kubex.testing.admission_policies.enforcement import has_policies
from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.creation import create
from kubex.testing.lifecycle.operations import Operations
from kubex.testing.lifecycle.requests import ChangeOptions
from kubex.testing.lifecycle.submission import Admission
from kubex.testing.lifecycle.updating import store_change
from kubex.testing.registry import Resource
from kubex.testing.schema.zero_values import decoded
from kubex.testing.storage import JsonObject
from kubex.testing.workloads.component_users import component_user
from kubex.testing.workloads.event_recorder import EventRecorder
from kubex.testing.workloads.state import PODS, key_of
from kubex.testing.workloads.writes import Bind, Create, Delete, Event, Later, Update, Write

__all__ = ["Writer"]

_SHAPED: Final = frozenset({"metadata", "apiVersion", "kind"})


class Writer:
    """Writes to a cluster on behalf of controllers.

    Args:
        operations: of the cluster.
    """

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self._cluster = operations.cluster
        self._events = EventRecorder(self._cluster, self.resource("events"))
        self._usual_options: dict[tuple[str, str, bool], ChangeOptions] = {}

    def resource(self, place: str) -> Resource:
        """Give the resource of a place in the storage."""
        return self._cluster.registry.storage_version(place)

    def write(self, write: Write, manager: str, component: str, admission: Admission | None = None) -> None:
        """Do one thing.

        Args:
            write: what; a `Later` is nothing to be done.
            manager: who is to own the fields.
            component: who tells the events that name nobody.
            admission: who decides about it beside the server itself.

        Raises:
            ApiFailure: it is refused.
        """
        options = self._options(manager, component, admission)
        match write:
            case Event():
                self._events.record(write, component)
            case Create():
                self._create(write, options, component)
            case Update():
                self._update(write, options)
            case Delete():
                self._delete(write, options, component)
            case Bind():
                key = key_of(write.pod)
                body = {"metadata": {"name": key.name}, "target": {"kind": "Node", "name": write.node}}
                self._operations.connect(self.resource(PODS), key, "binding", "create", body, options)
            case Later():
                pass

    def _options(self, manager: str, component: str, admission: Admission | None) -> ChangeOptions:
        # Webhooks and policies are shown the whole object.
        later = admission is None and not has_policies(self._cluster)
        options = self._usual_options.get((manager, component, later)) if admission is None else None
        if options is None:
            options = ChangeOptions(
                field_manager=manager,
                admission=admission,
                user=component_user(component),
                owners_later=later,
                shares_spec=True,
            )
            if admission is None:
                self._usual_options[manager, component, later] = options
        return options

    def _create(self, write: Create, options: ChangeOptions, component: str) -> None:
        resource = self.resource(write.place)
        namespace = write.namespace if resource.namespaced else None
        try:
            outcome = create(self._cluster, resource, namespace, write.object, options)
            self._cluster.settle()
        except ApiFailure as failure:
            self._tell(write.refused, component, why=str(failure))
            raise
        self._tell(write.done, component, name=outcome.entry.state["metadata"]["name"])

    def _update(self, write: Update, options: ChangeOptions) -> None:
        resource, new = self.resource(write.place), write.object
        key = key_of(new)
        live = self._cluster.get(resource, key)
        if live is None or live.state["metadata"]["uid"] != new["metadata"]["uid"]:
            return  # it is gone, and whoever wanted this is told of that
        # Only what is another than before may have a shape of its own.
        shaped = {
            name: value if name in _SHAPED or value is live.state.get(name) else _shaped(resource, name, value)
            for name, value in new.items()
        }
        shaped["metadata"] = {name: value for name, value in new["metadata"].items() if value not in ([], {})}
        store_change(self._cluster, resource, key, live, shaped, options, subresource=write.subresource)
        self._cluster.settle()

    def _delete(self, write: Delete, options: ChangeOptions, component: str) -> None:
        given: JsonObject = {"preconditions": {"uid": write.object["metadata"]["uid"]}}
        if write.grace_period_seconds is not None:
            given["gracePeriodSeconds"] = write.grace_period_seconds
        if write.propagation_policy is not None:
            given["propagationPolicy"] = write.propagation_policy
        key = key_of(write.object)
        try:
            self._operations.delete(
                self.resource(write.place), key, given, user=options.user, admission=options.admission
            )
        except ApiFailure as failure:
            if failure.code in (404, 409):  # gone already
                return
            raise
        self._tell(write.done, component, name=key.name)

    def _tell(self, event: Event | None, component: str, **values: str) -> None:
        if event is not None:
            self._events.record(event, component, lambda text: text.format_map(values))


def _shaped(resource: Resource, name: str, value: object) -> object:
    """Give a part of an object as the server holds it once it has read it."""
    field = resource.schema.fields.get(name)
    return value if field is None else decoded(value, field.schema)
