"""CustomResourceDefinitions: what they serve, and what becomes of the objects of their kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubex.testing.failures import Cause
from kubex.testing.lifecycle.decoding import Decoded
from kubex.testing.registry import Resource

__all__ = ["custom_causes", "decode_custom"]


def decode_custom(resource: Resource, body: Mapping[str, Any]) -> Decoded:
    """Read a custom resource."""
    return Decoded(dict(body))


def custom_causes(resource: Resource, object_: Mapping[str, Any]) -> list[Cause]:
    """Say what the schema of a custom resource has against an object."""
    return []
