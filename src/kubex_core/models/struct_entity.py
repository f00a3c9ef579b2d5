"""`StructEntity`: the msgspec base of resources, the generated ones and users' own."""

from __future__ import annotations

from typing import Any, Self

import msgspec
from msgspec import field

from kubex_core.models._kinds import check_kind
from kubex_core.models._model_bases import MODEL_BASES
from kubex_core.models.base_struct import BaseStruct, always_written
from kubex_core.models.entity import Entity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig

__all__ = ["StructEntity"]


class _ResourceMeta(msgspec.StructMeta):
    """Gives a resource that does not declare its `api_version` and `kind` those of its `__RESOURCE_CONFIG__`.

    msgspec settles the fields when it makes the class, so this is the last moment to add one.
    """

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> Any:
        config = namespace.get("__RESOURCE_CONFIG__")
        if isinstance(config, ResourceConfig):
            annotations: dict[str, Any] = namespace.setdefault("__annotations__", {})
            inherited = any(hasattr(base, "__RESOURCE_CONFIG__") for base in bases)
            for attribute, value in config.type_fields("" if inherited else name).items():
                if value and attribute not in annotations:
                    annotations[attribute] = str
                    namespace[attribute] = field(default_factory=always_written(value))
        return super().__new__(mcls, name, bases, namespace, **options)


class StructEntity(BaseStruct, Entity, metaclass=_ResourceMeta, kw_only=True):
    """Base of resources written as structs: `BaseEntity`'s counterpart for speed.

    `api_version` and `kind` come from the class's `__RESOURCE_CONFIG__`. A subclass says `kw_only=True`.

    Example:
        ```python
        class BackupSpec(BaseStruct, kw_only=True):
            schedule: str

        class Backup(StructEntity, NamespaceScopedEntity, kw_only=True):
            __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")

            spec: BackupSpec
        ```
    """

    api_version: str = ""
    kind: str = ""
    metadata: ObjectMetadata = field(default_factory=ObjectMetadata)

    @classmethod
    def model_validate(cls, obj: Any, *, strict: bool = True) -> Self:
        """Build an object as `BaseStruct.model_validate` does; one of another kind is refused."""
        made = super().model_validate(obj, strict=strict)
        check_kind(made, made.api_version, made.kind)
        return made

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray) -> Self:
        """Build an object as `BaseStruct.model_validate_json` does; one of another kind is refused."""
        made = super().model_validate_json(json_data)
        check_kind(made, made.api_version, made.kind)
        return made


MODEL_BASES.append(StructEntity)
