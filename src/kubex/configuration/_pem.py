"""Certificates and keys that stand in a kubeconfig themselves: they know where, for errors."""

from __future__ import annotations

__all__ = ["EmbeddedPem", "place_of"]


class EmbeddedPem(bytes):
    """PEM that was read out of a kubeconfig."""

    place: str = ""
    """Whose it is, as errors say it: `cluster "staging" in ~/.kube/config`."""

    @classmethod
    def of(cls, data: bytes, place: str) -> EmbeddedPem:
        """Give data with its place."""
        pem = cls(data)
        pem.place = place
        return pem


def place_of(data: bytes | None) -> str:
    """Give ` of` and the place of data that has one, else nothing."""
    return f" of {data.place}" if isinstance(data, EmbeddedPem) and data.place else ""
