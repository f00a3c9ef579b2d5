"""The OpenAPI documents of a cluster: version 2 as a whole, version 3 group by group.

https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from kubex.core._json_value import is_array, is_object
from kubex.testing.custom_openapi import MODEL_PLACE, custom_paths, custom_schemas
from kubex.testing.registry import Registry, Resource
from kubex.testing.schema.openapi_document import OpenApiDocument
from kubex.testing.storage import JsonObject

__all__ = ["OpenApi"]

_OLD_REFERENCE: Final = "#/definitions/"
_PARAMETER: Final = "#/parameters/"
_NEW_REFERENCE: Final = "#/components/schemas/"
_JSON_SHAPES: Final = ("application/json", "application/yaml")
_KIND: Final = "x-kubernetes-group-version-kind"
_ADDED: Final = "x-kubex-"  # members of the kept documents that no server's have
_SCHEMA_MEMBERS: Final = ("type", "format", "items", "default", "enum", "uniqueItems", "pattern", "minimum", "maximum")
# What is a string in version 2, and in version 3 either of two types.
_EITHER: Final[Mapping[str, JsonObject]] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {"oneOf": [{"type": "string"}, {"type": "number"}]},
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {
        "format": "int-or-string",
        "oneOf": [{"type": "integer"}, {"type": "string"}],
    },
}
_GROUP_OF_PATH: Final = re.compile(r"/(apis/[^/]+/[^/]+|api/[^/]+)(?:/|$)")

_encode = msgspec.json.encode

# Documents of a release are the same for every cluster of a process.
_version_2_of: dict[int, bytes] = {}
_converted: dict[tuple[int, str], bytes] = {}
_paths_of: dict[int, dict[str, dict[str, Any]]] = {}
_kinds_of: dict[int, dict[str, list[str]]] = {}
_parameters_of: dict[int, dict[str, JsonObject]] = {}


class _SharedParameters(msgspec.Struct):
    parameters: dict[str, JsonObject] = {}


_parameters_decoder = msgspec.json.Decoder(_SharedParameters)


class OpenApi:
    """The documents, each made when it is first asked for.

    Args:
        registry: what is served.
        document: of the Kubernetes release.
    """

    def __init__(self, registry: Registry, document: OpenApiDocument) -> None:
        self._registry = registry
        self._document = document

    def version_2(self) -> bytes:
        """Give the whole document of the release. Custom resources are not in it."""
        key = id(self._document)
        if key not in _version_2_of:
            document = _as_served(msgspec.json.decode(self._document.content))
            document["info"]["version"] = self._document.release
            _version_2_of[key] = _encode(document)
        return _version_2_of[key]

    def version_2_mark(self) -> str:
        """Name the document of version 2: the same for as long as the server is of its release."""
        return hashlib.sha512(f"{self._document.release} {self._document.version}".encode()).hexdigest().upper()

    def index(self) -> bytes:
        """Give the index of the documents of version 3."""
        paths: JsonObject = {}
        for group in self._registry.groups():
            for version in self._registry.versions(group):
                place = f"apis/{group}/{version}" if group else f"api/{version}"
                paths[place] = {"serverRelativeURL": f"/openapi/v3/{place}?hash={self.mark(place)}"}
        return _encode({"paths": paths})

    def mark(self, place: str) -> str:
        """Name the state of a document of version 3: another one once it is changed.

        Args:
            place: of a document that there is.
        """
        custom = repr(self._definitions(*_group_version(place)))
        return hashlib.sha256(f"{self._document.version}{place}{custom}".encode()).hexdigest().upper()

    def version_3(self, place: str) -> bytes | None:
        """Give a document of version 3.

        Args:
            place: `api/v1`, `apis/apps/v1`; `None` is the answer if there is no such group and version.
        """
        group, version = _group_version(place)
        if version not in self._registry.versions(group) or place.startswith("api/") is bool(group):
            return None
        custom = [each for each in self._registry.resources(group, version) if each.custom is not None]
        if custom:
            return _encode(self._of_custom_resources(custom))
        key = (id(self._document), place)
        if key not in _converted:
            _converted[key] = _encode(self._converted(place, group, version))
        return _converted[key]

    def _definitions(self, group: str, version: str) -> list[tuple[Any, Any]]:
        """Give what tells the states of a group apart that custom resources change."""
        custom = [each.custom for each in self._registry.resources(group, version) if each.custom is not None]
        return [(each.definition, each.openapi_schema) for each in custom]

    def _of_custom_resources(self, resources: Sequence[Resource]) -> JsonObject:
        model = self.version_3(MODEL_PLACE)
        paths = custom_paths(msgspec.json.decode(model)["paths"] if model else {}, resources)
        schemas = custom_schemas(resources)
        schemas = self._with_references(schemas, [*_references(paths), *_references(schemas)])
        return _document("Kubernetes CRD Swagger", "v0.1.0", paths, schemas)

    def _converted(self, place: str, group: str, version: str) -> JsonObject:
        paths = {
            path: _converted_path(item, self._parameters())
            for path, item in self._paths().items()
            if (match := _GROUP_OF_PATH.match(path)) and match[1] == place
        }
        wanted = list(_references(paths)) + self._kinds().get(f"{group}/{version}", [])
        return _document("Kubernetes", self._document.release, paths, self._with_references({}, wanted))

    def _with_references(self, schemas: JsonObject, wanted: list[str]) -> JsonObject:
        """Add the definitions that are wanted, and those that they refer to."""
        while wanted:
            name = wanted.pop()
            if name not in schemas and name in self._document.definitions:
                schemas[name] = _EITHER.get(name) or _converted_schema(self._document.definition(name))
                wanted += _references(schemas[name])
        return dict(sorted(schemas.items()))

    def _paths(self) -> dict[str, dict[str, Any]]:
        key = id(self._document)
        if key not in _paths_of:
            _paths_of[key] = msgspec.json.decode(self._document.paths)
        return _paths_of[key]

    def _parameters(self) -> dict[str, JsonObject]:
        """Give the parameters that operations refer to."""
        key = id(self._document)
        if key not in _parameters_of:
            _parameters_of[key] = _parameters_decoder.decode(self._document.content).parameters
        return _parameters_of[key]

    def _kinds(self) -> dict[str, list[str]]:
        """Give the definitions that are kinds of a group and version."""
        key = id(self._document)
        if key not in _kinds_of:
            found: dict[str, list[str]] = {}
            for name, content in self._document.definitions.items():
                if _KIND.encode() in bytes(content):
                    for kind in self._document.definition(name)[_KIND]:
                        found.setdefault(f"{kind['group']}/{kind['version']}", []).append(name)
            _kinds_of[key] = found
        return _kinds_of[key]


def _group_version(place: str) -> tuple[str, str]:
    """Take apart where a document of version 3 is."""
    group, _, version = place.removeprefix("apis/").removeprefix("api/").rpartition("/")
    return group, version


def _as_served(document: JsonObject) -> JsonObject:
    """Take from a kept document what a server's own of version 2 does not have; the document is changed."""
    for definition in document["definitions"].values():
        for schema in definition.get("properties", {}).values():
            for name in [each for each in schema if each == "default" or each.startswith(_ADDED)]:
                del schema[name]
    for item in document["paths"].values():
        for operation in item.values():
            for forms in ("consumes", "produces"):
                if is_object(operation) and forms in operation:
                    operation[forms] = _forms(operation[forms])
    return document


