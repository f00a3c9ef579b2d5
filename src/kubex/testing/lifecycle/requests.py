"""What is asked of `Operations` beside the object, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kubex.testing.access.users import ADMINISTRATOR, User
from kubex.testing.lifecycle.submission import Admission
from kubex.testing.storage import Entry, JsonObject

__all__ = ["BodyField", "ChangeOptions", "DeleteOptions", "ListOptions", "Outcome", "Page", "WatchOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOptions:
    """Parameters of a list, as the query has them; an empty string is one that is not given.

    https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
    """

    label_selector: str = ""
    field_selector: str = ""
    limit: int = 0
    continue_token: str = ""
    resource_version: str = ""
    resource_version_match: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOptions:
    """Parameters of a watch, as the query has them; an empty string is one that is not given."""

    label_selector: str = ""
    field_selector: str = ""
    resource_version: str = ""
    resource_version_match: str = ""
    continue_token: str = ""
    allow_bookmarks: bool = False
    send_initial_events: bool | None = None
    is_list: bool = False
    """Whether the server checks them as those of a list: at an old path below `watch/`, without `watch=true`."""


class BodyField(NamedTuple):
    """A field in the text of a body."""

    path: str
    """`spec.containers[0].image`."""
    is_again: bool
    """Whether its object has had it before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOptions:
    """Parameters of a change."""

    dry_run: bool = False
    field_manager: str = ""
    field_validation: str = ""
    """`Strict`, `Warn`, `Ignore`; `""` is `Warn`."""
    force: bool | None = None
    user_agent: str = ""
    fields: tuple[BodyField, ...] = ()
    """All fields of the body in their order, where it had one twice: what reads JSON has to look for them."""
    repeated: tuple[str, ...] = ()
    """What is told of names that YAML has twice."""
    user: User = ADMINISTRATOR
    """Who asks for it."""
    admitted: bool = False
    """Whether nobody is to be asked whether it may be: no admission policy, no quota and no LimitRange."""
    admission: Admission | None = None
    """Who decides whether it may be, beside the server itself."""
    owners_later: bool = False
    """Whether `managedFields` may be worked out when somebody reads the object; for who sends none of its own."""
    shares_spec: bool = False
    """Whether the `spec` that is sent is a part of a stored object, as those of templates are: no one changes it."""


@dataclass(frozen=True, slots=True)
class DeleteOptions:
    """How an object is to be deleted."""

    grace_period_seconds: int | None = None
    propagation_policy: str | None = None
    uid: str | None = None
    resource_version: str | None = None
    dry_run: bool = False
    user: User | None = None
    """Who asks for it; `None` where it follows from something else, and no policy is asked."""
    admission: Admission | None = None
    """Who decides whether it may be, beside the server itself."""
    given: JsonObject = field(default_factory=dict[str, Any])
    """As the request says it."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a list answers."""

    entries: list[Entry]
    resource_version: str
    continue_token: str = ""
    remaining: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change answers: an object or a Status, the HTTP status, and the texts of Warning headers."""

    entry: Entry
    code: int = 200
    warnings: tuple[str, ...] = ()
    page: Page | None = None
    """The list that a change of many objects answers, instead of one of them."""
