"""Types of the parameters that API calls take."""

from __future__ import annotations

import sys
from enum import StrEnum
from types import EllipsisType
from typing import TypeAlias

import msgspec

from kubex.core.exceptions import InvalidArgument

__all__ = [
    "ApiNamespaceTypes",
    "ApiRequestTimeoutTypes",
    "DryRun",
    "DryRunTypes",
    "FieldValidation",
    "NamespaceTypes",
    "Precondition",
    "PropagationPolicy",
    "PropagationPolicyTypes",
    "ResourceVersion",
    "ResourceVersionTypes",
    "Timeout",
    "TimeoutTypes",
    "VersionMatch",
]


class DryRun(StrEnum):
    """Whether a change is only tried. https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run"""

    ALL = "All"


class PropagationPolicy(StrEnum):
    """What becomes of the objects an object owns when it is deleted.

    https://kubernetes.io/docs/concepts/architecture/garbage-collection/#cascading-deletion
    """

    ORPHAN = "Orphan"
    BACKGROUND = "Background"
    FOREGROUND = "Foreground"


class VersionMatch(StrEnum):
    """How a list's resource version is meant.

    https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list
    """

    EXACT = "Exact"
    NOT_OLDER_THAN = "NotOlderThan"


class FieldValidation(StrEnum):
    """What the server does about fields it does not know.

    https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
    """

    IGNORE = "Ignore"
    WARN = "Warn"
    STRICT = "Strict"


class ResourceVersion(str):
    """A version as the server gave it: opaque but for `ResourceVersion.ANY`.

    https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
    """

    __slots__ = ()

    ANY = "0"


class Precondition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """What must hold of an object for its delete to be carried out."""

    uid: str | None = None
    resource_version: str | None = None


class Timeout(msgspec.Struct, frozen=True):
    """Bounds of one request, in seconds.

    Args:
        total: the whole request; also the default of the phases that are unset.
        connect: establishing a connection.
        read: silence between two pieces of the answer.
        write: sending a piece of the body (httpx only).
        pool: waiting for a free connection of the pool (httpx only).

    Raises:
        InvalidArgument: a bound that is negative, not finite, or no number.
    """

    total: float | None = None
    connect: float | None = None
    read: float | None = None
    write: float | None = None
    pool: float | None = None

    def __post_init__(self) -> None:
        for phase in self.__struct_fields__:
            seconds = getattr(self, phase)
            if seconds is None:
                continue
            if isinstance(seconds, bool) or not isinstance(seconds, int | float):
                raise InvalidArgument(f"timeout {phase}={seconds!r}: seconds as a number are needed")
            if not 0 <= seconds <= sys.float_info.max:
                raise InvalidArgument(f"timeout {phase}={seconds!r}: a finite number of seconds, 0 or more, is needed")

    @classmethod
    def coerce(cls, value: TimeoutTypes) -> Timeout | None:
        """Give a Timeout of a number of total seconds; `None` and Timeouts as they are."""
        if value is None or isinstance(value, Timeout):
            return value
        return cls(total=value)


TimeoutTypes: TypeAlias = Timeout | float | int | None
"""`None` is no bound, a number seconds in total, a `Timeout` a bound for each phase."""
NamespaceTypes: TypeAlias = str | None
"""A namespace's name; `None` is none, or all of them."""
ApiNamespaceTypes: TypeAlias = str | EllipsisType | None
"""`...` is the Api's own namespace, `None` none (all namespaces, of lists and watches), a name that one."""
ApiRequestTimeoutTypes: TypeAlias = Timeout | float | int | EllipsisType | None
"""`...` is the client's default, `None` no bound, a number seconds in total, a `Timeout` a bound for each phase."""
DryRunTypes: TypeAlias = bool | DryRun | None
"""`True` is `DryRun.ALL`: the server tries all, and keeps nothing."""
PropagationPolicyTypes: TypeAlias = PropagationPolicy | str | None
"""A `PropagationPolicy`, or its name as the API has it; `None` is the resource's own."""
ResourceVersionTypes: TypeAlias = str | ResourceVersion | None
"""A version that a server has given, or `ResourceVersion.ANY`; `None` is the newest."""
