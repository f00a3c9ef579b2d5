"""How patches change an object, and who owns its fields, as the API server has it."""

from __future__ import annotations

__all__: list[str] = []
