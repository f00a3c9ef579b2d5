"""`PodWatch`: tells when a pod is gone.

Its container runtime does not: it closes forwarded connections as if the pod had ended them itself.
"""

from __future__ import annotations

from contextlib import aclosing

import anyio

from kubex.api._transport import fetch_object, stream_events
from kubex.client.base import BaseClient
from kubex.core.exceptions import KubexClientException, NotFound
from kubex.core.request_builder import RequestBuilder
from kubex.core.watch_event import EventType
from kubex_core.models.partial_object_meta import PartialObjectMetadata

__all__ = ["PodWatch"]

# Seconds. Who asks for less long has no need of a watch.
_DELAY = 1.0

_METADATA = "application/json;as={};g=meta.k8s.io;v=v1,application/json"


class PodWatch:
    """Waits for the deletion of an object, for any number of tasks with one watch: one of them holds it.

    Args:
        client: sends the requests.
        requests: builds them.
        name: the object's name.
        namespace: the object's namespace.
    """

    def __init__(self, client: BaseClient, requests: RequestBuilder, name: str, namespace: str | None) -> None:
        self._client = client
        self._requests = RequestBuilder(
            requests.config,
            accept=_METADATA.format("PartialObjectMetadata"),
            accept_list=_METADATA.format("PartialObjectMetadataList"),
        )
        self._name = name
        self._namespace = namespace
        self._outcome: anyio.Event | None = None
        self._is_deleted = False

    async def wait_for_deletion(self) -> bool:
        """Wait until the object is deleted; `False` where nobody can tell, as users that may not watch it."""
        await anyio.sleep(_DELAY)
        while self._outcome is not None:
            await self._outcome.wait()
            if self._is_deleted:
                return True
        self._outcome = outcome = anyio.Event()
        self._is_deleted = False
        try:
            self._is_deleted = await self._watch()
            return self._is_deleted
        finally:
            self._outcome = None
            outcome.set()

    async def _watch(self) -> bool:
        name, namespace = self._name, self._namespace
        try:
            while True:
                found = await fetch_object(self._client, self._requests.get(name, namespace), PartialObjectMetadata)
                request = self._requests.watch(
                    namespace,
                    field_selector=f"metadata.name={name}",
                    resource_version=found.metadata.resource_version,
                    timeout=None,
                )
                async with aclosing(stream_events(self._client, request, PartialObjectMetadata)) as events:
                    async for event in events:
                        if event.type is EventType.DELETED:
                            return True
                await anyio.sleep(_DELAY)
        except NotFound:
            return True
        except (KubexClientException, NotImplementedError):  # the latter: a stub in somebody's tests
            return False
