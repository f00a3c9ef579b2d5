"""The `kubex` command: manifests, custom resource classes and the server in memory, from a shell.

What it does is done by `kubex.manifests`, `kubex.generate` and `kubex.testing`; here are options,
output and exit codes.
"""

from __future__ import annotations

__all__: list[str] = []
