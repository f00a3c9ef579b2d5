"""`MergeRule`: how the API server merges a field."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["MergeRule"]


class MergeRule(NamedTuple):
    """How a field is merged, as the OpenAPI document has it in its `x-kubernetes-` properties.

    The two `patch_` parts are strategic merge patch's, the others server-side apply's.

    https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
    """

    patch_strategy: str | None = None
    patch_merge_key: str | None = None
    list_type: str | None = None
    list_map_keys: tuple[str, ...] = ()
    map_type: str | None = None
