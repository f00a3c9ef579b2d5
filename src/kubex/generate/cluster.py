"""`generate_from_cluster`: a typed module of the custom resources that a cluster has."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.generate.errors import DefinitionError
from kubex.generate.generator import text_of
from kubex.generate.module_writer import Form
from kubex.manifests.files import Document
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.interfaces import ClusterScopedEntity
from kubex_core.models.resource_config import ResourceConfig

__all__ = ["generate_from_cluster"]


class _Definition(DynamicObject, ClusterScopedEntity):
    """A CustomResourceDefinition as the server has it."""

    __slots__ = ()
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[DynamicObject]] = ResourceConfig(
        group="apiextensions.k8s.io", version="v1", kind="CustomResourceDefinition"
    )


async def generate_from_cluster(
    client: BaseClient,
    *kinds: str,
    versions: Collection[str] = (),
    form: Form = "struct",
    line_length: int = 88,
) -> str:
    """Give the text of a module of the custom resources that a cluster has.

    Args:
        client: of the cluster.
        kinds: which kinds: `Backup`, `backups` or `backups.example.com`; all of them where there is none.
        versions: as of `generate`.
        form: as of `generate`.
        line_length: as of `generate`.

    Raises:
        DefinitionError: the cluster has no such kind, or no custom resources at all.
        KubexClientException: the server does not answer.

    Example:
        ```python
        text = await generate_from_cluster(client, "backups.example.com", form="pydantic")
        ```
    """
    wanted = {each.lower() for each in kinds}
    documents: list[Document] = []
    async for definition in Api(_Definition, client).iterate():
        spec = definition["spec"]
        names = {spec["names"]["kind"].lower(), spec["names"]["plural"], definition.metadata.name}
        if not wanted or wanted & names:
            documents.append(Document(definition.content, ""))
    if not documents:
        asked = f"no custom resource {', '.join(sorted(wanted))}" if wanted else "no custom resources"
        raise DefinitionError(f"the cluster has {asked}")
    return text_of(documents, kinds, versions, form, line_length)
