"""`Context`: what a controller's functions get beside the object, and what they answer: `Requeue`, `TerminalError`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.core._arguments import check_seconds
from kubex.core._resource_class import config_of
from kubex.core.params import (
    ApiNamespaceTypes,
    ApiRequestTimeoutTypes,
    DryRunTypes,
    FieldValidation,
)
from kubex.runtime.event_recorder import EventRecorder
from kubex.runtime.informer import Informer, InformerFactory
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.entity import Entity
from kubex_core.models.resource_config import Scope

if TYPE_CHECKING:
    from kubex.runtime.controller import Controller
    from kubex.runtime.store_changes import ObjectKey

__all__ = ["Context", "ManagedApi", "Requeue", "TerminalError"]

T = TypeVar("T", bound=Entity)


class Requeue:
    """Look at the object again after some seconds, or earlier where something changes.

    Args:
        after: seconds; 0 is at once, and again at once each time. Raise an exception to be called again after pauses
            that grow.

    Raises:
        InvalidArgument: less than none.
    """

    __slots__ = ("after",)

    def __init__(self, after: float = 0.0) -> None:
        check_seconds("Requeue: after", after)
        self.after: float = after

    def __repr__(self) -> str:
        return f"Requeue(after={self.after!r})"


class TerminalError(Exception):
    """Raised by a controller's function: trying again is of no use until the object changes."""


class ManagedApi(Api[T]):
    """An Api whose applies are those of a controller, unless they say otherwise."""

    field_manager: str = ""

    async def apply(
        self,
        data: T | DynamicObject,
        *,
        field_manager: str = "",
        force: bool | None = None,
        dry_run: DryRunTypes = None,
        field_validation: FieldValidation | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> T:
        """Server-side apply as the controller's field manager; else as `Api.apply`."""
        return await super().apply(
            data,
            field_manager=field_manager or self.field_manager,
            force=force,
            dry_run=dry_run,
            field_validation=field_validation,
            namespace=namespace,
            request_timeout=request_timeout,
        )


class Context:
    """What a controller's functions get beside the object.

    Attributes:
        client: of the cluster.
        key: of the object.
        attempt: how often it has failed in a row.
        log: the controller's logger, `kubex.controller.<name>`.
    """

    def __init__(
        self,
        client: BaseClient,
        informers: InformerFactory,
        recorder: EventRecorder,
        *,
        controller: Controller[Any],
        caches: Mapping[type[Any], Informer[Any]],
        key: ObjectKey,
        attempt: int,
    ) -> None:
        self.client = client
        self.key = key
        self.attempt = attempt
        self.log: logging.Logger = logging.getLogger(f"kubex.controller.{controller.name}")
        self._informers = informers
        self._recorder = recorder
        self._controller = controller
        self._caches = caches

    def api(self, resource_type: type[T]) -> ManagedApi[T]:
        """Give an Api in the object's namespace, whose applies are the controller's.

        Raises:
            InvalidArgument: the class is no resource.
        """
        config = config_of(resource_type)
        namespace = (self.key.namespace or None) if config.scope is Scope.NAMESPACE else None
        api = ManagedApi(resource_type, self.client, namespace=namespace)
        api.field_manager = self._controller.name
        return api

    def cache(self, resource_type: type[T], *, namespace: ApiNamespaceTypes = ...) -> Informer[T]:
        """Give the cache of a resource.

        What this controller watches is there, with the controller's own namespace and selectors. A cache that nobody
        watches yet begins with this call, and is empty before its `wait_synced`.

        Args:
            resource_type: class of the resource.
            namespace: `...` what the controller watches of it, else the controller's own namespace; `None` is all, a
                name that one.

        Raises:
            InvalidArgument: the class is no resource.
        """
        if namespace is ...:
            watched = self._caches.get(resource_type)
            if watched is not None:
                return watched
            config = config_of(resource_type)
            namespace = self._controller.namespace if config.scope is Scope.NAMESPACE else None
        return self._informers.get(resource_type, namespace=namespace)

    async def event(
        self, obj: Entity, reason: str, note: str = "", *, type: str = "Normal", action: str = "Reconcile"
    ) -> None:
        """Record an event about an object, as the controller; see `EventRecorder.event`.

        Args:
            obj: the object, as the server gave it.
            reason: why, in one word: `Scheduled`.
            note: what happened, for people; of an event that is the same but for its note, the first note stays.
            type: `Normal` or `Warning`.
            action: what was being done, in one word.
        """
        await self._recorder.event(obj, reason, note, type=type, action=action)
