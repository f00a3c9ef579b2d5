from __future__ import annotations

import copy
import pickle
from http import HTTPStatus
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.core import exceptions
from kubex.core.exceptions import (
    AlreadyExists,
    BadRequest,
    ConfigurationError,
    Conflict,
    ConnectionFailed,
    Forbidden,
    GatewayTimeout,
    Gone,
    InternalServerError,
    InvalidArgument,
    InvalidResponse,
    JsonPatchError,
    KubexApiError,
    KubexClientException,
    KubexException,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    PathNotFound,
    RequestEntityTooLarge,
    RequestTimeout,
    ServerError,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
    UnprocessableEntity,
    UnsupportedMediaType,
    error_from_body,
    error_from_status,
)
from kubex.core.request import RequestAction
from kubex_core.models.status import Status, StatusDetails

GET = RequestAction("get", "pods", "web-9", "shop")

CODES: dict[int, type[KubexApiError]] = {
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
    501: ServerError,
    502: ServerError,
    503: ServiceUnavailable,
    504: GatewayTimeout,
    418: KubexApiError,
    499: KubexApiError,
    599: ServerError,
}

# The reasons of k8s.io/apimachinery with the codes they come with.
REASONS: list[tuple[str, int, type[KubexApiError]]] = [
    ("Unauthorized", 401, Unauthorized),
    ("Forbidden", 403, Forbidden),
    ("NotFound", 404, NotFound),
    ("AlreadyExists", 409, AlreadyExists),
    ("Conflict", 409, Conflict),
    ("Gone", 410, Gone),
    ("Invalid", 422, UnprocessableEntity),
    ("ServerTimeout", 500, InternalServerError),
    ("StoreReadError", 500, InternalServerError),
    ("Timeout", 504, GatewayTimeout),
    ("TooManyRequests", 429, TooManyRequests),
    ("BadRequest", 400, BadRequest),
    ("MethodNotAllowed", 405, MethodNotAllowed),
    ("NotAcceptable", 406, NotAcceptable),
    ("RequestEntityTooLarge", 413, RequestEntityTooLarge),
    ("UnsupportedMediaType", 415, UnsupportedMediaType),
    ("InternalError", 500, InternalServerError),
    ("Expired", 410, Gone),
    ("ServiceUnavailable", 503, ServiceUnavailable),
]


