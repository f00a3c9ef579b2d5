"""An API server inside the test process."""

from __future__ import annotations

__all__: list[str] = []
