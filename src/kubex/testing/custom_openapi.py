"""The OpenAPI document, version 3, of a group's custom resources.

Its paths are those of a built-in resource that has all a custom resource can have, under other names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from kubex.core._json_value import is_array, is_object
from kubex.testing.lifecycle.patch_types import APPLY, JSON, MERGE
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

__all__ = ["MODEL_PLACE", "custom_paths", "custom_schemas"]

MODEL_PLACE: Final = "apis/apps/v1"
"""Where the document of the model is."""

_MODEL_PATH: Final = f"/{MODEL_PLACE}"
_MODEL_PLURAL: Final = "deployments"
_MODEL_KIND: Final = "Deployment"
_MODEL_NAME: Final = "AppsV1"  # of its group and version in an operation's
_IN_NAMESPACE: Final = "/namespaces/{namespace}"
_SCHEMAS: Final = "#/components/schemas/"
_MODEL_SCHEMA: Final = f"{_SCHEMAS}io.k8s.api.apps.v1.{_MODEL_KIND}"
_META: Final = f"{_SCHEMAS}io.k8s.apimachinery.pkg.apis.meta.v1."
_KIND: Final = "x-kubernetes-group-version-kind"
_INT_OR_STRING: Final = "x-kubernetes-int-or-string"
_EMBEDDED: Final = "x-kubernetes-embedded-resource"
_FORMS: Final = ("application/json", "application/yaml")
_PATCH_FORMS: Final = (APPLY, JSON, MERGE)


def custom_paths(model: Mapping[str, Any], resources: Iterable[Resource]) -> JsonObject:
    """Make the paths of custom resources.

    Args:
        model: the paths of the document at `MODEL_PLACE`.
        resources: all of one group and version.
    """
    paths: JsonObject = {}
    for resource in resources:
        for path, item in model.items():
            renamed = _path(path, resource)
            if renamed is not None:
                paths[renamed] = _renamed(item, resource)
    return dict(sorted(paths.items()))


def custom_schemas(resources: Iterable[Resource]) -> JsonObject:
    """Make the schemas of custom resources and of their lists."""
    return dict(sorted(pair for resource in resources for pair in _schemas(resource)))


def _path(path: str, resource: Resource) -> str | None:
    """Name one of the model's paths anew; `None` if the custom resource has none like it."""
    place, found, rest = path.partition(f"/{_MODEL_PLURAL}")
    if not found or not place.startswith(_MODEL_PATH) or "/watch" in place:
        return None
    subresource = rest.removeprefix("/{name}").strip("/")
    if subresource and subresource not in resource.subresources:
        return None
    if not resource.namespaced:
        if not place.endswith(_IN_NAMESPACE):  # objects of all namespaces
            return None
        place = place.removesuffix(_IN_NAMESPACE)
    group, plural, _ = resource.name
    return f"{place.replace(_MODEL_PATH, f'/apis/{group}/{resource.version}')}/{plural}{rest}"


def _renamed(value: Any, resource: Resource) -> Any:
    if is_array(value):
        return [_renamed(each, resource) for each in value if resource.namespaced or not _is_namespace(each)]
    if not is_object(value):
        return value
    renamed = {name: _renamed(each, resource) for name, each in value.items()}
    if isinstance(reference := renamed.get("$ref"), str):
        renamed["$ref"] = reference.replace(_MODEL_SCHEMA, f"{_SCHEMAS}{_schema_name(resource)}")
    if isinstance(operation := renamed.get("operationId"), str):
        renamed["operationId"] = _operation(operation, resource)
        renamed["tags"] = [_tag(resource)]
    if _KIND in renamed:
        renamed[_KIND] = _group_version_kind(resource)
    if is_object(forms := renamed.get("content")) and forms:
        kept = _PATCH_FORMS if any(form in forms for form in _PATCH_FORMS) else _FORMS
        renamed["content"] = dict.fromkeys(kept, next(iter(forms.values())))
    return renamed


def _is_namespace(parameter: Any) -> bool:
    return is_object(parameter) and parameter.get("in") == "path" and parameter.get("name") == "namespace"


def _operation(name: str, resource: Resource) -> str:
    tag = _tag(resource).partition("_")[0]
    version = resource.version
    name = name.replace(_MODEL_NAME, f"{tag[0].upper()}{tag[1:]}{version[0].upper()}{version[1:]}")
    name = name.replace(_MODEL_KIND, resource.kind)
    return name if resource.namespaced else name.replace("Namespaced", "", 1)


def _tag(resource: Resource) -> str:
    first, *rest = resource.name.group.split(".")
    return f"{first}{''.join(part[:1].upper() + part[1:] for part in rest)}_{resource.version}"


def _schemas(resource: Resource) -> Iterator[tuple[str, JsonObject]]:
    custom, name = resource.custom, _schema_name(resource)
    described = _published(custom.openapi_schema if custom is not None else None)
    kind = _group_version_kind(resource)
    whole = {**described, "type": "object", "properties": {**described.get("properties", {}), **_of_objects("Object")}}
    yield name, {**whole, _KIND: [kind]}
    items = {"type": "array", "items": {"$ref": f"{_SCHEMAS}{name}"}}
    list_kind = resource.list_kind
    yield (
        f"{name.removesuffix(resource.kind)}{list_kind}",
        {
            "description": f"{list_kind} is a list of {resource.kind}",
            "type": "object",
            "required": ["items"],
            "properties": {"items": items, **_of_objects("List")},
            _KIND: [{**kind, "kind": list_kind}],
        },
    )


def _published(schema: Any) -> JsonObject:
    """Give a schema as the document has it: what its extensions imply is spelled out."""
    if not is_object(schema):
        return {}
    published: JsonObject = {}
    for name, value in schema.items():
        if name == "properties" and is_object(value):
            published[name] = {each: _published(inner) for each, inner in value.items()}
        elif name in ("items", "additionalProperties", "not") and is_object(value):
            published[name] = _published(value)
        else:
            published[name] = value
    if published.get(_INT_OR_STRING) is True and "anyOf" not in published:
        published["anyOf"] = [{"type": "integer"}, {"type": "string"}]
    if published.get(_EMBEDDED) is True:
        published["properties"] = {**published.get("properties", {}), **_of_objects("Object")}
    return published


def _of_objects(what: str) -> JsonObject:
    """Give the properties that every object has, or every list."""
    metadata = {"allOf": [{"$ref": f"{_META}{what}Meta"}]}
    return {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": metadata}


def _schema_name(resource: Resource) -> str:
    return f"{'.'.join(reversed(resource.name.group.split('.')))}.{resource.version}.{resource.kind}"


def _group_version_kind(resource: Resource) -> JsonObject:
    return {"group": resource.name.group, "version": resource.version, "kind": resource.kind}
