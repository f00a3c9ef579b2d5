"""What a verb does to an object: metadata rules, defaults, validation, deletion and what follows from it. No I/O."""

from __future__ import annotations

__all__: list[str] = []
