"""`DefinitionError`: what classes can't be made of, or definitions not of classes."""

from __future__ import annotations

from kubex.core.exceptions import InvalidArgument

__all__ = ["DefinitionError"]


class DefinitionError(InvalidArgument):
    """A CustomResourceDefinition, a schema or a class can't be used; the text says where and why."""
