"""One cluster as it is served: its state, and what is made of it on request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from kubex.testing.access.access import Access, AuthorizationMode
from kubex.testing.access.default_policy import default_policy
from kubex.testing.clock import Clock, VirtualClock
from kubex.testing.discovery import Discovery
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.operations import Operations
from kubex.testing.openapi import OpenApi
from kubex.testing.pods.tracking import ContainerTracker
from kubex.testing.protobuf.codec import ProtobufCodec
from kubex.testing.registry import ApiResources, Registry, builtin_resources
from kubex.testing.replaying import Player, next_player
from kubex.testing.schema.openapi_document import OpenApiDocument
from kubex.testing.snapshots import Snapshot, entries_of
from kubex.testing.storage import JsonObject, Storage
from kubex.testing.tables import TableMaker
from kubex.testing.webhooks.configurations import ConfiguredWebhooks, Webhook
from kubex.testing.webhooks.reviews import Review
from kubex.testing.workloads.movement import Movement
from kubex.testing.workloads.options import Workloads

if TYPE_CHECKING:
    from kubex.testing.access.authenticator import Authenticator

__all__ = ["ServedCluster"]

_STREAMS_CREATE: Final = (1, 35)
"""Release from which on a stream to a pod is something that is created, whatever the method."""


class ServedCluster:
    """A cluster, new and with nothing in it but its namespaces, or with what a snapshot holds.

    Args:
        document: of the Kubernetes release.
        clock: the cluster's time.
        api_resources: which built-in resources are served.
        history: changes kept per resource, for watches and for lists of an older revision.
        snapshot: what it begins with.
        workloads: has its workloads move; they stand still where it is left out.
        authority: certificate that its server is known by, as PEM; `""` for plain HTTP.
        authorization: how it is decided who may do what.
        authenticator: tells whose a request is; with none, every one is the administrator's.

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
        workloads: Workloads | None = None,
        authority: str = "",
        authorization: AuthorizationMode = "AlwaysAllow",
        authenticator: Authenticator | None = None,
    ) -> None:
        self.document = document
        self.storage: Storage = Storage() if history is None else Storage(history=history)
        self.registry: Registry = Registry(builtin_resources(document, api_resources))
        if snapshot is not None:
            self.storage.fill(entries_of(snapshot, self.registry), int(snapshot.resource_version))
        policy = default_policy(document.release) if authorization == "RBAC" else ()
        access = Access(
            self.storage,
            authorization=authorization,
            authenticator=authenticator,
            policy=policy,
            streams_create=_release(document) >= _STREAMS_CREATE,
        )
        self.operations: Operations = Operations(self.storage, self.registry, clock, access)
        self.webhooks: ConfiguredWebhooks = ConfiguredWebhooks(self.storage)
        self.players: list[Player] = []
        """The recordings that are being played."""
        self.containers: ContainerTracker = ContainerTracker(self.operations.cluster)
        self.tables: TableMaker = TableMaker(clock)
        self.protobuf: ProtobufCodec = ProtobufCodec(document.release)
        self.movement: Movement | None = (
            None
            if workloads is None
            else Movement(self.operations, workloads, document.release, authority, self.webhooks)
        )

    def tick(self) -> None:
        """Do what comes with time: pods go once their grace period is over; what moves may be due."""
        if self.movement is not None:
            self.movement.wake()
        else:
            self.operations.expire()

    def pass_time(self, clock: VirtualClock, until: datetime) -> bool:
        """Let the time of a clock that stands still pass; what recordings tell comes at its moment.

        Gives `False` where it stands still before, until webhooks have answered: `answers` waits for them.
        """
        if self.movement is not None:
            return self.movement.pass_time(until)
        while (player := next_player(self.players, until)) is not None:
            clock.stand_at(player.due)
            self.operations.expire()
            player.step()
        clock.stand_at(until)
        self.operations.expire()
        return True

    def reach(self, call: Callable[[Cluster, Webhook, Review], Awaitable[JsonObject]]) -> None:
        """Learn how webhooks are reached, for what moves."""
        if self.movement is not None:
            self.movement.asking.reach(partial(call, self.operations.cluster))

    async def answers(self) -> None:
        """Wait for the webhooks that are asked on behalf of what moves."""
        if self.movement is not None:
            await self.movement.asking.answers()

    def play(self, player: Player) -> None:
        """Begin to play a recording: on the event loop, or as the time of a clock that stands still passes."""
        clock = self.operations.cluster.clock
        if player.speed is not None and isinstance(clock, VirtualClock):
            player.begin(self.players)
            self.pass_time(clock, clock.moment)
        else:
            player.begin_on_loop(self.players)

    def close(self) -> None:
        """Have nothing move any more."""
        for player in tuple(self.players):
            player.close()
        if self.movement is not None:
            self.movement.close()

    @cached_property
    def discovery(self) -> Discovery:
        """What it tells of its resources."""
        return Discovery(self.registry, self.document)

    @cached_property
    def openapi(self) -> OpenApi:
        """Its OpenAPI documents."""
        return OpenApi(self.registry, self.document)


def _release(document: OpenApiDocument) -> tuple[int, ...]:
    return tuple(int(part) for part in document.release.split("."))
