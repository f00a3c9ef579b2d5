"""`ProblemError`: what ends a trial."""

from __future__ import annotations

__all__ = ["ProblemError"]


class ProblemError(Exception):
    """Something is not as it should be; the text says what."""
