"""Restart all pods of Deployments, one after the other, as `kubectl rollout restart` does.

python examples/rolling_restart.py NAMESPACE SELECTOR
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import anyio

import kubex
from kubex.k8s.v1_35.apps.v1 import Deployment
from kubex_core.models.metadata import ObjectMetadata

ANNOTATION = "kubectl.kubernetes.io/restartedAt"


async def restart(client: kubex.BaseClient, namespace: str, selector: str) -> list[str]:
    """Change an annotation of the pods' template, which makes a rollout; return the Deployments' names."""
    deployments = kubex.Api(Deployment, client, namespace=namespace)
    now = datetime.now(UTC).isoformat(timespec="seconds")

    def mark(deployment: Deployment) -> None:
        if deployment.spec is not None:
            metadata = deployment.spec.template.metadata = deployment.spec.template.metadata or ObjectMetadata()
            metadata.annotations = {**(metadata.annotations or {}), ANNOTATION: now}

    names = [item.metadata.name or "" async for item in deployments.metadata.iterate(label_selector=selector)]
    for name in names:
        await deployments.edit(name, mark, field_manager="rolling-restart")
    return names


async def main(namespace: str, selector: str) -> None:
    async with await kubex.create_client() as client:
        deployments = kubex.Api(Deployment, client, namespace=namespace)
        for name in await restart(client, namespace, selector):
            await kubex.wait_for(deployments, name, kubex.conditions.rollout_complete, timeout=600)
            print(f"{name} restarted")


if __name__ == "__main__":
    anyio.run(main, sys.argv[1], sys.argv[2])
