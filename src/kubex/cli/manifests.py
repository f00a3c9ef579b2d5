"""Reading the manifests that a command is given."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from kubex.configuration._url import without_secrets
from kubex.manifests.documents import Manifest, manifests_of, read_manifests
from kubex.manifests.errors import ManifestError
from kubex.manifests.files import files_in

__all__ = ["FilesOption", "RecursiveOption", "given_manifests", "refuse_addresses"]

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


def given_manifests(files: Sequence[str], *, recursive: bool, command: str) -> list[Manifest]:
    """Read files, folders and standard input.

    Args:
        files: what `-f` names.
        recursive: whether folders are read with all that is below them.
        command: name of the command that they are given to, for errors.

    Raises:
        BadParameter: one is an address, which is not read.
        ManifestError: one can't be read or is not YAML (with line and column), or there is no object in all of them:
            to take nothing for all there is would prune everything.
    """
    refuse_addresses(files, f"{command} -f -")
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


def refuse_addresses(files: Iterable[str], command: str) -> None:
    """Say what to do instead where an address is given for a file.

    Args:
        files: what is to be read.
        command: what reads the same of standard input: `apply -f -`.

    Raises:
        BadParameter: one is an address.
    """
    for file in files:
        if "://" in file:
            shown = without_secrets(file)
            raise typer.BadParameter(f"{shown} is an address, and only files are read: curl -fsSL … | kubex {command}")


def _files_of(folder: Path) -> list[Path]:
    found = files_in(folder, recursive=False)
    if not found:
        raise ManifestError(f"{folder} has no manifests of its own (-R takes those in its folders too)")
    return found
