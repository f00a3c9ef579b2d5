"""What a request submits to admission before anything is stored, and who decides about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

__all__ = ["Admission", "Operation", "Submission"]

Operation: TypeAlias = Literal["CREATE", "UPDATE", "DELETE", "CONNECT"]
"""What is done to an object, in the words of admission."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What is to be done to an object.

    https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
    """

    operation: Operation
    resource: Resource
    subresource: str = ""
    namespace: str
    name: str
    """`""` where nobody knows it: of an object whose name is generated, of those of a collection."""
    object: JsonObject | None
    """As it is to be, in the version of the resource; `None` for one that is deleted."""
    old: JsonObject | None = None
    """As it is; `None` for one that is created."""
    options: JsonObject | None = None
    """Parameters of the request, as an object."""
    dry_run: bool = False


class Admission(Protocol):
    """Decides about the submissions of one request, which may be carried out several times until all is decided."""

    def mutated(self, asked: Submission) -> JsonObject | None:
        """Give the object as it is admitted.

        Raises:
            ApiFailure: it isn't.
        """
        ...

    def validate(self, asked: Submission) -> None:
        """Let an object pass that nothing will change any more.

        Raises:
            ApiFailure: it isn't admitted.
        """
        ...

    def once(self, what: str, make: Callable[[], str]) -> str:
        """Give what was made when the request was carried out for the first time; make it if this is the first."""
        ...
