"""The bases that classes with markers stand on."""

from __future__ import annotations

__all__ = ["MODEL_BASES"]

MODEL_BASES: list[type] = []
"""`BaseEntity` and `StructEntity`, each added when its module is imported: a marker must not import Pydantic."""
