"""Who owns what of an autoscaler of version 2 that is changed in version 1, which has its metrics in an annotation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import Answer, ask
from tests.contract.test_autoscaler_versions import EXTERNAL, METRICS, PODS, TARGET, path

pytestmark = pytest.mark.anyio

Part = dict[str, Any]


def owners(answer: Answer) -> dict[str, Part]:
    """The fields of those who write here; a controller may write of the status."""
    entries = answer.body["metadata"]["managedFields"]
    return {each["manager"]: each["fieldsV1"] for each in entries if each["manager"] in ("first", "second")}


async def test_metrics_in_another_order(client: BaseClient, namespace: str) -> None:
    spec = {"scaleTargetRef": TARGET, "maxReplicas": 3}
    body: Part = {"metadata": {"name": "a"}, "spec": {**spec, "metrics": [PODS, EXTERNAL]}}
    made = await ask(client, "POST", path(namespace, "v2"), body, fieldManager="first")
    assert made.code == 201
    before = owners(made)
    assert before["first"]["f:spec"].pop("f:metrics") == {}
    annotations = (await ask(client, "GET", path(namespace, "v1", "/a"))).body["metadata"]["annotations"]
    metrics = json.loads(annotations[METRICS])

    async def replaced(text: str) -> Answer:
        new = {"metadata": {"name": "a", "annotations": {METRICS: text}}, "spec": spec}
        return await ask(client, "PUT", path(namespace, "v1", "/a"), new, fieldManager="second", dryRun="All")

    assert list(owners(await replaced(json.dumps(metrics, indent=1)))) == ["first"]
    after = await replaced(json.dumps(metrics[::-1]))
    assert json.loads(after.body["metadata"]["annotations"][METRICS]) == metrics[::-1]
    assert owners(after) == {**before, "second": {"f:metadata": {"f:annotations": {f"f:{METRICS}": {}}}}}
