"""What resource versions and continue tokens mean, and which of their combinations the server takes.

https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
"""

from __future__ import annotations

import base64
import json
import posixpath
import re
from typing import Any, Final, NamedTuple

from kubex.core._json_value import is_object
from kubex.testing.failures import (
    ApiFailure,
    Cause,
    ResourceName,
    bad_request,
    field_forbidden,
    field_not_supported,
    invalid,
    resource_version_too_large,
)
from kubex.testing.json_errors import json_error
from kubex.testing.lifecycle.json_patches import json_kind
from kubex.testing.lifecycle.requests import ListOptions, WatchOptions
from kubex.testing.storage import Key

__all__ = [
    "ContinueToken",
    "asked_version",
    "check_list_options",
    "check_watch_options",
    "numeric_version",
    "read_revision",
]

_LIST_OPTIONS: Final = ResourceName("meta.k8s.io", "listoptions", "ListOptions")
_MATCH: Final = "resourceVersionMatch"
_TOKEN_VERSION: Final = "meta.k8s.io/v1"  # noqa: S105  # no secret
_LARGEST: Final = 2**64 - 1


def numeric_version(text: str) -> int:
    """Read a resource version.

    Raises:
        ValueError: it is no number; the text is the one of Go's parser.
    """
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f'strconv.ParseUint: parsing "{text}": invalid syntax')
    number = int(text)
    if number > _LARGEST:
        raise ValueError(f'strconv.ParseUint: parsing "{text}": value out of range')
    return number


def read_revision(text: str, current: int) -> int:
    """Read the version of a get or watch; 0 if none is given.

    Raises:
        ApiFailure: it is no number (500, as the server has it).
    """
    if not text:
        return 0
    try:
        return numeric_version(text)
    except ValueError as error:
        raise ApiFailure(500, "", f'resourceVersion: Invalid value: "{text}": {error}') from None


def check_list_options(options: ListOptions | WatchOptions) -> None:
    """Check what a list says of versions.

    Raises:
        ApiFailure: a combination that makes no sense (422).
    """
    causes: list[Cause] = []
    match = options.resource_version_match
    if match:
        if not options.resource_version:
            causes.append(field_forbidden(_MATCH, f"{_MATCH} is forbidden unless resourceVersion is provided"))
        if options.continue_token:
            causes.append(field_forbidden(_MATCH, f"{_MATCH} is forbidden when continue is provided"))
        if match not in ("Exact", "NotOlderThan"):
            causes.append(_not_supported(match, '"Exact", "NotOlderThan", ""'))
        if match == "Exact" and options.resource_version == "0":
            causes.append(field_forbidden(_MATCH, f'{_MATCH} "exact" is forbidden for resourceVersion "0"'))
    if causes:
        raise invalid(_LIST_OPTIONS, "", causes)


def asked_version(text: str, current: int, *, cached: bool = True) -> int:
    """Give the version that is asked for of what no watch cache reads, a list among it: 0 if none is.

    Raises:
        ApiFailure: it is no number (400), or a version to come (504).
    """
    if not text:
        return 0
    try:
        version = numeric_version(text)
    except ValueError as error:
        why = f'resourceVersion: Invalid value: "{text}": {error}'
        raise bad_request(f"invalid resource version: {why}") from None
    if version > current:
        raise resource_version_too_large(version, current, retry_after_seconds=int(cached))
    return version


def check_watch_options(options: WatchOptions) -> None:
    """Check the parameters of a watch.

    Raises:
        ApiFailure: a combination that makes no sense (422).
    """
    if options.is_list:
        check_list_options(options)
        return
    causes: list[Cause] = []
    match = options.resource_version_match
    if options.send_initial_events is None:
        if match:
            why = f"{_MATCH} is forbidden for watch unless sendInitialEvents is provided"
            causes.append(field_forbidden(_MATCH, why))
            if match != "NotOlderThan":
                causes.append(field_not_supported(_MATCH, match, ["NotOlderThan"]))
    elif match != "NotOlderThan":
        why = f"sendInitialEvents requires setting {_MATCH} to NotOlderThan"
        causes.append(field_forbidden(_MATCH, why))
        if match:
            causes.append(field_not_supported(_MATCH, match, ["NotOlderThan"]))
    # Without a version the server takes one for given.
    is_matched = match or (options.send_initial_events is None and options.resource_version in ("", "0"))
    if options.continue_token and is_matched:
        causes.append(field_forbidden(_MATCH, f"{_MATCH} is forbidden when continue is provided"))
    if causes:
        raise invalid(_LIST_OPTIONS, "", causes)


