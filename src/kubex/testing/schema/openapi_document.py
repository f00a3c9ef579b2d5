"""An OpenAPI v2 document of a Kubernetes release, decoded as far as it is asked for."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from kubex.core.exceptions import InvalidArgument

__all__ = ["OpenApiDocument", "kept_versions", "load_document"]

_PACKAGE = "kubex.testing"
_SUFFIX = ".json.gz"


class _TopLevel(msgspec.Struct):
    definitions: dict[str, msgspec.Raw]
    paths: msgspec.Raw
    info: msgspec.Raw = msgspec.Raw(b"{}")


class _Info(msgspec.Struct):
    version: str = ""


_top_level = msgspec.json.Decoder(_TopLevel)


class OpenApiDocument:
    """An OpenAPI v2 document.

    Args:
        content: the document's JSON.

    Raises:
        InvalidArgument: it is no OpenAPI v2 document.
    """

    def __init__(self, content: bytes) -> None:
        try:
            self._parts = _top_level.decode(content)
        except msgspec.MsgspecError as error:
            raise InvalidArgument(f"this is no OpenAPI v2 document of a Kubernetes API server: {error}") from None
        self.content = content
        """The document as it is."""

    @cached_property
    def version(self) -> str:
        """The release it is of: `v1.35.4`."""
        return msgspec.json.decode(self._parts.info, type=_Info).version

    @property
    def release(self) -> str:
        """The same without its patches: `1.35`."""
        return ".".join(self.version.removeprefix("v").split(".")[:2])

    @property
    def paths(self) -> bytes:
        """JSON of the paths."""
        return bytes(self._parts.paths)

    @property
    def definitions(self) -> Mapping[str, msgspec.Raw]:
        """JSON of each definition by its name."""
        return self._parts.definitions

    def definition(self, name: str) -> dict[str, Any]:
        """Decode one definition.

        Raises:
            KeyError: there is none of that name.
        """
        decoded: dict[str, Any] = msgspec.json.decode(self._parts.definitions[name])
        return decoded


def kept_versions() -> tuple[str, ...]:
    """Give the Kubernetes versions whose documents come with kubex, oldest first: `1.35`, …"""
    names = (file.name for file in _specs().iterdir())
    minors = sorted(int(name.removeprefix("v1_").removesuffix(_SUFFIX)) for name in names if name.endswith(_SUFFIX))
    return tuple(f"1.{minor}" for minor in minors)


def _specs() -> Traversable:
    return files(_PACKAGE) / "specs"


@cache
def load_document(version: str) -> OpenApiDocument:
    """Load the document that comes with kubex for a Kubernetes version; the same object for each call.

    Its properties have three members beyond a server's own: `default` (as OpenAPI v3 has it), `x-kubex-zero` and
    `x-kubex-omits-empty` (`Field.zero` and `Field.omits_empty`).

    Args:
        version: `1.35`.

    Raises:
        InvalidArgument: there is none of that version.
    """
    file = _specs() / f"v{version.replace('.', '_')}{_SUFFIX}"
    if not file.is_file():
        raise InvalidArgument(f"there is no document of Kubernetes {version!r}, but of {', '.join(kept_versions())}")
    return OpenApiDocument(gzip.decompress(file.read_bytes()))
