"""Reads kinds from CustomResourceDefinitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kubex.core._json_value import is_object
from kubex.generate.errors import DefinitionError
from kubex.generate.structural import check_structural

__all__ = ["DefinedKind", "defined_kinds"]

_API_VERSION: Final = "apiextensions.k8s.io/v1"


@dataclass(frozen=True)
class DefinedKind:
    """One version of a kind, with its schema."""

    group: str
    version: str
    kind: str
    plural: str
    is_namespaced: bool
    is_stored: bool
    schema: Mapping[str, Any]
    subresources: tuple[str, ...] = ()
    definition: Mapping[str, Any] | None = None
    """Arguments of its `DefinitionConfig`."""
    is_served: bool = True

    @property
    def names(self) -> set[str]:
        """Give what it may be asked for by."""
        return {self.kind.lower(), self.plural.lower(), f"{self.plural}.{self.group}".lower()}


def defined_kinds(definition: Mapping[str, Any], shown: str) -> list[DefinedKind]:
    """Give the kinds that a definition defines, one for each version.

    Args:
        definition: the CustomResourceDefinition.
        shown: where it is from, for errors.

    Raises:
        DefinitionError: something is missing, of a wrong type, or a schema is not structural.
    """
    shown = shown or "the definition"
    if definition.get("apiVersion") != _API_VERSION:
        raise DefinitionError(
            f"{shown} is a CustomResourceDefinition of {definition.get('apiVersion')}: servers have only {_API_VERSION}"
        )
    spec = _object(definition, "spec", shown)
    names = _object(spec, "names", f"{shown}, spec")
    group, plural, kind = (
        _text(spec, "group", f"{shown}, spec"),
        *(_text(names, name, f"{shown}, spec.names") for name in ("plural", "kind")),
    )
    where = f"{shown}: {plural}.{group}"
    if spec.get("scope") not in ("Namespaced", "Cluster"):
        raise DefinitionError(f"{where}: spec.scope is neither Namespaced nor Cluster")
    found: list[DefinedKind] = []
    for version in _versions(spec, where):
        name = version["name"]
        place = f"{where}, version {name}"
        schema = _object(_object(version, "schema", place), "openAPIV3Schema", f"{place}, schema")
        check_structural(schema, place)
        subresources: Mapping[str, Any] = version.get("subresources") or {}
        found.append(
            DefinedKind(
                group,
                name,
                kind,
                plural,
                spec["scope"] == "Namespaced",
                bool(version.get("storage")),
                schema,
                tuple(each for each in ("scale", "status") if subresources.get(each) is not None),
                dict(_definition(names, version)),
                bool(version.get("served", True)),
            )
        )
    return found


def _versions(spec: Mapping[str, Any], where: str) -> Iterable[Mapping[str, Any]]:
    listed = spec.get("versions")
    if not isinstance(listed, list) or not listed:
        raise DefinitionError(f"{where}: spec.versions is empty or no list")
    versions: list[Mapping[str, Any]] = []
    for number, each in enumerate(listed):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        if not is_object(each):
            raise DefinitionError(f"{where}: spec.versions[{number}] is no object")
        _text(each, "name", f"{where}, spec.versions[{number}]")
        versions.append(each)
    return versions


def _definition(names: Mapping[str, Any], version: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give the arguments of the `DefinitionConfig` that say something."""
    kind: str = names["kind"]
    subresources: Mapping[str, Any] = version.get("subresources") or {}
    selectable: list[Mapping[str, Any]] = version.get("selectableFields") or []
    found: tuple[tuple[str, Any], ...] = (
        ("short_names", names.get("shortNames")),
        ("categories", names.get("categories")),
        ("singular", names.get("singular") if names.get("singular") != kind.lower() else None),
        ("list_kind", names.get("listKind") if names.get("listKind") != f"{kind}List" else None),
        ("columns", version.get("additionalPrinterColumns")),
        ("scale", subresources.get("scale")),
        ("selectable_fields", [each.get("jsonPath") for each in selectable]),
    )
    for argument, value in found:
        if value:
            yield argument, value
    if not version.get("served", True):
        yield "served", False
    if version.get("storage") is not None:
        yield "storage", bool(version["storage"])
    if version.get("deprecated"):
        yield "deprecated", True
    if version.get("deprecationWarning"):
        yield "deprecation_warning", version["deprecationWarning"]


def _object(parent: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
    value = parent.get(name)
    if not is_object(value):
        raise DefinitionError(f"{where} has no {name}" if value is None else f"{where}.{name} is no object")
    return value


def _text(parent: Mapping[str, Any], name: str, where: str) -> str:
    value = parent.get(name)
    if not isinstance(value, str) or not value:
        raise DefinitionError(f"{where} has no {name}" if value is None else f"{where}.{name} is no text")
    return value