def _not_supported(value: str, supported: str) -> Cause:
    return Cause("FieldValueNotSupported", f'Unsupported value: "{value}": supported values: {supported}', _MATCH)


_NOT_URL_SAFE: Final = re.compile(r"[^A-Za-z0-9_-]")  # base64 whose padding is left out
_TOKEN_TYPES: Final = {"v": str, "rv": int, "start": str}
_LONGEST_REVISION: Final = 2**63


class ContinueToken(NamedTuple):
    """Where a list goes on: at which version, behind which key. A version of -1 is any."""

    revision: int
    after: Key

    def encode(self, *, namespaced: bool) -> str:
        """Write the token.

        Args:
            namespaced: whether the list is of one namespace.
        """
        start = f"/{self.after.name}" if namespaced else f"{self.after.namespace}/{self.after.name}"
        if not namespaced and not self.after.namespace:
            start = self.after.name
        document = json.dumps({"v": _TOKEN_VERSION, "rv": self.revision, "start": f"{start}\0"}, separators=(",", ":"))
        return base64.urlsafe_b64encode(document.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, namespace: str | None) -> ContinueToken:
        """Read a token.

        Raises:
            ApiFailure: it is none (400).
        """
        document = _document(text)
        for name, value in document.items():
            type_ = _TOKEN_TYPES.get(name)
            if type_ is not None and value is not None and (type(value) is not type_ or _is_too_large(value)):
                field = f"Go struct field continueToken.{name} of type {'int64' if type_ is int else 'string'}"
                raise _bad_token(f"json: cannot unmarshal {_shown(value, type_)} into {field}")
        version, revision, start = (document.get(name) for name in ("v", "rv", "start"))
        if version != _TOKEN_VERSION:
            raise _bad_token(f"server does not recognize this encoded version {version or ''}")
        if not revision:
            raise _bad_token(f"incorrect encoded start resourceVersion (version {_TOKEN_VERSION})")
        if not start:
            raise _bad_token(f"encoded start key empty (version {_TOKEN_VERSION})")
        if not _is_clean(start if start.startswith("/") else f"/{start}"):
            raise _bad_token(start)
        if namespace is None:
            first, _, rest = start.rstrip("\0").rpartition("/")
            return cls(revision, Key(first.strip("/"), rest))
        return cls(revision, Key(namespace, start.lstrip("/").rstrip("\0")))


def _document(text: str) -> dict[str, Any]:
    other = _NOT_URL_SAFE.search(text)
    if other is not None or len(text) % 4 == 1:
        at = other.start() if other is not None else len(text) - 1
        raise _bad_token(f"illegal base64 data at input byte {at}")
    decoded = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    problem = json_error(decoded)
    if problem:
        raise _bad_token(problem)
    try:
        document = json.loads(decoded.decode(errors="replace"))
    except (ValueError, RecursionError):  # a number of thousands of digits, or what is as deep
        raise _bad_token("exceeded max depth") from None
    if document is None:
        return {}
    if not is_object(document):
        raise _bad_token(f"json: cannot unmarshal {json_kind(document)} into Go value of type storage.continueToken")
    # Go's reader does not mind how names are written, and the last one counts.
    return {name.lower() if name.lower() in _TOKEN_TYPES else name: value for name, value in document.items()}


def _is_too_large(value: Any) -> bool:
    return isinstance(value, int) and not -_LONGEST_REVISION <= value < _LONGEST_REVISION


def _shown(value: Any, wanted: type) -> str:
    """Name a value as Go's reader does, which shows numbers that it can't keep."""
    kind = json_kind(value)
    return f"{kind} {json.dumps(value)}" if kind == "number" and wanted is int else kind


def _is_clean(path: str) -> bool:
    """Say whether a path is as short as it can be."""
    path = path.removesuffix("\0")  # ours end so, and Python before 3.11.5 makes nothing of what follows one
    return not path.startswith("//") and posixpath.normpath(path) == path


def _bad_token(why: str) -> ApiFailure:
    return bad_request(f"invalid continue token: continue key is not valid: {why}")
