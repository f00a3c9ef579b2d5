"""How make-believe pods run: rules that say which containers they are for, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from random import Random
from types import EllipsisType
from typing import Final, TypeAlias

from kubex.core.exceptions import InvalidArgument
from kubex.core.selectors import LabelSelector
from kubex.testing.storage import JsonObject

__all__ = ["PodRule", "Seconds", "drawn"]

Seconds: TypeAlias = float | tuple[float, float]
"""A number of seconds, or two between which one is drawn for each use."""

_USUAL_END: Final = 0.5


def drawn(seconds: Seconds, random: Random) -> float:
    """Give a number of seconds."""
    return random.uniform(*seconds) if isinstance(seconds, tuple) else seconds


@dataclass(frozen=True, kw_only=True)
class PodRule:
    """What becomes of the containers that it is for.

    Of the rules of a cluster, the first one that fits a container counts. Names, namespaces and images are patterns as
    of a shell, such as `*/web:2`; what is left out fits all.

    Args:
        namespace: of the pod.
        name: of the pod.
        labels: a label selector of the pod: `app=web,tier!=cache`.
        container: the container's name.
        image: the container's image.
        starts_after: seconds from the pod's turn on its node, or from the end of a back-off, to the container's start.
        ready_after: seconds from its start until it is ready; `None` for never.
        ends_after: seconds from its start until it ends by itself; `None` for never. Where it is left out, half a
            second where the pod's restart policy is `Never` or `OnFailure`, or where there is an `exit_code`; else
            never.
        exit_code: with which it ends; 0 where it is left out.
        ends: how many of its runs end so; the ones after run without an end. All where it is left out.
        reason: why it is terminated, such as `OOMKilled`; `Completed` or `Error` where it is left out.
        message: what it leaves as its termination message.
        pull_error: why its image can't be pulled; it can where this is left out.
        pull_failures: how often pulling fails; always where it is left out.
        stops_after: seconds from being told to stop until it does; beyond the grace period it is killed.
        conditions: further conditions of the pod, for readiness gates.

    Example:
        ```python
        PodRule(image="*/web:2", exit_code=1)  # the new version crashes, again and again
        PodRule(labels="app=db", starts_after=(5, 20))
        PodRule(name="once-*", exit_code=1, ends=2)  # fails twice, then lasts
        PodRule(image="*/typo:*", pull_error="not found")
        ```

    Raises:
        InvalidArgument: the selector can't be read, or seconds are below zero.
    """

    namespace: str = "*"
    name: str = "*"
    labels: str = ""
    container: str = "*"
    image: str = "*"
    starts_after: Seconds = (0.05, 0.15)
    ready_after: Seconds | None = 0.0
    ends_after: Seconds | EllipsisType | None = ...
    exit_code: int | None = None
    ends: int | None = None
    reason: str = ""
    message: str = ""
    pull_error: str = ""
    pull_failures: int | None = None
    stops_after: Seconds = 0.0
    conditions: Mapping[str, bool] = field(default_factory=dict[str, bool])

    def __post_init__(self) -> None:
        _ = self._selector
        for name in ("starts_after", "ready_after", "ends_after", "stops_after"):
            given: Seconds | EllipsisType | None = getattr(self, name)
            if given is None or isinstance(given, EllipsisType):
                continue
            least, most = given if isinstance(given, tuple) else (given, given)
            if not 0 <= least <= most:
                raise InvalidArgument(f"{name} of a rule is {given}: seconds from 0 on, or a pair of them, are needed")

    @cached_property
    def _selector(self) -> LabelSelector:
        return LabelSelector.parse(self.labels)

    def fits(self, pod: JsonObject, container: JsonObject) -> bool:
        """Say whether it is for a container."""
        metadata = pod["metadata"]
        return (
            fnmatchcase(metadata.get("namespace", ""), self.namespace)
            and fnmatchcase(metadata["name"], self.name)
            and fnmatchcase(container["name"], self.container)
            and fnmatchcase(container.get("image", ""), self.image)
            and (not self.labels or self._selector.matches(metadata.get("labels")))
        )

    def length(self, restart_policy: str, run: int) -> Seconds | None:
        """Give how long a run lasts, in seconds; `None` for ever.

        Args:
            restart_policy: of the pod.
            run: 0 for the first run, 1 for the next.
        """
        if self.ends is not None and run >= self.ends:
            return None if restart_policy == "Always" or self.ends_after is None else _USUAL_END
        if not isinstance(self.ends_after, EllipsisType):
            return self.ends_after
        return None if restart_policy == "Always" and self.exit_code is None else _USUAL_END

    def code(self, run: int) -> int:
        """Give the exit code of a run; 0 for the first run, 1 for the next."""
        return 0 if self.ends is not None and run >= self.ends else self.exit_code or 0
