"""Installs definitions on an API server, and uses their objects."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import anyio

import kubex
from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.core._json_value import is_array, is_object
from kubex.core.exceptions import AlreadyExists, KubexApiError
from kubex.generate import generate, generate_from_cluster
from kubex.k8s.v1_35.apiextensions.v1 import CustomResourceDefinition
from kubex.k8s.v1_35.core.v1 import Namespace
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import Scope
from tools.crds.modules import Generated
from tools.crds.problems import ProblemError
from tools.crds.samples import sample

__all__ = ["use"]

_PATIENCE = 60  # seconds that the server may take for anything
_PAUSE = 0.1


async def use(made: Generated) -> None:
    """Install a definition, and create, watch and delete an object of each version and form.

    Raises:
        ProblemError: an object does not come back as it went, or the definition is there already.
        KubexException: the server refuses something.
    """
    async with await kubex.create_client() as client, _namespace(client) as namespace, _installed(client, made):
        for form, classes in made.classes.items():
            text = await generate_from_cluster(client, made.name, form=form)
            if text != generate(made.definition, form=form):
                raise ProblemError(f"{made.name}: the cluster's definition gives other classes ({form})")
            for each in classes:
                await _use_objects(client, namespace, each, made)
    print(f"{made.name}: installed; objects created, watched and deleted")


@asynccontextmanager
async def _namespace(client: BaseClient) -> AsyncGenerator[str]:
    namespaces = Api(Namespace, client)
    name = f"kubex-{uuid.uuid4().hex[:12]}"
    await namespaces.create(Namespace(metadata=ObjectMetadata(name=name)))
    try:
        yield name
    finally:
        await namespaces.delete(name)


@asynccontextmanager
async def _installed(client: BaseClient, made: Generated) -> AsyncGenerator[None]:
    definitions = Api(CustomResourceDefinition, client)
    try:
        await definitions.create(made.definition)
    except AlreadyExists:
        raise ProblemError(f"{made.name} is on this cluster already: take another cluster") from None

    async def is_established() -> bool:
        status = (await definitions.get(made.name)).status
        return any(
            each.type == "Established" and each.status == "True" for each in (status and status.conditions) or ()
        )

    try:
        await _until(is_established, f"{made.name} is not established")
        yield
    finally:
        await definitions.delete(made.name)


async def _use_objects(client: BaseClient, namespace: str, model: type[Any], made: Generated) -> None:
    config = model.__RESOURCE_CONFIG__
    version = next(each for each in made.given["spec"]["versions"] if each["name"] == config.version)
    schema = version["schema"]["openAPIV3Schema"]
    content = {name: value for name, value in sample(schema).items() if name not in ("apiVersion", "kind", "metadata")}
    api: Api[Any] = Api(model, client, namespace=namespace if config.scope is Scope.NAMESPACE else None)

    async def is_served() -> bool:
        try:
            await api.list()
        except KubexApiError:
            return False
        return True

    await _until(is_served, f"{made.name} {config.version} is not served")
    name = f"sample-{uuid.uuid4().hex[:8]}"
    created = await api.create(model.model_validate({"metadata": {"name": name}, **content}))
    _require_part(content, _plain(created), f"{made.name} {config.version}")
    with anyio.fail_after(_PATIENCE):
        async with aclosing(api.watch(field_selector=f"metadata.name={name}", resource_version="0")) as events:
            async for event in events:
                if _plain(event.object) != _plain(await api.get(name)):
                    raise ProblemError(f"{made.name}: the watch gives another object than get")
                break

    async def is_gone() -> bool:
        return await api.get_or_none(name) is None

    await api.delete(name)
    await _until(is_gone, f"{made.name} {name} is not deleted")


def _plain(value: Any) -> dict[str, Any]:
    dumped: dict[str, Any] = value.model_dump(mode="json", by_alias=True, exclude_none=True)
    return dumped


def _require_part(wanted: Any, found: Any, path: str) -> None:
    """Raise where an object lacks something of what was sent; the server adds defaults."""
    if is_object(wanted) and is_object(found):
        for name, value in wanted.items():
            _require_part(value, found.get(name), f"{path}.{name}")
    elif is_array(wanted) and is_array(found) and len(wanted) == len(found):
        for one, other in zip(wanted, found, strict=True):
            _require_part(one, other, f"{path}[]")
    elif wanted != found:
        raise ProblemError(f"{path}: {found!r} came back for {wanted!r}")


async def _until(condition: Callable[[], Awaitable[bool]], otherwise: str) -> None:
    with anyio.move_on_after(_PATIENCE):
        while True:
            if await condition():
                return
            await anyio.sleep(_PAUSE)
    raise ProblemError(f"{otherwise} after {_PATIENCE} s")
