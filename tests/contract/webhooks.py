"""Configurations of admission webhooks for tests, in force when they are given."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import anyio

from kubex.client.base import BaseClient
from tests.contract.answers import ask
from tests.webhook_server import PROBE, Webhook

__all__ = ["GROUP", "configured", "hook", "rule"]

GROUP = "/apis/admissionregistration.k8s.io/v1"


def rule(resource: str, *operations: str, group: str = "", version: str = "v1") -> dict[str, Any]:
    """Give a rule about requests for one resource."""
    wanted = {"apiGroups": [group], "apiVersions": [version], "resources": [resource]}
    return {"operations": list(operations), **wanted}


def hook(webhook: Webhook, namespace: str, *rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Give a webhook that is asked about what happens in one namespace."""
    return {
        "name": "w.kubex.example.com",
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "clientConfig": webhook.client_config,
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
        "rules": [*rules, rule("limitranges", "CREATE")],  # which no controller makes
        "timeoutSeconds": 5,
        **more,
    }


@asynccontextmanager
async def configured(
    client: BaseClient, namespace: str, phase: str, asked: Webhook, *hooks: dict[str, Any], name: str = ""
) -> AsyncGenerator[dict[str, Any]]:
    """Create a configuration, wait until it is in force, and delete it at the end; gives it as it is stored.

    Args:
        client: of the cluster.
        namespace: that all hooks are for, with a rule for new limit ranges among theirs.
        phase: `mutating` or `validating`.
        asked: the webhook of the last one, and of no other configuration meanwhile; the others are in force
            when it is.
        hooks: the webhooks.
        name: of the configuration; that of the namespace where it is left out.
    """
    path = f"{GROUP}/{phase}webhookconfigurations"
    name = name or namespace
    labels = {label: value for each in hooks for label, value in _labels(each).items()}
    made = await ask(client, "POST", path, {"metadata": {"name": name}, "webhooks": list(hooks)})
    assert made.code == 201, made.body
    try:
        with anyio.fail_after(30):
            while not asked.is_asked.is_set():
                probe: dict[str, Any] = {"metadata": {"name": PROBE, "labels": labels}, "spec": {"limits": []}}
                await ask(client, "POST", f"/api/v1/namespaces/{namespace}/limitranges", probe, dryRun="All")
                if not asked.is_asked.is_set():
                    await anyio.sleep(0.02)
        asked.is_asked.clear()
        yield made.body
    finally:
        with anyio.CancelScope(shield=True):
            await ask(client, "DELETE", f"{path}/{name}")


def _labels(hook: dict[str, Any]) -> dict[str, str]:
    selector: dict[str, Any] = hook.get("objectSelector") or {}
    found: dict[str, str] = selector.get("matchLabels") or {}
    return found
