"""The API layer: `Api[T]` and its accessors."""

from __future__ import annotations

from kubex.api._api import Api, create_api
from kubex.core.params import (
    ApiNamespaceTypes,
    ApiRequestTimeoutTypes,
    DryRun,
    DryRunTypes,
    FieldValidation,
    NamespaceTypes,
    Precondition,
    PropagationPolicy,
    PropagationPolicyTypes,
    ResourceVersion,
    ResourceVersionTypes,
    Timeout,
    TimeoutTypes,
    VersionMatch,
)

__all__ = [
    "Api",
    "ApiNamespaceTypes",
    "ApiRequestTimeoutTypes",
    "DryRun",
    "DryRunTypes",
    "FieldValidation",
    "NamespaceTypes",
    "Precondition",
    "PropagationPolicy",
    "PropagationPolicyTypes",
    "ResourceVersion",
    "ResourceVersionTypes",
    "Timeout",
    "TimeoutTypes",
    "VersionMatch",
    "create_api",
]
