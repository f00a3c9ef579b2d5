"""`Recorder`: writes down what happens in a cluster, from its lists and watches."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, BinaryIO, Final, Self, TypeAlias

import anyio
import msgspec

from kubex.api import Api, DynamicObject, discover
from kubex.api._background_tasks import BackgroundTasks
from kubex.api.dynamic import dynamic_model
from kubex.client.base import BaseClient
from kubex.core._resource_class import config_of
from kubex.core.discovery import DiscoveredResource
from kubex.core.exceptions import InvalidArgument, KubexApiError, KubexException
from kubex.core.request import Request, RequestAction
from kubex.recording.entries import (
    Entry,
    Event,
    Header,
    RecordedResource,
    RecordingError,
    encoded_entry,
    encoded_header,
)
from kubex.recording.masking import SecretData, without_credentials
from kubex.runtime._watch_driver import Selection, WatchDriver
from kubex.runtime.watcher_events import Applied, Deleted, Failed, ListCompleted, Listed, ListStarted, WatcherEvent
from kubex_core.models.entity import Entity
from kubex_core.models.resource_config import Scope

__all__ = ["Kind", "Recorder"]

Kind: TypeAlias = str | type[Entity]
"""A resource to record: a name that kubectl takes (`deploy`, `pods`, `backups.example.com`), or its class."""

_PAGE_SIZE: Final = 500
_DEFINITIONS: Final = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
# Answers of 400 to 499 after which the same question may get another answer.
_PASSING: Final = (408, 409, 410, 429)


class Recorder:
    """Writes what happens to objects of some kinds into a file, with the times between, for as long as it is open.

    A list of each kind comes first, of what there is; entering the context waits for them. From there on each change is
    written when it comes, and nothing is kept in memory. Watches that break off go on; where the server has forgotten
    what happened meanwhile, another list is written. The file is for its owner's eyes alone. It has no data of
    Secrets; what else may be secret, such as the environment of containers, is in it.

    Args:
        client: of the cluster.
        path: of the file; one that is there is written over.
        kinds: what is recorded.
        namespace: of which objects are recorded; `None` is all, and those outside of namespaces are recorded in any
            case.
        label_selector: only objects with these labels.
        field_selector: only objects with these fields.
        secret_data: what becomes of the data of Secrets.

    Raises:
        RecordingError: the file can't be written.
        UnknownResource: the server does not have a kind.
        InvalidArgument: a class of `kinds` is no resource.
        KubexApiError: the first list of a kind is refused; it ends the block of the context.

    Example:
        ```python
        async with Recorder(client, "rollout.jsonl", ["deployments", "replicasets", "pods"], namespace="shop"):
            await deployments.edit("web", new_image)
            await kubex.wait_for(deployments, "web", kubex.conditions.rollout_complete, timeout=300)
        ```
    """

    def __init__(
        self,
        client: BaseClient,
        path: str | os.PathLike[str],
        kinds: Sequence[Kind],
        *,
        namespace: str | None = None,
        label_selector: str | None = None,
        field_selector: str | None = None,
        secret_data: SecretData = "masked",  # noqa: S107  # what becomes of it
    ) -> None:
        if isinstance(kinds, str) or not kinds:
            raise InvalidArgument(f'kinds are a list of one or more, like ["pods"], and not {kinds!r}')
        if secret_data not in ("masked", "omitted"):
            raise InvalidArgument(f"secret_data is 'masked' or 'omitted', and not {secret_data!r}")
        self._client = client
        self._path = os.fspath(path)
        self._kinds = list(kinds)
        self._namespace = namespace
        self._labels = label_selector
        self._fields = field_selector
        self._secret_data: SecretData = secret_data
        self._file: BinaryIO | None = None
        self._tasks: BackgroundTasks | None = None
        self._begun = 0.0
        self._unlisted: set[int] = set()
        self._is_listed = anyio.Event()
        self.entries: int = 0
        """How many have been written."""

    async def __aenter__(self) -> Self:
        if self._tasks is not None:
            raise RuntimeError("a Recorder is entered once")
        apis, resources = await self._resources()
        header = Header(
            started_at=datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            kubernetes_version=await self._server_version(),
            secret_data=self._secret_data,
            resources=tuple(resources),
        )
        self._file = _created(self._path)
        self._tasks = BackgroundTasks()
        try:
            self._write(encoded_header(header))
            self._begun = anyio.current_time()
            self._unlisted = set(range(len(apis)))
            group = await self._tasks.__aenter__()
        except BaseException:
            self._file.close()
            raise
        try:
            for place, api in enumerate(apis):
                group.start_soon(self._follow, place, api, name=f"recorder of {resources[place].plural}")
            await self._is_listed.wait()
        except BaseException as error:
            try:
                await self._tasks.__aexit__(type(error), error, error.__traceback__)
            finally:
                self._file.close()
            raise
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        if self._tasks is None or self._file is None:
            return None
        try:
            return await self._tasks.__aexit__(exc_type, exc, traceback)
        finally:
            self._file.close()

    async def _resources(self) -> tuple[list[Api[DynamicObject]], list[RecordedResource]]:
        discovery = await discover(self._client)
        apis: list[Api[DynamicObject]] = []
        resources: list[RecordedResource] = []
        for kind in self._kinds:
            if isinstance(kind, str):
                found = discovery.find(kind)
            else:
                config = config_of(kind)
                found = discovery.resource(config.api_version, config.kind)
            namespaced = found.scope is Scope.NAMESPACE
            namespace = self._namespace if namespaced else None
            apis.append(Api(dynamic_model(found), self._client, namespace=namespace))
            resources.append(
                RecordedResource(
                    api_version=found.api_version,
                    kind=found.kind,
                    plural=found.plural,
                    namespaced=namespaced,
                    namespace=namespace or "",
                    label_selector=self._labels or "",
                    field_selector=self._fields or "",
                    definition=await self._definition(found),
                )
            )
        return apis, resources

    async def _definition(self, resource: DiscoveredResource) -> dict[str, Any] | None:
        """Give the definition of a custom resource; `None` of any other, and where it may not be read."""
        if "." not in resource.group or resource.group.endswith(".k8s.io"):
            return None
        name = f"{resource.plural}.{resource.group}"
        action = RequestAction("get", "customresourcedefinitions", name)
        try:
            response = await self._client.request(Request("GET", f"{_DEFINITIONS}/{name}", action=action))
        except KubexApiError:
            return None
        return msgspec.json.decode(response.content, type=dict[str, Any])

    async def _server_version(self) -> str:
        response = await self._client.request(Request("GET", "/version", action=RequestAction("get", "version")))
        found = msgspec.json.decode(response.content, type=dict[str, Any])
        return str(found.get("gitVersion") or "")

    async def _follow(self, place: int, api: Api[DynamicObject]) -> None:
        selection = Selection(..., self._labels, self._fields)
        driver = WatchDriver(
            api,
            selection,
            page_size=_PAGE_SIZE,
            streaming=False,
            is_fatal=lambda error: place in self._unlisted and _is_refusal(error),
        )
        async with aclosing(driver.events()) as events:
            async for event in events:
                self._note(place, event)

    def _note(self, place: int, event: WatcherEvent[DynamicObject]) -> None:
        match event:
            case ListStarted():
                self._add("LIST_STARTED", place)
            case Listed(object_):
                self._add("LISTED", place, object=self._recorded(object_))
            case ListCompleted(version):
                self._add("LIST_COMPLETED", place, resource_version=version)
                self._unlisted.discard(place)
                if not self._unlisted:
                    self._is_listed.set()
            case Applied(object_):
                self._add("APPLIED", place, object=self._recorded(object_))
            case Deleted(object_):
                self._add("DELETED", place, object=self._recorded(object_))
            case Failed(error, _):
                self._add("FAILED", place, message=str(error))
            case _:  # a bookmark changes nothing
                pass

    def _recorded(self, object_: DynamicObject) -> dict[str, Any]:
        return without_credentials(object_.content, self._secret_data)

    def _add(self, event: Event, place: int, **more: Any) -> None:
        at = round(anyio.current_time() - self._begun, 6)
        self._write(encoded_entry(Entry(at=at, event=event, resource=place, **more)))
        self.entries += 1

    def _write(self, line: bytes) -> None:
        if self._file is None:
            return
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            raise RecordingError(f"{self._path}: can't be written: {error.strerror or error}") from None


def _is_refusal(error: KubexException) -> bool:
    """Whether asking again would get the same answer."""
    return isinstance(error, KubexApiError) and 400 <= (error.code or 0) < 500 and error.code not in _PASSING


def _created(path: str) -> BinaryIO:
    """Open a file, for its owner's eyes alone; it is empty."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.chmod(path, 0o600)
        return open(descriptor, "wb")
    except OSError as error:
        raise RecordingError(f"{path}: can't be written: {error.strerror or error}") from None
