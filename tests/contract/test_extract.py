"""`extract`: what a manager has applied, from a server's own managed fields."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.core.extract import extract
from kubex.core.patch import ApplyPatch, MergePatch
from kubex.k8s.v1_35.apps.v1 import Deployment
from kubex_core.models.dynamic_object import DynamicObject

pytestmark = pytest.mark.anyio

WEB: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {
        "replicas": 0,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {
                "containers": [
                    {
                        "name": "web",
                        "image": "web:1",
                        "command": ["web", "--port=80"],
                        "ports": [{"containerPort": 80, "protocol": "UDP"}, {"containerPort": 80, "protocol": "TCP"}],
                        "volumeMounts": [{"name": "data", "mountPath": "/data"}],
                        "resources": {"requests": {"cpu": "100m"}},
                    },
                    {"name": "side", "image": "side:1", "securityContext": {}},
                ],
                "volumes": [{"name": "data", "emptyDir": {}}],
                "tolerations": [{"key": "spot", "operator": "Exists"}],
                "nodeSelector": {"disk": "ssd"},
            },
        },
    },
}


async def test_what_was_applied_comes_back(client: BaseClient, namespace: str) -> None:
    deployments = Api(Deployment, client, namespace=namespace)
    applied = await deployments.apply(DynamicObject(copy.deepcopy(WEB)), field_manager="bot")
    await deployments.patch(
        "web",
        MergePatch({"metadata": {"annotations": {"note": "x"}}, "spec": {"paused": True}}),
        field_manager="someone",
    )
    condition = {"type": "Bright", "status": "True", "reason": "Sun", "message": "Warm"}
    await deployments.status.patch("web", ApplyPatch({"status": {"conditions": [condition]}}), field_manager="bot")
    now = await deployments.get("web")
    expected = copy.deepcopy(WEB)
    expected["metadata"] |= {"namespace": namespace}
    found = extract(now, "bot")
    assert found.content == expected
    assert extract(now, "bot", subresource="status")["status"] == {"conditions": [condition]}

    again = await deployments.apply(found, field_manager="bot")
    assert extract(again, "bot").content == expected
    assert again.metadata.generation == now.metadata.generation
    assert applied.metadata.generation != now.metadata.generation  # that was the other's patch


async def test_what_is_left_out_of_the_extracted_is_given_up(client: BaseClient, namespace: str) -> None:
    deployments = Api(Deployment, client, namespace=namespace)
    web = extract(await deployments.apply(DynamicObject(copy.deepcopy(WEB)), field_manager="bot"), "bot")
    del web["spec"]["template"]["spec"]["containers"][1]
    web["metadata"]["labels"] = {"app": "web", "tier": "front"}
    applied = await deployments.apply(web, field_manager="bot")
    assert applied.spec is not None
    assert applied.spec.template.spec is not None
    assert [each.name for each in applied.spec.template.spec.containers] == ["web"]
    assert applied.metadata.labels == {"app": "web", "tier": "front"}
