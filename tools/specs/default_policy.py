"""The roles and bindings that a release has from the start, out of its Go module."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

__all__ = ["default_policy"]

_FOLDER = Path("plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata")
# What is on with features that are not on by default stands in files of its own, which are left out.
_FILES = (
    "cluster-roles",
    "controller-roles",
    "namespace-roles",
    "cluster-role-bindings",
    "controller-role-bindings",
    "namespace-role-bindings",
)


def default_policy(kubernetes: Path) -> list[dict[str, Any]]:
    """Give the objects, roles first.

    Args:
        kubernetes: folder of the module.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    texts = ((kubernetes / _FOLDER / f"{name}.yaml").read_text(encoding="utf-8") for name in _FILES)
    return [item for text in texts for item in yaml.load(text, loader)["items"]]  # noqa: S506  # a safe one
