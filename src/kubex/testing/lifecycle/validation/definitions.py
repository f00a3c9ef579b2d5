"""What the server refuses in CustomResourceDefinitions."""

from __future__ import annotations

from typing import Any

from kubex.core._json_value import is_object
from kubex.testing.failures import Cause, field_invalid, field_not_supported, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import service_name_problems

__all__ = ["definition_causes"]


def definition_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a CustomResourceDefinition."""
    spec = new["spec"]
    names, group = object_at(spec, "names"), spec.get("group", "")
    name = new["metadata"].get("name", "")
    causes: list[Cause] = []
    if group and name != f"{names.get('plural', '')}.{group}":
        causes.append(field_invalid("metadata.name", name, 'must be spec.names.plural+"."+spec.group'))
    if not group:
        causes.append(field_required("spec.group"))
    elif "." not in group:
        causes.append(field_invalid("spec.group", group, "should be a domain with at least one dot"))
    if spec.get("scope") not in ("Cluster", "Namespaced"):
        causes.append(field_not_supported("spec.scope", spec.get("scope", ""), ["Cluster", "Namespaced"]))
    versions: list[dict[str, Any]] = list_at(spec, "versions")
    if sum(bool(each.get("storage")) for each in versions) != 1:
        shown = Cause(
            "FieldValueInvalid",
            "Invalid value: []: must have exactly one version marked as storage version",
            "spec.versions",
        )
        causes.append(shown)
    causes += _name_causes(names)
    if not versions:
        none = "Invalid value: null: must have at least one stored version"
        causes.append(Cause("FieldValueInvalid", none, "status.storedVersions"))
    for index, version in enumerate(versions):
        causes += _version_causes(index, version, single=len(versions) == 1)
    if old is not None:
        causes += _changes(old["spec"], spec)
    return causes


def _name_causes(names: dict[str, Any]) -> list[Cause]:
    causes: list[Cause] = []
    for name in ("plural", "singular"):
        causes += (
            _label_causes(name, names.get(name, "")) if names.get(name) else [field_required(f"spec.names.{name}")]
        )
    for index, each in enumerate(list_at(names, "shortNames")):
        causes += _label_causes(f"shortNames[{index}]", each)
    for name in ("kind", "listKind"):
        mixed = "may have mixed case, but should otherwise match: "
        own = names.get(name)
        causes += _label_causes(name, own, mixed) if own else [field_required(f"spec.names.{name}")]
    if names.get("kind") and names.get("kind") == names.get("listKind"):
        causes.append(field_invalid("spec.names.listKind", names["listKind"], "kind and listKind may not be the same"))
    for index, each in enumerate(list_at(names, "categories")):
        causes += _label_causes(f"categories[{index}]", each)
    return causes


def _label_causes(place: str, text: str, intro: str = "") -> list[Cause]:
    problems = service_name_problems(text.lower() if intro else text)
    return [field_invalid(f"spec.names.{place}", text, intro + ",".join(problems))] if problems else []


def _version_causes(index: int, version: dict[str, Any], *, single: bool) -> list[Cause]:
    schema: Any = object_at(version, "schema").get("openAPIV3Schema")
    where = f"spec.versions[{index}].schema.openAPIV3Schema"
    if not is_object(schema):
        return [field_required(where, "schemas are required")]
    # With one version the server speaks of the place where the schema was before there were several.
    where = "spec.validation.openAPIV3Schema" if single else where
    return _schema_causes(schema, where, "root" if not schema.get("type") else "")


def _schema_causes(schema: dict[str, Any], where: str, place: str) -> list[Cause]:
    causes: list[Cause] = []
    if schema.get("pattern"):
        from kubex.testing.custom_patterns import pattern_problem  # few definitions have one

        if problem := pattern_problem(schema["pattern"]):
            why = f"must be a valid regular expression, but isn't: {problem}"
            causes.append(field_invalid(f"{where}.pattern", schema["pattern"], why))
    untyped = not schema.get("type") and not schema.get("x-kubernetes-int-or-string")
    if untyped and not schema.get("x-kubernetes-preserve-unknown-fields"):
        of = {"root": "at the root", "items": "for specified array items"}.get(place, "for specified object fields")
        causes.append(field_required(f"{where}.type", f"must not be empty {of}"))
    for name, own in sorted(object_at(schema, "properties").items()):
        causes += _schema_causes(own, f"{where}.properties[{name}]", "")
    if is_object(schema.get("items")):
        causes += _schema_causes(schema["items"], f"{where}.items", "items")
    if is_object(schema.get("additionalProperties")):
        causes += _schema_causes(schema["additionalProperties"], f"{where}.additionalProperties", "")
    if schema.get("type") == "array" and "items" not in schema:
        causes.append(field_required(f"{where}.items", "must be specified"))
    return causes


def _changes(old: dict[str, Any], new: dict[str, Any]) -> list[Cause]:
    causes: list[Cause] = []
    for path in (("group",), ("scope",), ("names", "kind"), ("names", "plural")):
        before: Any = old
        after: Any = new
        for each in path:
            before, after = before.get(each), after.get(each)
        if before != after:
            causes.append(field_invalid(f"spec.{'.'.join(path)}", after, "field is immutable"))
    return causes
