"""What the server refuses in CustomResourceDefinitions.

https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.core._json_value import is_object
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.api_approval import APPROVED, approval_of
from kubex.testing.lifecycle.definition_texts import shown_versions
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import Problems, dns_subdomain_problems, service_name_problems
from kubex.testing.lifecycle.validation.definition_paths import selectable_causes, simple_path_causes
from kubex.testing.lifecycle.validation.definition_schemas import schema_causes
from kubex.testing.lifecycle.validation.review_versions import review_version_causes
from kubex.testing.lifecycle.validation.values import immutable, unsupported
from kubex.testing.lifecycle.validation.webhooks import client_causes

__all__ = ["definition_causes", "definition_status_causes"]

_COLUMN_TYPES: Final = ("boolean", "date", "integer", "number", "string")
_COLUMN_FORMATS: Final = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password")
_LONGEST_WARNING: Final = 256
# What the server holds beside the versions, where all of them have it alike; and where it is then.
_SHARED: Final = {
    "schema": "validation",
    "subresources": "subresources",
    "additionalPrinterColumns": "additionalPrinterColumns",
    "selectableFields": "selectableFields",
}
_PRESERVED: Final = (
    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"
)


def definition_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a CustomResourceDefinition."""
    spec = new["spec"]
    names = object_at(spec, "names")
    versions: list[dict[str, Any]] = list_at(spec, "versions")
    causes: list[Cause] = []
    if old is None:
        causes += _own_name_causes(new["metadata"], f"{names.get('plural', '')}.{spec.get('group', '')}")
    causes += _group_causes(spec.get("group", ""))
    scope, scopes = spec.get("scope", ""), ("Cluster", "Namespaced")
    if not scope:
        causes.append(field_required("spec.scope"))
    elif scope not in scopes:
        causes.append(unsupported("spec.scope", scope, scopes))
    causes += _versions_causes(versions)
    causes += [field_required(f"spec.names.{each}") for each in _NEEDED_NAMES if not names.get(each)]
    causes += _names_causes(names, "spec.names")
    causes += _conversion_causes(object_at(spec, "conversion"))
    if old is not None:
        causes += _change_causes(spec, old)
    causes += _stored_causes(versions, list_at(object_at(new, "status"), "storedVersions"))
    causes += _approval_causes(new, old)
    if spec.get("preserveUnknownFields"):
        causes.append(field_invalid("spec.preserveUnknownFields", True, _PRESERVED))
    return causes


_NEEDED_NAMES: Final = ("plural", "singular", "kind", "listKind")


