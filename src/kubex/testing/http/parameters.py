"""Reads the parameters of requests from their queries, as the API server does.

https://kubernetes.io/docs/reference/kubernetes-api/common-parameters/common-parameters/
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import unquote_plus

from kubex.core._go_text import go_json, go_quoted
from kubex.core._json_value import is_array, is_object
from kubex.testing.access.users import ADMINISTRATOR, User
from kubex.testing.failures import Cause, ResourceName, bad_request, field_not_supported, invalid
from kubex.testing.lifecycle.patch_types import APPLY
from kubex.testing.lifecycle.patches import patch_option_causes
from kubex.testing.lifecycle.requests import ChangeOptions, ListOptions, WatchOptions

__all__ = [
    "Query",
    "change_options",
    "delete_options",
    "is_dry_run",
    "list_options",
    "timeout_seconds",
    "watch_options",
]

_INTEGER: Final = re.compile(r"[+-]?[0-9]+", re.ASCII)
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9a-fA-F]{2})")
_LARGEST: Final = 2**63 - 1
_LONGEST_MANAGER: Final = 128  # bytes
_FALSE: Final = ("0", "false")
_FIELD_VALIDATIONS: Final = ("", "Ignore", "Strict", "Warn")


class Query:
    """The parameters of a request line.

    Args:
        text: what follows the question mark.
    """

    __slots__ = ("_values", "text")

    def __init__(self, text: str) -> None:
        self.text: str = text
        self._values: dict[str, list[str]] = {}
        for pair in text.split("&") if text else ():
            if not pair or ";" in pair or _BAD_ESCAPE.search(pair):  # Go drops what it can't read
                continue
            key, _, value = pair.partition("=")
            self._values.setdefault(unquote_plus(key), []).append(unquote_plus(value))

    def __bool__(self) -> bool:
        return bool(self._values)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def get(self, name: str) -> str:
        """Give a parameter's first value; `""` if it is not there."""
        values = self._values.get(name)
        return values[0] if values else ""

    def all(self, name: str) -> list[str]:
        """Give all values of a parameter."""
        return self._values.get(name, [])

    def flag(self, name: str) -> bool:
        """Whether a parameter is true: anything but `false` and `0` is."""
        return name in self._values and self.get(name).lower() not in _FALSE

    def integer(self, name: str) -> int | None:
        """Give a parameter that is a number; `None` if it is not there.

        Raises:
            ApiFailure: it is no number (400).
        """
        if name not in self._values:
            return None
        text = self.get(name)
        if not _INTEGER.fullmatch(text):
            raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
        # Python refuses to read numbers of thousands of digits.
        if len(text) > 20 or not -_LARGEST - 1 <= int(text) <= _LARGEST:
            raise bad_request(f'strconv.ParseInt: parsing "{text}": value out of range')
        return int(text)

    def as_dict(self) -> dict[str, str]:
        """Give the first value of each parameter."""
        return {name: values[0] for name, values in self._values.items()}


def list_options(query: Query) -> ListOptions:
    """Read the parameters of a list.

    Raises:
        ApiFailure: a number is none (400), or a parameter of watches is there (422).
    """
    if not query:
        return ListOptions()
    timeout_seconds(query)
    if "sendInitialEvents" in query:
        why = "Forbidden: sendInitialEvents is forbidden for list"
        raise _invalid_options("ListOptions", [Cause("FieldValueForbidden", why, "sendInitialEvents")])
    return ListOptions(
        label_selector=query.get("labelSelector"),
        field_selector=query.get("fieldSelector"),
        limit=max(0, query.integer("limit") or 0),
        continue_token=query.get("continue"),
        resource_version=query.get("resourceVersion"),
        resource_version_match=query.get("resourceVersionMatch"),
    )


def watch_options(query: Query, *, at_old_path: bool = False) -> WatchOptions:
    """Read the parameters of a watch.

    Args:
        query: of the request.
        at_old_path: whether the path says that it is a watch.

    Raises:
        ApiFailure: a number is none (400), or a parameter that is none of lists is there where they are meant (422).
    """
    query.integer("limit")  # which means nothing here
    is_list = at_old_path and not query.flag("watch")
    if is_list:
        list_options(query)
    return WatchOptions(
        label_selector=query.get("labelSelector"),
        field_selector=query.get("fieldSelector"),
        resource_version=query.get("resourceVersion"),
        resource_version_match=query.get("resourceVersionMatch"),
        continue_token=query.get("continue"),
        allow_bookmarks=query.flag("allowWatchBookmarks"),
        send_initial_events=query.flag("sendInitialEvents") if "sendInitialEvents" in query else None,
        is_list=is_list,
    )


def timeout_seconds(query: Query) -> int | None:
    """Read how long a list or watch may last.

    Raises:
        ApiFailure: it is no number (400).
    """
    return query.integer("timeoutSeconds")


