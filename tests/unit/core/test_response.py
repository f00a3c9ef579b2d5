from __future__ import annotations

import pytest

from kubex.core.exceptions import Conflict, NotFound, ServiceUnavailable
from kubex.core.request import Request, RequestAction
from kubex.core.response import Response, raise_for_status

REQUEST = Request("GET", "/api/v1/namespaces/shop/pods/web-9", action=RequestAction("get", "pods", "web-9", "shop"))


def test_content_is_bytes() -> None:
    assert Response("é", {}, 200).content == "é".encode()
    assert Response(b"\xff", {"A": "b"}, 200).headers["A"] == "b"


@pytest.mark.parametrize("code", [200, 201, 202, 204, 304, 399])
def test_what_is_no_error_passes(code: int) -> None:
    raise_for_status(Response(b"", {}, code), REQUEST)


def test_errors_are_raised_with_what_was_being_done() -> None:
    body = b'{"kind":"Status","reason":"NotFound","message":"m","details":{"name":"web-9"},"code":404}'
    with pytest.raises(NotFound) as raised:
        raise_for_status(Response(body, {}, 404), REQUEST)
    assert str(raised.value) == 'pods "web-9" in namespace "shop" (get)'
    with pytest.raises(ServiceUnavailable, match="busy"):
        raise_for_status(Response("busy", {}, 503), REQUEST)
    with pytest.raises(Conflict, match="HTTP status 409"):
        raise_for_status(Response(b"", {}, 409), Request("GET", "/"))


def test_contents_stay_out_of_the_repr() -> None:
    assert repr(Response(b"s3cret", {"Set-Cookie": "t0ken"}, 200)) == "<Response 200, 6 bytes>"
