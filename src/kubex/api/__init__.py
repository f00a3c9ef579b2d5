"""The API layer: `Api[T]` and its accessors."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from kubex_core.models._lazy_exports import lazy_exports
from kubex_core.models.dynamic_object import DynamicObject

if TYPE_CHECKING:
    from kubex.api._stream_session import StreamSession
    from kubex.api.discovery import Discovery, discover
    from kubex.api.dynamic import dynamic_api
    from kubex.core.remote_command import ExecResult

_HOMES = {
    "Discovery": "kubex.api.discovery",
    "ExecResult": "kubex.core.remote_command",
    "StreamSession": "kubex.api._stream_session",
    "discover": "kubex.api.discovery",
    "dynamic_api": "kubex.api.dynamic",
}

__all__ = [
    "Api",
    "ApiNamespaceTypes",
    "ApiRequestTimeoutTypes",
    "Discovery",
    "DryRun",
    "DryRunTypes",
    "DynamicObject",
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
    "discover",
    "dynamic_api",
]

if not TYPE_CHECKING:  # a module with `__getattr__` has every name there is, to a type checker
    __getattr__, __dir__ = lazy_exports(__name__, _HOMES)
