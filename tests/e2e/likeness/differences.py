"""What the server in memory is known to answer otherwise than a real one."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from kubex.core._json_value import is_array, is_object

__all__ = ["DIFFERENCES", "SHOWN_DIFFERENTLY", "Difference", "differs", "without_shown"]


class Difference(NamedTuple):
    """Changes of objects that are not answered alike."""

    row: str
    """Of the table in docs/testing-server.md, which says why."""
    kinds: Sequence[str]
    paths: Sequence[str]
    """Beginnings of the paths of fields."""
    verbs: Sequence[str] = ("create", "replace")


DIFFERENCES: Sequence[Difference] = (
    Difference("service-addresses", ("Service",), ("spec.clusterIP", "spec.ipFamilies")),
)
_WORKLOADS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet")
SHOWN_DIFFERENTLY: Sequence[Difference] = (
    Difference("words-of-refusals", _WORKLOADS, ("spec.template.metadata.labels",)),
    Difference("words-of-refusals", ("PersistentVolume",), ("spec.capacity",)),
    Difference("words-of-refusals", ("CustomResourceDefinition",), ("spec.versions",)),
    Difference("words-of-refusals", ("Job",), ("spec.podFailurePolicy", "spec.successPolicy", "spec.template")),
)
"""Here the values in refusals differ, and nothing else."""
_SHOWN = re.compile(r"(?<= value: )(?=[\[{]|null\b)")


def differs(kind: str, verb: str, path: str) -> bool:
    """Say whether a difference is known."""
    return any(_is_about(each, kind, verb, path) for each in DIFFERENCES)


def without_shown(answer: Any, kind: str, verb: str, path: str) -> Any:
    """Give what can be compared of an answer, apart from values that are shown differently."""
    if not any(_is_about(each, kind, verb, path) for each in SHOWN_DIFFERENTLY):
        return answer
    # The causes tell the same as the message.
    content = {name: value for name, value in answer["content"].items() if name != "message"}
    return _masked({**answer, "content": content})


def _is_about(difference: Difference, kind: str, verb: str, path: str) -> bool:
    return verb in difference.verbs and kind in difference.kinds and any(map(path.startswith, difference.paths))


def _masked(value: Any) -> Any:
    if is_object(value):
        return {name: _masked(each) for name, each in value.items()}
    if is_array(value):
        return sorted((_masked(each) for each in value), key=str)
    if not isinstance(value, str):
        return value
    text, at = "", 0
    while found := _SHOWN.search(value, at):
        text += value[at : found.start()] + "SHOWN"
        _, at = json.JSONDecoder().raw_decode(value, found.start())
    return text + value[at:]
