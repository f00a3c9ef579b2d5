"""A custom resource with every sort of list and object that the owners of fields are kept by."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.e2e.patched_values import LABELS, METADATA, NAMES, VALUES, Object, optional

CUSTOM_GROUP = "patching.kubex.example.com"
_STRING = {"type": "string"}
_ITEM = {
    "type": "object",
    "properties": {"name": _STRING, "port": {"type": "integer", "default": 80}, "value": _STRING},
    "required": ["name"],
}
CUSTOM_SCHEMA: Object = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "properties": {
                "text": _STRING,
                "map": {"type": "object", "additionalProperties": _STRING},
                "whole": {"type": "object", "additionalProperties": _STRING, "x-kubernetes-map-type": "atomic"},
                "set": {"type": "array", "items": {"type": "integer"}, "x-kubernetes-list-type": "set"},
                "list": {"type": "array", "items": _STRING},
                "items": {
                    "type": "array",
                    "items": _ITEM,
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["name", "port"],
                },
                "maps": {
                    "type": "object",
                    "additionalProperties": {"type": "object", "properties": {"a": _STRING, "b": _STRING}},
                },
                "port": {"x-kubernetes-int-or-string": True},
                "any": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
            },
        },
        "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}
CUSTOM_RESOURCE_DEFINITION: Object = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": f"backups.{CUSTOM_GROUP}"},
    "spec": {
        "group": CUSTOM_GROUP,
        "names": {"kind": "Backup", "listKind": "BackupList", "plural": "backups", "singular": "backup"},
        "scope": "Namespaced",
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": CUSTOM_SCHEMA},
                "subresources": {"status": {}},
            }
        ],
    },
}
WHOLE_PLURAL = "wholes"
_WHOLE_SCHEMA: Object = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "properties": {"replicas": {"type": "integer"}, "text": {"type": "string", "maxLength": 3}},
        },
        "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}
# Of the cluster, with a scale and two versions.
WHOLE_DEFINITION: Object = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": f"{WHOLE_PLURAL}.{CUSTOM_GROUP}"},
    "spec": {
        "group": CUSTOM_GROUP,
        "names": {"kind": "Whole", "plural": WHOLE_PLURAL},
        "scope": "Cluster",
        "versions": [
            {
                "name": name,
                "served": True,
                "storage": name == "v1",
                "schema": {"openAPIV3Schema": _WHOLE_SCHEMA},
                "subresources": {
                    "status": {},
                    "scale": {
                        "specReplicasPath": ".spec.replicas",
                        "statusReplicasPath": ".status.replicas",
                        "labelSelectorPath": ".status.selector",
                    },
                },
            }
            for name in ("v1", "v1beta1")
        ],
    },
}
ANY = st.recursive(
    VALUES | st.booleans() | st.sampled_from([0, 1]),
    lambda each: st.lists(each, max_size=2) | st.dictionaries(NAMES, each, max_size=2),
    max_leaves=4,
)
CUSTOM_SPECS = optional(
    text=VALUES,
    map=LABELS,
    whole=LABELS,
    set=st.lists(st.sampled_from([1, 2, 10]), unique=True, max_size=3),
    list=st.lists(VALUES, max_size=2),
    items=st.lists(
        st.fixed_dictionaries({"name": NAMES, "port": st.sampled_from([80, 9])}, optional={"value": VALUES}),
        unique_by=lambda item: (item["name"], item["port"]),
        max_size=3,
    ),
    maps=st.dictionaries(NAMES, optional(a=VALUES, b=VALUES), max_size=2),
    port=VALUES | st.sampled_from([80, 9]),
    any=st.dictionaries(NAMES, ANY, max_size=2),
)
CUSTOM_STATUSES = st.fixed_dictionaries(
    {"status": st.dictionaries(NAMES, ANY, max_size=2)}, optional={"metadata": METADATA, "spec": CUSTOM_SPECS}
)
