"""`BaseEntity`: the Pydantic base of users' own resources."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic.alias_generators import to_camel

from kubex_core.models._kinds import check_kind
from kubex_core.models._model_bases import MODEL_BASES
from kubex_core.models.entity import Entity
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

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    api_version: str = ""
    kind: str = ""
    metadata: ObjectMetadata = Field(default_factory=ObjectMetadata)

    @field_validator("metadata", mode="before")
    @classmethod
    def _metadata_is_never_none(cls, value: Any) -> Any:
        return ObjectMetadata() if value is None else value

    @model_validator(mode="after")
    def _is_of_its_kind(self, info: ValidationInfo) -> Self:
        if not (
            info.context and info.context.get("kubex_tolerant")
        ):  # what a server answers is checked where it is read
            check_kind(self, self.api_version, self.kind)
        return self

    @model_validator(mode="after")
    def _identity_counts_as_set(self) -> Self:
        # `exclude_unset` must not leave out what every object carries, nor metadata that was filled in afterwards.
        self.__pydantic_fields_set__.update(("api_version", "kind", "metadata"))
        return self

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        config = getattr(cls, "__RESOURCE_CONFIG__", None)
        if config is None:
            return
        # The defaults are the config's, so that both are always written without a look-up for each object.
        api_version, kind = cls.model_fields["api_version"], cls.model_fields["kind"]
        if (api_version.default, kind.default) == (config.api_version, config.kind):
            return
        api_version.default, kind.default = config.api_version, config.kind
        if cls.__pydantic_complete__:  # else it is yet to be built, which will find the defaults
            cls.model_rebuild(force=True, _parent_namespace_depth=0)


MODEL_BASES.append(BaseEntity)
