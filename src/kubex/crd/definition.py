"""`crd_for`: the CustomResourceDefinition of a class, or of the classes of several versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast, overload

from kubex.crd._schemas import resource_schema
from kubex.generate.errors import DefinitionError
from kubex.generate.structural import check_structural
from kubex_core.models.definition_config import DefinitionConfig, PrinterColumn, ScalePaths
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.entity import Entity
from kubex_core.models.interfaces import HasScaleSubresource, HasStatusSubresource
from kubex_core.models.resource_config import ResourceConfig, Scope

if TYPE_CHECKING:
    from kubex.k8s.v1_35.apiextensions.v1 import CustomResourceDefinition

__all__ = ["crd_for"]

D = TypeVar("D", bound=Entity)

_API_VERSION: Final = "apiextensions.k8s.io/v1"


@overload
def crd_for(
    *classes: type[Entity], storage: type[Entity] | None = None, conversion: Mapping[str, Any] | None = None
) -> CustomResourceDefinition: ...


@overload
def crd_for(
    *classes: type[Entity],
    model: type[D],
    storage: type[Entity] | None = None,
    conversion: Mapping[str, Any] | None = None,
) -> D: ...


def crd_for(
    *classes: type[Entity],
    model: type[Any] | None = None,
    storage: type[Entity] | None = None,
    conversion: Mapping[str, Any] | None = None,
) -> Any:
    """Give the CustomResourceDefinition of a resource class, as an API server accepts it.

    Types and constraints (Pydantic's, msgspec's, `Schema`) become a structural schema, docstrings of classes and below
    attributes its descriptions, defaults its defaults. `HasStatusSubresource` and `HasScaleSubresource` switch on
    the subresources; short names, printer columns and the like stand in the class's `__DEFINITION_CONFIG__`.

    Args:
        classes: the class, or the classes of the versions of one kind.
        model: class to make the definition of; that of Kubernetes 1.35 where it is left out.
        storage: which version objects are stored in; where it is left out, the only one or the one whose
            `DefinitionConfig` says so.
        conversion: `spec.conversion` of the definition, of versions that differ in more than their name.

    Raises:
        DefinitionError: no schema can be made of a field, the text says of which; or the versions don't fit together.

    Example:
        ```python
        definitions = Api(CustomResourceDefinition, client)
        await definitions.apply(crd_for(Backup), field_manager="backup-operator")
        ```

    https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
    """
    if not classes:
        raise DefinitionError("crd_for needs a resource class")
    for each in classes:
        if not isinstance(getattr(each, "__RESOURCE_CONFIG__", None), ResourceConfig):
            raise DefinitionError(f"{each.__qualname__} is no resource: it has no __RESOURCE_CONFIG__")
    _require_one_kind(classes)
    stored = _stored(classes, storage)
    config = stored.__RESOURCE_CONFIG__
    spec: dict[str, Any] = {
        "group": config.group,
        "names": _names(config, _definition(stored)),
        "scope": "Namespaced" if config.scope is Scope.NAMESPACE else "Cluster",
        "versions": [_version(each, each is stored) for each in classes],
    }
    if conversion is not None:
        spec["conversion"] = dict(conversion)
    whole = {
        "apiVersion": _API_VERSION,
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{config.plural}.{config.group}"},
        "spec": spec,
    }
    return cast("Any", model or _newest_model()).model_validate(whole)


def _newest_model() -> type[Entity]:
    from kubex.k8s.v1_35.apiextensions.v1 import CustomResourceDefinition

    return CustomResourceDefinition


def _definition(cls: type[Entity]) -> DefinitionConfig:
    found = getattr(cls, "__DEFINITION_CONFIG__", None)
    return found if isinstance(found, DefinitionConfig) else DefinitionConfig()


def _require_one_kind(classes: Sequence[type[Entity]]) -> None:
    first = classes[0].__RESOURCE_CONFIG__
    if "." not in first.group:
        raise DefinitionError(
            f"{classes[0].__qualname__} is of the group {first.group!r}: a custom resource needs one with a domain, "
            'ResourceConfig(group="example.com")'
        )
    for each in classes[1:]:
        config = each.__RESOURCE_CONFIG__
        for what in ("group", "kind", "plural", "scope"):
            if getattr(config, what) != getattr(first, what):
                raise DefinitionError(
                    f"{each.__qualname__} is no version of {classes[0].__qualname__}: their {what}s differ"
                )
    versions = [each.__RESOURCE_CONFIG__.version for each in classes]
    for version in versions:
        if versions.count(version) > 1:
            raise DefinitionError(f"there are two classes of version {version}")


def _stored(classes: Sequence[type[Entity]], storage: type[Entity] | None) -> type[Entity]:
    if storage is not None:
        if storage not in classes:
            raise DefinitionError(f"storage {storage.__qualname__} is none of the classes")
        return storage
    if len(classes) == 1:
        return classes[0]
    marked = [each for each in classes if _definition(each).storage]
    candidates = marked or [each for each in classes if _definition(each).storage is None]
    if len(candidates) == 1:
        return candidates[0]
    raise DefinitionError(
        f"of {len(classes)} versions exactly one is stored: say which by storage=, or by storage=True in the "
        "DefinitionConfig of its class"
    )


def _names(config: ResourceConfig[Any], definition: DefinitionConfig) -> dict[str, Any]:
    names: dict[str, Any] = {
        "plural": config.plural,
        "singular": definition.singular or config.kind.lower(),
        "kind": config.kind,
        "listKind": definition.list_kind or f"{config.kind}List",
    }
    if definition.short_names:
        names["shortNames"] = list(definition.short_names)
    if definition.categories:
        names["categories"] = list(definition.categories)
    return names


def _version(cls: type[Entity], is_stored: bool) -> dict[str, Any]:
    config, definition = cls.__RESOURCE_CONFIG__, _definition(cls)
    version: dict[str, Any] = {"name": config.version, "served": definition.served, "storage": is_stored}
    if definition.deprecated:
        version["deprecated"] = True
    if definition.deprecation_warning is not None:
        version["deprecationWarning"] = definition.deprecation_warning
    version["schema"] = {"openAPIV3Schema": _schema(cls)}
    subresources: dict[str, Any] = {}
    if issubclass(cls, HasStatusSubresource):
        subresources["status"] = {}
    if issubclass(cls, HasScaleSubresource):
        subresources["scale"] = _scale(definition.scale or ScalePaths())
    elif definition.scale is not None:
        raise DefinitionError(f"{cls.__qualname__} has paths of a scale, but is no HasScaleSubresource")
    if subresources:
        version["subresources"] = subresources
    if definition.columns:
        version["additionalPrinterColumns"] = [_column(each) for each in definition.columns]
    if definition.selectable_fields:
        version["selectableFields"] = [{"jsonPath": each} for each in definition.selectable_fields]
    return version


def _schema(cls: type[Entity]) -> dict[str, Any]:
    if issubclass(cls, DynamicObject):
        return {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = resource_schema(cls)
    check_structural(schema, cls.__qualname__)
    return schema


def _scale(paths: ScalePaths) -> dict[str, Any]:
    found = {"specReplicasPath": paths.spec_replicas, "statusReplicasPath": paths.status_replicas}
    return found if paths.label_selector is None else {**found, "labelSelectorPath": paths.label_selector}


def _column(column: PrinterColumn) -> dict[str, Any]:
    found: dict[str, Any] = {"name": column.name, "type": column.type}
    for name in ("format", "description", "priority"):
        value = getattr(column, name)
        if value is not None:
            found[name] = value
    return {**found, "jsonPath": column.json_path}
