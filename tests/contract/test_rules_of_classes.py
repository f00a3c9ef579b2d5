"""Rules in CEL by annotation: the server takes what `crd_for` writes, and refuses objects that break them."""

from __future__ import annotations

from typing import cast

import pytest

import kubex
from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.core.exceptions import UnprocessableEntity
from kubex.core.patch import MergePatch
from kubex_core.models.metadata import ObjectMetadata
from tests.contract.definitions import Definitions, definitions, in_a_group_of_its_own, served
from tests.unit.crd.backups import Backup, BackupSpec

__all__ = ("definitions",)

pytestmark = pytest.mark.anyio

CRON = "0 3 * * *"


async def test_an_object_that_breaks_a_rule_is_refused(
    client: BaseClient, namespace: str, definitions: Definitions
) -> None:
    (current,) = in_a_group_of_its_own(Backup)
    await definitions.create(kubex.crd_for(current))
    backups = cast("Api[Backup]", Api(current, client, namespace=namespace))
    await served(backups)

    def backup(keep_days: int) -> Backup:
        spec = BackupSpec(schedule=CRON, keep_days=keep_days, replicas=2)
        return cast("Backup", current(metadata=ObjectMetadata(name="nightly"), spec=spec))

    # The rule of a class.
    with pytest.raises(UnprocessableEntity, match="keep copies for a day at least"):
        await backups.create(backup(0))
    await backups.create(backup(1))
    with pytest.raises(UnprocessableEntity, match="keep copies for a day at least"):
        await backups.patch("nightly", MergePatch({"spec": {"keepDays": 0}}))
    # That of a field, which compares with what was there.
    with pytest.raises(UnprocessableEntity, match=r"spec\.replicas.*self >= oldSelf"):
        await backups.patch("nightly", MergePatch({"spec": {"replicas": 1}}))
    patched = await backups.patch("nightly", MergePatch({"spec": {"replicas": 3}}))
    assert (patched.spec.keep_days, patched.spec.replicas) == (1, 3)
