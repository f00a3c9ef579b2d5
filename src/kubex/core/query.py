"""Query parameters and delete options, from the parameters of API calls.

https://kubernetes.io/docs/reference/kubernetes-api/common-parameters/common-parameters/
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from kubex.core.exceptions import InvalidArgument, InvalidType
from kubex.core.params import (
    DryRun,
    DryRunTypes,
    FieldValidation,
    Precondition,
    PropagationPolicy,
    PropagationPolicyTypes,
    ResourceVersionTypes,
    VersionMatch,
)
from kubex_core.models.delete_options import DeleteOptions, Preconditions

if TYPE_CHECKING:
    from kubex.core.selectors import FieldSelector, LabelSelector

__all__ = ["change_query", "delete_options", "list_query", "log_query", "read_query", "watch_query"]

E = TypeVar("E", bound=Enum)


def read_query(resource_version: ResourceVersionTypes) -> dict[str, str] | None:
    """Query of reading one object."""
    if resource_version is None:
        return None
    return {"resourceVersion": _version(resource_version)}


def list_query(
    *,
    label_selector: str | LabelSelector | None = None,
    field_selector: str | FieldSelector | None = None,
    timeout_seconds: int | None = None,
    limit: int | None = None,
    continue_token: str | None = None,
    version_match: VersionMatch | None = None,
    resource_version: ResourceVersionTypes = None,
) -> dict[str, str]:
    """Query of a list.

    Raises:
        InvalidArgument: a selector that does not parse, or a combination that the API does not have.
    """
    query = _selection(label_selector, field_selector, timeout_seconds)
    if limit is not None:
        query["limit"] = _count("limit", limit)
    if continue_token is not None:
        if version_match is not None or resource_version is not None:
            raise InvalidArgument(
                "resource_version= and version_match= are for a list's first page: the token has its own"
            )
        query["continue"] = continue_token
    if version_match is not None:
        if resource_version is None:
            raise InvalidArgument("version_match= needs resource_version=")
        query["resourceVersionMatch"] = _member("version_match", VersionMatch, version_match)
    if resource_version is not None:
        query["resourceVersion"] = _version(resource_version)
    return query


def watch_query(
    *,
    label_selector: str | LabelSelector | None = None,
    field_selector: str | FieldSelector | None = None,
    allow_bookmarks: bool | None = None,
    send_initial_events: bool | None = None,
    timeout_seconds: int | None = None,
    resource_version: ResourceVersionTypes = None,
) -> dict[str, str]:
    """Query of a watch.

    Raises:
        InvalidArgument: a selector that does not parse.
    """
    query = {"watch": "true", **_selection(label_selector, field_selector, timeout_seconds)}
    if send_initial_events is not None:
        query["sendInitialEvents"] = _flag(send_initial_events)
        # The API wants both beside it: how the version is meant, and bookmarks, one of which marks the end.
        query["resourceVersionMatch"] = VersionMatch.NOT_OLDER_THAN.value
        if allow_bookmarks is None:
            allow_bookmarks = True
    if allow_bookmarks is not None:
        query["allowWatchBookmarks"] = _flag(allow_bookmarks)
    if resource_version is not None:
        query["resourceVersion"] = _version(resource_version)
    return query


def change_query(
    dry_run: DryRunTypes, field_manager: str | None, field_validation: FieldValidation | None
) -> dict[str, str] | None:
    """Query of creating, replacing or patching; `None` where all is left out."""
    query: dict[str, str] = {}
    if dry_run:
        query["dryRun"] = _dry_run(dry_run)
    if field_manager is not None:
        query["fieldManager"] = field_manager
    if field_validation is not None:
        query["fieldValidation"] = _member("field_validation", FieldValidation, field_validation)
    return query or None


def delete_options(
    dry_run: DryRunTypes,
    grace_period_seconds: int | None,
    propagation_policy: PropagationPolicyTypes,
    preconditions: Precondition | None,
) -> DeleteOptions | None:
    """Body of deleting; `None` where all is left out."""
    options = DeleteOptions()
    if dry_run:
        options.dry_run = [_dry_run(dry_run)]
    if grace_period_seconds is not None:
        _count("grace_period_seconds", grace_period_seconds)
        options.grace_period_seconds = grace_period_seconds
    if propagation_policy is not None:
        options.propagation_policy = _member("propagation_policy", PropagationPolicy, propagation_policy)
    if preconditions is not None:
        # Not every caller checks types.
        if not isinstance(preconditions, Precondition):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidArgument(f"preconditions={preconditions!r}: a Precondition is needed")
        options.preconditions = Preconditions(uid=preconditions.uid, resource_version=preconditions.resource_version)
    return None if options == DeleteOptions() else options


def log_query(
    *,
    container: str | None = None,
    follow: bool | None = None,
    limit_bytes: int | None = None,
    pretty: bool | None = None,
    previous: bool | None = None,
    since_seconds: int | None = None,
    since_time: datetime | None = None,
    tail_lines: int | None = None,
    timestamps: bool | None = None,
) -> dict[str, str]:
    """Query of a container's log.

    Raises:
        InvalidArgument: a number that is too small, a time without a zone, or two beginnings.
    """
    query: dict[str, str] = {}
    if container is not None:
        query["container"] = container
    if limit_bytes is not None:
        query["limitBytes"] = _count("limit_bytes", limit_bytes, least=1)
    if since_seconds is not None:
        query["sinceSeconds"] = _count("since_seconds", since_seconds, least=1)
    if since_time is not None:
        if since_seconds is not None:
            raise InvalidArgument("give since_seconds= or since_time=, not both")
        query["sinceTime"] = _moment("since_time", since_time)
    if tail_lines is not None:
        query["tailLines"] = _count("tail_lines", tail_lines)
    for name, flag in (("follow", follow), ("pretty", pretty), ("previous", previous), ("timestamps", timestamps)):
        if flag is not None:
            query[name] = _flag(flag)
    return query


def _selection(
    label_selector: str | LabelSelector | None,
    field_selector: str | FieldSelector | None,
    timeout_seconds: int | None,
) -> dict[str, str]:
    query: dict[str, str] = {}
    if label_selector is not None:
        query["labelSelector"] = _selector("label_selector", label_selector, _checked_label_selector)
    if field_selector is not None:
        query["fieldSelector"] = _selector("field_selector", field_selector, _checked_field_selector)
    if timeout_seconds is not None:
        query["timeoutSeconds"] = _count("timeout_seconds", timeout_seconds)
    return query


def _selector(name: str, selector: Any, checked: Callable[[str], str]) -> str:
    if isinstance(selector, str):
        return checked(selector)
    from kubex.core.selectors import FieldSelector, LabelSelector  # many programs select nothing

    if not isinstance(selector, LabelSelector | FieldSelector):
        raise InvalidArgument(f"{name}={selector!r}: a string or a selector is needed")
    return str(selector)


@lru_cache(maxsize=256)
def _checked_label_selector(selector: str) -> str:
    """Give the selector as it was written, once it has parsed."""
    from kubex.core.selectors import LabelSelector  # many programs select nothing

    LabelSelector.parse(selector)
    return selector


@lru_cache(maxsize=256)
def _checked_field_selector(selector: str) -> str:
    from kubex.core.selectors import FieldSelector

    FieldSelector.parse(selector)
    return selector


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _count(name: str, value: Any, *, least: int = 0) -> str:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InvalidArgument(f"{name}={value!r}: a whole number, {least} or more, is needed")
    return str(value)


def _moment(name: str, value: Any) -> str:
    """Give a time as Go reads it, whose offsets have no seconds: in UTC."""
    if not isinstance(value, datetime):
        raise InvalidType.of(name, "a datetime with a time zone", value)
    offset = value.utcoffset()
    if offset is None:
        raise InvalidArgument(
            f"{name}={value!r}: a datetime with a time zone is needed, e.g. datetime.now(UTC) - timedelta(hours=1)"
        )
    return f"{(value.replace(tzinfo=None) - offset).isoformat()}Z"


def _version(value: ResourceVersionTypes) -> str:
    if not isinstance(value, str):
        raise InvalidArgument(f"resource_version={value!r}: a string as the server gave it is needed")
    return value


def _dry_run(value: DryRunTypes) -> str:
    return DryRun.ALL.value if value is True else _member("dry_run", DryRun, value)


def _member(name: str, type_: type[E], value: Any) -> str:
    try:
        return str(type_(value).value)
    except ValueError:
        known = ", ".join(repr(member.value) for member in type_)
        raise InvalidArgument(f"{name}={value!r}: one of {known} is needed") from None
