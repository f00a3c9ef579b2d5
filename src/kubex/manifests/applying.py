"""`apply_manifests`: brings a cluster to what manifests say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

import anyio

from kubex.api import Api
from kubex.api.discovery import DiscoveredResource, discover
from kubex.api.dynamic import dynamic_model
from kubex.client.base import BaseClient
from kubex.core.exceptions import InvalidArgument, KubexException, NotFound, UnknownResource
from kubex.core.params import FieldValidation
from kubex.core.selectors import LabelSelector
from kubex.manifests.changes import is_changed
from kubex.manifests.documents import Manifest, in_dependency_order
from kubex.manifests.errors import ManifestError
from kubex.manifests.objects import plain
from kubex.runtime import conditions
from kubex.runtime.waiting import seen_last, time_is_up, wait_within
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.entity import Entity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import Scope

__all__ = ["AppliedManifest", "AppliedManifests", "Outcome", "apply_manifests", "check_selector"]

_DEFINITION: Final = "CustomResourceDefinition"
_PAUSE: Final = 0.25  # seconds between two looks at what takes its time

# What controllers make of other objects; lists of endpoints are deprecated besides.
_NOT_SOUGHT: Final = frozenset({"endpoints", "endpointslices", "events"})


class Outcome(StrEnum):
    """What became of an object."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    PRUNED = "pruned"
    FAILED = "failed"


@dataclass(frozen=True)
class AppliedManifest:
    """What became of one object."""

    api_version: str
    kind: str
    name: str
    namespace: str | None
    outcome: Outcome
    source: str = ""
    """Where it is from: `web.yaml`, or `web.yaml, document 2`."""
    object: DynamicObject | None = None
    """As the server has it; `None` where it failed."""
    before: DynamicObject | None = None
    """As the server had it; `None` where it was not there, or that is not known."""
    error: KubexException | None = None
    """Why it failed."""

    def __str__(self) -> str:
        place = f' in namespace "{self.namespace}"' if self.namespace else ""
        why = f": {self.error}" if self.error is not None else ""
        return f'{self.kind} "{self.name}"{place} {self.outcome}{why}'


class AppliedManifests(list[AppliedManifest]):
    """What became of each object, in the order in which they were applied."""

    @property
    def failed(self) -> list[AppliedManifest]:
        """Those that failed."""
        return [each for each in self if each.outcome is Outcome.FAILED]

    def check(self) -> None:
        """Raise where any failed.

        Raises:
            ManifestError: the text says how many, which, and why.
        """
        if self.failed:
            lines = "".join(f"\n{each.source}: {each}" if each.source else f"\n{each}" for each in self.failed)
            raise ManifestError(f"{len(self.failed)} of {len(self)} objects failed:{lines}")


async def apply_manifests(
    client: BaseClient,
    manifests: Iterable[Manifest | Entity | Mapping[str, Any]],
    *,
    field_manager: str,
    namespace: str | None = None,
    force: bool | None = None,
    dry_run: bool = False,
    prune: str | None = None,
    wait: float | None = None,
    on_result: Callable[[AppliedManifest], object] | None = None,
) -> AppliedManifests:
    """Apply objects, each after what it needs: namespaces, CustomResourceDefinitions, then the rest.

    One that fails does not stop the others: it is `failed` in the result, with its error, and what was applied stays.
    Objects of a kind whose definition failed, or in such a namespace, fail in their turn. To make it an exception, call
    `check()` of the result. Custom resources wait for their definition to be served, for at most `wait` or 30 seconds.

    Args:
        client: of the cluster.
        manifests: what `load_manifests`, `read_manifests` and `parse_manifests` give, models, or dicts.
        field_manager: name of the program; see `Api.apply`.
        namespace: of objects that need one and name none; `None` is `default`.
        force: take fields that another manager owns.
        dry_run: only try; objects that need another one of these manifests fail then.
        prune: a label selector: objects of any kind (but events and endpoints) with these labels that this manager has
            applied, and that the manifests do not have any more, are deleted: in the namespaces of these manifests and
            in `namespace`, and those outside of namespaces in the whole cluster. Nothing is where anything failed.
        wait: seconds to wait in all, until workloads have rolled out, jobs are done and conditions hold; those that
            are not ready by then are `failed` with a `WaitTimeout`. `None` does not wait.
        on_result: called with each result as soon as it is there, and once more where waiting changes it: for a display
            of progress.

    Returns:
        A result for each object, in order.

    Raises:
        InvalidArgument: an object has no kind or name (what is applied can't have a `generateName`), is there twice, or
            `prune` is empty or no label selector.
        KubexClientException: the server does not say what it serves.

    Example:
        ```python
        applied = await apply_manifests(client, load_manifests(Path("manifests/")), field_manager="shop-bot")
        applied.check()
        ```

    https://kubernetes.io/docs/reference/using-api/server-side-apply/
    """
    if prune is not None:
        check_selector(prune)
    tell = on_result or _tell_nobody
    run = _Run(client, field_manager, namespace or "default", force, dry_run, 30 if wait is None else wait)
    ordered = in_dependency_order(_manifest(each) for each in manifests)
    _refuse_twice(ordered, run.namespace)
    results = AppliedManifests()
    for manifest in ordered:
        results.append(await run.apply(manifest))
        tell(results[-1])
    if wait is not None and not dry_run:
        await run.wait(results, wait, tell)
    if prune is not None and not results.failed:
        for pruned in await run.prune(results, prune):
            results.append(pruned)
            tell(pruned)
    return results


