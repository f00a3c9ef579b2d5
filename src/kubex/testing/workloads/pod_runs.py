"""A pod as it runs: the states of its containers, and how one follows from another when time passes.

No object and no clock: `step` is told the time, and gives what happened. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final, Literal, NamedTuple, TypeAlias

from kubex.testing.workloads.rules import PodRule, drawn

__all__ = ["ContainerRun", "Happening", "PodRun", "Termination", "end_run", "next_moment", "step", "stop"]

_State: TypeAlias = Literal["waiting", "running", "terminated"]

_FIRST_BACK_OFF: Final = 10.0
_LONGEST_BACK_OFF: Final = 300.0
_FORGIVING: Final = 600.0
"""After so many seconds of running, the back-off begins anew."""
_NOTICED: Final = 1.0
"""Seconds until a kubelet sees to what has ended."""
_KILLED: Final = 137


class Happening(NamedTuple):
    """What a kubelet tells in an event."""

    container: ContainerRun
    reason: str
    message: str
    is_warning: bool = False


class Termination(NamedTuple):
    """The end of a run."""

    exit_code: int
    reason: str
    message: str
    started: datetime
    finished: datetime


@dataclass
class ContainerRun:
    """A container."""

    name: str
    image: str
    rule: PodRule
    kind: Literal["init", "sidecar", "main"] = "main"
    pull_policy: str = "IfNotPresent"
    restart_policy: str = ""
    """Its own; empty where the pod's counts."""
    state: _State = "waiting"
    reason: str = "ContainerCreating"
    """Why it waits."""
    message: str = ""
    due: datetime | None = None
    """When its state may change by itself."""
    started: datetime | None = None
    ready_at: datetime | None = None
    ends_at: datetime | None = None
    runs: int = 0
    pulls: int = 0
    crashes: int = 0
    """Ends since the back-off began anew."""
    ended: Termination | None = None
    """The present end, or the last one."""
    ready: bool = False

    @property
    def restarts(self) -> int:
        """How often it was started again."""
        return max(0, self.runs - 1)

    @property
    def is_done(self) -> bool:
        """Whether it has ended and nothing will start it again."""
        return self.state == "terminated" and self.due is None


@dataclass
class PodRun:
    """A pod on its node."""

    name: str
    namespace: str
    uid: str
    restart_policy: str
    containers: Sequence[ContainerRun]
    begun: datetime
    address: str = ""
    stopping: datetime | None = None
    """When it was told to stop."""
    failed: tuple[str, str] | None = None
    """Reason and message of a failure of the pod as such."""
    random: Random = field(default_factory=Random)

    @property
    def mains(self) -> list[ContainerRun]:
        """The containers that are no init containers."""
        return [each for each in self.containers if each.kind == "main"]

    @property
    def inits(self) -> list[ContainerRun]:
        """The init containers, sidecars among them."""
        return [each for each in self.containers if each.kind != "main"]

    @property
    def is_initialized(self) -> bool:
        """Whether all init containers have done their work."""
        return all(_has_passed(each) for each in self.inits)


def _has_passed(container: ContainerRun) -> bool:
    if container.kind == "sidecar":
        return container.runs > 0
    return container.is_done and container.ended is not None and container.ended.exit_code == 0


def next_moment(pod: PodRun) -> datetime | None:
    """Give when something happens by itself; `None` for never."""
    return min((each.due for each in _active(pod) if each.due is not None), default=None)


def _active(pod: PodRun) -> list[ContainerRun]:
    """Give the containers whose turn it is: one init container after the other, then the rest."""
    if pod.stopping is not None:
        return list(pod.containers)
    active: list[ContainerRun] = []
    for each in pod.inits:
        active.append(each)
        if not _has_passed(each):
            return active
    return active + pod.mains


def step(pod: PodRun, now: datetime) -> list[Happening]:
    """Let happen what has become due, each at its own moment."""
    told: list[Happening] = []
    while True:
        _take_turns(pod, now)
        due = [each for each in _active(pod) if each.due is not None and each.due <= now]
        if not due:
            return told
        first = min(due, key=lambda each: each.due or now)
        told += _act(pod, first, first.due or now)


def _take_turns(pod: PodRun, now: datetime) -> None:
    """Have those start whose turn has come."""
    if pod.stopping is not None:
        return
    for each in _active(pod):
        if each.state == "waiting" and each.due is None and not each.runs and not each.pulls:
            each.due = max([pod.begun, *(other.ended.finished for other in pod.inits if other.ended)]) + _after(
                pod, each.rule.starts_after
            )


def _after(pod: PodRun, seconds: float | tuple[float, float]) -> timedelta:
    return timedelta(seconds=drawn(seconds, pod.random))


def _act(pod: PodRun, container: ContainerRun, moment: datetime) -> list[Happening]:
    if container.state == "running":
        return _go_on(pod, container, moment)
    if container.reason == "ErrImagePull":
        return _wait_for_image(container, moment)
    if container.state == "terminated" and container.crashes > 1:
        return _back_off(pod, container, moment)
    return _try_to_start(pod, container, moment)


