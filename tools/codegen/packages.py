"""Writes what stands around the modules: packages' `__init__` files, and the merge rules of all definitions."""

from __future__ import annotations

from collections.abc import Mapping

from kubex.generate.python_module import PythonModule, broken, import_lines, quoted, string_list
from tools.codegen.intermediate import Api, MergeRule, Package
from tools.codegen.struct_modules import ClassAddress

__all__ = ["group_version_package", "merge_rules_module", "plain_package", "root_package"]


def root_package(path: str, header: str, kubernetes_version: str) -> str:
    """Give the package of a whole version."""
    file = PythonModule(
        path, header, f"Models of Kubernetes {kubernetes_version}, a package for each group and version."
    )
    file.blocks.append(
        f"KUBERNETES_VERSION = {quoted(kubernetes_version)}\n"
        '"""Release whose OpenAPI document the models were generated from."""\n'
    )
    return file.text(["KUBERNETES_VERSION"])


def plain_package(group: str, header: str) -> str:
    """Give the package of a group, which holds packages alone."""
    return f'{header}\n"""Models of the group `{group}`, a package for each version."""\n'


def group_version_package(package: Package, path: str, header: str, classes: Mapping[str, ClassAddress]) -> str:
    """Give the package of a group and version: every class, imported when it is asked for, typed as if it were there.

    Args:
        package: the package.
        path: its dotted name.
        header: first line of the file.
        classes: where each class is, by its name.
    """
    by_module: dict[str, list[str]] = {}
    for name, address in sorted(classes.items()):
        by_module.setdefault(address.module, []).append(name)
    typed = "".join(import_lines(module, names, indent="    ") for module, names in sorted(by_module.items()))
    # Modules of the package itself are named from it, with a dot before the last part.
    modules = [f"{quoted(name)}: {quoted(each.module.removeprefix(path))}" for name, each in sorted(classes.items())]
    # Type checkers see the imports alone: a __getattr__ would make every misspelt name an Any to them.
    return (
        f'{header}\n"""Models of {package.api_version}, each imported when it is asked for."""\n\n'
        "from __future__ import annotations\n\n"
        "from typing import TYPE_CHECKING\n\n"
        f"if TYPE_CHECKING:\n{typed}"
        "else:\n"
        "    from kubex_core.models._lazy_exports import lazy_exports\n\n"
        "    __getattr__, __dir__ = lazy_exports(\n"
        "        __name__,\n"
        f"{broken('{', modules, '},', indent='        ')}"
        "    )\n\n"
        f"{broken('__all__ = [', string_list(sorted(classes)), ']')}"
    )


def merge_rules_module(path: str, header: str, api: Api, addresses: Mapping[str, ClassAddress]) -> str:
    """Give the module that keeps how fields are merged; models don't need it, so nothing imports it with them."""
    file = PythonModule(path, header, "How fields are merged by strategic merge patch and server-side apply.")
    rule_class = file.name("kubex_core.models.merge_rule", "MergeRule")
    fields: list[str] = []
    map_types: list[str] = []
    for name, definition in api.definitions.items():
        class_ = quoted(f"{definition.package.group}.{definition.package.version}.{addresses[name].name}")
        rules = [
            f"        {quoted(each.name)}: {_rule(rule_class, each.merge_rule)},\n"
            for each in definition.fields
            if each.merge_rule is not None
        ]
        if rules:
            fields.append(f"    {class_}: {{\n{''.join(rules)}    }},\n")
        if definition.map_type is not None:
            map_types.append(f"{class_}: {quoted(definition.map_type)}")
    file.blocks += [
        f"MERGE_RULES: dict[str, dict[str, {rule_class}]] = {{\n{''.join(fields)}}}\n"
        '"""By class (`core.v1.Pod`), then by the field\'s name in JSON."""\n',
        broken("MAP_TYPES: dict[str, str] = {", map_types, "}")
        + '"""Classes of which server-side apply has a say as a whole: `atomic` ones have one owner."""\n',
    ]
    return file.text(["MAP_TYPES", "MERGE_RULES"])


def _rule(rule_class: str, rule: MergeRule) -> str:
    """Write a rule by position, up to the last part that is there."""
    keys = ", ".join(string_list(rule.list_map_keys))
    parts = [
        quoted(rule.patch_strategy) if rule.patch_strategy else "",
        quoted(rule.patch_merge_key) if rule.patch_merge_key else "",
        quoted(rule.list_type) if rule.list_type else "",
        f"({keys}{',' if len(rule.list_map_keys) == 1 else ''})" if keys else "",
        quoted(rule.map_type) if rule.map_type else "",
    ]
    while parts and not parts[-1]:
        parts.pop()
    empty = ["None", "None", "None", "()", "None"]
    return f"{rule_class}({', '.join(part or empty[at] for at, part in enumerate(parts))})"
