"""Build what is published: `python -m tools.package [--source FOLDER] [FOLDER]` puts it into dist/.

That is the sdist, the wheel that is built from the sdist, and their checksums. The same sources give the same bytes,
wherever and whenever they are built.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

__all__ = ("CHECKSUMS", "build")

CHECKSUMS = "SHA256SUMS"
_PROJECT = Path(__file__).resolve().parents[1]
# Files get the time that the build backend always gives, lest the sdist and a clone of the repository make two wheels.
_OF_THE_DAY = ("SOURCE_DATE_EPOCH",)


def main() -> int:
    """Build into the folder on the command line, tell what came of it, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.package", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=_PROJECT / "dist", help="where it goes; dist/")
    parser.add_argument("--source", type=Path, default=_PROJECT, help="what is built; this project")
    options = parser.parse_args()
    try:
        built = build(options.source, options.folder)
    except subprocess.CalledProcessError as error:
        print(f"{error.stdout}\nthe build failed (exit code {error.returncode})", file=sys.stderr)
        return 1
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in built)
    (options.folder / CHECKSUMS).write_text(sums)
    print(sums, end="")
    return 0


def build(source: Path, folder: Path) -> list[Path]:
    """Build sdist and wheel of a source tree.

    Args:
        source: the tree.
        folder: where they go; what was built there before is removed.

    Returns:
        The files, in the order of their names.

    Raises:
        subprocess.CalledProcessError: the build fails; with all that it has said.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for earlier in [*folder.glob("kubex-*"), *folder.glob(CHECKSUMS)]:
        earlier.unlink()
    variables = {name: value for name, value in os.environ.items() if name not in _OF_THE_DAY}
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder.resolve()), str(source)]
    subprocess.run(command, env=variables, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return sorted(folder.glob("kubex-*"))


if __name__ == "__main__":
    sys.exit(main())
