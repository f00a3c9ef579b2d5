"""The API layer: `Api[T]` and its accessors."""

from __future__ import annotations

from kubex.api._api import Api, create_api
from kubex.api._exec import ExecResult
from kubex.api._stream_session import StreamSession
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
    "ExecResult",
    "FieldValidation",
    "NamespaceTypes",
    "Precondition",
    "PropagationPolicy",
    "PropagationPolicyTypes",
    "ResourceVersion",
    "ResourceVersionTypes",
    "StreamSession",
    "Timeout",
    "TimeoutTypes",
    "VersionMatch",
    "create_api",
]
