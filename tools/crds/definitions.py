"""Reads the definitions of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kubex.manifests import read_manifests
from tools.crds.problems import ProblemError

__all__ = ["read_definitions"]


def read_definitions(folder: Path) -> list[dict[str, Any]]:
    """Give the CustomResourceDefinitions in a folder's files.

    Raises:
        ProblemError: there is no such folder, or none in it.
        ManifestError: a file can't be read.
    """
    if not folder.is_dir():
        raise ProblemError(f"{folder} is no folder")
    found = [each.object for each in read_manifests(folder) if each.kind == "CustomResourceDefinition"]
    if not found:
        raise ProblemError(f"{folder} has no CustomResourceDefinition")
    return found
