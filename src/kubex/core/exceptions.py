"""Every error kubex raises.

```text
KubexException
├── ConfigurationError           kubeconfig, service account, certificates, credentials
├── InvalidArgument              a bad argument, found before any request (also a ValueError)
│   ├── InvalidType              one of another type than is needed (also a TypeError)
│   ├── InvalidObject            what is to be an object of a class is none (also a msgspec.ValidationError)
│   ├── InvalidOptions           of kubex.client.options: what a client has no option for (also a pydantic one)
│   ├── PathNotFound             a JSON pointer to a place the document does not have (also a LookupError)
│   └── JsonPatchError           an operation of a JSON patch that can't be applied to the document
├── UnsupportedSubresource       a resource lacks this accessor (also a NotImplementedError and an AttributeError)
├── CacheCorrupted               somebody changed an object of a cache
├── SubscriptionOverflow         a subscriber was too slow, and was dropped as it had chosen
├── UnexpectedCancellation       what a function of the program's waited for was cancelled elsewhere
└── KubexClientException         what went wrong between the program and the server
    ├── ConnectionFailed         no connection, or it broke (also a ConnectionError)
    │   ├── ClientClosed         the client was closed, before or meanwhile
    │   └── PortForwardError     a pod's port refused, or a forwarded connection broke
    ├── RequestTimeout           a bound of the client's own passed (also a TimeoutError)
    │   └── WaitTimeout          what was waited for did not come to be in time
    ├── InvalidResponse          an answer that is not the Kubernetes API's
    ├── LeadershipLost           led work was cancelled, as another process may lead
    ├── UnknownResource          the server does not serve this kind (also a LookupError)
    ├── ExecError                a command in a container did not end with 0
    ├── CopyError                a copy into or out of a container did not come to its end
    └── KubexApiError            the server said no
        ├── BadRequest 400, Unauthorized 401, Forbidden 403, NotFound 404, MethodNotAllowed 405, NotAcceptable 406
        ├── Conflict 409 ─ AlreadyExists
        ├── Gone 410, RequestEntityTooLarge 413, UnsupportedMediaType 415
        ├── UnprocessableEntity 422, TooManyRequests 429
        └── ServerError 5xx ─ InternalServerError 500, ServiceUnavailable 503, GatewayTimeout 504
```
"""

# Long because the whole tree of errors stands in one place, with the way from an answer to its error.

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self

import msgspec

from kubex_core.models import _struct_codec
from kubex_core.models._exceptions import InvalidArgument, InvalidObject, KubexException
from kubex_core.models.status import Status, StatusDetails

if TYPE_CHECKING:
    from kubex.core.request import RequestAction

__all__ = [
    "AlreadyExists",
    "BadRequest",
    "CacheCorrupted",
    "ClientClosed",
    "ConfigurationError",
    "Conflict",
    "ConnectionFailed",
    "CopyError",
    "ExecError",
    "Forbidden",
    "GatewayTimeout",
    "Gone",
    "InternalServerError",
    "InvalidArgument",
    "InvalidObject",
    "InvalidResponse",
    "InvalidType",
    "JsonPatchError",
    "KubexApiError",
    "KubexClientException",
    "KubexException",
    "LeadershipLost",
    "MethodNotAllowed",
    "NotAcceptable",
    "NotFound",
    "PathNotFound",
    "PortForwardError",
    "RequestEntityTooLarge",
    "RequestTimeout",
    "ServerError",
    "ServiceUnavailable",
    "SubscriptionOverflow",
    "TooManyRequests",
    "Unauthorized",
    "UnexpectedCancellation",
    "UnknownResource",
    "UnprocessableEntity",
    "UnsupportedMediaType",
    "UnsupportedSubresource",
    "WaitTimeout",
    "error_from_body",
    "error_from_status",
    "status_of",
]


class ConfigurationError(KubexException):
    """The cluster's address, certificates or credentials can't be worked out or read."""


