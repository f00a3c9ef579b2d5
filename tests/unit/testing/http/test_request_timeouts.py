"""Requests that are kept waiting for longer than their `timeout`."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.testing import ApiServer
from tests.unit.testing.http.conftest import RawClient

MAPS = "/api/v1/namespaces/default/configmaps"
TOLD: dict[str, Any] = {
    "metadata": {},
    "status": "Failure",
    "message": "Timeout: request did not complete within the allotted timeout",
    "reason": "Timeout",
    "details": {},
    "code": 504,
}


@pytest.mark.parametrize("path", [MAPS, "/version"])
def test_who_is_kept_waiting_hears_of_it(raw: RawClient, server: ApiServer, path: str) -> None:
    server.faults.latency(30, count=1)
    late = raw.ask("GET", f"{path}?timeout=50ms")
    assert (late.code, late.json) == (504, TOLD)
    assert late.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert raw.ask("GET", f"{path}?timeout=20s").code == 200


def test_nothing_is_written_once_it_has_passed(raw: RawClient, server: ApiServer) -> None:
    server.faults.latency(0.1, verb="create")
    body = {"metadata": {"name": "a"}}
    assert raw.ask("POST", f"{MAPS}?timeout=20ms", body).code == 504
    assert raw.ask("GET", f"{MAPS}/a").code == 404
    assert raw.ask("POST", f"{MAPS}?timeout=5s", body).code == 201


def test_what_runs_for_long_goes_on(raw: RawClient, server: ApiServer) -> None:
    server.faults.latency(0.1, verb="watch")
    assert raw.ask("GET", f"{MAPS}?watch=1&timeout=20ms&timeoutSeconds=1").code == 200
