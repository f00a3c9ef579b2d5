"""Reading the manifests that a command is given."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Annotated, TypeAlias

import typer

from kubex.manifests.documents import Manifest, manifests_of, read_manifests

__all__ = ["FilesOption", "given_manifests"]

FilesOption: TypeAlias = Annotated[
    list[str],
    typer.Option(
        "--filename",
        "-f",
        help="A file, a folder (with all that is below it) or - for standard input; may be given again.",
        show_default=False,
    ),
]


def given_manifests(files: Iterable[str]) -> list[Manifest]:
    """Read files, folders and standard input.

    Raises:
        ManifestError: one can't be read, is not YAML (with line and column) or holds no Kubernetes object.
    """
    found: list[Manifest] = []
    for file in files:
        if file == "-":
            found += manifests_of(sys.stdin.buffer.read(), "standard input")
        else:
            found += read_manifests(file)
    return found