class InvalidType(InvalidArgument, TypeError):
    """An argument of another type than is needed."""

    @classmethod
    def of(cls, what: str, needed: str, value: object) -> Self:
        """Make one that says what was needed for what, and what came: its type alone, as a value may be secret."""
        came = f"the class {value.__qualname__}" if isinstance(value, type) else _with_article(type(value))
        return cls(f"{what}: {needed} is needed, and not {came}")

    @classmethod
    def of_bytes(cls, what: str, value: object) -> Self:
        """Make one for what came in place of bytes."""
        hint = ": give what its encode() gives" if isinstance(value, str) else ""
        return cls(f"{what}: bytes are needed, and not {_with_article(type(value))}{hint}")


class PathNotFound(InvalidArgument, LookupError):
    """A JSON pointer names a place that the document does not have."""


class JsonPatchError(InvalidArgument):
    """An operation of a JSON patch can't be applied to the document; the document is as it was.

    Args:
        message: which operation, and why not.
        index: position of the operation in the patch, from 0.
    """

    def __init__(self, message: str, index: int) -> None:
        super().__init__(message, index)
        self.message = message
        self.index = index

    def __str__(self) -> str:
        return self.message


class UnsupportedSubresource(KubexException, NotImplementedError, AttributeError):
    """A resource does not have this accessor: its class does not carry the marker."""


class CacheCorrupted(KubexException):
    """An object of a cache was changed in place: all who read the cache see the change, and the server does not."""


class SubscriptionOverflow(KubexException):
    """A subscriber took its events too slowly, and was dropped, as it had chosen: subscribe again."""


class UnexpectedCancellation(KubexException):
    """A function that kubex calls ended in a cancellation that was not meant for it: of a task that it waited for.

    To kubex that is a failure as any other. The cancellation is its cause (`__cause__`), and says where it came from.
    """


class KubexClientException(KubexException):
    """Something went wrong between the program and the API server.

    `was_sent` is False where the request never left the program, and so has surely not taken effect. `is_final` is True
    where this client can do nothing any more: it is closed, or belongs to another event loop. What tries again for ever
    (caches, controllers, elections, `wait_for`) ends with such an error.
    """

    was_sent: bool = True
    is_final: bool = False


class ConnectionFailed(KubexClientException, ConnectionError):
    """No connection could be made, or it broke before the answer was whole.

    `is_lasting` is True where another try would fail as well: a name or a certificate is wrong.
    """

    is_lasting: bool = False


class ClientClosed(ConnectionFailed):
    """The client was closed, before the request or in the middle of it: make another one."""

    is_lasting: bool = True
    is_final: bool = True


class PortForwardError(ConnectionFailed):
    """A connection to a pod's port was refused or broke, or a local port could not be listened on."""


class RequestTimeout(KubexClientException, TimeoutError):
    """A bound set by the client passed; the request may or may not have taken effect."""


class WaitTimeout(RequestTimeout):
    """What was waited for did not come to be in time.

    Args:
        message: what was waited for, and for how long.
        last_error: what went wrong last while it was waited for, if anything did.
    """

    def __init__(self, message: str, last_error: KubexException | None = None) -> None:
        super().__init__(message, last_error)
        self.message = message
        self.last_error = last_error

    def __str__(self) -> str:
        return self.message if self.last_error is None else f"{self.message}; the last error: {self.last_error}"


class InvalidResponse(KubexClientException):
    """The server's answer is not one of the Kubernetes API."""


class LeadershipLost(KubexClientException):
    """Led work was cancelled: its lease could not be renewed in time, or another process has it.

    Args:
        message: whose lease, and which.
        last_error: what went wrong with it last, if anything did.
    """

    def __init__(self, message: str, last_error: KubexException | None = None) -> None:
        super().__init__(message, last_error)
        self.message = message
        self.last_error = last_error

    def __str__(self) -> str:
        return self.message if self.last_error is None else f"{self.message}; the last error: {self.last_error}"


class UnknownResource(KubexClientException, LookupError):
    """The server does not serve a resource of this name or kind, as its discovery says."""


