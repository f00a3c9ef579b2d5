"""Classes to definitions that the server takes, and definitions to classes that read and write its objects."""

from __future__ import annotations

import uuid
from contextlib import aclosing
from typing import Any, cast

import anyio
import pytest

import kubex
from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.core.exceptions import UnprocessableEntity
from kubex.core.patch import MergePatch
from kubex.generate import DefinitionError, Form, generate, generate_from_cluster
from kubex_core.models.metadata import ObjectMetadata
from tests.contract.definitions import Definitions, definitions, in_a_group_of_its_own, served
from tests.unit.crd.backups import Backup, BackupSpec, OldBackup, Target
from tests.unit.generate.definitions import everything
from tests.unit.generate.modules import FORMS, executed

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:use v1"),  # the server in memory does not warn of deprecated versions
]

__all__ = ("definitions",)

CRON = "0 3 * * *"


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
