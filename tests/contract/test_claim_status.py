"""What servers refuse in the status of claims of volumes: how much there is, and how far a claim has grown."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, ask, causes

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

GROWTH = "status.allocatedResourceStatuses"
SIZES = "status.allocatedResources"
KNOWN = (
    '"ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress", "NodeResizeInfeasible", '
    '"NodeResizePending"'
)


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (
            {
                "capacity": {"storage": "1Gi", "example.com/a": "1"},
                "allocatedResources": {"storage": "2Gi", "example.com/a": "1"},
                "allocatedResourceStatuses": {"storage": "NodeResizePending", "example.com/a": "NodeResizeInProgress"},
            },
            [],
        ),
        (
            {"capacity": {"storage": "-1500m"}},
            ["status.capacity[storage]: Invalid value: -2: must be a valid resource quantity"],
        ),
        (
            {"allocatedResourceStatuses": {"storage": "Growing"}},
            [f'{GROWTH}: Unsupported value: "storage": supported values: {KNOWN}'],
        ),
        (
            {"allocatedResourceStatuses": {"cpu": "Growing"}},
            [
                f'{GROWTH}: Unsupported value: "cpu": supported values: "storage"',
                f'{GROWTH}: Unsupported value: "cpu": supported values: {KNOWN}',
            ],
        ),
        (
            {"allocatedResources": {"a.kubernetes.io/b": "-1"}},
            [f'{SIZES}: Unsupported value: "a.kubernetes.io/b": supported values: "storage"'],
        ),
        (
            {"allocatedResources": {"/b": "1"}},
            [f'{SIZES}: Invalid value: "/b": prefix part must be non-empty'],
        ),
        (
            {"allocatedResources": {"storage": "-1"}},
            [f"{SIZES}[storage]: Invalid value: -1: must be a valid resource quantity"],
        ),
    ],
)
async def test_the_status_of_a_claim(client: BaseClient, namespace: str, status: Part, why: list[str]) -> None:
    path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims"
    asked: Part = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    body = {"metadata": {"name": "a"}, "spec": {**asked, "storageClassName": "none"}}
    assert (await ask(client, "POST", path, body)).code == 201
    answer = await ask(client, "PATCH", f"{path}/a/status", {"status": status}, MERGE, dryRun="All")
    assert causes(answer) == why
