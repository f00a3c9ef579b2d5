"""Applies merge patches to JSON documents (RFC 7386)."""

from __future__ import annotations

from typing import Any

from kubex.core._json_value import is_object

__all__ = ["apply_merge_patch"]


def apply_merge_patch(document: Any, patch: Any) -> Any:
    """Give the document as the merge patch leaves it.

    Neither argument is changed, and what is the same in the result is shared with them, not copied.

    Args:
        document: JSON document as dicts, lists and plain values.
        patch: patch in the same form: in objects `None` removes a member, objects are merged, all else replaces.

    https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/#use-a-json-merge-patch-to-update-a-deployment
    """
    if not is_object(patch):
        return patch
    merged = dict(document) if is_object(document) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = apply_merge_patch(merged.get(name), value)
    return merged
