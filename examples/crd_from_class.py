"""A resource of one's own: the class is the definition, and an object of it is checked by the API server.

Run it with `python examples/crd_from_class.py`, as somebody who may create CustomResourceDefinitions.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

import anyio
from pydantic import BaseModel, Field

import kubex
from kubex.core.exceptions import UnprocessableEntity
from kubex_core.models.base_entity import BaseEntity
from kubex_core.models.definition_config import DefinitionConfig, PrinterColumn
from kubex_core.models.interfaces import NamespaceScopedEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig


class BackupSpec(BaseModel):
    """What is wanted."""

    schedule: str
    keep: Annotated[int, Field(ge=1, le=365)] = 7
    mode: Literal["full", "incremental"] = "incremental"


class Backup(BaseEntity, NamespaceScopedEntity):
    """A backup that is made again and again."""

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="examples.kubex.dev", version="v1")
    __DEFINITION_CONFIG__: ClassVar[DefinitionConfig] = DefinitionConfig(
        short_names=("bk",), columns=(PrinterColumn(name="Schedule", json_path=".spec.schedule"),)
    )

    spec: BackupSpec


async def main() -> None:
    async with await kubex.create_client() as client:
        definition = kubex.crd_for(Backup)
        (applied,) = await kubex.apply_manifests(client, [definition], field_manager="crd-from-class", wait=60)
        print(applied)
        backups = kubex.Api(Backup, client, namespace=client.configuration.namespace or "default")
        nightly = Backup(metadata=ObjectMetadata(name="nightly"), spec=BackupSpec(schedule="0 3 * * *"))
        created = await backups.create_or_replace(nightly)
        print(f"{created.metadata.name}: {created.spec.mode}, {created.spec.keep} are kept")
        wrong = created.model_copy(deep=True)
        wrong.spec.keep = 1000  # Pydantic checks what it makes, the server everything
        try:
            await backups.replace("nightly", wrong)
        except UnprocessableEntity as error:
            print(f"refused: {error.message}")


if __name__ == "__main__":
    anyio.run(main)
