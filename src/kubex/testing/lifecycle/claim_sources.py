"""The two fields that say what a claim begins with, which say the same.

https://kubernetes.io/docs/concepts/storage/persistent-volumes/#data-source-references
"""

from __future__ import annotations

from typing import Any

from kubex.testing.lifecycle.json_members import object_at

__all__ = ["same_sources"]


def same_sources(new: dict[str, Any], old: dict[str, Any] | None) -> None:
    """Let `dataSource` and `dataSourceRef` of a claim be the same where one is missing, in place.

    Args:
        new: the claim as it is to be.
        old: the claim as it was; `None` for one that is created.
    """
    spec, before = new["spec"], object_at(old or {}, "spec")
    if object_at(spec, "dataSourceRef").get("namespace") and before.get("dataSourceRef") is None:
        del spec["dataSourceRef"]  # those of other namespaces are switched off
    source, reference = spec.get("dataSource"), spec.get("dataSourceRef")
    # What else stands in the older field has always been passed over.
    had_one = before.get("dataSource") is not None or before.get("dataSourceRef") is not None
    if not had_one and reference is None and not _is_claim_or_snapshot(source):
        spec.pop("dataSource", None)
        return
    if reference is None and source is not None:
        spec["dataSourceRef"] = dict(source)
    elif source is None and reference is not None and not reference.get("namespace"):
        spec["dataSource"] = dict(reference)


def _is_claim_or_snapshot(source: dict[str, Any] | None) -> bool:
    if source is None:
        return False
    return (source.get("apiGroup") or "", source.get("kind")) in (
        ("", "PersistentVolumeClaim"),
        ("snapshot.storage.k8s.io", "VolumeSnapshot"),
    )
