"""Which fields a resource or subresource leaves to others: what a request writes there is reset, and not owned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kubex.core.field_sets import FieldSet, Path, Tree
from kubex.core.path_elements import field

__all__ = ["KEEP_ALL", "FieldFilter", "custom_resource_filter", "field_filter"]


@dataclass(frozen=True)
class FieldFilter:
    """Gives of a set of fields those that are tracked."""

    keep: Callable[[FieldSet], FieldSet]

    @classmethod
    def without(cls, *paths: Path) -> FieldFilter:
        """Make the filter that leaves out these fields and all below them: paths of names."""
        reset = FieldSet.of(*(tuple(map(field, path)) for path in paths))
        return cls(lambda fields: fields.without_subtrees(reset))

    @classmethod
    def only(cls, *patterns: Path) -> FieldFilter:
        """Make the filter that leaves only these fields and all below them: paths of names, `*` for any element."""
        tree: Tree = {}
        for pattern in patterns:
            below = tree
            for name in pattern:
                below = below.setdefault(name if name == "*" else field(name), {})
        return cls(lambda fields: fields.matching(tree))


KEEP_ALL: Final = FieldFilter(lambda fields: fields)

_STATUS: Final = FieldFilter.without(("status",))
_SPEC: Final = FieldFilter.without(("spec",))
_SPEC_AND_METADATA: Final = FieldFilter.without(("spec",), ("metadata",))

# By (resource, subresource); what is not here follows the rules below. Transcribed from the strategies' reset fields.
_FILTERS: Final[dict[tuple[str, str], FieldFilter]] = {
    ("certificatesigningrequests", ""): FieldFilter.without(("spec",), ("status",)),
    ("certificatesigningrequests", "status"): FieldFilter.without(("spec",), ("status", "conditions")),
    ("certificatesigningrequests", "approval"): FieldFilter.without(("spec",), ("status", "certificate")),
    ("deployments", "status"): FieldFilter.without(("spec",), ("metadata", "labels")),
    ("namespaces", "finalize"): _STATUS,
    ("pods", "status"): FieldFilter.without(
        ("spec",), ("metadata", "deletionTimestamp"), ("metadata", "ownerReferences")
    ),
    ("pods", "ephemeralcontainers"): FieldFilter.only(("spec", "ephemeralContainers")),
    ("pods", "resize"): FieldFilter.only(
        ("spec", "containers", "*", "resources"),
        ("spec", "containers", "*", "resizePolicy"),
        ("spec", "initContainers", "*", "resources"),
        ("spec", "initContainers", "*", "resizePolicy"),
    ),
    # Theirs are declared for versions that are not served.
    ("podcertificaterequests", ""): KEEP_ALL,
    ("podcertificaterequests", "status"): KEEP_ALL,
    ("servicecidrs", ""): KEEP_ALL,
    ("servicecidrs", "status"): KEEP_ALL,
}
_METADATA_IS_NOT_STATUS: Final = frozenset(
    {
        "apiservices",
        "customresourcedefinitions",
        "devicetaintrules",
        "flowschemas",
        "prioritylevelconfigurations",
        "resourceclaims",
        "storageversionmigrations",
        "storageversions",
        "validatingadmissionpolicies",
        "volumeattachments",
    }
)


def field_filter(plural: str, subresource: str = "", *, has_status: bool) -> FieldFilter:
    """Give the filter of a built-in resource or of one of its subresources.

    Args:
        plural: of the resource.
        subresource: `status`, …; `""` for the resource itself.
        has_status: whether the resource has the subresource `status`.
    """
    known = _FILTERS.get((plural, subresource))
    if known is not None:
        return known
    if subresource == "status":
        return _SPEC_AND_METADATA if plural in _METADATA_IS_NOT_STATUS else _SPEC
    return _STATUS if has_status and not subresource else KEEP_ALL


def custom_resource_filter(subresource: str = "", *, has_status: bool) -> FieldFilter:
    """Give the filter of a custom resource or of its subresource `status`."""
    if subresource == "status":
        return _SPEC
    return _STATUS if has_status else KEEP_ALL
