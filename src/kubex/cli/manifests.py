"""Reading the manifests that a command is given."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from kubex.manifests.documents import Manifest, ManifestError, manifests_of, read_manifests

__all__ = ["FilesOption", "RecursiveOption", "given_manifests"]

_SUFFIXES: Final = (".yaml", ".yml", ".json")
_LARGEST: Final = 64 * 2**20  # bytes of standard input, as of a file

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


def given_manifests(files: Iterable[str], *, recursive: bool) -> list[Manifest]:
    """Read files, folders and standard input.

    Args:
        files: what `-f` names.
        recursive: whether folders are read with all that is below them.

    Raises:
        ManifestError: one can't be read, is not YAML (with line and column) or holds no Kubernetes object.
    """
    found: list[Manifest] = []
    for file in files:
        if file == "-":
            found += _of_standard_input()
        elif Path(file).is_dir() and not recursive:
            found += read_manifests(*_files_in(Path(file)))
        else:
            found += read_manifests(file)
    return found


def _of_standard_input() -> list[Manifest]:
    content = sys.stdin.buffer.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise ManifestError(f"standard input is larger than {_LARGEST} bytes")
    return manifests_of(content, "standard input")


def _files_in(folder: Path) -> list[Path]:
    found = [
        path
        for path in sorted(folder.iterdir())
        if path.suffix in _SUFFIXES and path.is_file() and not path.name.startswith(".")
    ]
    if not found:
        raise ManifestError(f"{folder} has no {', '.join(_SUFFIXES)} file (-R takes those in its folders too)")
    return found
