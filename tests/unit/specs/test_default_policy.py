"""The default roles out of a release's Go module."""

from __future__ import annotations

from pathlib import Path

from tools.specs.default_policy import default_policy


def test_the_objects_of_all_files_are_taken_roles_first(tmp_path: Path) -> None:
    folder = tmp_path / "plugin" / "pkg" / "auth" / "authorizer" / "rbac" / "bootstrappolicy" / "testdata"
    folder.mkdir(parents=True)
    names = ("cluster-role-bindings", "cluster-roles", "controller-role-bindings", "controller-roles")
    for name in (*names, "namespace-role-bindings", "namespace-roles", "cluster-roles-featuregates"):
        (folder / f"{name}.yaml").write_text(f"apiVersion: v1\nitems:\n- metadata: {{name: {name}}}\nkind: List\n")
    assert [each["metadata"]["name"] for each in default_policy(tmp_path)] == [
        "cluster-roles",
        "controller-roles",
        "namespace-roles",
        "cluster-role-bindings",
        "controller-role-bindings",
        "namespace-role-bindings",
    ]
