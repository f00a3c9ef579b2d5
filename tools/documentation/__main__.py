"""Build the site and check it: `python -m tools.documentation`.

MkDocs itself fails on broken links and on pages outside the menu (`--strict`); here every public name is looked up in
the inventory of what the built reference describes.
"""

from __future__ import annotations

import subprocess
import sys
import zlib
from pathlib import Path

from tools.documentation.accessors import accessor_classes
from tools.documentation.reference import read_reference

_PROJECT = Path(__file__).resolve().parents[2]
_INVENTORY = _PROJECT / "site" / "objects.inv"
_HEADER_LINES = 4  # of Sphinx' inventory format, version 2; what follows them is compressed


def main() -> int:
    """Build, then say which public names are described nowhere; return 0 if it was built and there are none."""
    built = subprocess.run([sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"], cwd=_PROJECT, check=False)
    if built.returncode != 0:
        return built.returncode
    missing = missing_names(_INVENTORY.read_bytes())
    for name in missing:
        print(f"{name} is public and in no page of the reference", file=sys.stderr)
    return 1 if missing else 0


def missing_names(inventory: bytes) -> list[str]:
    """Give the public names that an inventory does not have."""
    described = names_in(inventory)
    wanted = [f"{each.module}.{name}" for each in read_reference() for name in each.described]
    return sorted(name for name in [*wanted, *accessor_classes()] if name not in described)


def names_in(inventory: bytes) -> set[str]:
    """Read the names in an inventory of Sphinx' format."""
    compressed = inventory.split(b"\n", _HEADER_LINES)[_HEADER_LINES]
    return {line.split(" ", 1)[0] for line in zlib.decompress(compressed).decode().splitlines()}


if __name__ == "__main__":
    sys.exit(main())
