"""Makes of a release's `.proto` files what its objects' messages look like, as `kubex.testing.protobuf` reads it.

The result is plain JSON:

- `packages`: prefix of the names of a group version's messages, by its `apiVersion`.
- `messages`: fields by the message's name, which is the one that OpenAPI has. A field is a list: number, name in JSON
  (`""`: its own fields stand among those of the message), type, mode, and its name in Go where that is not the name
  in JSON with a capital. The modes: `always` (written even if empty), `nonzero` (likewise, but not in JSON),
  `optional`, `repeated`, `map`.
- Types that are no message of fields in JSON, such as times, have short names of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from tools.specs.go_types import GoTypes, NumberedField

__all__ = ["message_tables"]

_PACKAGE = re.compile(r"^package ([\w.]+);", re.MULTILINE)
_MESSAGE = re.compile(r"^message (\w+) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(
    r"^  (?:(?P<label>optional|repeated) (?P<type>[\w.]+)|map<string, (?P<values>[\w.]+)>) \w+ = (?P<number>\d+);",
    re.MULTILINE,
)
_META = "io.k8s.apimachinery.pkg.apis.meta.v1."
_EXTENSIONS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1."
_SCALARS = frozenset({"string", "bytes", "bool", "int32", "int64", "double"})
_SHORT_NAMES = {
    f"{_META}Time": "time",
    f"{_META}MicroTime": "micro-time",
    f"{_META}FieldsV1": "json",
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "int-or-string",
    "io.k8s.apimachinery.pkg.runtime.RawExtension": "json",
    f"{_EXTENSIONS}JSON": "json",
    f"{_EXTENSIONS}JSONSchemaPropsOrArray": "schema-or-array",
    f"{_EXTENSIONS}JSONSchemaPropsOrBool": "schema-or-bool",
    f"{_EXTENSIONS}JSONSchemaPropsOrStringArray": "schema-or-strings",
}
_TIMES = ("time", "micro-time")
# Of the types that Go has as a slice, and protobuf as a message of items.
_STRINGS = "strings"
# What every group version has, besides what the document names as kinds.
_COMMON = ("Status", "DeleteOptions", "WatchEvent", "PartialObjectMetadata", "PartialObjectMetadataList")
_DISCOVERY = ("APIGroup", "APIGroupList", "APIResourceList", "APIVersions")
_KINDS = "x-kubernetes-group-version-kind"


class _ProtoField(NamedTuple):
    """A field as it stands in a `.proto` file, with the full name of its type."""

    number: int
    type: str
    label: str


def message_tables(document: dict[str, Any], files: Iterable[Path], types: GoTypes) -> dict[str, Any]:
    """Make the tables of the messages that the kinds of a release lead to.

    Args:
        document: OpenAPI v2 document of the release.
        files: the `.proto` files of its libraries.
        types: the structs of the same libraries.

    Raises:
        ValueError: a field of a message is in none of the structs.
    """
    sources = dict(entry for path in files for entry in _messages(path.read_text(encoding="utf-8")))
    packages = _packages(document, sources)
    pending = [name for name, schema in document["definitions"].items() if _KINDS in schema and name in sources]
    pending += [_META + name for name in (*_COMMON, *_DISCOVERY)]
    messages: dict[str, list[list[Any]]] = {}
    while pending:
        name = pending.pop()
        if name in messages:
            continue
        messages[name] = _table(name, sources, types)
        pending += [field[2] for field in messages[name] if field[2] in sources]
    return {"packages": packages, "messages": dict(sorted(messages.items()))}


def _packages(document: dict[str, Any], sources: dict[str, list[_ProtoField]]) -> dict[str, str]:
    packages = {"meta.k8s.io/v1": _META}
    for name, schema in document["definitions"].items():
        if name in sources and not name.startswith(_META):
            for kind in schema.get(_KINDS, ()):
                version = f"{kind['group']}/{kind['version']}" if kind["group"] else kind["version"]
                packages[version] = f"{name.rpartition('.')[0]}."
    return dict(sorted(packages.items()))


def _messages(text: str) -> Iterable[tuple[str, list[_ProtoField]]]:
    match = _PACKAGE.search(text)
    package = _openapi_name(match[1]) if match else ""
    for message in _MESSAGE.finditer(text):
        fields = [
            _ProtoField(
                int(field["number"]),
                _type_name(field["type"] or field["values"], package),
                field["label"] or "map",
            )
            for field in _FIELD.finditer(message[2])
        ]
        yield f"{package}.{message[1]}", sorted(fields)


def _type_name(name: str, package: str) -> str:
    if name in _SCALARS:
        return name
    full = _openapi_name(name.lstrip(".")) if "." in name else f"{package}.{name}"
    return _SHORT_NAMES.get(full, full)


def _openapi_name(name: str) -> str:
    """Give the name in OpenAPI: `io.k8s.kube-aggregator.pkg` of `k8s.io.kube_aggregator.pkg`."""
    return f"io.k8s.{name.removeprefix('k8s.io.').replace('_', '-')}"


def _table(name: str, sources: dict[str, list[_ProtoField]], types: GoTypes) -> list[list[Any]]:
    fields = types.numbered_fields(name)
    if fields is None and sources[name]:
        raise ValueError(f"there is no struct of the message {name}")
    return [_row(name, source, fields or {}, sources, types) for source in sources[name]]


def _row(
    message: str,
    source: _ProtoField,
    fields: dict[int, NumberedField],
    sources: dict[str, list[_ProtoField]],
    types: GoTypes,
) -> list[Any]:
    field = fields.get(source.number)
    if field is None:
        raise ValueError(f"there is no field of the number {source.number} in the struct of {message}")
    if not field.json_name and field.is_pointer:
        raise ValueError(f"the struct in {message} at {source.number} may be missing, which nothing provides for")
    type_ = source.type
    if sources.get(type_) and types.numbered_fields(type_) is None:
        if sources[type_] != [_ProtoField(1, "string", "repeated")]:
            raise ValueError(f"there is no struct of the message {type_}")
        type_ = _STRINGS
    mode = source.label
    if mode == "optional" and not field.is_pointer and type_ not in (_STRINGS, "bytes"):
        omitted = field.omits_empty if type_ in _SCALARS else field.omits_zero and type_ in _TIMES
        mode = "nonzero" if omitted else "always"
    row: list[Any] = [source.number, field.json_name, type_, mode]
    usual = field.json_name[:1].upper() + field.json_name[1:]
    return row if field.name == usual else [*row, field.name]