def _forms(names: Iterable[str]) -> list[str]:
    """Leave out CBOR, which servers read and write only where it is switched on."""
    return [name for name in names if "cbor" not in name]


def _document(title: str, version: str, paths: JsonObject, schemas: JsonObject) -> JsonObject:
    info = {"title": title, "version": version}
    return {"openapi": "3.0.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


def _converted_path(item: JsonObject, shared: Mapping[str, JsonObject]) -> JsonObject:
    # Version 3 has no bodies among the parameters: those of a path are given to its operations.
    common = [_resolved(each, shared) for each in item.get("parameters", ())]
    bodies = [each for each in common if each.get("in") == "body"]
    converted: JsonObject = {
        name: _converted_operation(value, shared, bodies) for name, value in item.items() if name != "parameters"
    }
    others = [_converted_parameter(each) for each in common if each.get("in") != "body"]
    return {**converted, "parameters": others} if others else converted


def _resolved(parameter: JsonObject, shared: Mapping[str, JsonObject]) -> JsonObject:
    reference = parameter.get("$ref")
    return parameter if reference is None else shared[reference.removeprefix(_PARAMETER)]


def _converted_operation(
    operation: JsonObject, shared: Mapping[str, JsonObject], path_bodies: Sequence[JsonObject]
) -> JsonObject:
    shapes = _forms(operation.get("produces", ())) or list(_JSON_SHAPES)
    taken = _forms(operation.get("consumes", ())) or ["*/*"]
    converted = {
        name: value
        for name, value in operation.items()
        if name not in ("consumes", "produces", "schemes", "parameters", "responses")
    }
    parameters = [_resolved(each, shared) for each in operation.get("parameters", ())]
    bodies = [*path_bodies, *(each for each in parameters if each.get("in") == "body")]
    others = [_converted_parameter(each) for each in parameters if each.get("in") != "body"]
    if others:
        converted["parameters"] = others
    for body in bodies:
        schema = _converted_schema(body["schema"])
        content = {"content": {name: {"schema": schema} for name in taken}}
        converted["requestBody"] = {**content, **({"required": True} if body.get("required") else {})}
    converted["responses"] = {
        code: {
            "description": response.get("description", ""),
            **(
                {"content": {name: {"schema": _converted_schema(response["schema"])} for name in shapes}}
                if "schema" in response
                else {}
            ),
        }
        for code, response in operation.get("responses", {}).items()
    }
    return converted


def _converted_parameter(parameter: JsonObject) -> JsonObject:
    converted = {name: value for name, value in parameter.items() if name not in _SCHEMA_MEMBERS}
    return {**converted, "schema": {name: parameter[name] for name in _SCHEMA_MEMBERS if name in parameter}}


def _converted_schema(source: Any) -> Any:
    """Turn the references of a schema; one with something beside it stands in an `allOf`."""
    if is_array(source):
        return [_converted_schema(each) for each in source]
    if not is_object(source):
        return source
    members = {name: _converted_member(name, value) for name, value in source.items() if not name.startswith(_ADDED)}
    reference = members.get("$ref")
    if not isinstance(reference, str):
        return members
    target = {"$ref": reference.replace(_OLD_REFERENCE, _NEW_REFERENCE)}
    del members["$ref"]
    return {**members, "allOf": [target]} if members else target


def _converted_member(name: str, value: Any) -> Any:
    if name == "properties" and is_object(value):  # a property may have a keyword's name: `default` of a limit range
        return {each: _converted_schema(schema) for each, schema in value.items()}
    return value if name in ("default", "enum", _KIND) else _converted_schema(value)


def _references(value: Any) -> Iterable[str]:
    """Give the names that a converted document refers to."""
    if is_array(value):
        for each in value:
            yield from _references(each)
    elif is_object(value):
        for name, each in value.items():
            if name == "$ref" and isinstance(each, str):
                yield each.removeprefix(_NEW_REFERENCE)
            else:
                yield from _references(each)
