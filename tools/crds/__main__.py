"""Command line: `python -m tools.crds FOLDER`, with KUBECONFIG set."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import anyio

from kubex.core.exceptions import KubexException
from tools.crds.definitions import read_definitions
from tools.crds.modules import Generated, check_texts, generated
from tools.crds.problems import ProblemError
from tools.crds.server import use


def main(arguments: Sequence[str] | None = None) -> int:
    """Try every definition of a folder and give the exit code: 1 where something is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tools.crds", description=__doc__)
    parser.add_argument("folder", type=Path, help="holds CustomResourceDefinitions in YAML")
    folder: Path = parser.parse_args(arguments).folder
    try:
        definitions = read_definitions(folder)
        with tempfile.TemporaryDirectory() as directory:
            made = [generated(each, Path(directory)) for each in definitions]
            check_texts(Path(directory))
        anyio.run(_use_all, made)
    except (KubexException, ProblemError) as error:
        print(f"crds: {error}", file=sys.stderr)
        return 1
    print(f"crds: {len(made)} definitions tried, all is well")
    return 0


async def _use_all(made: Sequence[Generated]) -> None:
    for each in made:
        await use(each)


if __name__ == "__main__":
    sys.exit(main())