def check_selector(prune: str) -> None:
    """Refuse a selector that nothing can be pruned by, before anything is applied.

    Raises:
        InvalidArgument: it is no label selector, or selects everything.
    """
    if not LabelSelector.parse(prune).requirements:
        raise InvalidArgument("prune is empty: a label selector is needed, everything would go")


def _tell_nobody(result: AppliedManifest) -> None:
    pass


def _manifest(given: Manifest | Entity | Mapping[str, Any]) -> Manifest:
    manifest = given if isinstance(given, Manifest) else Manifest(plain(given), "")
    value = manifest.object
    metadata: Mapping[str, Any] = value.get("metadata") or {}
    if value.get("apiVersion") and value.get("kind") and metadata.get("name"):
        return manifest
    if value.get("kind") and metadata.get("generateName"):
        raise InvalidArgument(
            f"{manifest}: what is applied needs a metadata.name; with a generateName it can only be created"
        )
    raise InvalidArgument("an object to apply needs apiVersion, kind and metadata.name")


def _refuse_twice(manifests: Iterable[Manifest], namespace: str) -> None:
    seen: dict[tuple[str, ...], Manifest] = {}
    for each in manifests:
        metadata = each.object["metadata"]
        group = each.api_version.rpartition("/")[0]
        key = (group, each.kind, metadata.get("namespace") or namespace, str(metadata.get("name")))
        if key in seen:
            raise InvalidArgument(f"{each} is there twice: it is {seen[key]} too")
        seen[key] = each


