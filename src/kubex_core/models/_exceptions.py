"""The errors that models raise; they are in the tree of `kubex.core.exceptions`, as all others."""

from __future__ import annotations

from typing import Self

import msgspec

__all__ = ["InvalidArgument", "InvalidObject", "KubexException"]


class KubexException(Exception):
    """Root of all errors of kubex."""


class InvalidArgument(KubexException, ValueError):
    """An argument that no request can be made of."""


class InvalidObject(InvalidArgument, msgspec.ValidationError):
    """What is to be an object of a class is none: it is of another kind, or a field has a value that it can't have."""

    @classmethod
    def of(cls, model: type[object], error: Exception) -> Self:
        """Make one of the decoder's error, which says where the value is."""
        return cls(f"{model.__qualname__}: {error}")

    @classmethod
    def of_kind(cls, model: type[object], api_version: str, kind: str) -> Self:
        """Make one of the kind that an object has."""
        return cls(f"{model.__qualname__}: kind {kind!r} of apiVersion {api_version!r} is another resource")
