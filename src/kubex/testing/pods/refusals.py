"""What a kubelet refuses, with its words."""

from __future__ import annotations

from kubex.testing.storage import JsonObject

__all__ = ["KubeletRefusal", "no_container", "no_pod", "no_streams"]


class KubeletRefusal(Exception):
    """Ends a request that had got to the kubelet: with a text, and not with a Status."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


def no_streams() -> KubeletRefusal:
    """A command is to have neither input nor output."""
    return KubeletRefusal(400, "you must specify at least 1 of stdin, stdout, stderr")


def no_container(pod: JsonObject, container: str, *, attached: bool) -> KubeletRefusal:
    """The container does not run."""
    if attached:
        return KubeletRefusal(500, f"container {container} not found in pod {_full_name(pod)}")
    return KubeletRefusal(500, f'container not found ("{container}")')


def no_pod(pod: JsonObject) -> KubeletRefusal:
    """The pod does not run any more."""
    return KubeletRefusal(500, f'pod not found ("{_full_name(pod)}")')


def _full_name(pod: JsonObject) -> str:
    metadata = pod["metadata"]
    return f"{metadata['name']}_{metadata['namespace']}"