def status_body(**fields: Any) -> bytes:
    return msgspec.json.encode({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", **fields})


@pytest.mark.parametrize(("code", "error"), CODES.items())
def test_every_code_has_its_class_whatever_the_body(code: int, error: type[KubexApiError]) -> None:
    for body in (status_body(code=code, message="m"), b"", b"<html>", b"{}", b"null", b"\xff", b"[" * 5000):
        raised = error_from_body(body, code)
        assert type(raised) is error
        assert raised.code == code
        assert raised.status == (None if code in (499, 599) else HTTPStatus(code))


@pytest.mark.parametrize(("reason", "code", "error"), REASONS)
def test_every_reason_has_its_class(reason: str, code: int, error: type[KubexApiError]) -> None:
    raised = error_from_body(status_body(reason=reason, code=code), code, GET)
    assert type(raised) is error
    assert (raised.reason, raised.code, raised.status) == (reason, code, HTTPStatus(code))
    # As a watch's ERROR event brings it, and where a server leaves the code out.
    assert type(error_from_status(Status(reason=reason, code=code))) is error
    assert type(error_from_status(Status(reason=reason))) is error


def test_an_unknown_reason_goes_by_its_code() -> None:
    assert type(error_from_status(Status(reason="Tired", code=409))) is Conflict
    assert type(error_from_status(Status(reason="Tired"))) is KubexApiError
    assert type(error_from_status("")) is KubexApiError


@pytest.mark.parametrize(
    ("error", "bases"),
    [
        (ConfigurationError, [KubexException]),
        (InvalidArgument, [KubexException, ValueError]),
        (PathNotFound, [InvalidArgument, LookupError]),
        (JsonPatchError, [InvalidArgument]),
        (KubexClientException, [KubexException]),
        (ConnectionFailed, [KubexClientException, ConnectionError]),
        (RequestTimeout, [KubexClientException, TimeoutError]),
        (InvalidResponse, [KubexClientException]),
        (KubexApiError, [KubexClientException]),
        (AlreadyExists, [Conflict]),
        (InternalServerError, [ServerError]),
        (ServiceUnavailable, [ServerError]),
        (GatewayTimeout, [ServerError]),
    ],
)
def test_the_tree(error: type[Exception], bases: list[type[Exception]]) -> None:
    for base in bases:
        assert issubclass(error, base)


def test_every_error_is_in_the_tree_of_the_docstring() -> None:
    tree = exceptions.__doc__ or ""
    for name in exceptions.__all__:
        member = getattr(exceptions, name)
        if isinstance(member, type):
            assert issubclass(member, KubexException)
            assert name in tree


# What real servers send, and the sentence that a user reads after the class's name.
@pytest.mark.parametrize(
    ("action", "code", "fields", "sentence"),
    [
        (
            GET,
            404,
            {"reason": "NotFound", "message": 'pods "web-9" not found', "details": {"name": "web-9", "kind": "pods"}},
            'pods "web-9" in namespace "shop" (get)',
        ),
        (
            GET,
            404,
            {"reason": "NotFound", "message": "the server could not find the requested resource", "details": {}},
            'pods "web-9" in namespace "shop" (get): the server has no such resource '
            "(is its API group installed and served?)",
        ),
        (
            RequestAction("create", "pods", "web-9", "shop"),
            404,
            {"reason": "NotFound", "message": 'namespaces "shop" not found', "details": {"name": "shop"}},
            'pods "web-9" in namespace "shop" (create): namespaces "shop" not found',
        ),
        (
            RequestAction("list", "secrets", None, "shop"),
            403,
            {
                "reason": "Forbidden",
                "message": 'secrets is forbidden: User "ci" cannot list resource "secrets" in API group "" '
                'in the namespace "shop"',
                "details": {"kind": "secrets"},
            },
            'user "ci" cannot list "secrets" in namespace "shop"',
        ),
        (
            RequestAction("get", "nodes", "n1"),
            403,
            {
                "reason": "Forbidden",
                "message": 'nodes "n1" is forbidden: User "system:serviceaccount:a:b" cannot get resource "nodes" '
                'in API group "" at the cluster scope: RBAC: clusterrole.rbac.authorization.k8s.io "x" not found',
                "details": {"kind": "nodes", "name": "n1"},
            },
            'user "system:serviceaccount:a:b" cannot get "nodes" named "n1"',
        ),
        (
            RequestAction("get", "pods", "web-9", "shop", "log"),
            403,
            {
                "message": 'pods "web-9" is forbidden: User "ci" cannot get resource "pods/log" in API group "" '
                'in the namespace "shop"',
                "details": {"kind": "pods", "name": "web-9"},
            },
            'user "ci" cannot get "pods/log" named "web-9" in namespace "shop"',
        ),
        (
            RequestAction("create", "pods", "web-9", "shop"),
            403,
            {"message": 'pods "web-9" is forbidden: exceeded quota: small', "details": {"name": "web-9"}},
            'pods "web-9" in namespace "shop" (create): pods "web-9" is forbidden: exceeded quota: small',
        ),
        (
            GET,
            401,
            {"reason": "Unauthorized", "message": "Unauthorized"},
            'pods "web-9" in namespace "shop" (get): the server did not accept the credentials '
            "(expired, revoked, or of another cluster?)",
        ),
        (
            RequestAction("replace", "deployments", "web", "shop"),
            409,
            {"reason": "Conflict", "message": "the object has been modified; please apply your changes again"},
            'deployments "web" in namespace "shop" (replace): the object has been modified; '
            "please apply your changes again",
        ),
        (
            RequestAction("patch", "pods", "web-9", "shop", "status"),
            422,
            {"reason": "Invalid", "message": 'Pod "web-9" is invalid: spec.x: Invalid value: "y": must be z'},
            'pods "web-9" in namespace "shop" (patch status): Pod "web-9" is invalid: spec.x: Invalid value: "y": '
            "must be z",
        ),
        (RequestAction("list", "pods"), 503, {}, "pods (list): HTTP status 503"),
        (RequestAction("list", "pods"), 500, {"reason": "InternalError"}, "pods (list): InternalError"),
    ],
)
def test_errors_are_sentences(action: RequestAction, code: int, fields: dict[str, Any], sentence: str) -> None:
    error = error_from_body(status_body(code=code, **fields), code, action)
    assert str(error) == sentence
    assert repr(error) == f"{type(error).__name__}({sentence!r})"


def test_what_is_no_status_is_told_in_short() -> None:
    error = error_from_body(b"<html>\n <body>Bad\tGateway</body>\n" + b"x" * 10_000, 502, GET)
    assert str(error).startswith('pods "web-9" in namespace "shop" (get): <html> <body>Bad Gateway</body> xxx')
    assert len(str(error)) < 400
    assert isinstance(error.content, str)
    assert len(error.content) > 10_000
    assert (error.reason, error.details) == (None, None)
    assert str(error_from_body(b"", 499, GET)).endswith(": HTTP status 499")
    assert str(error_from_body(b"404 page not found\n", 404)) == "404 page not found"
    assert "no such resource" in str(error_from_body(b"404 page not found\n", 404, GET))


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": "no route"}',
        b'{"message": ["no route"]}',
        b'{"kind": "Error", "message": "no route"}',
        b'{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web-9"}}',
        b'{"kind": null}',
        b'{"kind": ["Status"]}',
        b'"Status"',
        b'{"kind": "Status"',
    ],
)
def test_json_that_is_no_status_is_text(body: bytes) -> None:
    error = error_from_body(body, 404)
    assert type(error) is NotFound
    assert error.content == body.decode()


