"""`TypeSet`: what the compiler is told about objects: messages, made of OpenAPI schemas.

Only the compiler sees them, so that it knows fields and their types; what is evaluated are plain maps.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from kubex.core._json_value import is_object
from kubex.testing.expressions.escaping import RESERVED_WORDS, escaped
from kubex.testing.expressions.library import protobuf
from kubex.testing.lifecycle.json_members import object_at

__all__ = ["DYNAMIC", "OPAQUE_TYPES", "TypeSet", "message_name", "shown_type", "shown_types"]

DYNAMIC: Final = "dyn"
"""Signature of values of any type."""

_TIMESTAMP: Final = "google.protobuf.Timestamp"
_DURATION: Final = "google.protobuf.Duration"
_SCALARS: Final[Mapping[str, str]] = {"boolean": "bool", "integer": "int", "number": "double"}
_STRINGS: Final[Mapping[str, str]] = {
    "byte": "bytes",
    "date": _TIMESTAMP,
    "date-time": _TIMESTAMP,
    "duration": _DURATION,
}
_FIELD_TYPES: Final[Mapping[str, str]] = {
    "bool": "TYPE_BOOL",
    "int": "TYPE_INT64",
    "double": "TYPE_DOUBLE",
    "string": "TYPE_STRING",
    "bytes": "TYPE_BYTES",
}
_TEXT: Final = {"type": "string"}
_METADATA: Final = {"type": "object", "properties": {"name": _TEXT, "generateName": _TEXT}}
_WHOLE: Final = {"apiVersion": _TEXT, "kind": _TEXT, "metadata": _METADATA}
_PARAMETER: Final = re.compile(r"T%\d+")
# Names of messages have no dots and no signs.
_DOT: Final = "__of__"
_ITEM: Final = "__item__"
_VALUE: Final = "__value__"

OPAQUE_TYPES: Final = (
    "kubernetes.NamedFormat",
    "kubernetes.Quantity",
    "kubernetes.Semver",
    "kubernetes.URL",
    "kubernetes.authorization.Authorizer",
    "kubernetes.authorization.Decision",
    "kubernetes.authorization.GroupCheck",
    "kubernetes.authorization.PathCheck",
    "kubernetes.authorization.ResourceCheck",
    "net.CIDR",
    "net.IP",
)
"""Types of values that only functions can look into."""


def shown_types(text: str) -> str:
    """Give a text with types as the API server names them."""
    for inside, outside in (
        (_ITEM, ".@idx"),
        (_VALUE, ".@elem"),
        (_DOT, "."),
        (_TIMESTAMP, "timestamp"),
        (_DURATION, "duration"),
        ("null_type", "null"),
    ):
        text = text.replace(inside, outside)
    return _PARAMETER.sub(DYNAMIC, text)


def message_name(name: str) -> str:
    """Give the name of a message for a type that the server names with dots."""
    return name.replace(".", _DOT)


def shown_type(name: str) -> str:
    """Give the name that the library has for a type as the API server writes it: `list(string)` for `LIST<STRING>`."""
    shown = name.replace("<", "(").replace(">", ")")
    for each in ("BOOL", "INT", "DOUBLE", "STRING", "BYTES", "TIMESTAMP", "DURATION", "DYN", "NULL", "LIST", "MAP"):
        shown = re.sub(rf"\b{each}\b", each.lower(), shown)
    return shown_types(shown)


class TypeSet:
    """The types of one environment."""

    def __init__(self) -> None:
        self._file = _new_file("kubex_types.proto", "")
        self._file.dependency.extend(map(_package_file, _packages()))
        self.vague: set[str] = set()
        """Names of the fields whose types are less exact than the schemas that they were made of."""

    def of_schema(self, schema: Mapping[str, Any], name: str, *, whole: bool = False) -> str | None:
        """Add the type of what a schema describes, and give its signature; `None` if expressions don't see such values.

        Args:
            schema: OpenAPI, as a CustomResourceDefinition has it.
            name: of the type, if it is an object's.
            whole: whether it is an object with `metadata`.
        """
        if schema.get("x-kubernetes-int-or-string"):
            return DYNAMIC
        whole = whole or bool(schema.get("x-kubernetes-embedded-resource"))
        kind = "object" if whole else schema.get("type")
        if kind == "string":
            return _STRINGS.get(schema.get("format") or "", "string")
        if kind == "array":
            items = schema.get("items")
            item = self.of_schema(items, f"{name}{_ITEM}") if is_object(items) else None
            return f"list<{item}>" if item is not None else None
        if kind != "object":
            return _SCALARS.get(kind or "")
        values = schema.get("additionalProperties")
        if is_object(values):
            value = self.of_schema(values, f"{name}{_VALUE}")
            return f"map<string,{value}>" if value is not None else None
        fields: dict[str, str] = {}
        for field, own in {**object_at(schema, "properties"), **(_WHOLE if whole else {})}.items():
            said = escaped(field)
            signature = self.of_schema(own, f"{name}{_DOT}{said}") if said is not None else None
            if said is not None and signature is not None:
                fields[said] = signature
                if field in RESERVED_WORDS:  # which may be said as they are, too
                    fields[field] = signature
        return self.add(name, fields)

    def add(self, name: str, fields: Mapping[str, str]) -> str:
        """Add the type of an object, and give its signature.

        Args:
            name: of the type.
            fields: signatures of its fields.
        """
        message = self._file.message_type.add(name=name)
        message.options.deprecated_legacy_json_field_conflicts = True  # `aB` and `a_b` would be one in protobuf's JSON
        for number, (field, signature) in enumerate(fields.items(), start=1):
            self._add_field(message, field, number, signature, fields)
        return name

    def pool(self) -> Any:
        """Give the types as the compiler takes them."""
        pool = protobuf("descriptor_pool").DescriptorPool()
        for file in (*_well_known_files(), *_opaque_files(), self._file.SerializeToString()):
            pool.AddSerializedFile(file)
        return pool

    def _add_field(self, message: Any, name: str, number: int, signature: str, fields: Collection[str]) -> None:
        field = message.field.add(name=name, number=number, json_name=f"field{number}")
        field.label = _labels().LABEL_OPTIONAL
        if signature.startswith("list<"):
            field.label = _labels().LABEL_REPEATED
            self._set_type(field, self._inner(name, signature[len("list<") : -1]))
        elif signature.startswith("map<string,"):
            self._make_map(message, field, signature[len("map<string,") : -1], fields)
        else:
            self._set_type(field, signature)

    def _make_map(self, message: Any, field: Any, value_signature: str, fields: Collection[str]) -> None:
        entry_name = f"{_camel_case(field.name)}Entry"  # no other name will do
        if entry_name in fields or any(each.name == entry_name for each in message.nested_type):
            self.vague.add(field.name)
            self._set_type(field, "google.protobuf.Struct")
            return
        field.label = _labels().LABEL_REPEATED
        field.type = _labels().TYPE_MESSAGE
        field.type_name = f".{message.name}.{entry_name}"
        entry = message.nested_type.add(name=entry_name)
        entry.options.map_entry = True
        value = self._inner(field.name, value_signature)
        for number, (name, signature) in enumerate((("key", "string"), ("value", value)), start=1):
            member = entry.field.add(name=name, number=number, label=_labels().LABEL_OPTIONAL)
            self._set_type(member, signature)

    def _inner(self, field: str, signature: str) -> str:
        """Give the type of a list's or map's values: a list of lists can't be said more exactly."""
        if signature.startswith("list<"):
            self.vague.add(field)
            return "google.protobuf.ListValue"
        if signature.startswith("map<"):
            self.vague.add(field)
            return "google.protobuf.Struct"
        return signature

    @staticmethod
    def _set_type(field: Any, signature: str) -> None:
        if signature in _FIELD_TYPES:
            field.type = getattr(_labels(), _FIELD_TYPES[signature])
        else:
            field.type = _labels().TYPE_MESSAGE
            field.type_name = f".{'google.protobuf.Value' if signature == DYNAMIC else signature}"


def _camel_case(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _labels() -> Any:
    return protobuf("descriptor_pb2").FieldDescriptorProto


def _new_file(name: str, package: str) -> Any:
    file = protobuf("descriptor_pb2").FileDescriptorProto(name=name, package=package, syntax="proto3")
    file.dependency.extend(f"google/protobuf/{each}.proto" for each in ("struct", "timestamp", "duration"))
    return file


def _packages() -> list[str]:
    return sorted({each.rpartition(".")[0] for each in OPAQUE_TYPES})


def _package_file(package: str) -> str:
    return f"{package.replace('.', '/')}.proto"


def _opaque_files() -> list[bytes]:
    found: list[bytes] = []
    for package in _packages():
        file = _new_file(_package_file(package), package)
        for each in OPAQUE_TYPES:
            of_package, _, name = each.rpartition(".")
            if of_package == package:
                file.message_type.add(name=name)
        found.append(file.SerializeToString())
    return found


def _well_known_files() -> list[bytes]:
    names = ("descriptor_pb2", "any_pb2", "struct_pb2", "timestamp_pb2", "duration_pb2", "wrappers_pb2")
    return [protobuf(name).DESCRIPTOR.serialized_pb for name in names]
