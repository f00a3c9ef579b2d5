"""`managedFields` of the benchmarks' pods: who owns which of the fields that are there.

https://kubernetes.io/docs/reference/using-api/server-side-apply/#managing-fields
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, cast

__all__ = ["managed_fields"]

Json = dict[str, Any]

# By what the items of a list are told apart; lists that are not here are owned whole.
_LIST_KEYS = {
    "containers": ("name",),
    "initContainers": ("name",),
    "volumes": ("name",),
    "env": ("name",),
    "ports": ("containerPort", "protocol"),
    "volumeMounts": ("mountPath",),
    "ownerReferences": ("uid",),
    "conditions": ("type",),
    "podIPs": ("ip",),
}
# Fields whose parts nobody owns by themselves.
_WHOLE = frozenset(
    {"state", "lastState", "limits", "requests", "fieldRef", "emptyDir", "capabilities", "securityContext"}
)


def managed_fields(metadata: Json, spec: Json, status: Json, created: datetime) -> list[Json]:
    """Give the entries of the controller that made the pod and of the kubelet that reports on it."""
    owned: Json = {
        key: metadata[key] for key in ("generateName", "annotations", "labels", "ownerReferences") if key in metadata
    }
    made = {"f:metadata": _field_set(owned), "f:spec": _field_set(spec)}
    reported = {key: value for key, value in status.items() if key != "qosClass"}
    reported["conditions"] = [part for part in status["conditions"] if part["type"] != "PodScheduled"]
    return [
        _entry("kube-controller-manager", created, made),
        {
            **_entry("kubelet", created + timedelta(seconds=30), {"f:status": _field_set(reported)}),
            "subresource": "status",
        },
    ]


def _entry(manager: str, moment: datetime, fields: Json) -> Json:
    return {
        "manager": manager,
        "operation": "Update",
        "apiVersion": "v1",
        "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
    }


def _field_set(fields: Json) -> Json:
    return {f"f:{name}": _owned(name, value) for name, value in sorted(fields.items())}


def _owned(name: str, value: Any) -> Json:
    if name in _WHOLE:
        return {}
    if isinstance(value, dict):
        return {".": {}, **_field_set(cast("Json", value))}
    if isinstance(value, list) and name in _LIST_KEYS:
        parts = cast("list[Json]", value)
        items: Json = {_item_key(name, part): {".": {}, **_field_set(part)} for part in parts}
        return {".": {}, **dict(sorted(items.items()))}
    return {}


def _item_key(name: str, item: Json) -> str:
    key = {part: item[part] for part in sorted(_LIST_KEYS[name])}
    return f"k:{json.dumps(key, separators=(',', ':'))}"
