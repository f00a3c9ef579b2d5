"""Pods for the tests: static busybox, and waiting for what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from typing import TypeVar

import anyio

from kubex.api import Api
from kubex.core.exceptions import NotFound
from kubex.core.watch_event import EventType
from kubex.k8s.v1_35.core.v1 import Container, Pod, PodSpec, ResourceRequirements
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.struct_entity import StructEntity

IMAGE = "localhost/busybox:1"
PATIENCE = 60  # seconds for a container to do its part, on a slow machine

T = TypeVar("T", bound=StructEntity)


def shell(script: str, *, name: str = "main", resources: ResourceRequirements | None = None) -> Container:
    """A container that runs a shell script."""
    command = ["sh", "-c", script]
    return Container(name=name, image=IMAGE, image_pull_policy="Never", command=command, resources=resources)


def pod(name: str, *containers: Container, **labels: str) -> Pod:
    """A pod that is not restarted and ends without delay."""
    spec = PodSpec(containers=list(containers), restart_policy="Never", termination_grace_period_seconds=0)
    return Pod(metadata=ObjectMetadata(name=name, labels=labels or None), spec=spec)


async def until(api: Api[T], name: str, fulfilled: Callable[[T], bool]) -> T:
    """Watch an object until it is as wanted, and return it."""
    seen: T | None = None
    with anyio.move_on_after(PATIENCE):
        async with aclosing(api.watch(field_selector=f"metadata.name={name}")) as events:
            async for event in events:
                assert isinstance(event.object, StructEntity)
                seen = event.object
                if fulfilled(seen):
                    return seen
    raise AssertionError(f"{name} did not become what was waited for: {seen}")


async def until_gone(api: Api[T], name: str) -> None:
    """Watch an object until it is deleted."""
    with anyio.fail_after(PATIENCE):
        try:
            version = (await api.get(name)).metadata.resource_version
        except NotFound:
            return
        field = f"metadata.name={name}"
        async with aclosing(api.watch(field_selector=field, resource_version=version)) as events:
            async for event in events:
                if event.type == EventType.DELETED:
                    return


def in_phase(*phases: str) -> Callable[[Pod], bool]:
    """Tell whether a pod is in one of the phases."""
    return lambda pod: pod.status is not None and pod.status.phase in phases


async def start(api: Api[Pod], new: Pod) -> Pod:
    """Create a pod and wait until its containers have started (and perhaps ended)."""
    await api.create(new)
    assert new.metadata.name is not None
    return await until(api, new.metadata.name, in_phase("Running", "Succeeded"))


async def finish(api: Api[Pod], new: Pod) -> Pod:
    """Create a pod and wait until its containers have ended well."""
    await api.create(new)
    assert new.metadata.name is not None
    return await until(api, new.metadata.name, in_phase("Succeeded"))
