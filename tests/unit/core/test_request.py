from __future__ import annotations

import math
from typing import Any

import pytest

from kubex.core.exceptions import InvalidArgument
from kubex.core.params import Timeout
from kubex.core.request import Request, RequestAction
from kubex.core.request_builder import RequestBuilder
from kubex.k8s.v1_35.core.v1 import Pod


@pytest.mark.parametrize(
    ("action", "text"),
    [
        (RequestAction("get", "pods", "web-0", "shop"), 'pods "web-0" in namespace "shop" (get)'),
        (RequestAction("list", "pods", None, "shop"), 'pods in namespace "shop" (list)'),
        (RequestAction("list", "pods"), "pods (list)"),
        (RequestAction("get", "nodes", "n1"), 'nodes "n1" (get)'),
        (
            RequestAction("replace", "pods", "web-0", "shop", "status"),
            'pods "web-0" in namespace "shop" (replace status)',
        ),
    ],
)
def test_actions_are_described(action: RequestAction, text: str) -> None:
    assert action.described() == text
    assert Request("GET", "/", action=action).described() == text


def test_a_request_without_an_action_is_described_by_method_and_path() -> None:
    assert Request("GET", "/api/v1/pods", {"limit": "5"}).described() == "GET /api/v1/pods"


def test_query_keeps_the_order_and_what_is_given_twice() -> None:
    assert Request("GET", "/").query == []
    request = Request("POST", "/", {"b": "1", "a": "2"}, query_param_pairs=[("command", "sh"), ("command", "-c")])
    assert request.query == [("b", "1"), ("a", "2"), ("command", "sh"), ("command", "-c")]


@pytest.mark.parametrize(
    ("timeout", "kept"),
    [(..., ...), (None, None), (5, Timeout(total=5)), (0.5, Timeout(total=0.5)), (Timeout(read=1), Timeout(read=1))],
)
def test_the_three_states_of_a_timeout(timeout: Any, kept: Any) -> None:
    assert Request("GET", "/", timeout=timeout).timeout == kept
    assert Request("GET", "/").timeout is ...


@pytest.mark.parametrize("timeout", [-1, math.nan, "5", True])
def test_a_bad_timeout_is_refused(timeout: Any) -> None:
    with pytest.raises(InvalidArgument, match="timeout total="):
        Request("GET", "/", timeout=timeout)


def test_secrets_stay_out_of_the_repr() -> None:
    request = Request(
        "POST", "/api", {"a": "b"}, body=b'{"password":"s3cret"}', headers={"Authorization": "Bearer t0ken"}
    )
    assert repr(request) == "<Request POST /api [('a', 'b')]>"


def test_a_websocket_is_opened_with_parameters_given_more_than_once() -> None:
    builder = RequestBuilder(Pod.__RESOURCE_CONFIG__)
    request = builder.connect("web-0", "shop", "exec", params=[("command", "ls"), ("command", "-l")], timeout=5)
    assert (request.method, request.url) == ("GET", "/api/v1/namespaces/shop/pods/web-0/exec")
    assert request.query == [("command", "ls"), ("command", "-l")]
    assert request.timeout == Timeout(total=5)
    assert request.described() == 'pods "web-0" in namespace "shop" (exec)'
