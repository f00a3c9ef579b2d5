"""Writes one module of struct classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kubex.generate.naming import attribute_names, camel_rule, class_name
from kubex.generate.python_module import LINE_LENGTH, PythonModule, broken, call, quoted, string_list
from tools.codegen.intermediate import (
    Definition,
    EnumeratedString,
    Field,
    FieldType,
    ListOf,
    MapOf,
    Reference,
    Resource,
    Scalar,
)
from tools.codegen.partition import Module

__all__ = ["MARKERS", "ClassAddress", "Surroundings", "struct_module"]

_MODELS = "kubex_core.models"
_METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_REFERENCE_PAGES = "https://kubernetes.io/docs/reference/generated/kubernetes-api"

_SCALARS = {
    Scalar.STRING: ("builtins", "str"),
    Scalar.BYTES: ("builtins", "bytes"),
    Scalar.TIME: ("datetime", "datetime"),
    Scalar.MICRO_TIME: (f"{_MODELS}.micro_time", "MicroTime"),
    Scalar.INTEGER: ("builtins", "int"),
    Scalar.NUMBER: ("builtins", "float"),
    Scalar.BOOLEAN: ("builtins", "bool"),
    Scalar.QUANTITY: (f"{_MODELS}.quantity_string", "QuantityString"),
    Scalar.ANY: ("typing", "Any"),
}

MARKERS = {
    "approval": "HasApproval",
    "attach": "HasAttach",
    "binding": "HasBinding",
    "ephemeralcontainers": "HasEphemeralContainers",
    "eviction": "Evictable",
    "exec": "HasExec",
    "finalize": "HasFinalize",
    "log": "HasLogs",
    "portforward": "HasPortForward",
    "resize": "HasResize",
    "scale": "HasScaleSubresource",
    "status": "HasStatusSubresource",
    "token": "HasTokenRequest",
}
"""Marker interface of each subresource that has an accessor; the others are reached by `Api.subresource`."""


@dataclass(frozen=True)
class ClassAddress:
    """Where a definition's class is imported from."""

    module: str
    name: str
    alias: str
    """What to call it where its name is in use."""


@dataclass(frozen=True)
class Surroundings:
    """What a module has to know besides its own definitions."""

    header: str
    addresses: Mapping[str, ClassAddress]
    """Of every definition, by name."""
    minor_version: str
    """`1.35`, for the reference pages."""


def struct_module(module: Module, path: str, surroundings: Surroundings) -> str:
    """Give the text of the file of a module; `path` is its dotted name."""
    first, *others = module.definitions
    rest = ", and what only it leads to" if others else ""
    names = [definition.class_name for definition in module.definitions]
    file = PythonModule(
        path,
        surroundings.header,
        f"`{first.class_name}` of {module.package.api_version}{rest}.",
        frozenset(names),
    )
    for definition in module.definitions:
        _ClassWriter(definition, file, surroundings).write()
    return file.text(sorted(names))


