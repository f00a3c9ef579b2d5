"""How long a request may take, by its `timeout`: which are refused, and what becomes of one that takes longer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from kubex.client.base import BaseClient
from kubex.core.exceptions import ConnectionFailed
from tests.contract.answers import ask
from tests.contract.webhooks import configured, hook, rule
from tests.webhook_server import Webhook, serve_webhook

pytestmark = pytest.mark.anyio

SECRET: dict[str, Any] = {"metadata": {"name": "a"}}


@pytest.fixture
def webhook(leave_nothing_open: None) -> Iterator[Webhook]:
    with serve_webhook() as webhook:
        yield webhook


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("1", 'missing unit in duration "1"'),
        ("x", 'invalid duration "x"'),
        ("1d", 'unknown unit "d" in duration "1d"'),
        ("1s2", 'missing unit in duration "1s2"'),
        ("", None),
        ("0", None),
        ("-1s", None),
        ("1h30m", None),
    ],
)
async def test_what_is_no_duration_is_refused(client: BaseClient, namespace: str, value: str, why: str | None) -> None:
    paths = (f"/api/v1/namespaces/{namespace}/configmaps", f"/api/v1/namespaces/{namespace}", "/version")
    answers = [await ask(client, "GET", path, timeout=value) for path in paths]
    if why is None:
        assert [answer.code for answer in answers] == [200, 200, 200]
        return
    told = f"invalid timeout specified in the request URL - time: {why}"
    assert [(answer.code, answer.message) for answer in answers] == [(400, told)] * 3


async def test_a_request_ends_at_its_timeout(client: BaseClient, namespace: str, webhook: Webhook) -> None:
    path, over = f"/api/v1/namespaces/{namespace}/secrets", threading.Event()

    def wait(request: dict[str, Any]) -> dict[str, Any]:
        over.wait(10)
        return {}

    webhook.answer = wait
    asked = hook(webhook, namespace, rule("secrets", "CREATE"), timeoutSeconds=10)
    async with configured(client, namespace, "validating", webhook, asked):
        # Which of two parts of the server is the first to say so is nobody's to know; a real one ends the connection
        # where both do.
        try:
            with suppress(ConnectionFailed):
                answer = await ask(client, "POST", path, SECRET, timeout="1500ms")
                assert answer.code == 504
                assert "Timeout: request did not complete within " in answer.message
        finally:
            over.set()
        assert webhook.paths == ["/review?timeout=2s"], "a webhook is told how long there is"
        assert (await ask(client, "GET", f"{path}/a")).code == 404
        assert (await ask(client, "POST", path, SECRET, timeout="20s")).code == 201
    assert webhook.paths[1:] == ["/review?timeout=10s"]