def _try_to_start(pod: PodRun, container: ContainerRun, moment: datetime) -> list[Happening]:
    rule, image = container.rule, container.image
    if rule.pull_error and (rule.pull_failures is None or container.pulls < rule.pull_failures):
        container.pulls += 1
        why = f'failed to pull and unpack image "{image}": {rule.pull_error}'
        container.state, container.reason, container.message = "waiting", "ErrImagePull", why
        container.due = moment + timedelta(seconds=_NOTICED)
        return [
            Happening(container, "Pulling", f'Pulling image "{image}"'),
            Happening(container, "Failed", f'Failed to pull image "{image}": {why}', is_warning=True),
            Happening(container, "Failed", "Error: ErrImagePull", is_warning=True),
        ]
    told = _pulled(container)
    container.state, container.reason, container.message = "running", "", ""
    container.started, container.runs = moment, container.runs + 1
    length = rule.length("Never" if container.kind == "init" else _restart_policy(pod, container), container.runs - 1)
    if container.kind == "sidecar" and rule.exit_code is None and rule.ends_after is ...:
        length = None
    container.ends_at = None if length is None else moment + _after(pod, length)
    container.ready_at = None if rule.ready_after is None else moment + _after(pod, rule.ready_after)
    container.ready = container.ready_at is not None and container.ready_at <= moment
    _plan(container)
    return [
        *told,
        Happening(container, "Created", "Container created"),
        Happening(container, "Started", "Container started"),
    ]


def _pulled(container: ContainerRun) -> list[Happening]:
    image = container.image
    if container.pull_policy == "Always" or container.pulls:
        how = f'Successfully pulled image "{image}" in 1ms (1ms including waiting). Image size: 1024 bytes.'
        return [Happening(container, "Pulling", f'Pulling image "{image}"'), Happening(container, "Pulled", how)]
    how = f'Container image "{image}" already present on machine and can be accessed by the pod'
    return [Happening(container, "Pulled", how)]


def _plan(container: ContainerRun) -> None:
    moments = [container.ends_at, None if container.ready else container.ready_at]
    container.due = min((each for each in moments if each is not None), default=None)


def _go_on(pod: PodRun, container: ContainerRun, moment: datetime) -> list[Happening]:
    if container.ends_at is not None and container.ends_at <= moment:
        end_run(pod, container, moment, container.rule.code(container.runs - 1))
    else:
        container.ready = True
        _plan(container)
    return []


def end_run(pod: PodRun, container: ContainerRun, moment: datetime, code: int) -> None:
    """End the run of a container."""
    started = container.started or moment
    reason = container.rule.reason if code and container.rule.reason else "Error" if code else "Completed"
    container.ended = Termination(code, reason, container.rule.message, started, moment)
    container.state, container.ready = "terminated", False
    long_enough = (moment - started).total_seconds() >= _FORGIVING
    container.crashes = 1 if long_enough else container.crashes + 1
    restarts = pod.stopping is None and _restarts(pod, container, code)
    container.due = moment + timedelta(seconds=_NOTICED) if restarts else None
    container.reason = ""


def _restarts(pod: PodRun, container: ContainerRun, code: int) -> bool:
    policy = _restart_policy(pod, container)
    if container.kind == "sidecar":
        return True
    if container.kind == "init":
        return code != 0 and policy != "Never"
    return policy == "Always" or (policy == "OnFailure" and code != 0)


def _restart_policy(pod: PodRun, container: ContainerRun) -> str:
    return container.restart_policy or pod.restart_policy


def _back_off(pod: PodRun, container: ContainerRun, moment: datetime) -> list[Happening]:
    """Wait after a crash: the first one is followed by a new start at once, the others by longer and longer waits."""
    seconds = min(_FIRST_BACK_OFF * 2 ** (container.crashes - 2), _LONGEST_BACK_OFF)
    finished = container.ended.finished if container.ended else moment
    where = f"{container.name} pod={pod.name}_{pod.namespace}({pod.uid})"
    container.state, container.reason = "waiting", "CrashLoopBackOff"
    container.message = f"back-off {_shown(seconds)} restarting failed container={where}"
    container.due = max(moment, finished + timedelta(seconds=seconds))
    told = f"Back-off restarting failed container {container.name} in pod {pod.name}_{pod.namespace}({pod.uid})"
    return [Happening(container, "BackOff", told, is_warning=True)]


def _wait_for_image(container: ContainerRun, moment: datetime) -> list[Happening]:
    image, why = container.image, container.message
    seconds = min(_FIRST_BACK_OFF * 2 ** (container.pulls - 1), _LONGEST_BACK_OFF)
    container.reason = "ImagePullBackOff"
    container.message = f'Back-off pulling image "{image}": ErrImagePull: {why}'
    container.due = moment + timedelta(seconds=seconds)
    return [
        Happening(container, "BackOff", f'Back-off pulling image "{image}"'),
        Happening(container, "Failed", "Error: ImagePullBackOff", is_warning=True),
    ]


def _shown(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"


def stop(pod: PodRun, moment: datetime, grace_seconds: float) -> list[Happening]:
    """Tell the containers to stop; those that take longer than the grace period are killed at its end."""
    if pod.stopping is not None:
        return []
    pod.stopping = moment
    told: list[Happening] = []
    for each in pod.containers:
        if each.state != "running":
            each.due = None
            continue
        told.append(Happening(each, "Killing", f"Stopping container {each.name}"))
        seconds = drawn(each.rule.stops_after, pod.random)
        if seconds > grace_seconds:
            each.rule = replace(each.rule, exit_code=_KILLED, ends=None, reason="Error")
        elif each.rule.exit_code is None:
            each.rule = replace(each.rule, exit_code=0, ends=None)
        each.ends_at = moment + timedelta(seconds=min(seconds, grace_seconds))
        each.ready_at = None
        _plan(each)
    return told