def change_options(
    query: Query,
    kind: str,
    *,
    user_agent: str,
    user: User = ADMINISTRATOR,
    patch_type: str = "",
) -> ChangeOptions:
    """Read the parameters of a change.

    Args:
        query: of the request.
        kind: of the parameters, for refusals: `CreateOptions`, `UpdateOptions`, `PatchOptions`.
        user_agent: of the request.
        user: who asks.
        patch_type: of a patch, what kind it is.

    Raises:
        ApiFailure: a value that a parameter can't have (422).
    """
    if not query and patch_type != APPLY:  # which needs a parameter
        return ChangeOptions(user_agent=user_agent, user=user)
    manager, validation = query.get("fieldManager"), query.get("fieldValidation")
    force = query.flag("force") if "force" in query else None
    causes = patch_option_causes(patch_type, manager, force) if patch_type else []
    causes += _manager_causes(manager)
    dry_run = _dry_run(query.all("dryRun"), causes)
    if validation not in _FIELD_VALIDATIONS:
        causes.append(field_not_supported("fieldValidation", validation, _FIELD_VALIDATIONS))
    if causes:
        raise _invalid_options(kind, causes)
    return ChangeOptions(
        dry_run=dry_run,
        field_manager=manager,
        field_validation=validation,
        force=force,
        user_agent=user_agent,
        user=user,
    )


def _manager_causes(manager: str) -> list[Cause]:
    if len(manager.encode()) > _LONGEST_MANAGER:
        why = f"Too long: may not be more than {_LONGEST_MANAGER} bytes"
        return [Cause("FieldValueTooLong", why, "fieldManager")]
    for place, character in enumerate(manager):
        if not character.isprintable():
            why = f"invalid character U+{ord(character):04X} (at position {place})"
            text = f"Invalid value: {go_quoted(manager)}: {why}"
            return [Cause("FieldValueInvalid", text, "fieldManager")]
    return []


def delete_options(query: Query, body: dict[str, Any] | None) -> dict[str, Any]:
    """Give the DeleteOptions of a request: those of its body, or else of its query.

    Raises:
        ApiFailure: a value of another type than its field (400).
    """
    if body is not None:
        _check_delete_options(body)
        return body
    options: dict[str, Any] = {}
    grace = query.integer("gracePeriodSeconds")
    if grace is not None:
        options["gracePeriodSeconds"] = grace
    if query.get("propagationPolicy"):
        options["propagationPolicy"] = query.get("propagationPolicy")
    if "orphanDependents" in query:
        options["orphanDependents"] = query.flag("orphanDependents")
    if query.all("dryRun"):
        options["dryRun"] = query.all("dryRun")
    conditions = {name: query.get(name) for name in ("uid", "resourceVersion") if query.get(name)}
    if conditions:
        options["preconditions"] = conditions
    return options


def is_dry_run(options: dict[str, Any]) -> bool:
    """Say whether DeleteOptions ask for nothing to be done.

    Raises:
        ApiFailure: they ask for something else of which nobody knows (422).
    """
    causes: list[Cause] = []
    dry_run = _dry_run(options.get("dryRun") or [], causes)
    if causes:
        raise _invalid_options("DeleteOptions", causes)
    return dry_run


def _dry_run(values: Sequence[str], causes: list[Cause]) -> bool:
    if any(value != "All" for value in values):
        message = f'Unsupported value: {go_json(values)}: supported values: "All"'
        causes.append(Cause("FieldValueNotSupported", message, "dryRun"))
    return bool(values)


def _invalid_options(kind: str, causes: Sequence[Cause]) -> Exception:
    return invalid(ResourceName("meta.k8s.io", kind.lower(), kind), "", causes)


def _check_delete_options(body: dict[str, Any]) -> None:
    expected: dict[str, tuple[type | tuple[type, ...], str]] = {
        "gracePeriodSeconds": (int, "int64"),
        "propagationPolicy": (str, "v1.DeletionPropagation"),
        "orphanDependents": (bool, "bool"),
    }
    for name, (type_, go_type) in expected.items():
        value = body.get(name)
        if value is not None and (not isinstance(value, type_) or (type_ is int and isinstance(value, bool))):
            raise _wrong_type(value, name, go_type)
    conditions, dry_run = body.get("preconditions"), body.get("dryRun")
    if conditions is not None and not is_object(conditions):
        raise _wrong_type(conditions, "preconditions", "v1.Preconditions")
    for name, value in (conditions or {}).items():
        if name in ("uid", "resourceVersion") and value is not None and not isinstance(value, str):
            go_type = "types.UID" if name == "uid" else "string"
            raise _wrong_type(value, f"preconditions.{name}", go_type, "Preconditions")
    if dry_run is not None and not is_array(dry_run):
        raise _wrong_type(dry_run, "dryRun", "[]string")
    for value in dry_run or ():
        if not isinstance(value, str):
            raise _wrong_type(value, "dryRun", "string")


def _wrong_type(value: Any, field: str, go_type: str, struct: str = "DeleteOptions") -> Exception:
    found = "bool" if isinstance(value, bool) else "number" if isinstance(value, int | float) else None
    found = found or ("string" if isinstance(value, str) else "array" if is_array(value) else "object")
    return bad_request(f"json: cannot unmarshal {found} into Go struct field {struct}.{field} of type {go_type}")
