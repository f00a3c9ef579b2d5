"""Takes out of objects what no recording may have: the data of Secrets, and kubectl's copy of it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

__all__ = ["SecretData", "without_credentials"]

SecretData: TypeAlias = Literal["masked", "omitted"]
"""What becomes of the data of Secrets: keys stay with other values, or all of it is left out."""

_MASK: Final = base64.b64encode(b"***").decode()
_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"


def without_credentials(object_: Mapping[str, Any], data: SecretData) -> dict[str, Any]:
    """Give an object as it may be recorded; it is not changed.

    Args:
        object_: of any kind.
        data: what becomes of the data of Secrets.
    """
    if (object_.get("apiVersion"), object_.get("kind")) != ("v1", "Secret"):
        return dict(object_)
    secret = {name: value for name, value in object_.items() if name not in ("data", "stringData")}
    if data == "masked" and object_.get("data"):
        secret["data"] = dict.fromkeys(object_["data"], _MASK)
    metadata = dict(secret.get("metadata") or {})
    annotations: dict[str, Any] = metadata.get("annotations") or {}
    if _LAST_APPLIED in annotations:
        kept = {name: value for name, value in annotations.items() if name != _LAST_APPLIED}
        metadata.pop("annotations")
        secret["metadata"] = {**metadata, "annotations": kept} if kept else metadata
    return secret
