"""What controllers want to be done to a cluster, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from kubex.testing.storage import JsonObject

__all__ = ["Bind", "Create", "Delete", "Event", "Later", "Update", "Write"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an object, for its users to read.

    https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
    """

    about: JsonObject
    """The object."""
    reason: str
    message: str
    type: Literal["Normal", "Warning"] = "Normal"
    component: str = ""
    """Who tells it; the controller where it is left out."""
    host: str = ""
    field_path: str = ""
    """The part of the object that it is about."""
    action: str = ""
    """What the newer kind of events says was done; with it the event is written as one of those."""


@dataclass(frozen=True, slots=True)
class Create:
    """Make an object.

    Where that is refused, the rest of what the controller wanted is left out, and it is asked again later.
    """

    place: str
    """Of its resource in the storage: `apps/replicasets`."""
    namespace: str
    object: JsonObject
    done: Event | None = None
    """Told once it is there; `{name}` in the message is the object's."""
    refused: Event | None = None
    """Told where it is refused; `{why}` in the message is the server's answer."""


@dataclass(frozen=True, slots=True)
class Update:
    """Put an object in the place of the one of its name that was read, or its status."""

    place: str
    object: JsonObject
    subresource: Literal["status"] | None = None
    is_last: bool = False
    """Whether it gives the controller nothing to do that it does not do now: it need not look again because of this."""


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete an object that was read."""

    place: str
    object: JsonObject
    grace_period_seconds: int | None = None
    propagation_policy: Literal["Background", "Foreground", "Orphan"] | None = None
    done: Event | None = None


@dataclass(frozen=True, slots=True)
class Bind:
    """Put a pod on a node."""

    pod: JsonObject
    node: str


@dataclass(frozen=True, slots=True)
class Later:
    """Look at the same key again, if nothing has made that happen before."""

    seconds: float = field(default=0.0)


Write: TypeAlias = Create | Update | Delete | Bind | Event | Later
