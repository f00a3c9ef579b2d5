"""The bases that classes with markers stand on."""

from __future__ import annotations

__all__ = ["MODEL_BASES"]

MODEL_BASES: list[type] = []
"""`BaseEntity`, `StructEntity` and `DynamicObject`, each added when its module is imported.

A marker must not import Pydantic.
"""