class _ClassWriter:
    """Writes one class."""

    def __init__(self, definition: Definition, file: PythonModule, surroundings: Surroundings) -> None:
        self._definition = definition
        self._file = file
        self._surroundings = surroundings
        self._attributes = attribute_names(each.name for each in definition.fields)
        # A list with other fields than `ListEntity` has is a struct like any other.
        is_usual = {each.name for each in definition.fields} == {"apiVersion", "items", "kind", "metadata"}
        self._list_of = definition.list_of if is_usual else None

    def write(self) -> None:
        definition = self._definition
        body = [self._docstring()]
        if definition.resource is not None:
            body.append(self._config(definition.resource))
        fields = "".join(self._field(each) for each in self._fields_in_order())
        if fields:
            body.append(fields)
        header = call(f"class {definition.class_name}(", [*self._bases(), "kw_only=True"], "):")
        self._file.blocks.append(header + "\n".join(body))
        if self._list_of is not None:
            item = self._class(self._list_of)
            self._file.blocks.append(f"{item}.__RESOURCE_CONFIG__.list_model = {definition.class_name}\n")

    def _name(self, module: str, name: str) -> str:
        return self._file.name(module, name, self._attributes.values())

    def _class(self, definition: str) -> str:
        address = self._surroundings.addresses[definition]
        return self._file.name(address.module, address.name, self._attributes.values(), address.alias)

    def _bases(self) -> list[str]:
        definition = self._definition
        if definition.resource is not None:
            interfaces = f"{_MODELS}.interfaces"
            scope = "NamespaceScopedEntity" if definition.resource.namespaced else "ClusterScopedEntity"
            markers = [MARKERS[each] for each in definition.resource.subresources if each in MARKERS]
            return [
                self._name(f"{_MODELS}.struct_entity", "StructEntity"),
                *(self._name(interfaces, marker) for marker in (scope, *markers)),
            ]
        if self._list_of is not None:
            return [f"{self._name(f'{_MODELS}.list_entity', 'ListEntity')}[{self._class(self._list_of)}]"]
        return [self._name(f"{_MODELS}.base_struct", "BaseStruct")]

    def _docstring(self) -> str:
        definition = self._definition
        package = definition.package
        summary = f"{definition.class_name} of {package.api_version}"
        if definition.resource is not None:
            summary += f", a resource {'in a namespace' if definition.resource.namespaced else 'of the cluster'}"
        if not package.documented:
            return f'    """{summary}."""\n'
        anchor = f"{definition.class_name}-{package.version}-{package.api_group}".lower().replace(".", "-")
        page = f"{_REFERENCE_PAGES}/v{self._surroundings.minor_version}/#{anchor}"
        return f'    """{summary}.\n\n    {page}\n    """\n'

    def _config(self, resource: Resource) -> str:
        kind = resource.group_version_kind
        config = self._name(f"{_MODELS}.resource_config", "ResourceConfig")
        scope = self._name(f"{_MODELS}.resource_config", "Scope")
        arguments = [
            f"version={quoted(kind.version)}",
            f"kind={quoted(kind.kind)}",
            f"plural={quoted(resource.plural)}",
            f"scope={scope}.{'NAMESPACE' if resource.namespaced else 'CLUSTER'}",
        ]
        if kind.group:
            arguments.append(f"group={quoted(kind.group)}")
        class_variable = self._name("typing", "ClassVar")
        annotation = f"{class_variable}[{config}[{self._definition.class_name}]]"
        return call(f"__RESOURCE_CONFIG__: {annotation} = {config}(", arguments, ")", indent="    ")

    def _fields_in_order(self) -> list[Field]:
        """Give what the class itself has to say: a kind's own words first, for a list nothing but these."""
        fields = {each.name: each for each in self._definition.fields}
        if self._definition.group_version_kind is None:
            return list(fields.values())
        if self._list_of is not None:
            return [fields["apiVersion"], fields["kind"]]
        first = [fields.pop(name) for name in ("apiVersion", "kind", "metadata") if name in fields]
        return [*first, *fields.values()]

    def _field(self, field: Field) -> str:
        attribute = self._attributes[field.name]
        annotation, default = self._always_there(field) or self._ordinary(field)
        arguments = [default] if default else []
        if camel_rule(attribute) != field.name:
            arguments.insert(0, f"name={quoted(field.name)}")
        if not arguments:
            return _annotated(attribute, annotation, "")
        if arguments == ["default=None"]:
            return _annotated(attribute, annotation, " = None")
        return call(f"{attribute}: {annotation} = {self._name('msgspec', 'field')}(", arguments, ")", indent="    ")

    def _ordinary(self, field: Field) -> tuple[str, str]:
        annotation = self._annotation(field.type, field)
        if field.required:
            return annotation, ""
        # `Any` has None in it already.
        return (annotation if field.type is Scalar.ANY else f"{annotation} | None"), "default=None"

    def _always_there(self, field: Field) -> tuple[str, str] | None:
        """Give annotation and default of the fields that every object of a kind has; None for any other field."""
        kind = self._definition.group_version_kind
        if kind is None:
            return None
        values = {"apiVersion": kind.api_version, "kind": kind.kind}
        if field.name in values:
            always_written = self._name(f"{_MODELS}.base_struct", "always_written")
            factory = f"{always_written}({quoted(values[field.name])})"
            return self._name("builtins", "str"), f"default_factory={factory}"
        if field.name == "metadata" and field.type == Reference(_METADATA):
            metadata = self._class(_METADATA)
            return metadata, f"default_factory={metadata}"
        return None

    def _annotation(self, type_: FieldType, field: Field) -> str:
        match type_:
            case Scalar.INTEGER_OR_STRING:
                return f"{self._name('builtins', 'int')} | {self._name('builtins', 'str')}"
            case Scalar():
                return self._name(*_SCALARS[type_])
            case EnumeratedString(values):
                return f"{self._known_values(values, field)} | {self._name('builtins', 'str')}"
            case ListOf(item):
                return f"{self._name('builtins', 'list')}[{self._annotation(item, field)}]"
            case MapOf(value):
                text = self._name("builtins", "str")
                return f"{self._name('builtins', 'dict')}[{text}, {self._annotation(value, field)}]"
            case Reference(definition):
                return self._class(definition)

    def _known_values(self, values: tuple[str, ...], field: Field) -> str:
        """Define a name for the values that the document lists."""
        name = f"_{self._definition.class_name}{class_name(field.name)}"
        alias = f"{name}: {self._file.name('typing', 'TypeAlias')} = {self._file.name('typing', 'Literal')}["
        self._file.blocks.append(broken(alias, string_list(values), "]"))
        return name


def _annotated(attribute: str, annotation: str, default: str) -> str:
    line = f"    {attribute}: {annotation}{default}"
    if len(line) > LINE_LENGTH:
        line = f"    {attribute}: (\n        {annotation}\n    ){default}"
    return f"{line}\n"
