"""The default roles of every release."""

from __future__ import annotations

import pytest

from kubex.testing.access.default_policy import default_policy
from kubex.testing.schema.openapi_document import kept_versions

KINDS = {"ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}


@pytest.mark.parametrize("version", kept_versions())
def test_each_release_has_its_default_roles(version: str) -> None:
    policy = default_policy(version)
    names = {(each["kind"], each["metadata"]["name"]) for each in policy}
    expected = ("cluster-admin", "admin", "edit", "view", "system:basic-user", "system:public-info-viewer")
    assert names >= {("ClusterRole", name) for name in expected}
    assert {kind for kind, _ in names} == KINDS
    roles = {(each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]) for each in policy}
    for each in policy:
        if reference := each.get("roleRef"):
            namespace = each["metadata"].get("namespace") if reference["kind"] == "Role" else None
            assert (reference["kind"], namespace, reference["name"]) in roles
