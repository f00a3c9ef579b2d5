"""`ManifestError`: what can't be read or used as a manifest."""

from __future__ import annotations

from kubex.core.exceptions import KubexException

__all__ = ["ManifestError"]


class ManifestError(KubexException, ValueError):
    """A manifest can't be read or used; the text names the file, and the document in it."""
