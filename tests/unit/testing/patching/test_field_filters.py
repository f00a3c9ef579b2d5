from __future__ import annotations

import pytest

from kubex.core.field_sets import FieldSet
from kubex.testing.patching.field_filters import KEEP_ALL, FieldFilter, custom_resource_filter, field_filter

A = 'k:{"name":"a"}'
FIELDS = FieldSet.parse(
    {
        "f:metadata": {"f:labels": {"f:a": {}}, "f:ownerReferences": {}},
        "f:spec": {
            "f:replicas": {},
            "f:containers": {A: {".": {}, "f:image": {}, "f:resources": {"f:limits": {}}}},
            "f:ephemeralContainers": {A: {}},
        },
        "f:status": {"f:conditions": {}, "f:certificate": {}},
    }
)


def kept(filter_: FieldFilter) -> set[str]:
    return {".".join(element[2:] for element in path if element[0] == "f") for path in filter_.keep(FIELDS)}


ALL = kept(KEEP_ALL)
SPEC = {
    "spec.replicas",
    "spec.containers",
    "spec.containers.image",
    "spec.containers.resources.limits",
    "spec.ephemeralContainers",
}
METADATA = {"metadata.labels.a", "metadata.ownerReferences"}
STATUS = {"status.conditions", "status.certificate"}


@pytest.mark.parametrize(
    ("plural", "subresource", "has_status", "expected"),
    [
        ("configmaps", "", False, ALL),
        ("services", "", True, ALL - STATUS),
        ("services", "status", True, METADATA | STATUS),
        ("deployments", "status", True, {"metadata.ownerReferences"} | STATUS),
        ("deployments", "scale", True, ALL),
        ("flowschemas", "status", True, STATUS),
        ("pods", "status", True, {"metadata.labels.a"} | STATUS),
        ("pods", "ephemeralcontainers", True, {"spec.ephemeralContainers"}),
        ("pods", "resize", True, {"spec.containers", "spec.containers.resources.limits"}),
        ("namespaces", "finalize", True, METADATA | SPEC),
        ("certificatesigningrequests", "", True, METADATA),
        ("certificatesigningrequests", "status", True, METADATA | {"status.certificate"}),
        ("certificatesigningrequests", "approval", True, METADATA | {"status.conditions"}),
        ("servicecidrs", "", True, ALL),
        ("servicecidrs", "status", True, ALL),
    ],
)
def test_what_requests_to_a_resource_can_own(
    plural: str, subresource: str, has_status: bool, expected: set[str]
) -> None:
    assert kept(field_filter(plural, subresource, has_status=has_status)) == expected


@pytest.mark.parametrize(
    ("subresource", "has_status", "expected"),
    [("", False, ALL), ("", True, ALL - STATUS), ("status", True, METADATA | STATUS)],
)
def test_what_requests_to_a_custom_resource_can_own(subresource: str, has_status: bool, expected: set[str]) -> None:
    assert kept(custom_resource_filter(subresource, has_status=has_status)) == expected
