"""Pin the development dependencies: `python -m tools.requirements [--upgrade]` compiles requirements/*.in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools.interpreters import supported_versions

_PROJECT = Path(__file__).resolve().parents[1]
_OF_KUBEX = ["--all-extras", "pyproject.toml"]
_AS_IN_TESTS = ["--constraint", "requirements/test.txt"]
_AS_IN_LINT = ["--constraint", "requirements/lint.txt"]
# In the order in which they depend on each other.
_SETS = {
    "test": _OF_KUBEX,
    "lint": [*_OF_KUBEX, *_AS_IN_TESTS],
    "bench": [*_OF_KUBEX, *_AS_IN_TESTS],
    "docs": [*_OF_KUBEX, *_AS_IN_LINT],
    "clients": [],
    "peer-kubernetes": [],
    "peer-kubernetes-asyncio": [],
    "peer-kr8s": [],
    "peer-lightkube": [],
    "peer-earlier-kubex": [],
    "go": [],
    "uv": [],
    "package": [*_AS_IN_LINT, "--constraint", "requirements/uv.txt"],
}


def main() -> int:
    """Compile every set, for all supported Pythons and all platforms, with the hashes of what may be installed."""
    for name, arguments in _SETS.items():
        compile_ = ["uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
        compile_ += ["--python-version", supported_versions()[0], "--custom-compile-command", "make requirements"]
        compile_ += [*sys.argv[1:], *arguments, f"requirements/{name}.in", "--output-file", f"requirements/{name}.txt"]
        print(f"requirements/{name}.txt", flush=True)
        code = subprocess.run(compile_, cwd=_PROJECT, check=False).returncode
        if code != 0:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
