"""`BaseEntity`: the Pydantic base of users' own resources."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic.alias_generators import to_camel

from kubex_core.models.entity import Entity, register_model_base
from kubex_core.models.metadata import ObjectMetadata

__all__ = ["BaseEntity"]


class BaseEntity(BaseModel, Entity):
    """Base of resources written as Pydantic models.

    Fields are snake_case and camelCase on the wire; both spellings are read. Generated structs may be its fields.
    `api_version` and `kind` come from the class's `__RESOURCE_CONFIG__`.

    Example:
        ```python
        class Backup(BaseEntity, NamespaceScopedEntity, HasStatusSubresource):
            __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")
            spec: BackupSpec
            status: BackupStatus | None = None
        ```
    """

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    api_version: str = ""
    kind: str = ""
    metadata: ObjectMetadata = Field(default_factory=ObjectMetadata)

    @field_validator("metadata", mode="before")
    @classmethod
    def _metadata_is_never_none(cls, value: Any) -> Any:
        return ObjectMetadata() if value is None else value

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        config = getattr(cls, "__RESOURCE_CONFIG__", None)
        if config is None:
            return
        # The defaults are the config's, so that both are always written without a look-up for each object.
        cls.model_fields["api_version"].default = config.api_version
        cls.model_fields["kind"].default = config.kind
        cls.model_rebuild(force=True, raise_errors=False)


register_model_base(BaseEntity)
