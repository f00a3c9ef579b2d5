"""What servers refuse in classes of runtimes."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import ask

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

EXISTS = {"key": "a", "operator": "Exists"}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"scheduling": {"nodeSelector": {"a": "b"}, "tolerations": [EXISTS, {**EXISTS, "effect": "NoExecute"}]}}, []),
        (
            {"overhead": {"podFixed": {"cpu": "-1"}}},
            ['overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
        ),
        (
            {"scheduling": {"tolerations": [EXISTS, {**EXISTS}, {**EXISTS, "effect": "a"}]}},
            [
                'scheduling.tolerations[2].effect: Unsupported value: "a": supported values: "NoSchedule", '
                '"PreferNoSchedule", "NoExecute"',
                'scheduling.tolerations[1]: Duplicate value: {"Key":"a","Operator":"Exists","Value":"","Effect":"",'
                '"TolerationSeconds":null}',
            ],
        ),
    ],
)
async def test_rules_of_runtimes(client: BaseClient, namespace: str, changes: Part, why: list[str]) -> None:
    body = {"metadata": {"name": namespace}, "handler": "none", **changes}
    answer = await ask(client, "POST", "/apis/node.k8s.io/v1/runtimeclasses", body, dryRun="All")
    found = [f"{each['field']}: {each['message']}" for each in answer.body.get("details", {}).get("causes", ())]
    assert (answer.code, found) == (422 if why else 201, why)
