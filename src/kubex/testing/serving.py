"""One cluster as it is served: its state, and what is made of it on request."""

from __future__ import annotations

from functools import cached_property

from kubex.testing.clock import Clock
from kubex.testing.discovery import Discovery
from kubex.testing.lifecycle.operations import Operations
from kubex.testing.openapi import OpenApi
from kubex.testing.protobuf.codec import ProtobufCodec
from kubex.testing.registry import ApiResources, Registry, builtin_resources
from kubex.testing.schema.openapi_document import OpenApiDocument
from kubex.testing.snapshots import Snapshot, entries_of
from kubex.testing.storage import Storage
from kubex.testing.tables import TableMaker

__all__ = ["ServedCluster"]


class ServedCluster:
    """A cluster, new and with nothing in it but its namespaces, or with what a snapshot holds.

    Args:
        document: of the Kubernetes release.
        clock: the cluster's time.
        api_resources: which built-in resources are served.
        history: changes kept per resource, for watches and for lists of an older revision.
        snapshot: what it begins with.

    Raises:
        SnapshotError: the snapshot has what this cluster can't serve.
    """

    def __init__(
        self,
        document: OpenApiDocument,
        clock: Clock,
        *,
        api_resources: ApiResources,
        history: int | None = None,
        snapshot: Snapshot | None = None,
    ) -> None:
        self.document = document
        self.storage = Storage() if history is None else Storage(history=history)
        self.registry = Registry(builtin_resources(document, api_resources))
        if snapshot is not None:
            self.storage.fill(entries_of(snapshot, self.registry), int(snapshot.resource_version))
        self.operations = Operations(self.storage, self.registry, clock)
        self.tables = TableMaker(clock)
        self.protobuf = ProtobufCodec(document.release)

    @cached_property
    def discovery(self) -> Discovery:
        """What it tells of its resources."""
        return Discovery(self.registry, self.document)

    @cached_property
    def openapi(self) -> OpenApi:
        """Its OpenAPI documents."""
        return OpenApi(self.registry, self.document)
