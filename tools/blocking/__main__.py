"""Write the generated modules of kubex.sync: `python -m tools.blocking [--check]`."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.blocking.modules import MODULES, module_text

_SYNC = Path(__file__).parents[2] / "src" / "kubex" / "sync"


def main() -> int:
    """Write them, or with --check tell which differ and return 1."""
    differing = [
        name for name in MODULES if not (_SYNC / name).exists() or (_SYNC / name).read_text() != module_text(name)
    ]
    if "--check" not in sys.argv[1:]:
        for name in differing:
            (_SYNC / name).write_text(module_text(name))
    for name in differing:
        print(f"kubex/sync/{name}: {'differs from its source' if '--check' in sys.argv[1:] else 'written'}")
    return 1 if differing and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
