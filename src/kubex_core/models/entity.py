"""The root of everything that can be a Kubernetes resource, and the rule for marker interfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from kubex_core.models._model_bases import MODEL_BASES

if TYPE_CHECKING:
    from kubex_core.models.metadata import ObjectMetadata
    from kubex_core.models.resource_config import ResourceConfig

__all__ = ["Entity"]


class Entity:
    """Root of resources: what `Api[T]` asks of its `T`.

    Resources are written on one of its two bases, `BaseEntity` (Pydantic) or `StructEntity` (msgspec), beside
    the markers of `kubex_core.models.interfaces`. A subclass of a resource is the same resource (kind, group and all)
    unless it has a `__RESOURCE_CONFIG__` of its own; its lists hold objects of the subclass.
    """

    # Empty slots: msgspec refuses `gc=False` for a struct whose other bases give it a `__dict__`.
    __slots__ = ()

    if TYPE_CHECKING:
        __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Any]]
        metadata: ObjectMetadata

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not any(issubclass(cls, base) for base in MODEL_BASES):
            if cls.__module__.startswith("kubex_core.models."):
                return
            raise TypeError(
                f"{cls.__qualname__} carries a marker interface but is no model: "
                "derive it from BaseEntity (Pydantic) or StructEntity (msgspec) too"
            )
        config = getattr(cls, "__RESOURCE_CONFIG__", None)
        if config is not None:
            cls.__RESOURCE_CONFIG__ = config.bound_to(cls)  # pyright: ignore[reportConstantRedefinition]
