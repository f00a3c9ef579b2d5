"""`python -m kubex`: the `kubex` command."""

from __future__ import annotations

from kubex.cli.entry import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