class ExecError(KubexClientException):
    """A command in a container did not end with 0.

    Args:
        status: how it ended, in the server's words; `None` where the server never said.
        exit_code: the command's code; `None` where it never started, or nobody knows.
        stdout: what it wrote to its standard output.
        stderr: what it wrote to its standard error.
        action: what was being done, for the text.
    """

    def __init__(
        self,
        status: Status | None,
        exit_code: int | None,
        *,
        stdout: bytes = b"",
        stderr: bytes = b"",
        action: RequestAction | None = None,
    ) -> None:
        super().__init__(status, exit_code)
        self.status = status
        self.exit_code = exit_code
        self.stdout = stdout
        self.stderr = stderr
        self.action = action

    def __str__(self) -> str:
        if self.exit_code is not None:
            text = f"the command ended with exit code {self.exit_code}"
            last = self.stderr.decode(errors="replace").strip()[-_LONGEST_TEXT:]
            text += f": {last}" if last else ""
        elif self.status is not None:
            message = self.status.message or self.status.reason or "the server does not say why"
            text = f"the command did not run: {_shortened(message, _LONGEST_MESSAGE)}"
        else:
            text = "the connection ended before the server said how the command ended"
        return text if self.action is None else f"{self.action.described()}: {text}"

    def __repr__(self) -> str:
        # Not the default one, which shows all that the server sent.
        return f"{type(self).__name__}({str(self)!r})"


class CopyError(KubexClientException):
    """A copy into or out of a container did not come to its end; there is nothing under its name."""


class KubexApiError(KubexClientException):
    """The API server answered with an error.

    Args:
        content: the `Status` the server sent, or its text where it sent something else.
        status: HTTP status of the answer.
        action: what the request was doing, for the text.
        code: the same as a number, for those that no standard knows.
    """

    default_status: HTTPStatus | None = None

    def __init__(
        self,
        content: Status | str,
        *args: Any,
        status: HTTPStatus | None = None,
        action: RequestAction | None = None,
        code: int | None = None,
    ) -> None:
        super().__init__(content, *args)
        self.content = content
        self.status: HTTPStatus | None = status if status is not None else self.default_status
        self.action = action
        self._code = code

    @property
    def code(self) -> int | None:
        """HTTP status code as the server's Status states it, else that of the answer."""
        if isinstance(self.content, Status) and self.content.code is not None:
            return self.content.code
        if self._code is not None:
            return self._code
        return int(self.status) if self.status is not None else None

    @property
    def reason(self) -> str | None:
        """Machine-readable reason, e.g. `AlreadyExists`; `None` where the server sent no Status."""
        return self.content.reason if isinstance(self.content, Status) else None

    @property
    def details(self) -> StatusDetails | None:
        """What the error is about, with its causes; `None` where the server sent none."""
        return self.content.details if isinstance(self.content, Status) else None

    @property
    def message(self) -> str:
        """The server's own words."""
        if isinstance(self.content, Status):
            return self.content.message or self.content.reason or ""
        return self.content

    def __str__(self) -> str:
        if self.action is None:
            return self._told()
        explanation = self._explanation()
        return f"{self.action.described()}: {explanation}" if explanation else self.action.described()

    def __repr__(self) -> str:
        # Not the default one, which shows all that the server sent.
        return f"{type(self).__name__}({str(self)!r})"

    def _explanation(self) -> str:
        """Say what the target and the verb don't say already."""
        return self._told()

    def _told(self) -> str:
        """Give the server's words, at a length that an error's text can have."""
        if isinstance(self.content, Status):
            text = _shortened(self.message, _LONGEST_MESSAGE)
        else:
            text = _shortened(" ".join(self.content.split()), _LONGEST_TEXT)
        return text or f"HTTP status {self.code}"


class BadRequest(KubexApiError):
    """The server could not make sense of the request (400)."""

    default_status: HTTPStatus | None = HTTPStatus.BAD_REQUEST


class Unauthorized(KubexApiError):
    """The server did not accept the credentials, or there were none (401)."""

    default_status: HTTPStatus | None = HTTPStatus.UNAUTHORIZED

    def _explanation(self) -> str:
        return "the server did not accept the credentials (expired, revoked, or of another cluster?)"


class Forbidden(KubexApiError):
    """The user may not do this (403)."""

    default_status: HTTPStatus | None = HTTPStatus.FORBIDDEN

    def __str__(self) -> str:
        # RBAC's refusal names user, verb and resource in three ways at once; one is enough.
        refusal = re.search(_RBAC_REFUSAL, self.message)
        if refusal is None:
            return super().__str__()
        sentence = f'user "{refusal["user"]}" cannot {refusal["verb"]} "{refusal["resource"]}"'
        if self.details is not None and self.details.name:
            sentence += f' named "{self.details.name}"'
        return f'{sentence} in namespace "{refusal["namespace"]}"' if refusal["namespace"] else sentence


