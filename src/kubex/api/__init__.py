"""The API layer: `Api[T]` and its accessors."""

from __future__ import annotations

from kubex.api._api import Api, create_api
from kubex.core.params import (
    ApiNamespaceTypes,
    ApiRequestTimeoutTypes,
    DryRunTypes,
    NamespaceTypes,
    PropagationPolicyTypes,
    ResourceVersionTypes,
    TimeoutTypes,
)

__all__ = [
    "Api",
    "ApiNamespaceTypes",
    "ApiRequestTimeoutTypes",
    "DryRunTypes",
    "NamespaceTypes",
    "PropagationPolicyTypes",
    "ResourceVersionTypes",
    "TimeoutTypes",
    "create_api",
]
