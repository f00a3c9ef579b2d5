"""Write the software bill of materials: `python -m tools.sbom [FOLDER]` puts it into dist/, as CycloneDX.

It lists what kubex with all its extras brings along, in the versions that the tests run with, each with its licence and
what it needs itself. Which of them somebody gets depends on the extras and the day.

https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

__all__ = ("version",)

_PROJECT = Path(__file__).resolve().parents[1]
_SPECIFICATION = "1.6"


def main() -> int:
    """Write the file into the folder on the command line, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.sbom", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=_PROJECT / "dist", help="where it goes; dist/")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"kubex-{version()}.cdx.json"
    with tempfile.TemporaryDirectory(prefix="kubex-sbom-") as temporary:
        environment, project = f"{temporary}/environment", Path(temporary, "pyproject.toml")
        python = f"{environment}/bin/python"
        # The version is no part of it, as the build backend finds it in the sources; the lister does not look there.
        text = (_PROJECT / "pyproject.toml").read_text(encoding="utf-8")
        project.write_text(text.replace('dynamic = ["version"]', f'version = "{version()}"'), encoding="utf-8")
        uv = ["uv", "--quiet"]
        install = [*uv, "pip", "install", "--python", python, "--requirement", "pyproject.toml", "--all-extras"]
        listed = ["cyclonedx-py", "environment", "--pyproject", str(project), "--mc-type", "library"]
        # Some say in words what their licence is: without the texts these would be left out.
        listed += ["--gather-license-texts"]
        listed += ["--spec-version", _SPECIFICATION, "--output-reproducible", "--output-format", "JSON"]
        commands = [
            [*uv, "venv", "--python", sys.executable, "--clear", environment],
            [*install, "--constraint", "requirements/test.txt"],
            [*listed, "--output-file", str(target), python],
        ]
        for command in commands:
            code = subprocess.run(command, cwd=_PROJECT, check=False).returncode
            if code != 0:
                print(f"{' '.join(command)} failed (exit code {code})", file=sys.stderr)
                return 1
    print(target.name)
    return 0


def version() -> str:
    """Give the version that the sources state."""
    text = (_PROJECT / "src" / "kubex" / "_version.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    assert found is not None  # noqa: S101 - it is how the build finds it, too
    return found[1]


if __name__ == "__main__":
    sys.exit(main())