class NotFound(KubexApiError):
    """There is no such object, or no such resource (404)."""

    default_status: HTTPStatus | None = HTTPStatus.NOT_FOUND

    def _explanation(self) -> str:
        details, action = self.details, self.action
        if details is not None and action is not None and details.name and details.name == action.name:
            return ""
        if not isinstance(self.content, Status) or self.message == "the server could not find the requested resource":
            return "the server has no such resource (is its API group installed and served?)"
        return self._told()


class MethodNotAllowed(KubexApiError):
    """The resource does not take this verb (405)."""

    default_status: HTTPStatus | None = HTTPStatus.METHOD_NOT_ALLOWED


class NotAcceptable(KubexApiError):
    """The server can't answer in the form asked for (406)."""

    default_status: HTTPStatus | None = HTTPStatus.NOT_ACCEPTABLE


class Conflict(KubexApiError):
    """The object changed in the meantime, or another owns the field (409)."""

    default_status: HTTPStatus | None = HTTPStatus.CONFLICT

    @property
    def is_of_ownership(self) -> bool:
        """Whether another field manager owns what was to be applied; `details.causes` names the fields."""
        causes = (self.details.causes if self.details is not None else None) or ()
        return any(each.reason == "FieldManagerConflict" for each in causes)

    def _explanation(self) -> str:
        return f"{self._told()} (force=True takes the fields)" if self.is_of_ownership else self._told()


class AlreadyExists(Conflict):
    """An object of this name is there already (409, reason `AlreadyExists`)."""


class Gone(KubexApiError):
    """The resource version or continue token is too old (410): list again."""

    default_status: HTTPStatus | None = HTTPStatus.GONE


class RequestEntityTooLarge(KubexApiError):
    """The object is larger than the server takes (413)."""

    default_status: HTTPStatus | None = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class UnsupportedMediaType(KubexApiError):
    """The resource does not take a body, or a patch, of this kind (415)."""

    default_status: HTTPStatus | None = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class UnprocessableEntity(KubexApiError):
    """The object is invalid (422); `details.causes` names the fields."""

    default_status: HTTPStatus | None = HTTPStatus.UNPROCESSABLE_ENTITY

    def _told(self) -> str:
        # The server quotes what it refuses; for a patch that is the whole object, which may be a Secret.
        text = re.sub(
            _QUOTED_VALUE,
            lambda quoted: quoted[0] if len(quoted[0]) <= _LONGEST_QUOTE else "Invalid value",
            self.message,
        )
        if self.message == _UNEXPLAINED and self.action is not None and self.action.verb == "patch":
            text += " (it does not say which; most often a JSON patch's test fails, or its path is not there)"
        return _shortened(text.strip(), _LONGEST_MESSAGE) or f"HTTP status {self.code}"


class TooManyRequests(KubexApiError):
    """The server, or a pod's disruption budget, asks to try again later (429)."""

    default_status: HTTPStatus | None = HTTPStatus.TOO_MANY_REQUESTS


class ServerError(KubexApiError):
    """The server failed (5xx)."""


class InternalServerError(ServerError):
    """The server failed by itself, or an admission webhook did (500)."""

    default_status: HTTPStatus | None = HTTPStatus.INTERNAL_SERVER_ERROR


class ServiceUnavailable(ServerError):
    """The server is starting, stopping or overloaded (503)."""

    default_status: HTTPStatus | None = HTTPStatus.SERVICE_UNAVAILABLE


class GatewayTimeout(ServerError):
    """The server, or a proxy before it, did not finish in time (504)."""

    default_status: HTTPStatus | None = HTTPStatus.GATEWAY_TIMEOUT


