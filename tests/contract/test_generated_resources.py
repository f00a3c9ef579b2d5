"""Classes to definitions that the server takes, and definitions to classes that read and write its objects."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, cast

import anyio
import pytest

import kubex
from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.core.exceptions import KubexApiError, NotFound, UnprocessableEntity
from kubex.core.patch import MergePatch
from kubex.generate import DefinitionError, Form, generate, generate_from_cluster
from kubex.k8s.v1_35.apiextensions.v1 import CustomResourceDefinition
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig
from tests.unit.crd.backups import Backup, BackupSpec, OldBackup, Target
from tests.unit.generate.definitions import everything
from tests.unit.generate.modules import FORMS, executed

pytestmark = [
    pytest.mark.anyio,
    # The server in memory says so of every definition with rules in CEL; they are tried in tests/e2e.
    pytest.mark.filterwarnings("ignore:x-kubernetes-validations of"),
    pytest.mark.filterwarnings("ignore:use v1"),  # the server in memory does not warn of deprecated versions
]

CRON = "0 3 * * *"


class Definitions:
    """Definitions that are deleted in the end."""

    def __init__(self, client: BaseClient) -> None:
        self._api = Api(CustomResourceDefinition, client)
        self._created: list[str] = []

    async def create(self, definition: CustomResourceDefinition) -> None:
        """Create a definition and wait until it is established."""
        created = await self._api.create(definition)
        name = created.metadata.name or ""
        self._created.append(name)
        with anyio.fail_after(30):
            while True:
                if self._is_established(await self._api.get(name)):
                    return
                await anyio.sleep(0.05)

    @staticmethod
    def _is_established(definition: CustomResourceDefinition) -> bool:
        conditions = (definition.status.conditions if definition.status else None) or []
        return any(each.type == "Established" and each.status == "True" for each in conditions)

    async def delete(self) -> None:
        """Delete what was created."""
        for name in self._created:
            await self._api.delete(name)


@pytest.fixture
async def definitions(client: BaseClient) -> AsyncIterator[Definitions]:
    definitions = Definitions(client)
    yield definitions
    await definitions.delete()


def in_a_group_of_its_own(*classes: Any) -> list[Any]:
    """Give subclasses of resources in a group that no other test knows."""
    group = f"g{uuid.uuid4().hex[:8]}.example.com"
    found: list[Any] = []
    for each in classes:
        config = ResourceConfig[Any](
            group=group, version=each.__RESOURCE_CONFIG__.version, kind=each.__RESOURCE_CONFIG__.kind, plural="backups"
        )
        options = {"kw_only": True} if hasattr(each, "__struct_fields__") else {}
        found.append(
            type(each)(each.__name__, (each,), {"__RESOURCE_CONFIG__": config, "__module__": __name__}, **options)
        )
        found[-1].__doc__ = each.__doc__
    return found


async def served(api: Api[Any]) -> None:
    """Wait until a resource is served: a moment after its definition is established."""
    with anyio.fail_after(30):
        while True:
            try:
                await api.list()
            except (NotFound, KubexApiError):
                await anyio.sleep(0.05)
            else:
                return


async def test_a_class_is_defined_used_and_generated_again(
    client: BaseClient, namespace: str, definitions: Definitions
) -> None:
    current, old = in_a_group_of_its_own(Backup, OldBackup)
    definition = kubex.crd_for(current, old)
    await definitions.create(definition)
    backups = cast("Api[Backup]", Api(current, client, namespace=namespace))
    await served(backups)
    spec = BackupSpec(schedule=CRON, targets=[Target(name="disk")], port="http", tags={"a"})
    created = await backups.create(current(metadata=ObjectMetadata(name="nightly"), spec=spec))
    assert (created.spec.keep_days, created.spec.mode, created.spec.targets[0].weight) == (7, "Fast", 1)
    await backups.scale.patch("nightly", MergePatch({"spec": {"replicas": 2}}))
    await backups.status.patch("nightly", MergePatch({"status": {"replicas": 1}}))
    older = await Api(old, client, namespace=namespace).get("nightly")
    assert (older.spec.schedule, older.spec.keep_days) == (CRON, 7)
    with pytest.raises(UnprocessableEntity, match="schedule"):
        await backups.patch("nightly", MergePatch({"spec": {"schedule": "sometimes"}}))

    group = current.__RESOURCE_CONFIG__.group
    for form in FORMS:
        text = await generate_from_cluster(client, f"backups.{group}", form=form)
        assert text == generate(definition, form=form), "what the server fills in changes nothing"
        module = executed(text)
        assert kubex.crd_for(module.Backup, module.BackupV1beta1).spec == definition.spec
        read = await Api(module.Backup, client, namespace=namespace).get("nightly")
        assert (read.spec.schedule, read.spec.keep_days, read.status.replicas) == (CRON, 7, 1)
    with pytest.raises(DefinitionError, match="no custom resource gizmos"):
        await generate_from_cluster(client, "gizmos")


@pytest.mark.parametrize("form", FORMS)
async def test_every_feature_of_a_schema(
    client: BaseClient, namespace: str, definitions: Definitions, form: Form
) -> None:
    given, content = everything(f"g{uuid.uuid4().hex[:8]}.example.com")
    module = executed(generate(given, form=form))
    definition = kubex.crd_for(module.Gadget)
    await definitions.create(definition)
    gadgets: Api[Any] = Api(module.Gadget, client, namespace=namespace)
    await served(gadgets)
    created = await gadgets.create(module.Gadget.model_validate(content))

    def plain(value: Any) -> dict[str, Any]:
        dumped: dict[str, Any] = value.model_dump(mode="json", by_alias=True, exclude_none=True)
        return dumped

    assert plain(created)["spec"] == content["spec"]
    with anyio.fail_after(20):
        async with aclosing(gadgets.watch(send_initial_events=True, allow_bookmarks=True)) as events:
            async for event in events:
                assert plain(event.object)["spec"] == content["spec"]
                break
    await gadgets.delete("everything")
    with anyio.fail_after(20):
        while True:
            if await gadgets.get_or_none("everything") is None:
                break
            await anyio.sleep(0.05)
    assert generate(definition, form=form) == generate(given, form=form)
