"""Decides which definition stands in which module.

A definition that only one resource, or only one other module, leads to stands in that one's module; one reached from
several has a module of its own, with what only it leads to. A module holds definitions of one package, and modules do
not import each other in circles.

Definitions that lead to each other are taken as one. Over that acyclic graph, with a root that leads to every resource
and to every definition another package uses, a module is a child of the root in the dominator tree with all below it.
For the first level of that tree one pass in topological order is enough: a node all of whose predecessors stand in one
module stands there too, any other begins a module.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from kubex.generate.naming import module_name
from tools.codegen.document import DocumentError
from tools.codegen.intermediate import Api, Definition, Package
from tools.codegen.shared import SHARED

__all__ = ["Module", "partition"]


@dataclass(frozen=True)
class Module:
    """Definitions that stand in one file."""

    package: Package
    name: str
    definitions: tuple[Definition, ...]
    """The one that names the module first, then the others by name."""


def partition(api: Api) -> list[Module]:
    """Place every definition, but for those with a hand-written class, in exactly one module."""
    generated = {name: each for name, each in api.definitions.items() if name not in SHARED}
    edges = {name: sorted(each.references() & generated.keys()) for name, each in generated.items()}
    for name, each in generated.items():
        # A resource leads to its list, and so has it in its module.
        if each.list_of in generated and generated[each.list_of].package == each.package:
            edges[each.list_of] = [*edges[each.list_of], name]
    components = _strong_components(edges)
    heads = _heads(generated, edges, components)
    members: defaultdict[str, list[Definition]] = defaultdict(list)
    for name, definition in generated.items():
        members[heads[name]].append(definition)
    modules: dict[tuple[Package, str], Module] = {}
    for head, definitions in sorted(members.items()):
        definitions.sort(key=lambda each: (each.name != head, each.list_of != head, each.name))
        package, name = definitions[0].package, module_name(definitions[0].class_name)
        while (package, name) in modules:  # kinds that differ in capitals alone
            name += "_"
        modules[package, name] = Module(package, name, tuple(definitions))
    _check_classes(api)
    return list(modules.values())


def _heads(
    definitions: Mapping[str, Definition], edges: Mapping[str, list[str]], components: list[list[str]]
) -> dict[str, str]:
    """Give for each definition the one whose module it stands in."""
    component_of = {name: component[0] for component in components for name in component}
    beginnings = {component_of[name] for name, each in definitions.items() if each.resource is not None}
    predecessors: defaultdict[str, set[str]] = defaultdict(set)
    for name, targets in edges.items():
        for target in targets:
            source, reached = component_of[name], component_of[target]
            if definitions[name].package != definitions[target].package:
                beginnings.add(reached)
            if source != reached:
                predecessors[reached].add(source)
    heads: dict[str, str] = {}
    for component in reversed(components):
        key = component[0]
        led_from = {heads[source] for source in predecessors[key]}
        head = led_from.pop() if len(led_from) == 1 and key not in beginnings else _naming(component, definitions)
        heads.update(dict.fromkeys(component, head))
        if len({definitions[name].package for name in component}) > 1:
            raise DocumentError(f"definitions of several packages lead to each other: {', '.join(component)}")
    return heads


def _naming(component: list[str], definitions: Mapping[str, Definition]) -> str:
    """Give the definition that names the module: the resource, if there is one."""
    return min(component, key=lambda name: (definitions[name].resource is None, name))


def _strong_components(edges: Mapping[str, list[str]]) -> list[list[str]]:
    """Group definitions that lead to each other (Tarjan's algorithm); what a group leads to comes before it."""
    indexes: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    components: list[list[str]] = []

    def visit(name: str) -> None:
        indexes[name] = lowest[name] = len(indexes)
        stack.append(name)
        on_stack.add(name)
        for target in edges[name]:
            if target not in indexes:
                visit(target)
                lowest[name] = min(lowest[name], lowest[target])
            elif target in on_stack:
                lowest[name] = min(lowest[name], indexes[target])
        if lowest[name] == indexes[name]:
            at = stack.index(name)
            component = sorted(stack[at:])
            del stack[at:]
            on_stack.difference_update(component)
            components.append(component)

    for name in sorted(edges):
        if name not in indexes:
            visit(name)
    return components


def _check_classes(api: Api) -> None:
    classes: dict[tuple[Package, str], str] = {}
    for name, definition in api.definitions.items():
        other = classes.setdefault((definition.package, definition.class_name), name)
        if other != name:
            raise DocumentError(f"{other} and {name} would be the same class")
