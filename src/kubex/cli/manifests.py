"""Reading the manifests that a command is given."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from kubex.manifests.documents import Manifest, manifests_of, read_manifests
from kubex.manifests.errors import ManifestError
from kubex.manifests.files import files_in

__all__ = ["FilesOption", "RecursiveOption", "given_manifests"]

FilesOption: TypeAlias = Annotated[
    list[str],
    typer.Option(
        "--filename",
        "-f",
        help="A file, a folder or - for standard input; may be given again.",
        show_default=False,
    ),
]

RecursiveOption: TypeAlias = Annotated[
    bool, typer.Option("--recursive", "-R", help="Take the files of the folders below a given folder too.")
]


def given_manifests(files: Sequence[str], *, recursive: bool) -> list[Manifest]:
    """Read files, folders and standard input.

    Args:
        files: what `-f` names.
        recursive: whether folders are read with all that is below them.

    Raises:
        ManifestError: one can't be read or is not YAML (with line and column), or there is no object in all of them:
            to take nothing for all there is would prune everything.
    """
    found: list[Manifest] = []
    for file in files:
        if file == "-":
            found += manifests_of(sys.stdin.buffer, "standard input")
        elif Path(file).is_dir() and not recursive:
            found += read_manifests(*_files_of(Path(file)))
        else:
            found += read_manifests(file)
    if not found:
        raise ManifestError(f"there is no object in {', '.join(files)}")
    return found


def _files_of(folder: Path) -> list[Path]:
    found = files_in(folder, recursive=False)
    if not found:
        raise ManifestError(f"{folder} has no manifests of its own (-R takes those in its folders too)")
    return found
