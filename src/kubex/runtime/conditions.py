"""Conditions that objects are waited for: of the common kinds, of one's own, and several at once.

What an object does not say yet (a status, a condition, an observed generation) is "not yet" and never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, overload

import msgspec

from kubex.core._json_value import is_array, is_object
from kubex.core.exceptions import InvalidArgument
from kubex.runtime._readiness import is_ready
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.interfaces import HasExec, HasStatusSubresource
from kubex_core.models.partial_object_meta import PartialObjectMetadata

__all__ = [
    "Absence",
    "Condition",
    "all_of",
    "any_of",
    "condition",
    "deleted",
    "job_complete",
    "job_failed",
    "job_finished",
    "pod_finished",
    "pod_ready",
    "ready",
    "rollout_complete",
]

if TYPE_CHECKING:
    from typing_extensions import TypeVar as TypeVarWithDefault

    K = TypeVarWithDefault("K", contravariant=True, default=Any)
else:
    K = TypeVar("K", contravariant=True)


class Condition(Generic[K]):
    """Something that can be said of an object of K; `a & b` is both, `a | b` either.

    Args:
        check: says it of an object as JSON has it, `None` where there is no object.
        description: completes "waited for".
        kinds: of the objects that it can be said of; any where left out.
        needs_status: whether it can be said only of objects that have a status.
    """

    def __init__(
        self,
        check: Callable[[Mapping[str, Any] | None], bool],
        description: str,
        *,
        kinds: Collection[str] = (),
        needs_status: bool = False,
    ) -> None:
        self._check = check
        self._description = description
        self._kinds = tuple(kinds)
        self._needs_status = needs_status or bool(kinds)
        self._parts: tuple[Condition[Any], ...] = ()

    def holds(self, content: Mapping[str, Any] | None) -> bool:
        """Say whether it is so of an object as JSON has it, `None` where there is no object.

        Raises:
            InvalidArgument: it can't be said of an object of this kind.
        """
        if content is not None and isinstance(kind := content.get("kind"), str):
            self._check_kind(kind)
        return self._check(content)

    def check_applies_to(self, resource_type: type[Any]) -> None:
        """Refuse a class of objects that it can never hold of.

        Raises:
            InvalidArgument: it is about other kinds, or about a status, which these objects don't have.
        """
        for part in self._parts:
            part.check_applies_to(resource_type)
        config = getattr(resource_type, "__RESOURCE_CONFIG__", None)
        if config is not None:
            self._check_kind(config.kind)
        if self._needs_status and not _has_status(resource_type):
            name = resource_type.__name__
            raise InvalidArgument(f"{self} can't be waited for of a {name}: it has no status")

    def _check_kind(self, kind: str) -> None:
        for part in self._parts:
            part._check_kind(kind)
        if self._kinds and kind not in self._kinds:
            known = ", ".join(self._kinds)
            raise InvalidArgument(f"{self} can't be waited for of a {kind}: it is about {known}")

    def __and__(self, other: Condition[Any]) -> Condition[K]:
        return all_of(self, other)

    def __or__(self, other: Condition[Any]) -> Condition[K]:
        return any_of(self, other)

    def __str__(self) -> str:
        return self._description

    def __repr__(self) -> str:
        return f"<Condition {self._description}>"


class Absence(Condition[Any]):
    """A condition that may hold where there is no object."""


def condition(type: str, status: str = "True") -> Condition[Any]:
    """Give the condition that `status.conditions` has an entry, as `kubectl wait --for=condition=…`.

    Args:
        type: the entry's type: `Available`, `Ready`, `Complete`.
        status: the status that it has.

    Example:
        ```python
        await kubex.wait_for(deployments, "web", condition("Available"), timeout=60)
        ```
    """
    return _has_condition(type, status)


@overload
def any_of(first: Absence, /, *others: Condition[Any]) -> Absence: ...
@overload
def any_of(first: Condition[K], /, *others: Condition[Any]) -> Condition[K]: ...
def any_of(*conditions: Condition[Any]) -> Condition[Any]:
    """Give the condition that one of these holds; where one of them is `deleted`, put it first."""
    return _joined(conditions, any, " or ")


@overload
def all_of(first: Absence, /, *others: Condition[Any]) -> Absence: ...
@overload
def all_of(first: Condition[K], /, *others: Condition[Any]) -> Condition[K]: ...
def all_of(*conditions: Condition[Any]) -> Condition[Any]:
    """Give the condition that all of these hold at once."""
    return _joined(conditions, all, " and ")


def _joined(conditions: tuple[Condition[Any], ...], rule: Callable[[Any], bool], word: str) -> Condition[Any]:
    form: type[Condition[Any]] = Absence if any(isinstance(each, Absence) for each in conditions) else Condition
    joined = form(lambda content: rule(each.holds(content) for each in conditions), word.join(map(str, conditions)))
    joined._parts = conditions
    return joined


def _of_object(
    check: Callable[[Mapping[str, Any]], bool],
    description: str,
    *,
    kinds: Collection[str] = (),
    needs_status: bool = False,
) -> Condition[Any]:
    def check_any(content: Mapping[str, Any] | None) -> bool:
        return content is not None and check(content)

    return Condition(check_any, description, kinds=kinds, needs_status=needs_status)


def _has_condition(type_: str, status: str = "True", *, kinds: Collection[str] = ()) -> Condition[Any]:
    def check(content: Mapping[str, Any]) -> bool:
        found = content.get("status")
        conditions = found.get("conditions") if is_object(found) else None
        for each in conditions if is_array(conditions) else ():
            if is_object(each) and str(each.get("type")).lower() == type_.lower():
                observed, generation = each.get("observedGeneration"), content.get("metadata", {}).get("generation")
                is_stale = isinstance(observed, int) and isinstance(generation, int) and observed < generation
                return not is_stale and str(each.get("status")).lower() == status.lower()
        return False

    return _of_object(check, f"condition {type_}={status}", kinds=kinds, needs_status=True)


def _has_ended(content: Mapping[str, Any]) -> bool:
    status = content.get("status")
    return is_object(status) and status.get("phase") in ("Succeeded", "Failed")


def _has_status(resource_type: type[Any]) -> bool:
    if issubclass(resource_type, DynamicObject):
        return True
    if issubclass(resource_type, PartialObjectMetadata):
        return False
    if issubclass(resource_type, msgspec.Struct):
        return "status" in resource_type.__struct_fields__
    return "status" in getattr(resource_type, "model_fields", {"status": None})


deleted: Final = Absence(lambda content: content is None, "deletion")
"""There is no such object, or another one has its name by now."""

ready: Final[Condition[Any]] = _of_object(is_ready, "readiness")
"""Workloads have rolled out, jobs are done, definitions are served, claims are bound, pods are ready; of other
kinds, the conditions `Ready` and `Available` hold, if there are any."""

rollout_complete: Final[Condition[HasStatusSubresource]] = _of_object(
    is_ready, "the rollout", kinds=("Deployment", "StatefulSet", "DaemonSet")
)
"""All replicas of a Deployment, a StatefulSet or a DaemonSet are those of its present template, and available."""

pod_ready: Final[Condition[HasExec]] = _has_condition("Ready", kinds=("Pod",))
"""A pod takes requests."""

pod_finished: Final[Condition[HasExec]] = _of_object(_has_ended, "the pod's end", kinds=("Pod",))
"""All containers of a pod have ended for good, well or not: its phase is `Succeeded` or `Failed`."""

job_complete: Final[Condition[HasStatusSubresource]] = _has_condition("Complete", kinds=("Job",))
"""A job is done. One that fails never is: wait for `job_finished` to hear of either."""

job_failed: Final[Condition[HasStatusSubresource]] = _has_condition("Failed", kinds=("Job",))
"""A job has failed for good."""

job_finished: Final[Condition[HasStatusSubresource]] = any_of(job_complete, job_failed)
"""A job is done or has failed for good."""
