"""`Controller`: brings the cluster to what the objects of a resource say, one object at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeAlias, TypeVar

from kubex.core._arguments import check_count, check_function
from kubex.core._resource_class import config_of
from kubex.core.exceptions import InvalidArgument
from kubex.core.params import ApiNamespaceTypes
from kubex.runtime.context import Context, Requeue
from kubex.runtime.predicates import Predicate
from kubex.runtime.store_changes import ObjectKey
from kubex_core.models.entity import Entity
from kubex_core.models.resource_config import Scope

if TYPE_CHECKING:
    from kubex.core.selectors import FieldSelector, LabelSelector

__all__ = ["Cleanup", "Controller", "ErrorPolicy", "Mapper", "Reconcile", "Watched", "owner_of"]

T = TypeVar("T", bound=Entity)
W = TypeVar("W", bound=Entity)

Reconcile: TypeAlias = Callable[[T, Context], Awaitable[Requeue | None]]
"""A controller's function: brings the cluster to what an object says."""
Cleanup: TypeAlias = Callable[[T, Context], Awaitable[None]]
"""Cleans up when an object is deleted."""
Mapper: TypeAlias = Callable[[W], Iterable[ObjectKey]]
"""Gives the objects to look at because another one changed."""
ErrorPolicy: TypeAlias = Callable[[T, Exception, int], Requeue | None]
"""Gives when to look at an object again that failed so many times; `None`: after a pause that doubles each time."""


_CALL: Final = ("the object", "the context")


class Watched(NamedTuple):
    """Another resource whose changes lead to objects."""

    resource_type: type[Any]
    mapper: Mapper[Any]
    predicate: Predicate | None
    namespace: ApiNamespaceTypes


