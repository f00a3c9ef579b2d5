"""An HTTP service on a cluster's state: answers come from an informer's memory, never from the API server.

`uvicorn examples.service:app`; needs `pip install fastapi uvicorn`. `/nodes` says which pods run where.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated, TypedDict, cast

from fastapi import Depends, FastAPI, HTTPException, Request

import kubex
from kubex.core.exceptions import WaitTimeout
from kubex.k8s.v1_35.core.v1 import Pod
from kubex.runtime import without_managed_fields

Pods = kubex.Informer[Pod]


class State(TypedDict):
    """What requests find in `request.state`."""

    pods: Pods


def node_of(pod: Pod) -> str | None:
    return pod.spec.node_name if pod.spec else None


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[State]:
    """Keep the picture for as long as the service runs; it may answer before the first list is there."""
    async with await kubex.create_client() as client:
        pods = kubex.Api(Pod, client)
        async with kubex.Informer(pods, indexers={"node": node_of}, transform=without_managed_fields) as cache:
            yield {"pods": cache}


async def synced(request: Request) -> Pods:
    """Give the picture once it is whole; until then the service is not ready."""
    pods = cast("Pods", request.state.pods)
    try:
        await pods.wait_synced(timeout=10)
    except WaitTimeout as error:
        raise HTTPException(503, str(error)) from error
    return pods


app = FastAPI(lifespan=lifespan)


@app.get("/nodes")
async def nodes(pods: Annotated[Pods, Depends(synced)]) -> dict[str, int]:
    return {node: len(pods.by_index("node", node)) for node in sorted(pods.store.index_values("node"))}


@app.get("/nodes/{node}")
async def pods_of(node: str, pods: Annotated[Pods, Depends(synced)]) -> list[str]:
    return sorted(f"{each.metadata.namespace}/{each.metadata.name}" for each in pods.by_index("node", node))
