"""A request that is cancelled, whatever else becomes of it."""

from __future__ import annotations

import contextlib

import anyio
import httpx
import pytest

from kubex.client.httpx import HttpxClient
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.exceptions import KubexClientException
from kubex.core.request import Request
from kubex.core.response import Response

pytestmark = pytest.mark.anyio


async def test_a_cancellation_goes_before_a_failure_of_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """After SIGCONT both are due: a program that bears with time-outs would take another step."""
    client = HttpxClient(ClientConfiguration(url="http://127.0.0.1:1"))
    went_on = False
    with anyio.CancelScope() as scope:

        async def send(*_: object) -> Response:
            scope.cancel()
            raise httpx.ReadTimeout("late")

        monkeypatch.setattr(client, "_send", send)
        with contextlib.suppress(KubexClientException):
            await client.request(Request("GET", "/version"))
        went_on = True
    assert scope.cancelled_caught
    assert not went_on
    await client.close()
