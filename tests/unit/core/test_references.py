"""References from one object to another."""

from __future__ import annotations

import pytest

from kubex.core.exceptions import InvalidArgument
from kubex.core.references import object_reference, owner_reference
from kubex.k8s.v1_35.autoscaling.v2 import CrossVersionObjectReference
from kubex.k8s.v1_35.core.v1 import ConfigMap, LocalObjectReference, ObjectReference
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.metadata import ObjectMetadata, OwnerReference
from tests.unit.api.resources import Backup, BackupSpec

OWNER = ConfigMap(metadata=ObjectMetadata(name="a", namespace="shop", uid="1", resource_version="5"))


def test_owners() -> None:
    plain = OwnerReference(api_version="v1", kind="ConfigMap", name="a", uid="1")
    assert owner_reference(OWNER) == plain
    assert owner_reference(DynamicObject.model_validate(OWNER)) == plain
    managing = owner_reference(OWNER, controller=True)
    assert (managing.controller, managing.block_owner_deletion) == (True, True)
    assert owner_reference(OWNER, controller=True, block_owner_deletion=False).block_owner_deletion is False
    backup = Backup(metadata=ObjectMetadata(name="b", uid="2"), spec=BackupSpec(schedule="daily"))
    assert owner_reference(backup).api_version == "example.com/v1beta1"


@pytest.mark.parametrize(("metadata", "lacks"), [(ObjectMetadata(name="a"), "uid"), (ObjectMetadata(uid="1"), "name")])
def test_what_was_not_created_owns_nothing(metadata: ObjectMetadata, lacks: str) -> None:
    with pytest.raises(InvalidArgument, match=f"a ConfigMap without a {lacks} can't own anything"):
        owner_reference(ConfigMap(metadata=metadata))


def test_references_of_any_form() -> None:
    found = object_reference(OWNER, ObjectReference)
    assert found.model_dump(by_alias=True, exclude_none=True) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "namespace": "shop",
        "name": "a",
        "uid": "1",
        "resourceVersion": "5",
    }
    target = object_reference(OWNER, CrossVersionObjectReference)
    assert (target.kind, target.name) == ("ConfigMap", "a")
    assert object_reference(OWNER, LocalObjectReference).name == "a"
    with pytest.raises(InvalidArgument, match="without a name"):
        object_reference(ConfigMap(), ObjectReference)
