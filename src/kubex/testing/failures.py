"""What the API server says when it says no: Status objects, in its own words.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from kubex.core._go_text import go_quoted

__all__ = [
    "NOWHERE",
    "ApiFailure",
    "Cause",
    "PageNotFound",
    "ResourceName",
    "already_exists",
    "bad_request",
    "conflict",
    "expired",
    "failed_precondition",
    "field_forbidden",
    "field_invalid",
    "field_not_supported",
    "field_required",
    "field_too_long",
    "invalid",
    "method_not_allowed",
    "method_not_supported",
    "not_acceptable",
    "not_found",
    "rejected",
    "resource_version_too_large",
    "too_large",
    "too_many_requests",
    "unknown_resource",
    "unsupported_media_type",
    "warned_of",
]

NOWHERE: Final = "<nil>"
"""The field of a cause that is about an object as a whole."""


class ApiFailure(Exception):
    """Ends a request with a Status."""

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        *,
        details: dict[str, Any] | None = None,
        continue_token: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.warnings: tuple[str, ...] = ()
        """Texts of Warning headers that go with the refusal."""
        self.status: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {"continue": continue_token} if continue_token else {},
            "status": "Failure",
            "message": message,
        }
        if reason:
            self.status["reason"] = reason
        if details is not None:
            self.status["details"] = details
        self.status["code"] = code


class PageNotFound(Exception):
    """Ends a request where nothing is served at all: the API server says so in plain text (404)."""


@contextmanager
def warned_of(warnings: tuple[str, ...]) -> Generator[None]:
    """Let warnings go with the refusal that may come of what follows."""
    try:
        yield
    except ApiFailure as failure:
        failure.warnings = (*warnings, *failure.warnings)
        raise


class ResourceName(NamedTuple):
    """A resource as refusals name it: `deployments` of group `apps`."""

    group: str
    plural: str
    kind: str

    @property
    def qualified(self) -> str:
        """`deployments.apps`; the plural alone in the core group."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified_kind(self) -> str:
        """`Deployment.apps`; the kind alone in the core group."""
        return f"{self.kind}.{self.group}" if self.group else self.kind

    def details(self, name: str, *, kind: str | None = None, uid: str | None = None) -> dict[str, Any]:
        """Give the `details` of a Status about one object."""
        details: dict[str, Any] = {"name": name} if name else {}
        if self.group:
            details["group"] = self.group
        if kind or self.plural:
            details["kind"] = kind or self.plural
        if uid:
            details["uid"] = uid
        return details


class Cause(NamedTuple):
    """One reason why an object is invalid."""

    reason: str
    message: str
    field: str

    def as_dict(self) -> dict[str, str]:
        """Give it as a Status carries it."""
        return {"reason": self.reason, "message": self.message, "field": self.field}


def field_required(field: str, why: str = "") -> Cause:
    """A field that must be there is not."""
    return Cause("FieldValueRequired", f"Required value: {why}" if why else "Required value", field)


def field_too_long(field: str, most: int) -> Cause:
    """A field has more bytes than it may have."""
    return Cause("FieldValueTooLong", f"Too long: may not be more than {most} bytes", field)


def field_invalid(field: str, value: Any, why: str) -> Cause:
    """A field has a value that it can't have."""
    return Cause("FieldValueInvalid", f"Invalid value: {_quoted(value)}: {why}", field)


def field_forbidden(field: str, why: str) -> Cause:
    """A field may not be set, or not be changed."""
    return Cause("FieldValueForbidden", f"Forbidden: {why}", field)


def field_not_supported(field: str, value: Any, supported: Sequence[str]) -> Cause:
    """A field has a value outside its list."""
    known = ", ".join(_quoted(item) for item in sorted(supported))
    return Cause("FieldValueNotSupported", f"Unsupported value: {_quoted(value)}: supported values: {known}", field)


def not_found(resource: ResourceName, name: str) -> ApiFailure:
    """There is no such object (404)."""
    return ApiFailure(
        404, "NotFound", f"{resource.qualified} {go_quoted(name)} not found", details=resource.details(name)
    )


def unknown_resource() -> ApiFailure:
    """There is no such resource in a group version that is served (404)."""
    return ApiFailure(404, "NotFound", "the server could not find the requested resource", details={})


def method_not_allowed() -> ApiFailure:
    """The resource does not take this verb (405)."""
    message = "the server does not allow this method on the requested resource"
    return ApiFailure(405, "MethodNotAllowed", message, details={})


