"""`DefinitionConfig`: what a CustomResourceDefinition says of a resource beside its address and its schema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["DefinitionConfig", "PrinterColumn", "ScalePaths"]


@dataclass(frozen=True, kw_only=True)
class PrinterColumn:
    """A column that `kubectl get` shows.

    Args:
        name: what stands above it.
        json_path: where the value is: `.spec.schedule`.
        type: what the value is.
        format: how it is written: `int32`, `date-time`, ….
        description: what it tells.
        priority: 0 is always shown, more only with `-o wide`.

    https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#additional-printer-columns
    """

    name: str
    json_path: str
    type: Literal["string", "integer", "number", "boolean", "date"] = "string"
    format: str | None = None
    description: str | None = None
    priority: int | None = None


@dataclass(frozen=True, kw_only=True)
class ScalePaths:
    """Where the `scale` subresource finds its values.

    Args:
        spec_replicas: replicas wanted.
        status_replicas: replicas there are.
        label_selector: the selector of the pods, as text, which autoscalers need.
    """

    spec_replicas: str = ".spec.replicas"
    status_replicas: str = ".status.replicas"
    label_selector: str | None = None


@dataclass(frozen=True, kw_only=True)
class DefinitionConfig:
    """What `kubex.crd_for` writes beside address and schema; the class attribute `__DEFINITION_CONFIG__`.

    Args:
        short_names: other names for `kubectl`: `("bk",)`.
        categories: groups of resources for `kubectl`: `("all",)`.
        singular: the singular; the kind in lower case where it is left out.
        list_kind: kind of lists; the kind and `List` where it is left out.
        columns: what `kubectl get` shows beside the name.
        scale: paths of the `scale` subresource, of a class with `HasScaleSubresource`.
        selectable_fields: JSON paths that field selectors may name: `(".spec.color",)`.
        served: whether the version is served.
        storage: whether objects are stored in this version; of several classes of a resource one says so.
        deprecated: whether clients of this version are warned.
        deprecation_warning: what they are told.

    Example:
        ```python
        class Backup(BaseEntity, NamespaceScopedEntity):
            __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")
            __DEFINITION_CONFIG__: ClassVar[DefinitionConfig] = DefinitionConfig(
                short_names=("bk",), columns=(PrinterColumn(name="Schedule", json_path=".spec.schedule"),)
            )
        ```
    """

    short_names: Sequence[str] = ()
    categories: Sequence[str] = ()
    singular: str | None = None
    list_kind: str | None = None
    columns: Sequence[PrinterColumn] = ()
    scale: ScalePaths | None = None
    selectable_fields: Sequence[str] = ()
    served: bool = True
    storage: bool | None = None
    deprecated: bool = False
    deprecation_warning: str | None = None