class Controller(Generic[T]):
    """What is to be done about the objects of a resource; a `Manager` runs it.

    Its function is called with an object when that is new or has changed, when something that it owns has, and again
    after a failure; never twice at once for one object. It makes the world as the object says it should be, from
    whatever it is: it may be called for no reason, and is not told what changed. The object is a copy, its own.

    An exception concerns its object alone, which is tried again after 5 ms, doubling up to 1000 s; after a
    `TerminalError` when it changes.

    Args:
        resource_type: class of the resource.
        name: of the controller: its field manager, its logger, its metrics, the reporter of its events.
        owns: classes whose objects lead to the object that is their controller by an owner reference.
        namespace: `...` the manager's own, `None` all, or another one.
        label_selector: only objects with these labels. One that loses them keeps the controller's finalizers, and
            nobody takes them out.
        field_selector: only objects with these fields; the same holds of them.
        predicate: which changes of the objects count; all where left out.
        concurrency: objects that are worked on at once.
        timeout: seconds that one call may last for; `None` for ever.
        error_policy: says when to try again.

    Raises:
        InvalidArgument: no name, a concurrency below 1, a class that is no resource, or a function that can't be called
            as it will be.
        InvalidType: a concurrency that is no whole number, or a predicate or error policy that is no function.

    Example:
        ```python
        controller = Controller(Backup, name="backup-operator", owns=[Job])

        @controller.reconcile
        async def reconcile(backup: Backup, ctx: Context) -> Requeue | None:
            await ctx.api(Job).apply(job_for(backup), force=True)
            await ctx.event(backup, "Scheduled", "job applied")
        ```

    https://kubernetes.io/docs/concepts/architecture/controller/
    """

    def __init__(
        self,
        resource_type: type[T],
        *,
        name: str,
        owns: Sequence[type[Entity]] = (),
        namespace: ApiNamespaceTypes = ...,
        label_selector: str | LabelSelector | None = None,
        field_selector: str | FieldSelector | None = None,
        predicate: Predicate | None = None,
        concurrency: int = 8,
        timeout: float | None = 300.0,
        error_policy: ErrorPolicy[T] | None = None,
    ) -> None:
        if not name:
            raise InvalidArgument("a Controller needs a name: it becomes its field manager")
        check_count("concurrency", concurrency)
        _check_predicate(predicate)
        if error_policy is not None:
            check_function("error_policy", error_policy, "the object", "the error", "how often it has failed")
        config_of(resource_type)
        self.resource_type = resource_type
        self.name = name
        self.namespace = namespace
        self.label_selector = label_selector
        self.field_selector = field_selector
        self.predicate = predicate
        self.concurrency = concurrency
        self.timeout = timeout
        self.error_policy = error_policy
        self.watched: list[Watched] = []
        self.finalizers: dict[str, Cleanup[T]] = {}
        self.function: Reconcile[T] | None = None
        self.is_running: bool = False
        """Whether a manager runs it now."""
        for owned in owns:
            self.watches(owned, owner_of(resource_type), namespace=namespace)

    def reconcile(self, function: Reconcile[T]) -> Reconcile[T]:
        """Take the controller's function, as a decorator; it may give a `Requeue`.

        Raises:
            InvalidArgument: it has one; or this one is no `async def`, or takes something else than object and context.
        """
        check_function(f"the function of controller {self.name!r}", function, *_CALL, is_async=True)
        if self.function is not None:
            raise InvalidArgument(f"controller {self.name!r} has its function already: {self.function}")
        self.function = function
        return function

    def finalize(self, finalizer: str) -> Callable[[Cleanup[T]], Cleanup[T]]:
        """Take a function that cleans up when an object is deleted, as a decorator.

        Each object gets the finalizer before the controller's function is called for it. When it is deleted, the
        cleanup is called, again and again until it succeeds, and the object goes when the finalizer is taken out.

        Args:
            finalizer: its name, with a domain: `backups.example.com/cleanup`.

        Raises:
            InvalidArgument: no domain, or there twice; or the function is none for it, as with `reconcile`.
        """
        if "/" not in finalizer or finalizer in self.finalizers:
            raise InvalidArgument(f"finalizer {finalizer!r}: a name with a domain, once, like 'example.com/cleanup'")

        def register(cleanup: Cleanup[T]) -> Cleanup[T]:
            check_function(f"the cleanup of finalizer {finalizer!r}", cleanup, *_CALL, is_async=True)
            self.finalizers[finalizer] = cleanup
            return cleanup

        return register

    def watches(
        self,
        resource_type: type[W],
        mapper: Mapper[W],
        *,
        predicate: Predicate | None = None,
        namespace: ApiNamespaceTypes = ...,
    ) -> None:
        """Watch another resource too.

        Args:
            resource_type: its class.
            mapper: gives the objects of this controller to look at when one of it changed.
            predicate: which of its changes count.
            namespace: `...` the manager's own, `None` all, or another one.

        Raises:
            InvalidArgument: the class is no resource, or a function can't be called as it will be.

        Example:
            ```python
            controller.watches(Secret, lambda secret: [ObjectKey(secret.metadata.namespace, "backup")])
            ```
        """
        config_of(resource_type)
        check_function("mapper", mapper, "the object that changed")
        _check_predicate(predicate)
        self.watched.append(Watched(resource_type, mapper, predicate, namespace))


def _check_predicate(predicate: Predicate | None) -> None:
    if predicate is not None:
        check_function("predicate", predicate, "the change")


def owner_of(resource_type: type[Entity]) -> Mapper[Any]:
    """Make a mapper from an object to the one of a resource that is its controller by an owner reference."""
    config = config_of(resource_type)

    def mapper(obj: Entity) -> Iterable[ObjectKey]:
        for reference in obj.metadata.owner_references or ():
            group = reference.api_version.rpartition("/")[0]
            if reference.controller and reference.kind == config.kind and group == (config.group or ""):
                is_namespaced = config.scope is Scope.NAMESPACE
                yield ObjectKey((obj.metadata.namespace or "") if is_namespaced else "", reference.name)

    return mapper