def method_not_supported(resource: ResourceName, verb: str) -> ApiFailure:
    """A custom resource does not take this verb (405)."""
    message = f'{verb} is not supported on resources of kind "{resource.qualified}"'
    return ApiFailure(405, "MethodNotAllowed", message, details=resource.details(""))


def already_exists(resource: ResourceName, name: str, *, being_deleted: bool = False) -> ApiFailure:
    """An object of this name is there (409), maybe not for much longer."""
    message = f'{resource.qualified} "{name}" already exists'
    message = f"object is being deleted: {message}" if being_deleted else message
    return ApiFailure(409, "AlreadyExists", message, details=resource.details(name))


def conflict(resource: ResourceName, name: str, why: str) -> ApiFailure:
    """The object is not as the request expects it (409)."""
    message = f'Operation cannot be fulfilled on {resource.qualified} "{name}": {why}'
    return ApiFailure(409, "Conflict", message, details=resource.details(name))


def failed_precondition(place: str, what: str, given: str, found: str) -> str:
    """Word how the storage tells a conflict.

    Args:
        place: of the object in the storage.
        what: that the request expects something of: `UID`, `ResourceVersion`.
        given: as the request has it.
        found: as the object has it.
    """
    why = f"Precondition failed: {what} in precondition: {given}, {what} in object meta: {found}"
    return f"StorageError: invalid object, Code: 4, Key: {place}, ResourceVersion: 0, AdditionalErrorMsg: {why}"


def expired(message: str, *, continue_token: str | None = None) -> ApiFailure:
    """A version or a continue token is too old (410)."""
    return ApiFailure(410, "Expired", message, continue_token=continue_token)


def bad_request(message: str) -> ApiFailure:
    """The request makes no sense (400)."""
    return ApiFailure(400, "BadRequest", message)


def invalid(resource: ResourceName, name: str, causes: Sequence[Cause]) -> ApiFailure:
    """The object breaks rules (422)."""
    # The server tells a cause that was found twice once in the message, and twice among the causes.
    reasons = list(dict.fromkeys(f"{cause.field}: {cause.message}" for cause in causes))
    joined = reasons[0] if len(reasons) == 1 else f"[{', '.join(reasons)}]"
    message = f'{resource.qualified_kind} "{name}" is invalid: {joined}'
    details = resource.details(name, kind=resource.kind)
    details["causes"] = [cause.as_dict() for cause in causes]
    return ApiFailure(422, "Invalid", message, details=details)


def rejected() -> ApiFailure:
    """A JSON patch does not apply (422)."""
    message = "the server rejected our request due to an error in our request"
    return ApiFailure(422, "Invalid", message, details={})


def not_acceptable(available: Sequence[str]) -> ApiFailure:
    """No form of the answer suits the request (406)."""
    message = f"406: Not Acceptable\n\nAvailable representations: {', '.join(available)}"
    return ApiFailure(406, "NotAcceptable", message, details={})


def unsupported_media_type(accepted: Sequence[str] = ()) -> ApiFailure:
    """The body is of a kind that the server does not read (415)."""
    if not accepted:
        return ApiFailure(415, "UnsupportedMediaType", "415: Unsupported Media Type", details={})
    message = f"the body of the request was in an unknown format - accepted media types include: {', '.join(accepted)}"
    return ApiFailure(415, "UnsupportedMediaType", message)


def too_large(limit: int) -> ApiFailure:
    """The body is larger than the server takes (413)."""
    message = f"Request entity too large: limit is {limit}"
    return ApiFailure(413, "RequestEntityTooLarge", message)


def too_many_requests(message: str, *, retry_after_seconds: int, causes: Sequence[dict[str, str]] = ()) -> ApiFailure:
    """Not now (429)."""
    details: dict[str, Any] = {}
    if causes:
        details["causes"] = list(causes)
    if retry_after_seconds:
        details["retryAfterSeconds"] = retry_after_seconds
    return ApiFailure(429, "TooManyRequests", message, details=details)


def resource_version_too_large(asked: int, current: int, *, retry_after_seconds: int = 1) -> ApiFailure:
    """A version is asked for that the cluster has not reached (504)."""
    cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
    details: dict[str, Any] = {"causes": [cause]}
    if retry_after_seconds:
        details["retryAfterSeconds"] = retry_after_seconds
    return ApiFailure(
        504, "Timeout", f"Timeout: Too large resource version: {asked}, current: {current}", details=details
    )


def _quoted(value: Any) -> str:
    """Give a value as Go's %q or %v shows it in such messages."""
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        return f'"{escaped}"'
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    return str(value)
