"""What a controller is: it says whose changes concern it, and what is to be done about an object."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from kubex.testing.storage import JsonObject, Key
from kubex.testing.workloads.state import State, controller_of
from kubex.testing.workloads.writes import Write

__all__ = ["Change", "Controller", "Writes"]

Writes: TypeAlias = Generator[Write, None, None]
"""What is to be done, one after the other."""


@dataclass(eq=False, slots=True)
class Change:
    """What has happened to an object; `None` is that it was, or is, not there."""

    place: str
    key: Key
    before: JsonObject | None
    after: JsonObject | None
    _controllers: tuple[JsonObject, ...] | None = None

    @property
    def objects(self) -> tuple[JsonObject, ...]:
        """The object before and after, as far as it was there."""
        return tuple(each for each in (self.before, self.after) if each is not None)

    @property
    def controllers(self) -> tuple[JsonObject, ...]:
        """The references to its controllers, before and after; each once."""
        if self._controllers is None:  # several ask for the same change
            found = [owner for each in self.objects if (owner := controller_of(each)) is not None]
            self._controllers = tuple(found[1:] if len(found) > 1 and found[0] == found[1] else found)
        return self._controllers


class Controller(Protocol):
    """Brings what is there to what is wanted, one object at a time.

    It keeps nothing that it could not find out again, and does nothing by itself: `reconcile` gives what it wants to
    be done, in this order, and is called again when something changes or time has come.
    """

    @property
    def component(self) -> str:
        """What it is called in events: `deployment-controller`."""
        ...

    @property
    def manager(self) -> str:
        """The program that owns what it writes: `kube-controller-manager`."""
        ...

    @property
    def places(self) -> Sequence[str]:
        """Places in the storage whose changes it wants to hear of."""
        ...

    def concerned(self, state: State, change: Change) -> Iterable[Key]:
        """Give the keys that a change makes it look at."""
        ...

    def reconcile(self, state: State, key: Key) -> Writes:
        """Give what is to be done about a key now.

        Each is done before the next one is asked for. What is refused is raised here, as `ApiFailure`; where that is
        not caught, the controller is asked again later.
        """
        ...
