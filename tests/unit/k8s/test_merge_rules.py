"""How fields are merged, kept beside the models."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from kubex_core.models.merge_rule import MergeRule
from tests.unit.k8s.version import Version

EXTENSIONS = ("patch-strategy", "patch-merge-key", "list-type", "list-map-keys", "map-type")


def test_rules_are_the_documents(generated: Version) -> None:
    module = import_module(f"{generated.package}._merge_rules")
    rules: dict[str, dict[str, MergeRule]] = {}
    map_types: dict[str, str] = {}
    for name, class_ in generated.classes.items():
        package = generated.api.definitions[name].package
        key = f"{package.group}.{package.version}.{class_.__name__}"
        for property_, schema in generated.properties(name).items():
            if rule := _rule(schema):
                rules.setdefault(key, {})[property_] = rule
        map_type = generated.document["definitions"][name].get("x-kubernetes-map-type")
        if map_type is not None:
            map_types[key] = map_type
    assert rules == module.MERGE_RULES
    assert map_types == module.MAP_TYPES


def _rule(schema: dict[str, Any]) -> MergeRule | None:
    values = [schema.get(f"x-kubernetes-{extension}") for extension in EXTENSIONS]
    if not any(values):
        return None
    strategy, merge_key, list_type, keys, map_type = values
    return MergeRule(strategy, merge_key, list_type, tuple(keys or ()), map_type)


def test_a_few_that_are_known(generated: Version) -> None:
    rules: dict[str, dict[str, MergeRule]] = import_module(f"{generated.package}._merge_rules").MERGE_RULES
    assert rules["core.v1.PodSpec"]["containers"] == MergeRule("merge", "name", "map", ("name",))
    assert rules["core.v1.PodSpec"]["volumes"].patch_strategy == "merge,retainKeys"
    assert rules["core.v1.ServiceSpec"]["ports"] == MergeRule("merge", "port", "map", ("port", "protocol"))
    assert rules["apps.v1.DeploymentSpec"]["strategy"] == MergeRule("retainKeys")
    assert rules["meta.v1.ObjectMetadata"]["ownerReferences"].patch_merge_key == "uid"