def definition_status_causes(new: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the status of a CustomResourceDefinition."""
    return list(_names_causes(object_at(object_at(new, "status"), "acceptedNames"), "status.acceptedNames"))


def _own_name_causes(metadata: dict[str, Any], wanted: str) -> list[Cause]:
    why = 'must be spec.names.plural+"."+spec.group'
    given = ((each, metadata.get(each)) for each in ("generateName", "name"))
    return [field_invalid(f"metadata.{each}", name, why) for each, name in given if name and name != wanted]


def _group_causes(group: str) -> list[Cause]:
    if not group:
        return [field_required("spec.group")]
    if problems := dns_subdomain_problems(group):
        return [field_invalid("spec.group", group, ",".join(problems))]
    if "." not in group:
        return [field_invalid("spec.group", group, "should be a domain with at least one dot")]
    return []


def _versions_causes(versions: list[dict[str, Any]]) -> Iterator[Cause]:
    shared = {
        name for name in _SHARED if versions and all(each.get(name) == versions[0].get(name) for each in versions)
    }
    own = [{name: value for name, value in each.items() if name not in shared} for each in versions]
    schemas: list[Any] = [object_at(each, "schema").get("openAPIV3Schema") for each in versions]
    with_status = [object_at(each, "subresources").get("status") is not None for each in versions]
    for index, version in enumerate(versions):
        where, name = f"spec.versions[{index}]", version.get("name", "")
        if not is_object(schemas[index]):
            yield field_required(f"{where}.schema.openAPIV3Schema")
        if problems := service_name_problems(name):
            yield field_invalid(f"{where}.name", name, ",".join(problems))
            if not index and name:
                yield field_invalid("spec.version", name, ",".join(problems))
        yield from _deprecation_causes(version, where)
        if is_object(schemas[index]) and "schema" not in shared:
            yield from schema_causes(schemas[index], f"{where}.schema.openAPIV3Schema", has_status=with_status[index])
        apart = "may only be set when `version.schema.openAPIV3Schema` is not included"
        yield from _parts_causes(own[index], where, None if "schema" in shared else schemas[index], apart)
    if versions:
        first, schema = {name: versions[0].get(name) for name in shared}, schemas[0]
        if "schema" in shared and is_object(schema):
            yield from schema_causes(schema, "spec.validation.openAPIV3Schema", has_status=any(with_status))
        apart = "may only be set when validations.schema is included"
        given = {name: value for name, value in first.items() if value is not None}
        yield from _parts_causes(given, "spec", schema if "schema" in shared else None, apart)
    names = [each.get("name", "") for each in versions]
    if len(set(names)) != len(names):
        yield _of_versions(own, "must contain unique version names")
    if sum(bool(each.get("storage")) for each in versions) != 1:
        why = "must have exactly one version marked as storage version"
        yield _of_versions(own, why)


def _of_versions(versions: list[dict[str, Any]], why: str) -> Cause:
    return Cause("FieldValueInvalid", f"Invalid value: {shown_versions(versions)}: {why}", "spec.versions")


def _deprecation_causes(version: dict[str, Any], where: str) -> Iterator[Cause]:
    text: str | None = version.get("deprecationWarning")
    if text is None:
        return
    field = f"{where}.deprecationWarning"
    if not version.get("deprecated"):
        yield field_invalid(field, text, "can only be set for deprecated versions")
        return
    if len(text.encode()) > _LONGEST_WARNING:
        yield field_invalid(field, text, f"must be <= {_LONGEST_WARNING} characters long")
    if not text:
        yield field_invalid(field, text, "must not be an empty string")
    odd = next((index for index, each in enumerate(text) if not (each.isprintable() or each == " ")), None)
    if odd is not None:
        at = len(text[:odd].encode())
        only = "must only contain printable UTF-8 characters"
        yield field_invalid(field, text, f"{only}; non-printable character found at index {at}")


def _parts_causes(version: dict[str, Any], where: str, schema: Any, apart: str) -> Iterator[Cause]:
    """Say what is wrong with what a version has beside its schema, or all versions have alike.

    Args:
        version: it, or what all versions have alike.
        where: that is.
        schema: beside it; `None` where the one is each version's own and the other is not.
        apart: what is said of selectable fields then.
    """
    scale = object_at(version, "subresources").get("scale")
    if scale is not None:
        yield from _scale_causes(scale, f"{where}.subresources.scale")
    for index, column in enumerate(list_at(version, "additionalPrinterColumns")):
        yield from _column_causes(column, f"{where}.additionalPrinterColumns[{index}]")
    fields = list_at(version, "selectableFields")
    if fields and schema is None:
        yield field_invalid(f"{where}.selectableFields", "", apart)
    elif fields and is_object(schema):
        yield from selectable_causes(fields, schema, f"{where}.selectableFields")


def _scale_causes(scale: dict[str, Any], where: str) -> Iterator[Cause]:
    for name, root in (("specReplicasPath", ".spec"), ("statusReplicasPath", ".status")):
        path, field = scale.get(name, ""), f"{where}.{name}"
        if not path:
            yield field_required(field)
            continue
        causes = simple_path_causes(field, path)
        if not causes and not path.startswith(f"{root}."):
            causes = [field_invalid(field, path, f"should be a json path under {root}")]
        yield from causes
    path, field = scale.get("labelSelectorPath") or "", f"{where}.labelSelectorPath"
    if path:
        causes = simple_path_causes(field, path)
        if not causes and not path.startswith((".spec.", ".status.")):
            causes = [field_invalid(field, path, "should be a json path under either .spec or .status")]
        yield from causes


def _column_causes(column: dict[str, Any], where: str) -> Iterator[Cause]:
    if not column.get("name"):
        yield field_required(f"{where}.name")
    kind, form, path = (column.get(each) or "" for each in ("type", "format", "jsonPath"))
    types = f"must be one of {','.join(_COLUMN_TYPES)}"
    if not kind:
        yield field_required(f"{where}.type", types)
    elif kind not in _COLUMN_TYPES:
        yield field_invalid(f"{where}.type", kind, types)
    if form and form not in _COLUMN_FORMATS:
        yield field_invalid(f"{where}.format", form, f"must be one of {','.join(_COLUMN_FORMATS)}")
    yield from simple_path_causes(f"{where}.JSONPath", path) if path else [field_required(f"{where}.JSONPath")]


def _names_causes(names: dict[str, Any], where: str) -> Iterator[Cause]:
    """Say what is wrong with names that are there."""
    mixed = "may have mixed case, but should otherwise match: "
    for name, intro in (("plural", ""), ("singular", ""), ("kind", mixed), ("listKind", mixed)):
        yield from _label_causes(f"{where}.{name}", names.get(name) or "", intro)
    for name in ("shortNames", "categories"):
        for index, each in enumerate(list_at(names, name)):
            if problems := service_name_problems(each):
                yield field_invalid(f"{where}.{name}[{index}]", each, ",".join(problems))
    if names.get("kind") and names.get("kind") == names.get("listKind"):
        yield field_invalid(f"{where}.listKind", names["listKind"], "kind and listKind may not be the same")


def _label_causes(field: str, text: str, intro: str) -> list[Cause]:
    problems: Problems = service_name_problems(text.lower() if intro else text) if text else []
    return [field_invalid(field, text, intro + ",".join(problems))] if problems else []


def _conversion_causes(conversion: dict[str, Any]) -> Iterator[Cause]:
    strategy, webhook = conversion.get("strategy", ""), conversion.get("webhook")
    where, strategies = "spec.conversion", ("None", "Webhook")
    if not strategy:
        yield field_required(f"{where}.strategy")
    elif strategy not in strategies:
        yield unsupported(f"{where}.strategy", strategy, strategies)
    client, reviews = object_at(webhook or {}, "clientConfig"), list_at(webhook or {}, "conversionReviewVersions")
    field = f"{where}.webhookClientConfig"
    if strategy != "Webhook":
        if object_at({"of": webhook}, "of").get("clientConfig") is not None:
            yield field_forbidden(field, "should not be set when strategy is not set to Webhook")
        if reviews:
            why = "should not be set when strategy is not set to Webhook"
            yield field_forbidden(f"{where}.conversionReviewVersions", why)
        return
    if object_at({"of": webhook}, "of").get("clientConfig") is None:
        yield field_required(field, "required when strategy is set to Webhook")
    else:
        yield from client_causes(client, field)
    field = f"{where}.conversionReviewVersions"
    yield from review_version_causes(reviews, field) if reviews else [field_required(field)]


def _stored_causes(versions: list[dict[str, Any]], stored: list[str]) -> Iterator[Cause]:
    field = "status.storedVersions"
    if not stored:
        yield Cause("FieldValueInvalid", "Invalid value: null: must have at least one stored version", field)
        return
    missing = dict.fromkeys(stored)
    for name, is_stored in ((each.get("name", ""), each.get("storage")) for each in versions):
        if is_stored and name not in missing:  # or there was one of its name before it
            text = f"Invalid value: {go_json(stored)}: must have the storage version {name}"
            yield Cause("FieldValueInvalid", text, field)
        missing.pop(name, None)
    for index, name in enumerate(stored):
        if name in missing:
            why = (
                f"missing from spec.versions; {name} was previously a storage version, and must remain in "
                f"spec.versions until a storage migration ensures no data remains persisted in {name} and removes "
                f"{name} from status.storedVersions"
            )
            yield field_invalid(f"{field}[{index}]", name, why)


def _approval_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """What is of a protected group has been approved, or nobody has cared for long."""
    approval, before = approval_of(new), approval_of(old) if old is not None else None
    if approval is None or (before is not None and before.reason == approval.reason):
        return []
    field = f"metadata.annotations[{APPROVED}]"
    if approval.reason == "MissingAnnotation":
        return [field_required(field, approval.message)]
    if approval.reason == "InvalidAnnotation":
        return [field_invalid(field, new["metadata"]["annotations"][APPROVED], approval.message)]
    return []


def _change_causes(spec: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    before = old["spec"]
    paths: list[tuple[str, ...]] = [("group",), ("names", "plural")]
    conditions: list[dict[str, Any]] = list_at(object_at(old, "status"), "conditions")
    if any(each.get("type") == "Established" and each.get("status") == "True" for each in conditions):
        paths = [("scope",), ("names", "kind"), *paths]
    causes: list[Cause] = []
    for path in paths:
        had, has = (_member(each, path) for each in (before, spec))
        causes += immutable(f"spec.{'.'.join(path)}", had, has)
    return causes


def _member(spec: dict[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = spec
    for name in path:
        value = value.get(name, "") if is_object(value) else ""
    return value
