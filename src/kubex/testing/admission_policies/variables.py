"""What the expressions of a policy may speak of: `object`, `request`, `params`, `variables` and the like.

https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-expression
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from kubex.core._json_value import is_array, is_object
from kubex.testing.expressions.functions.authorization import authorizer, resource_check
from kubex.testing.expressions.library import as_bound
from kubex.testing.expressions.programs import Variables
from kubex.testing.expressions.types import DYNAMIC, OPAQUE_TYPES, TypeSet, message_name
from kubex.testing.lifecycle.submission import Submission
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

__all__ = ["bound_variables", "computed_value", "policy_variables", "signature_of"]

_TEXT, _TEXTS, _FLAG, _NUMBER = "string", "list<string>", "bool", "int"
_LABELS: Final = "map<string,string>"
_MOMENT: Final = "google.protobuf.Timestamp"
_AUTHORIZER: Final = "kubernetes.authorization.Authorizer"
_RESOURCE_CHECK: Final = "kubernetes.authorization.ResourceCheck"
_KIND: Final = message_name("kubernetes.GroupVersionKind")
_RESOURCE: Final = message_name("kubernetes.GroupVersionResource")
_USER: Final = message_name("kubernetes.UserInfo")
_REQUEST: Final = message_name("kubernetes.AdmissionRequest")
_CONDITION: Final = message_name("kubernetes.NamespaceCondition")
_SPEC: Final = message_name("kubernetes.NamespaceSpec")
_STATUS: Final = message_name("kubernetes.NamespaceStatus")
_METADATA: Final = message_name("kubernetes.NamespaceMetadata")
_NAMESPACE: Final = message_name("kubernetes.Namespace")
_COMPUTED: Final = message_name("kubernetes.variables")

_MESSAGES: Final[Mapping[str, Mapping[str, str]]] = {
    _KIND: dict.fromkeys(("group", "version", "kind"), _TEXT),
    _RESOURCE: dict.fromkeys(("group", "version", "resource"), _TEXT),
    # What authentication knows beyond groups is a map of lists, which no message has.
    _USER: {"username": _TEXT, "uid": _TEXT, "groups": _TEXTS, "extra": "map<string,list<string>>"},
    _REQUEST: {
        "kind": _KIND,
        "resource": _RESOURCE,
        "requestKind": _KIND,
        "requestResource": _RESOURCE,
        "userInfo": _USER,
        "dryRun": _FLAG,
        "options": DYNAMIC,
        **dict.fromkeys(("subResource", "requestSubResource", "name", "namespace", "operation"), _TEXT),
    },
    _SPEC: {"finalizers": _TEXTS},
    _CONDITION: {
        "lastTransitionTime": _MOMENT,
        **dict.fromkeys(("status", "type", "message", "reason"), _TEXT),
    },
    _STATUS: {"conditions": f"list<{_CONDITION}>", "phase": _TEXT},
    _METADATA: {
        **dict.fromkeys(("name", "generateName", "namespace", "UID", "resourceVersion"), _TEXT),
        **dict.fromkeys(("labels", "annotations"), _LABELS),
        **dict.fromkeys(("creationTimestamp", "deletionTimestamp"), _MOMENT),
        **dict.fromkeys(("deletionGracePeriodSeconds", "generation"), _NUMBER),
        "finalizers": _TEXTS,
    },
    _NAMESPACE: {"metadata": _METADATA, "spec": _SPEC, "status": _STATUS},
}
_SEEN_METADATA: Final = (
    "name",
    "generateName",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "labels",
    "annotations",
    "finalizers",
)
_SCALARS: Final = {
    "BOOL": "bool",
    "INT": "int",
    "DOUBLE": "double",
    "STRING": "string",
    "BYTES": "bytes",
    "TIMESTAMP": _MOMENT,
    "DURATION": "google.protobuf.Duration",
    "DYN": DYNAMIC,
}
_LIST: Final = re.compile(r"LIST<(.*)>")
_MAP: Final = re.compile(r"MAP<STRING, (.*)>")


def policy_variables(
    computed: Mapping[str, str | None], *, params: bool, authorizes: bool = True, composes: bool = True
) -> Variables:
    """Give what expressions may speak of.

    Args:
        computed: signatures of the types of the policy's own variables; `None` for one whose type can't be told.
        params: whether the policy has a `paramKind`.
        authorizes: whether they may ask what a user may do.
        composes: whether they may use the policy's own variables.
    """
    types = TypeSet()
    for name, fields in _MESSAGES.items():
        types.add(name, fields)
    types.vague = {name for name, signature in computed.items() if signature is None}
    signatures = {"object": DYNAMIC, "oldObject": DYNAMIC, "namespaceObject": _NAMESPACE, "request": _REQUEST}
    if params:
        signatures["params"] = DYNAMIC
    if authorizes:
        signatures |= {"authorizer": _AUTHORIZER, "authorizer.requestResource": _RESOURCE_CHECK}
    if composes and computed:
        types.add(_COMPUTED, {name: type_ or DYNAMIC for name, type_ in computed.items()})
        signatures["variables"] = _COMPUTED
    return Variables(signatures, types)


def signature_of(type_name: str) -> str | None:
    """Give the signature of a type by its name; `None` where it can't be told."""
    if type_name in _SCALARS:
        return _SCALARS[type_name]
    if type_name in OPAQUE_TYPES or type_name in _MESSAGES:
        return type_name
    for pattern, form in ((_LIST, "list<{}>"), (_MAP, "map<string,{}>")):
        match = pattern.fullmatch(type_name)
        inner = _SCALARS.get(match[1]) if match is not None else None
        if inner is not None:
            return form.format(inner)
    return None


def bound_variables(
    asked: Submission,
    matched: Resource,
    *,
    object_: JsonObject | None,
    old: JsonObject | None,
    namespace: JsonObject | None,
    params: JsonObject | None,
) -> dict[str, Any]:
    """Give the values of the variables.

    Args:
        asked: what is to be done.
        matched: the version of the resource that the policy is about.
        object_: what it makes, in this version.
        old: what was there.
        namespace: that it is in.
        params: of the binding.
    """
    group, plural, _ = asked.resource.name
    return {
        "object": object_,
        "oldObject": old,
        "namespaceObject": _seen_namespace(namespace) if namespace is not None else None,
        "request": asked.as_request(matched),
        "params": params,
        "authorizer": authorizer(),
        "authorizer.requestResource": resource_check(group, plural, asked.subresource, asked.namespace, asked.name),
    }


def _seen_namespace(namespace: JsonObject) -> JsonObject:
    metadata = {name: namespace["metadata"][name] for name in _SEEN_METADATA if name in namespace["metadata"]}
    return {"metadata": metadata, **{name: namespace[name] for name in ("spec", "status") if name in namespace}}


def computed_value(value: Any) -> Any:
    """Give what an expression has computed as it is bound to a variable."""
    if is_object(value):
        return {name: computed_value(each) for name, each in value.items()}
    if is_array(value):
        return [computed_value(each) for each in value]
    if isinstance(value, bytearray):
        return bytes(value)
    return as_bound(value) if isinstance(value, datetime | timedelta) else value