_BY_CODE: dict[int, type[KubexApiError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    406: NotAcceptable,
    409: Conflict,
    410: Gone,
    413: RequestEntityTooLarge,
    415: UnsupportedMediaType,
    422: UnprocessableEntity,
    429: TooManyRequests,
    500: InternalServerError,
    503: ServiceUnavailable,
    504: GatewayTimeout,
}

# The reasons that say more than their code, and those that need not come with one.
_FINER_REASONS: dict[str, type[KubexApiError]] = {"AlreadyExists": AlreadyExists, "Expired": Gone}
_BY_REASON: dict[str, type[KubexApiError]] = {
    "BadRequest": BadRequest,
    "Unauthorized": Unauthorized,
    "Forbidden": Forbidden,
    "NotFound": NotFound,
    "MethodNotAllowed": MethodNotAllowed,
    "NotAcceptable": NotAcceptable,
    "Conflict": Conflict,
    "Gone": Gone,
    "RequestEntityTooLarge": RequestEntityTooLarge,
    "UnsupportedMediaType": UnsupportedMediaType,
    "Invalid": UnprocessableEntity,
    "TooManyRequests": TooManyRequests,
    "InternalError": InternalServerError,
    "ServerTimeout": InternalServerError,
    "StoreReadError": InternalServerError,
    "ServiceUnavailable": ServiceUnavailable,
    "Timeout": GatewayTimeout,
}

# Texts: `re` compiles them at the first error, and not each program at its start.
_RBAC_REFUSAL = (
    r'User "(?P<user>[^"]*)" cannot (?P<verb>\w+) resource "(?P<resource>[^"]*)" in API group "[^"]*"'
    r'(?: in the namespace "(?P<namespace>[^"]*)")?'
)

# What servers say of a JSON patch that does not fit, and of few other patches, without a cause.
_UNEXPLAINED = "the server rejected our request due to an error in our request"

_QUOTED_VALUE = r'Invalid value: "(?:[^"\\]|\\.)*"'
_LONGEST_QUOTE = 120

# Longer messages list everything that an object could have been; longer texts are a proxy's HTML page.
_LONGEST_MESSAGE = 2000
_LONGEST_TEXT = 300


class _Likeness(msgspec.Struct):
    """What tells a Status from other JSON."""

    kind: str | None = None
    message: str | None = None
    reason: str | None = None


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest] + "…"


def error_from_status(
    content: Status | str, status_code: int | None = None, action: RequestAction | None = None
) -> KubexApiError:
    """Give the error of a Status (a response's, or a watch's ERROR event) or of an error's text.

    Args:
        content: the Status, or the text of an answer that is none.
        status_code: HTTP status; the Status' own code where it is left out.
        action: what the request was doing.
    """
    reason = ""
    if isinstance(content, Status):
        reason = content.reason or ""
        status_code = status_code if status_code is not None else content.code
    fallback = ServerError if status_code is not None and status_code >= 500 else KubexApiError
    error = _FINER_REASONS.get(reason) or _BY_CODE.get(status_code or 0) or _BY_REASON.get(reason, fallback)
    return error(content, status=_http_status(status_code), action=action, code=status_code)


def error_from_body(body: bytes, status_code: int, action: RequestAction | None = None) -> KubexApiError:
    """Give the error of an answer of 400 or more, whatever its body holds."""
    content = status_of(body)
    if content is None:
        return error_from_status(body.decode(errors="replace").strip(), status_code, action)
    return error_from_status(content, status_code, action)


def status_of(body: bytes) -> Status | None:
    """Give the Status that an answer holds; `None` where it is something else."""
    try:
        # All fields of a Status may be absent, so any object would do: it has to say what it is, or something else.
        likeness = msgspec.json.decode(body, type=_Likeness)
        if likeness.kind != "Status" and (likeness.kind or not (likeness.message or likeness.reason)):
            return None
        try:
            return _struct_codec.decoder_for(Status).decode(body)
        except msgspec.ValidationError:
            return _struct_codec.decode_tolerantly(body, Status)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _http_status(code: int | None) -> HTTPStatus | None:
    try:
        return None if code is None else HTTPStatus(code)
    except ValueError:  # a code no standard knows, such as nginx's 499
        return None


def _with_article(type_: type[object]) -> str:
    name = type_.__qualname__
    return f"{'an' if name[0] in 'AEIOUaeiou' else 'a'} {name}"
