"""How pytest is told to have a worker for each core."""

from __future__ import annotations

import os
from typing import Final

__all__ = ("ON_EVERY_CORE",)

# The tests of a file stay together: they share what is made once for it, and objects of the whole cluster.
ON_EVERY_CORE: Final = ("--numprocesses", str(os.cpu_count()), "--dist", "loadfile")