class _Run:
    """One application of manifests.

    Args:
        patience: seconds that a new definition has to be served in.
    """

    def __init__(
        self,
        client: BaseClient,
        field_manager: str,
        namespace: str,
        force: bool | None,
        dry_run: bool,
        patience: float,
    ) -> None:
        self.namespace = namespace
        self._client = client
        self._field_manager = field_manager
        self._force = force
        self._dry_run = dry_run
        self._patience = patience
        self._defined: set[tuple[str, str]] = set()  # group and kind of the definitions that were applied
        self._apis: dict[tuple[str, str], tuple[DiscoveredResource, Api[DynamicObject]]] = {}

    async def apply(self, manifest: Manifest) -> AppliedManifest:
        """Apply one object; whatever goes wrong with it is in the result."""
        metadata = manifest.object["metadata"]
        name, namespace = str(metadata.get("name") or ""), metadata.get("namespace")

        def result(
            outcome: Outcome, object_: DynamicObject | None = None, error: KubexException | None = None
        ) -> AppliedManifest:
            return AppliedManifest(
                manifest.api_version, manifest.kind, name, namespace, outcome, manifest.source, object_, before, error
            )

        before: DynamicObject | None = None

        try:
            resource, api = await self._api(manifest.api_version, manifest.kind)
            namespace = (namespace or self.namespace) if resource.scope is Scope.NAMESPACE else None
            before = await api.get_or_none(name, namespace=namespace)
            after = await api.apply(
                DynamicObject(manifest.object),
                field_manager=self._field_manager,
                force=self._force,
                dry_run=self._dry_run or None,
                field_validation=FieldValidation.STRICT,
                namespace=namespace,
            )
            changed = before is not None and is_changed(before, after, resource, self._field_manager)
            if manifest.kind == _DEFINITION and not self._dry_run:
                spec = after["spec"]
                self._defined.add((spec["group"], spec["names"]["kind"]))
                after = await self._until_ready(api, after, self._patience, self._patience)
        except KubexException as error:
            return result(Outcome.FAILED, None, error)
        if before is None:
            return result(Outcome.CREATED, after)
        return result(Outcome.CHANGED if changed else Outcome.UNCHANGED, after)

    async def _api(self, api_version: str, kind: str) -> tuple[DiscoveredResource, Api[DynamicObject]]:
        found = self._apis.get((api_version, kind))
        if found is None:
            resource = await self._resource(api_version, kind)
            found = self._apis[api_version, kind] = (resource, Api(dynamic_model(resource), self._client))
        return found

    async def _resource(self, api_version: str, kind: str) -> DiscoveredResource:
        resource = (await discover(self._client)).get(api_version, kind)
        is_new = (api_version.rpartition("/")[0], kind) in self._defined
        deadline = anyio.current_time() + (self._patience if is_new else 0)
        while resource is None:
            discovery = await discover(self._client, refresh=True)
            resource = discovery.get(api_version, kind)
            if resource is None and anyio.current_time() >= deadline:
                discovery.resource(api_version, kind)
                raise UnknownResource(f'the server has no kind "{kind}" in {api_version}')
            if resource is None:
                await anyio.sleep(_PAUSE)
        return resource

    async def wait(self, results: AppliedManifests, seconds: float, tell: Callable[[AppliedManifest], object]) -> None:
        """Wait until all objects are ready; those that are not in time become failures."""
        deadline = anyio.current_time() + seconds
        for number, each in enumerate(results):
            if each.object is None:
                continue
            _, api = await self._api(each.api_version, each.kind)
            try:
                object_ = await self._until_ready(api, each.object, deadline - anyio.current_time(), seconds)
                results[number] = replace(each, object=object_)
            except KubexException as error:
                results[number] = replace(each, outcome=Outcome.FAILED, object=None, error=error)
                tell(results[number])

    async def _until_ready(
        self, api: Api[DynamicObject], object_: DynamicObject, seconds: float, of: float
    ) -> DynamicObject:
        """Wait until an object is ready, for the seconds that are left of all."""
        if conditions.ready.holds(object_.content):
            return object_
        name, namespace = object_.metadata.name or "", object_.metadata.namespace
        if seconds <= 0:  # others have used the time up; it may be ready all the same
            found = await api.get_or_none(name, namespace=namespace)
            if found is not None and conditions.ready.holds(found.content):
                return found
            raise time_is_up(api, name, conditions.ready, seen_last(found), namespace=namespace, of=of)
        waited = await wait_within(api, name, conditions.ready, seconds, namespace=namespace, of=of)
        return waited or object_  # what is ready is there

    async def prune(self, results: AppliedManifests, selector: str) -> list[AppliedManifest]:
        """Delete what this manager has applied, carries the labels, and is not among the results."""
        kept = {each.object.metadata.uid for each in results if each.object is not None}
        namespaces = sorted({each.namespace for each in results if each.namespace} | {self.namespace})
        pruned: list[AppliedManifest] = []
        for resource in await self._prunable():
            api = Api(dynamic_model(resource), self._client)
            for namespace in namespaces if resource.scope is Scope.NAMESPACE else [None]:
                found = await self._applied_before(api, selector, namespace)
                names = [item.name or "" for item in found if item.uid not in kept]
                pruned += [await self._delete(api, resource, name, namespace) for name in names]
        return pruned

    async def _applied_before(
        self, api: Api[DynamicObject], selector: str, namespace: str | None
    ) -> list[ObjectMetadata]:
        """Give what carries the labels and this manager has applied, now or at any time."""
        found: list[ObjectMetadata] = []
        try:
            async for item in api.metadata.iterate(label_selector=selector, namespace=namespace):
                entries = item.metadata.managed_fields or []
                if any(each.manager == self._field_manager and each.operation == "Apply" for each in entries):
                    found.append(item.metadata)
        except NotFound:
            pass  # someone has removed the kind's definition since discovery, and its objects are gone with it
        return found

    async def _prunable(self) -> list[DiscoveredResource]:
        """Give each resource once, what lives in namespaces first: a namespace takes what is in it along."""
        found: dict[tuple[str, str], DiscoveredResource] = {}
        for each in await discover(self._client):
            if {"list", "delete", "patch"} <= {*each.verbs} and each.plural not in _NOT_SOUGHT:
                found.setdefault((each.group, each.plural), each)
        return sorted(found.values(), key=lambda each: (each.scope is Scope.CLUSTER, each.kind == "Namespace"))

    async def _delete(
        self, api: Api[DynamicObject], resource: DiscoveredResource, name: str, namespace: str | None
    ) -> AppliedManifest:
        outcome, why = Outcome.PRUNED, None
        try:
            await api.delete(name, namespace=namespace, dry_run=self._dry_run or None, propagation_policy="Background")
        except NotFound:
            pass  # with its owner, or by someone else
        except KubexException as error:
            outcome, why = Outcome.FAILED, error
        return AppliedManifest(resource.api_version, resource.kind, name, namespace, outcome, error=why)
