"""What the server refuses in config maps and secrets."""

from __future__ import annotations

import base64
import re
from typing import Any, Final

from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required, field_too_long
from kubex.testing.json_errors import json_error
from kubex.testing.lifecycle.json_members import object_at

__all__ = ["config_map_causes", "secret_causes"]

_KEY: Final = re.compile(r"[-._a-zA-Z0-9]+")
_KEY_PROBLEM: Final = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
    "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)
_LONGEST_KEY: Final = 253
_LARGEST: Final = 1024 * 1024
_IMMUTABLE: Final = "field is immutable when `immutable` is set"
_NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
}
_IN_JSON: Final = frozenset({"kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"})
_KEY_OF_SSH: Final = "ssh-privatekey"
_REDACTED: Final = "<secret contents redacted>"
# What a JSON text is whose first character is another one than that of an object.
_JSON_TYPES: Final = {b"[": "array", b'"': "string", b"t": "bool", b"f": "bool"}


def config_map_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a ConfigMap."""
    texts, binaries = object_at(new, "data"), object_at(new, "binaryData")
    causes = _key_causes("data", texts)
    causes += [
        field_invalid(f"data[{key}]", key, "duplicate of key present in binaryData")
        for key in sorted(texts)
        if key in binaries
    ]
    causes += _key_causes("binaryData", binaries)
    size = sum(len(value.encode()) for value in texts.values()) + sum(_size(value) for value in binaries.values())
    if size > _LARGEST:
        causes.append(field_too_long("[]", _LARGEST))
    return [*_change_causes(new, old, ("data", "binaryData")), *causes]


def secret_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a Secret."""
    data, type_ = object_at(new, "data"), new.get("type", "")
    causes: list[Cause] = []
    if old is not None and type_ != old.get("type", ""):
        causes.append(field_invalid("type", type_, "field is immutable"))
    causes += _change_causes(new, old, ("data",))
    causes += _key_causes("data", data)
    if sum(_size(value) for value in data.values()) > _LARGEST:
        causes.append(field_too_long("data", _LARGEST))
    if type_ == "kubernetes.io/basic-auth":
        if "username" not in data and "password" not in data:
            causes += [field_required("data[username]"), field_required("data[password]")]
    elif type_ == "kubernetes.io/service-account-token":
        name = "kubernetes.io/service-account.name"
        if not object_at(new["metadata"], "annotations").get(name):
            causes.append(field_required(f"metadata.annotations[{name}]"))
    elif type_ == "kubernetes.io/ssh-auth" and not data.get(_KEY_OF_SSH):
        causes.append(field_required(f"data[{_KEY_OF_SSH}]"))
    for key in _NEEDED.get(type_, ()):
        if key not in data:
            causes.append(field_required(f"data[{key}]"))
        elif type_ in _IN_JSON and (problem := _json_problem(base64.b64decode(data[key] or ""))):
            causes.append(field_invalid(f"data[{key}]", _REDACTED, problem))
    return causes


def _size(encoded: str) -> int:
    """Give the number of bytes that a text in Base64 stands for."""
    return len(encoded) * 3 // 4 - encoded.count("=")


def _json_problem(content: bytes) -> str:
    """Say why a text is no JSON object; `""` if it is one, or `null`."""
    problem, first = json_error(content), content.strip()[:1]
    if problem or first in (b"{", b"n"):
        return problem
    type_ = _JSON_TYPES.get(first, "number")
    return f"json: cannot unmarshal {type_} into Go value of type map[string]interface {{}}"


def _key_causes(field: str, members: dict[str, Any]) -> list[Cause]:
    causes: list[Cause] = []
    for key in sorted(members):
        where = f"{field}[{key}]"
        if len(key.encode()) > _LONGEST_KEY:
            causes.append(field_invalid(where, key, f"must be no more than {_LONGEST_KEY} characters"))
        if not _KEY.fullmatch(key):
            causes.append(field_invalid(where, key, _KEY_PROBLEM))
        if key in (".", "..") or key.startswith(".."):
            why = f"must not be '{key}'" if key in (".", "..") else "must not start with '..'"
            causes.append(field_invalid(where, key, why))
    return causes


def _change_causes(new: dict[str, Any], old: dict[str, Any] | None, fields: tuple[str, ...]) -> list[Cause]:
    if old is None or not old.get("immutable"):
        return []
    causes = [] if new.get("immutable") else [field_forbidden("immutable", _IMMUTABLE)]
    return causes + [
        field_forbidden(name, _IMMUTABLE) for name in fields if object_at(old, name) != object_at(new, name)
    ]