def test_a_status_with_nulls_and_gaps_is_one() -> None:
    body = b'{"kind":"Status","metadata":null,"message":"m","details":{"causes":null,"name":"n"},"code":null}'
    error = error_from_body(body, 409)
    assert isinstance(error.content, Status)
    assert (str(error), error.code, error.reason) == ("m", 409, None)
    assert error.details is not None
    assert (error.details.name, error.details.causes) == ("n", None)


def test_an_object_that_says_what_a_status_says_is_one() -> None:
    assert type(error_from_body(b'{"reason":"AlreadyExists"}', 409)) is AlreadyExists
    assert str(error_from_body(b'{"message":"no route"}', 502)) == "no route"


def test_a_refused_object_is_not_repeated() -> None:
    quoted = '{\\"kind\\":\\"Secret\\",\\"data\\":{\\"password\\":\\"czNjcmV0\\"}}' + "x" * 200
    message = f' "" is invalid: patch: Invalid value: "{quoted}": unrecognized type: int'
    body = status_body(code=422, reason="Invalid", message=message)
    for action in (GET, None):
        error = error_from_body(body, 422, action)
        for text in (str(error), repr(error), f"{error}"):
            assert "czNjcmV0" not in text
            assert '"" is invalid: patch: Invalid value: unrecognized type: int' in text
        assert error.message == message


def test_a_refusal_of_a_patch_without_a_cause_says_what_it_may_be() -> None:
    body = status_body(
        code=422, reason="Invalid", message="the server rejected our request due to an error in our request"
    )
    assert str(error_from_body(body, 422, RequestAction("patch", "pods", "web-0"))).endswith(
        "in our request (it does not say which; most often a JSON patch's test fails, or its path is not there)"
    )
    assert str(error_from_body(body, 422, GET)).endswith("in our request")
    said = status_body(code=422, reason="Invalid", message='Pod "web-0" is invalid: spec')
    assert str(error_from_body(said, 422, RequestAction("patch", "pods", "web-0"))).endswith("is invalid: spec")


def test_texts_are_bounded() -> None:
    for code in CODES:
        for action in (GET, None):
            assert len(str(error_from_body(status_body(message="x" * 10_000, code=code), code, action))) < 2200
            assert len(repr(error_from_body(b"x" * 10_000, code, action))) < 2200


@given(st.binary(), st.sampled_from(sorted(CODES)))
def test_any_body_gives_the_class_of_its_code(body: bytes, code: int) -> None:
    error = error_from_body(body, code, GET)
    assert type(error) is CODES[code]
    assert str(error)


def test_made_by_hand() -> None:
    error = NotFound("no such pod", "more")
    assert (str(error), error.content, error.status, error.code) == ("no such pod", "no such pod", 404, 404)
    assert error.args == ("no such pod", "more")
    assert str(Unauthorized("token expired")) == "token expired"
    status = Status(message="m", reason="r", code=409, details=StatusDetails(name="n"))
    conflict = KubexApiError(status, status=HTTPStatus.CONFLICT)
    assert (str(conflict), conflict.code, conflict.reason, conflict.details) == ("m", 409, "r", status.details)
    assert (KubexApiError("x").status, KubexApiError("x").code) == (None, None)
    assert ServerError("x", status=HTTPStatus.BAD_GATEWAY).code == 502


@pytest.mark.parametrize(
    "error",
    [
        error_from_body(status_body(code=404, reason="NotFound", message="m"), 404, GET),
        error_from_body(b"busy", 499, GET),
        JsonPatchError("operation 1", 1),
        InvalidArgument("x"),
    ],
)
def test_errors_can_be_copied_and_pickled(error: Exception) -> None:
    for again in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(again) is type(error)
        assert (str(again), vars(again)) == (str(error), vars(error))
